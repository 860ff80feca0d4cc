//! Photos: taken once, kept without what the camera wrote beside them, seen within scope, purged.

use std::io::Cursor;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::{TimeDelta, Utc};
use entity::id::UserId;
use entity::viewer::{Role, Scope, TeamSet, Viewer};
use futures_util::future::join_all;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder, ImageFormat, Rgb, RgbImage};
use ingest::{PhotoStore, Photos, Purge, Rate, Retention, giving, taking};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use testbed::Backend::{self, Postgres, Sqlite};
use tower::ServiceExt;

use crate::bed::{Bed, bed, run};

/// The photos of a bed's company, in a folder of their own.
struct Album {
    photos: Photos,
    app: Router,
    folder: TempDir,
}

/// An answer, read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The status and the code of the problem.
    fn refusal(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), code)
    }
}

impl Album {
    fn of(bed: &Bed) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = PhotoStore::folder(folder.path()).unwrap();
        let photos = Photos::new(bed.db.clone(), store);
        let routes = taking(photos.clone(), Rate::default()).merge(giving(photos.clone()));
        let (app, _description) = routes.split_for_parts();
        Self {
            photos,
            app,
            folder,
        }
    }

    async fn ask(&self, viewer: Option<&Viewer>, mut request: Request<Body>) -> Answer {
        if let Some(viewer) = viewer {
            request.extensions_mut().insert(viewer.clone());
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    async fn send(&self, viewer: &Viewer, place: &str, bytes: Vec<u8>) -> Answer {
        let request = Request::put(format!("/v1/check-ins/{place}"));
        self.ask(Some(viewer), request.body(bytes.into()).unwrap())
            .await
    }

    async fn look(&self, viewer: &Viewer, url: &str) -> Answer {
        let request = Request::get(url).body(Body::empty()).unwrap();
        self.ask(Some(viewer), request).await
    }

    /// How many pictures lie in the folder.
    fn pictures(&self) -> usize {
        let reps = std::fs::read_dir(self.folder.path()).unwrap();
        reps.map(|rep| std::fs::read_dir(rep.unwrap().path()).unwrap().count())
            .sum()
    }
}

/// A picture of one grey, as a phone with a place writes it.
fn photo(grey: u8) -> Vec<u8> {
    let image = RgbImage::from_pixel(60, 40, Rgb([grey; 3]));
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    let mut exif = b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    exif.extend(b"GPS 60.17 N 24.94 E");
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(&image).unwrap();
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A manager of a bed's only team.
fn manager(bed: &Bed) -> Viewer {
    let user = UserId::new();
    let scope = Scope::Teams {
        viewer: user,
        teams: TeamSet::new(bed.db.backend(), [bed.team]),
        teams_above: TeamSet::new(bed.db.backend(), []),
    };
    Viewer {
        user,
        role: Role::Manager,
        scope,
        device: None,
        ..bed.ann.clone()
    }
}

#[rstest]
#[tokio::test]
async fn a_photo_is_seen_within_scope_and_without_its_place(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let album = Album::of(&bed);
    bed.send(&[bed.trail("a b/ä", 0)]).await;
    let sent = photo(90);
    assert!(contains(&sent, b"GPS 60.17"));

    let taken = album
        .send(&bed.ann, "a%20b%2F%C3%A4/photos/shelf", sent)
        .await;

    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.json());
    let told = taken.json();
    assert_eq!((&told["width"], &told["height"]), (&json!(60), &json!(40)));
    let url = told["url"].as_str().unwrap();
    for viewer in [&bed.ann, &manager(&bed)] {
        let seen = album.look(viewer, url).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert_eq!(seen.headers[header::CONTENT_TYPE], "image/jpeg");
        assert_eq!(told["bytes"], seen.bytes.len());
        assert!(!contains(&seen.bytes, b"GPS") && !contains(&seen.bytes, b"Exif"));
        let image = image::load_from_memory(&seen.bytes).unwrap().into_rgb8();
        assert!(image.get_pixel(30, 20)[0].abs_diff(90) < 4);
    }
    let hidden = album.look(&bed.ben, url).await;
    assert_eq!(hidden.refusal(), (404, "NOT_FOUND".to_owned()));
    let stranger = Request::get(url).body(Body::empty()).unwrap();
    assert_eq!(album.ask(None, stranger).await.status, 401);

    // Nobody may keep it unasked, and who has it already need not fetch it again.
    let seen = album.look(&bed.ann, url).await;
    assert_eq!(seen.headers[header::CACHE_CONTROL], "private, no-cache");
    let again = Request::get(url)
        .header(header::IF_NONE_MATCH, &seen.headers[header::ETAG])
        .body(Body::empty());
    let again = again.unwrap();
    assert_eq!(album.ask(Some(&bed.ann), again).await.status, 304);
}

#[rstest]
#[tokio::test]
async fn a_photo_is_taken_once_however_often_it_comes(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let album = Album::of(&bed);
    bed.send(&[bed.trail("a", 0)]).await;
    let first = album.send(&bed.ann, "a/photos/1", photo(1)).await;
    let second = album.send(&bed.ann, "a/photos/1", photo(1)).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 200));
    assert_eq!(first.json(), second.json());
    let other = album.send(&bed.ann, "a/photos/1", photo(2)).await;
    assert_eq!(other.refusal(), (409, "PHOTO_ID_TAKEN".to_owned()));
    assert_eq!(album.pictures(), 1);
}

