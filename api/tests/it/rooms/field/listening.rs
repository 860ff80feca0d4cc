//! Listening: the live map and the feed of visits, whole and resumed.

use std::time::Duration;

use entity::field::change::Kind;
use entity::people::{access_log, user};
use entity::viewer::Scope;
use rstest::rstest;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

fn map(arguments: &str) -> String {
    let arguments = match arguments {
        "" => String::new(),
        arguments => format!("({arguments})"),
    };
    format!(
        "subscription Map {{ presenceChanged{arguments} {{ seq isSnapshot gone
            presences {{ state rep {{ name }} position {{ latitude }} }} }} }}"
    )
}

/// Who is told, and in what state.
fn told(answer: &Value) -> Vec<(String, String)> {
    assert_eq!(answer.get("errors"), None, "{answer}");
    let presences = &answer["data"]["presenceChanged"]["presences"];
    let mut told: Vec<(String, String)> = presences
        .as_array()
        .unwrap()
        .iter()
        .map(|presence| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&presence["rep"]["name"]), text(&presence["state"]))
        })
        .collect();
    told.sort();
    told
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = expected
        .iter()
        .map(|(name, state)| ((*name).to_owned(), (*state).to_owned()));
    pairs.collect()
}

fn seq(answer: &Value) -> String {
    answer["data"]["presenceChanged"]["seq"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[rstest]
#[tokio::test]
async fn the_map_begins_with_everything_and_goes_on_with_what_changes(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.seen(bed.users["ann"], 1, DOOR, 1).await;
    bed.seen(bed.users["cy"], 1, DOOR, 1).await;
    let mut nora = bed.listen("Nora", &map(""));
    let first = nora.next().await;
    assert_eq!(first["data"]["presenceChanged"]["isSnapshot"], true);
    assert_eq!(
        told(&first),
        pairs(&[("ann", "STATIONARY"), ("bob", "UNKNOWN")])
    );
    bed.seen(bed.users["cy"], 2, DOOR, 0).await;
    bed.seen(bed.users["bob"], 1, DOOR, 0).await;
    let next = nora.next().await;
    assert_eq!(next["data"]["presenceChanged"]["isSnapshot"], false);
    assert_eq!(
        told(&next),
        pairs(&[("bob", "STATIONARY")]),
        "nothing of the other team"
    );
    assert!(nora.is_quiet(Duration::from_secs(1)).await);
    let looks = access_log::Entity::visible_to(&Scope::All);
    let looks = looks.all(&bed.db.read).await.unwrap();
    assert_eq!(looks.len(), 2, "the looks at ann and bob");
    assert!(looks.iter().all(|look| look.viewer_id == bed.users["Nora"]));
}

#[tokio::test]
async fn a_slow_listener_is_told_the_newest_state_alone() {
    let bed = Bed::new(Backend::Sqlite).await;
    let mut nora = bed.listen("Nora", &map(""));
    nora.next().await;
    for revision in 1..=50 {
        let place = (DOOR.0 + f64::from(revision) / 100.0, DOOR.1);
        bed.seen(bed.users["ann"], revision.into(), place, 0).await;
    }
    let next = nora.next().await;
    let presences = &next["data"]["presenceChanged"]["presences"];
    assert_eq!(presences.as_array().unwrap().len(), 1);
    assert_eq!(presences[0]["position"]["latitude"], 31.73);
    assert!(nora.is_quiet(Duration::from_secs(1)).await);
}

#[tokio::test]
async fn who_falls_silent_is_told_without_a_check_in() {
    let bed = Bed::new(Backend::Sqlite).await;
    let silent_at = chrono::Utc::now() - chrono::TimeDelta::seconds(15 * 60 - 3);
    bed.seen_at(bed.users["ann"], 1, DOOR, silent_at).await;
    let mut ann = bed.listen("ann", &map(""));
    assert_eq!(told(&ann.next().await), pairs(&[("ann", "STATIONARY")]));
    assert_eq!(told(&ann.next().await), pairs(&[("ann", "STALE")]));
}

#[rstest]
#[tokio::test]
async fn the_map_goes_on_where_it_was_left(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.seen(bed.users["ann"], 1, DOOR, 1).await;
    let left = seq(&bed.listen("Nora", &map("")).next().await);
    bed.seen(bed.users["bob"], 1, DOOR, 0).await;
    let resumed = map(&format!("afterSeq: \"{left}\""));
    let next = bed.listen("Nora", &resumed).next().await;
    assert_eq!(next["data"]["presenceChanged"]["isSnapshot"], false);
    assert_eq!(told(&next), pairs(&[("bob", "STATIONARY")]));
    let other = bed.listen("Ada", &resumed).next().await;
    assert_eq!(
        other["data"]["presenceChanged"]["isSnapshot"], true,
        "another sight"
    );
    bed.presence.forget(bed.users["cy"]).await.unwrap();
    bed.presence.forget(bed.users["bob"]).await.unwrap();
    let reset = bed.listen("Nora", &resumed).next().await;
    assert_eq!(
        reset["data"]["presenceChanged"]["isSnapshot"], true,
        "another life of the store"
    );
    let wrong = bed.listen("Nora", &map("afterSeq: \"7\"")).next().await;
    assert_eq!(
        wrong["errors"][0]["message"],
        "afterSeq is not of this feed"
    );
}

#[tokio::test]
async fn who_leaves_the_rectangle_is_gone() {
    let bed = Bed::new(Backend::Sqlite).await;
    bed.seen(bed.users["ann"], 1, DOOR, 1).await;
    bed.seen(bed.users["bob"], 1, (40.0, 100.0), 1).await;
    let around = map("bbox: {south: 31, west: 121, north: 32, east: 122}");
    let mut nora = bed.listen("Nora", &around);
    assert_eq!(told(&nora.next().await), pairs(&[("ann", "STATIONARY")]));
    bed.seen(bed.users["ann"], 2, (40.0, 100.0), 0).await;
    let next = nora.next().await;
    assert_eq!(
        next["data"]["presenceChanged"]["gone"],
        json!([bed.users["ann"].global()])
    );
    let wrong = map("bbox: {south: 32, west: 121, north: 31, east: 122}");
    let wrong = bed.listen("Nora", &wrong).next().await;
    assert_eq!(
        wrong["errors"][0]["message"],
        "bbox: south is north of north"
    );
}

#[tokio::test]
async fn who_changes_teams_is_gone_and_a_foreign_team_is_unknown() {
    let bed = Bed::new(Backend::Sqlite).await;
    bed.seen(bed.users["ann"], 1, DOOR, 1).await;
    let south = bed.teams["South"];
    let foreign = map(&format!("teamId: \"{}\"", south.global()));
    let foreign = bed.listen("ann", &foreign).next().await;
    assert_eq!(foreign["errors"][0]["message"], "no such team");
    let north = map(&format!("teamId: \"{}\"", bed.teams["North"].global()));
    let mut nora = bed.listen("Nora", &north);
    assert_eq!(
        told(&nora.next().await),
        pairs(&[("ann", "STATIONARY"), ("bob", "UNKNOWN")])
    );
    let moved = user::Entity::visible_to(&Scope::All)
        .all(&bed.db.read)
        .await
        .unwrap();
    let moved = moved
        .into_iter()
        .find(|user| user.id == bed.users["ann"])
        .unwrap();
    let mut moved = moved.into_active_model();
    moved.team_id = Set(Some(south));
    moved.update(&bed.db.write).await.unwrap();
    let next = nora.next().await;
    assert_eq!(
        next["data"]["presenceChanged"]["gone"],
        json!([bed.users["ann"].global()])
    );
}

#[rstest]
#[tokio::test]
async fn the_feed_of_visits_is_in_order_within_sight_and_resumed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    let of_ann = bed
        .visit(bed.users["ann"], "acme", fence, at("11-03 10:00"))
        .await;
    let of_cy = bed
        .visit(bed.users["cy"], "acme", fence, at("11-03 10:00"))
        .await;
    bed.change(1, &of_ann, Kind::Opened).await;
    let feed = |arguments: &str| {
        format!(
            "subscription {{ visitChanged{arguments} {{ seq kind revision at
                visit {{ arrivedAt customer {{ name }} }} rep {{ name }} }} }}"
        )
    };
    let mut nora = bed.listen("Nora", &feed(""));
    assert!(
        nora.is_quiet(Duration::from_millis(500)).await,
        "from now on"
    );
    bed.change(2, &of_cy, Kind::Opened).await;
    bed.change(3, &of_ann, Kind::Closed).await;
    let heard = nora.next().await["data"]["visitChanged"].clone();
    assert_eq!(
        (&heard["seq"], &heard["kind"]),
        (&json!("3"), &json!("CLOSED"))
    );
    assert_eq!(heard["visit"]["customer"]["name"], "acme");
    let mut again = bed.listen("Nora", &feed("(afterSeq: \"0\")"));
    for expected in ["1", "3"] {
        assert_eq!(again.next().await["data"]["visitChanged"]["seq"], expected);
    }
    let mut ada = bed.listen("Ada", &feed("(afterSeq: \"1\")"));
    for (seq, rep) in [("2", "cy"), ("3", "ann")] {
        let heard = ada.next().await["data"]["visitChanged"].clone();
        assert_eq!(
            (&heard["seq"], &heard["rep"]["name"]),
            (&json!(seq), &json!(rep))
        );
    }
    for wrong in ["4", "-1", "x"] {
        let heard = bed
            .listen("Ada", &feed(&format!("(afterSeq: \"{wrong}\")")))
            .next()
            .await;
        assert_eq!(
            heard["errors"][0]["message"],
            "afterSeq is not of this feed"
        );
    }
}
