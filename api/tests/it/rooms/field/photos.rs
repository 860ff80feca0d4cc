//! Photos: of a check-in, of a visit, within scope, in as many statements as before.

use chrono::{DateTime, TimeDelta, Utc};
use entity::field::photo;
use entity::id::PhotoId;
use rstest::rstest;
use serde_json::Value;
use testbed::Backend;

use super::bed::{Bed, at};

impl Bed {
    /// Photos of the check-in of an instant, each by its name.
    async fn photos(&self, rep: &str, at: DateTime<Utc>, names: &[&str]) {
        for name in names {
            self.insert(photo::Model {
                id: PhotoId::new(),
                rep_id: self.users[rep],
                device_id: self.devices[rep],
                client_id: format!("Accepted-{}", at.timestamp()),
                name: (*name).to_owned(),
                digest: vec![1],
                width: i32::try_from(name.len()).unwrap(),
                height: 1,
                bytes: 1,
                received_at: at + TimeDelta::days(2),
                stored_at: Some(at + TimeDelta::days(2)),
            })
            .await;
        }
    }
}

/// The widths of the photos of each of the things.
fn widths(things: &Value) -> Vec<Vec<i64>> {
    let things = things.as_array().unwrap().iter();
    let widths = things.map(|thing| {
        let photos = thing["photos"].as_array().unwrap().iter();
        photos
            .map(|photo| photo["width"].as_i64().unwrap())
            .collect()
    });
    widths.collect()
}

#[rstest]
#[tokio::test]
async fn a_visit_has_the_photos_of_the_check_ins_during_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    for (rep, time) in [
        ("ann", "11-03 10:00"),
        ("ann", "11-04 10:00"),
        ("cy", "11-03 10:00"),
    ] {
        bed.visit(bed.users[rep], "acme", fence, at(time)).await;
    }
    // A visit lasts half an hour.
    let taken = [
        ("ann", "11-03 09:59", "before"),
        ("ann", "11-03 10:00", "at"),
        ("ann", "11-03 10:30", "leave"),
        ("ann", "11-03 10:31", "afterwards"),
        ("cy", "11-03 10:10", "c"),
    ];
    for (rep, time, name) in taken {
        bed.check_in(rep, at(time), None).await;
        bed.photos(rep, at(time), &[name]).await;
    }
    let query = "{ visits(orderBy: {arrivedAt: ASC}) { nodes { photos { width } } } }";

    let seen = bed.data("ann", query).await["visits"]["nodes"].clone();
    assert_eq!(widths(&seen), [vec![2, 5], vec![]]);
    let seen = bed.data("cy", query).await["visits"]["nodes"].clone();
    assert_eq!(widths(&seen), [vec![1]]);

    let few = bed.statements("ann", query).await;
    for day in 5..15 {
        let time = at(&format!("11-{day:02} 10:00"));
        bed.visit(bed.users["ann"], "acme", fence, time).await;
        bed.check_in("ann", time, None).await;
        bed.photos("ann", time, &["one", "other"]).await;
    }
    assert_eq!(bed.statements("ann", query).await, few);
}

#[rstest]
#[tokio::test]
async fn a_check_in_has_its_own_photos(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    for (time, names) in [("11-03 10:00", &["one", "three"][..]), ("11-03 10:05", &[])] {
        bed.check_in("ann", at(time), None).await;
        bed.photos("ann", at(time), names).await;
    }
    let query = "{ checkIns(orderBy: {receivedAt: ASC}) { nodes { photos { width rep { name } \
        checkIn { clientId } } } } }";
    let seen = bed.data("Nora", query).await["checkIns"]["nodes"].clone();
    assert_eq!(widths(&seen), [vec![3, 5], vec![]]);
    let first = &seen[0]["photos"][0];
    assert_eq!(first["rep"]["name"], "ann");
    assert_eq!(
        first["checkIn"]["clientId"],
        format!("Accepted-{}", at("11-03 10:00").timestamp())
    );
    let hidden = bed.data("cy", query).await["checkIns"]["nodes"].clone();
    assert_eq!(widths(&hidden), Vec::<Vec<i64>>::new());
}