#[rstest]
#[tokio::test]
async fn of_photos_that_come_at_once_a_check_in_gets_ten(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let album = Album::of(&bed);
    bed.send(&[bed.trail("a", 0)]).await;
    let names: Vec<String> = (0..13).map(|n| format!("a/photos/{n}")).collect();
    let sends = names
        .iter()
        .map(|name| album.send(&bed.ann, name, photo(9)));
    let mut refusals = Vec::new();
    for answer in join_all(sends).await {
        if answer.status != StatusCode::CREATED {
            refusals.push(answer.refusal());
        }
    }
    assert_eq!(refusals, vec![(409, "TOO_MANY_PHOTOS".to_owned()); 3]);
    assert_eq!(album.pictures(), 10);
}

#[rstest]
#[tokio::test]
async fn a_photo_follows_its_check_in(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let album = Album::of(&bed);
    let mut island = bed.trail("island", 0);
    (island["latitude"], island["longitude"]) = (json!(0), json!(0));
    let duty = [
        island,
        bed.bare("stop", "PAUSE", 60),
        bed.trail("private", 120),
    ];
    assert_eq!(
        bed.send(&duty).await,
        [
            "island: QUARANTINED NULL_ISLAND",
            "stop: ACCEPTED",
            "private: IGNORED PAUSED"
        ]
    );
    let kept = album.send(&bed.ann, "island/photos/1", photo(1)).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.json());
    let private = album.send(&bed.ann, "private/photos/1", photo(1)).await;
    assert_eq!(private.refusal(), (409, "CHECK_IN_IGNORED".to_owned()));
    for (viewer, place) in [(&bed.ann, "none/photos/1"), (&bed.ben, "island/photos/1")] {
        let lost = album.send(viewer, place, photo(1)).await;
        assert_eq!(lost.refusal(), (404, "NOT_FOUND".to_owned()));
    }
    assert_eq!(album.pictures(), 1);
}

#[tokio::test]
async fn what_is_no_photo_is_told_what_is_wrong_and_leaves_nothing() {
    let bed = bed(Sqlite).await;
    let album = Album::of(&bed);
    bed.send(&[bed.trail("a", 0)]).await;
    let image = RgbImage::from_fn(300, 300, |x, y| Rgb([x as u8, y as u8, 7]));
    let mut png = Cursor::new(Vec::new());
    image.write_to(&mut png, ImageFormat::Png).unwrap();
    let half = png.get_ref()[..png.get_ref().len() / 2].to_vec();
    let long = format!("a/photos/{}", "x".repeat(65));
    let cases = [
        ("a/photos/1", b"<svg/>".to_vec(), 415, "UNSUPPORTED_PHOTO"),
        ("a/photos/1", half, 422, "UNREADABLE_PHOTO"),
        ("a/photos/1", vec![0; (8 << 20) + 1], 413, "PHOTO_TOO_LARGE"),
        (&long, photo(1), 400, "INVALID_PHOTO_ID"),
        ("a/photos/%00", photo(1), 400, "INVALID_PHOTO_ID"),
    ];
    for (place, bytes, status, code) in cases {
        let answer = album.send(&bed.ann, place, bytes).await;
        assert_eq!(answer.refusal(), (status, code.to_owned()));
        if status == 415 {
            let takes = &answer.headers[header::ACCEPT];
            assert_eq!(takes, "image/jpeg, image/png, image/webp");
        }
    }
    assert_eq!(bed.count("SELECT count(*) FROM photo").await, 0);
}

#[rstest]
#[tokio::test]
async fn what_the_store_did_not_take_is_not_shown_and_may_be_sent_again(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let album = Album::of(&bed);
    bed.send(&[bed.trail("a", 0)]).await;
    // A file stands where the rep's folder should be.
    let place = album.folder.path().join(bed.ann.user.to_string());
    std::fs::write(&place, "in the way").unwrap();

    let failed = album.send(&bed.ann, "a/photos/1", photo(1)).await;

    assert_eq!(
        failed.refusal(),
        (503, "PHOTO_STORE_UNAVAILABLE".to_owned())
    );
    assert_eq!(failed.headers[header::RETRY_AFTER], "30");
    let shown = bed.count("SELECT count(*) FROM photo WHERE stored_at IS NOT NULL");
    assert_eq!(shown.await, 0);

    std::fs::remove_file(&place).unwrap();
    let again = album.send(&bed.ann, "a/photos/1", photo(1)).await;
    assert_eq!(again.status, StatusCode::CREATED);
    let url = again.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(album.look(&bed.ann, &url).await.status, StatusCode::OK);
    assert_eq!(bed.count("SELECT count(*) FROM photo").await, 1);
}

#[rstest]
#[tokio::test]
async fn photos_go_with_their_receipts(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let album = Album::of(&bed);
    bed.send(&[bed.trail("old", 0), bed.trail("new", 60)]).await;
    for place in ["old/photos/1", "new/photos/1"] {
        let taken = album.send(&bed.ann, place, photo(1)).await;
        assert_eq!(taken.status, StatusCode::CREATED);
    }
    let long_ago = Utc::now() - TimeDelta::days(61);
    for table in ["receipt", "photo"] {
        let sql = format!("UPDATE {table} SET received_at = $1 WHERE client_id = 'old'");
        run(&bed.db, &sql, [long_ago.into()]).await;
    }
    let purge = Purge::new(
        bed.db.clone(),
        album.photos.clone(),
        presence::Presence::local(),
        Retention::default(),
    );
    let purged = purge.once(Utc::now()).await.unwrap();
    assert_eq!((purged.receipts, purged.photos), (1, 1));
    assert_eq!(bed.column("SELECT client_id FROM photo").await, ["new"]);
    assert_eq!(album.pictures(), 1);
    assert_eq!(purge.once(Utc::now()).await.unwrap().photos, 0);
}
