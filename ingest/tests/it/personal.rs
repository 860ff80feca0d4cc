//! A person's data: all of them told, and none of them left, by a search of the database's rows
//! (on SQLite of its very bytes), of Redis and of the photos.

use std::collections::BTreeSet;

use chrono::Utc;
use domain::position::Position;
use domain::presence::{Facts, Report};
use entity::id::UserId;
use futures_util::TryStreamExt;
use ingest::personal::{PLACES, Personal, erase};
use ingest::{PhotoStore, Photos, Purge, Retention};
use presence::Presence;
use rstest::rstest;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use testbed::Backend::{self, Postgres, Sqlite};

use crate::bed::{Bed, bed, run};

/// What nobody else's data hold.
const NEEDLE: &str = "NEEDLE";

impl Bed {
    async fn texts(&self, sql: &str) -> Vec<String> {
        let statement = Statement::from_string(self.db.backend(), sql);
        let rows = self.db.write.query_all_raw(statement).await.unwrap();
        rows.iter()
            .map(|row| row.try_get_by_index(0).unwrap())
            .collect()
    }

    /// The tables in which a text or its bytes are found; on SQLite also the file.
    async fn found(&self, needle: &str) -> BTreeSet<String> {
        let hex: String = needle.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut found = BTreeSet::new();
        match self.db.backend() {
            DbBackend::Postgres => {
                let tables = "SELECT table_name::text FROM information_schema.tables \
                    WHERE table_schema = current_schema()";
                for table in self.texts(tables).await {
                    let sql = format!(
                        "SELECT count(*) FROM {table} AS t \
                         WHERE t::text LIKE '%{needle}%' OR t::text LIKE '%{hex}%'"
                    );
                    if self.count(&sql).await > 0 {
                        found.insert(table);
                    }
                }
            }
            _ => {
                let file = self.texts("SELECT file FROM pragma_database_list").await;
                for file in [file[0].clone(), format!("{}-wal", file[0])] {
                    let bytes = std::fs::read(&file).unwrap_or_default();
                    if bytes
                        .windows(needle.len())
                        .any(|part| part == needle.as_bytes())
                    {
                        found.insert(file);
                    }
                }
            }
        }
        found
    }

    /// A person whose every trace holds the needle.
    async fn plant(&self, presence: &Presence, photos: &Photos) {
        let (rep, device) = (self.ann.user, self.ann.device.unwrap());
        for sql in [
            "UPDATE user_account SET email = 'NEEDLE@x.example', name = 'Ann NEEDLE', \
             phone = '+1 NEEDLE', subject = 'NEEDLE', password_hash = 'NEEDLE' WHERE id = $1",
            "UPDATE device SET name = 'NEEDLE', platform = 'NEEDLE' WHERE user_id = $1",
        ] {
            run(&self.db, sql, [rep.into()]).await;
        }
        let sql = "INSERT INTO device_key (device_id, user_id, passphrase, set_at) \
            VALUES ($1, $2, 'SECRETKEY', $3)";
        let now = Utc::now();
        run(&self.db, sql, [device.into(), rep.into(), now.into()]).await;
        let sql = "INSERT INTO planned_visit (id, rep_id, customer_id, day, note, created_by, created_at) \
            VALUES ($1, $2, $3, $4, 'NEEDLE', $2, $5)";
        let id = entity::id::PlannedVisitId::new();
        let (shop, day) = (self.shop, now.date_naive());
        let values = [id.into(), rep.into(), shop.into(), day.into(), now.into()];
        run(&self.db, sql, values).await;
        let mut noted = self.trail("NEEDLE-1", 10);
        noted["note"] = json!("NEEDLE at the door");
        let mut nowhere = self.trail("NEEDLE-2", 20);
        nowhere["latitude"] = json!(0.0);
        nowhere["longitude"] = json!(0.0);
        nowhere["note"] = json!("NEEDLE");
        let receipts = self.send(&[noted, nowhere]).await;
        assert_eq!(
            receipts,
            ["NEEDLE-1: ACCEPTED", "NEEDLE-2: QUARANTINED NULL_ISLAND"]
        );
        let mut facts = Facts::none(rep.uuid());
        facts.revision = 1;
        facts.absorb(&Report {
            recorded_at: now,
            received_at: now,
            position: Some(Position::new(60.17, 24.94).unwrap()),
            accuracy_m: Some(10.0),
            speed_mps: None,
            battery_pct: None,
        });
        presence.put(&[facts]).await.unwrap();
        let mut picture = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(8, 8)
            .write_to(&mut picture, image::ImageFormat::Png)
            .unwrap();
        photos
            .take(rep, None, "NEEDLE-1", "NEEDLE", picture.into_inner().into())
            .await
            .unwrap();
    }
}

fn album(bed: &Bed) -> (tempfile::TempDir, Photos) {
    let folder = tempfile::tempdir().unwrap();
    let store = PhotoStore::folder(folder.path()).unwrap();
    (folder, Photos::new(bed.db.clone(), store))
}

async fn told(bed: &Bed, photos: &Photos, person: UserId) -> Vec<Value> {
    let lines = Personal::of(bed.db.clone(), photos.clone(), person).lines();
    let text: Vec<String> = lines.try_collect().await.unwrap();
    let text = text.concat();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Whether anything of a rep is in Redis.
fn is_in_redis(url: &str, rep: UserId) -> bool {
    let mut connection = redis::Client::open(url).unwrap().get_connection().unwrap();
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query(&mut connection).unwrap();
    let needles = [rep.to_string(), rep.uuid().simple().to_string()];
    keys.iter().any(|key| {
        let value: Vec<u8> = redis::cmd("DUMP").arg(key).query(&mut connection).unwrap();
        needles.iter().any(|needle| {
            let is_in = |bytes: &[u8]| {
                bytes
                    .windows(needle.len())
                    .any(|part| part == needle.as_bytes())
            };
            is_in(key.as_bytes()) || is_in(&value)
        })
    })
}

#[rstest]
#[tokio::test]
async fn an_erased_person_is_found_nowhere(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let server = testbed::redis().await.unwrap();
    let presence = Presence::redis(&server.url()).unwrap();
    let (folder, photos) = album(&bed);
    bed.plant(&presence, &photos).await;
    let bens = json!({"id": "b", "kind": "TRAIL", "recordedAt": bed.at(5), "latitude": 60.17,
        "longitude": 24.94, "note": "BENS"});
    bed.send_as(&bed.ben, &[bens]).await;
    assert!(!bed.found(NEEDLE).await.is_empty());
    assert!(is_in_redis(&server.url(), bed.ann.user));

    erase(&bed.db, &photos, &presence, bed.ann.user)
        .await
        .unwrap();
    assert_eq!(bed.found(NEEDLE).await, BTreeSet::new());
    assert_eq!(bed.found("SECRETKEY").await, BTreeSet::new());
    assert!(!is_in_redis(&server.url(), bed.ann.user));
    let pictures = std::fs::read_dir(folder.path().join(bed.ann.user.to_string()));
    assert_eq!(pictures.map_or(0, Iterator::count), 0);
    assert!(!bed.found("BENS").await.is_empty(), "others' data stay");
    let who = bed
        .column("SELECT name FROM user_account WHERE name LIKE 'Erased%'")
        .await;
    assert_eq!(who, ["Erased person"]);

    // A phone that another process still knew sends once more: the night erases it again.
    let sql = "INSERT INTO erasure (user_id, erased_by, erased_at) VALUES ($1, $2, $3)";
    let values = [bed.ann.user.into(), bed.ben.user.into(), Utc::now().into()];
    run(&bed.db, sql, values).await;
    let mut late = bed.trail("NEEDLE-3", 30);
    late["note"] = json!("NEEDLE");
    bed.send(&[late]).await;
    assert!(!bed.found(NEEDLE).await.is_empty());
    let purge = Purge::new(bed.db.clone(), photos, presence, Retention::default());
    purge.once(Utc::now()).await.unwrap();
    assert_eq!(bed.found(NEEDLE).await, BTreeSet::new());
}

#[rstest]
#[tokio::test]
async fn a_person_is_told_everything_but_secrets(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let (presence, (_folder, photos)) = (Presence::local(), album(&bed));
    bed.plant(&presence, &photos).await;
    let many: Vec<Value> = (0..1_100)
        .map(|n| bed.trail(&format!("p{n}"), 100 + n))
        .collect();
    for some in many.chunks(400) {
        bed.send(some).await;
    }
    let bens = json!({"id": "BENS", "kind": "HEARTBEAT", "recordedAt": bed.at(5)});
    bed.send_as(&bed.ben, &[bens]).await;
    let lines = told(&bed, &photos, bed.ann.user).await;
    let count = |table: &str| lines.iter().filter(|line| line["table"] == table).count();
    let tables = [
        "check_in",
        "receipt",
        "quarantine",
        "device",
        "device_key",
        "planned_visit",
    ];
    let counts = tables.map(count);
    assert_eq!(counts, [1_101, 1_102, 1, 1, 1, 1]);
    assert_eq!(count("user_account"), 1);
    let pictures = lines
        .iter()
        .filter(|line| line["picture"]["jpeg"].is_string());
    assert_eq!(pictures.count(), 1);
    let own = lines
        .iter()
        .find(|line| line["table"] == "user_account")
        .unwrap();
    assert_eq!(own["row"]["email"], "NEEDLE@x.example");
    let whole = serde_json::to_string(&lines).unwrap();
    for secret in ["SECRETKEY", "password_hash", "token_hash", "BENS"] {
        assert!(!whole.contains(secret), "{secret}");
    }
    assert!(told(&bed, &photos, UserId::new()).await.is_empty());
}

/// Every column that names a person is known, so that a new table is not forgotten.
#[tokio::test]
async fn every_table_with_rows_of_a_person_is_known() {
    let bed = bed(Sqlite).await;
    let mut missed = Vec::new();
    for table in bed
        .texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .await
    {
        let columns = format!(
            "SELECT name FROM pragma_table_info('{table}') \
             WHERE name IN ('rep_id', 'user_id', 'viewer_id', 'subject_id') \
             UNION SELECT \"from\" FROM pragma_foreign_key_list('{table}') \
             WHERE \"table\" = 'user_account'"
        );
        for column in bed.texts(&columns).await {
            let is_known = PLACES
                .iter()
                .any(|place| place.table == table && place.column == column);
            // Who decided something is the company's record of it.
            if !is_known && !column.ends_with("_by") {
                missed.push(format!("{table}.{column}"));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}
