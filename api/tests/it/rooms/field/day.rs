//! A rep's day as one thing, and whether they are at work.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::field::{check_in, planned_visit};
use entity::id::PlannedVisitId;
use entity::people::duty_event;
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

/// What a list holds of each of its nodes.
fn each(list: &Value, field: &str) -> Vec<String> {
    let nodes = list["nodes"].as_array().unwrap().iter();
    let texts = nodes.map(|node| node[field].as_str().unwrap_or("null").to_owned());
    texts.collect()
}

impl Bed {
    async fn planned(&self, day: &str, note: &str, is_off: bool) {
        let row = planned_visit::Model {
            id: PlannedVisitId::new(),
            rep_id: self.users["ann"],
            customer_id: self.customers["acme"],
            day: day.parse().unwrap(),
            note: Some(note.to_owned()),
            created_by: self.users["Nora"],
            created_at: at("11-01 08:00"),
            cancelled_at: is_off.then(|| at("11-02 08:00")),
        };
        self.insert(row).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_day_is_cut_where_the_company_is(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    // In Shanghai the 3rd is from 16:00 on the 2nd to 16:00 on the 3rd; a visit lasts half an hour.
    for time in [
        "11-02 15:00",
        "11-02 15:45",
        "11-03 02:00",
        "11-03 15:59",
        "11-03 16:00",
    ] {
        bed.visit(bed.users["ann"], "acme", fence, at(time)).await;
        bed.check_in("ann", at(time), Some(DOOR)).await;
    }
    bed.planned("2026-11-03", "today", false).await;
    bed.planned("2026-11-03", "called off", true).await;
    bed.planned("2026-11-04", "tomorrow", false).await;
    let id = bed.users["ann"].global();
    let query = format!(
        "{{ user(id: {id:?}) {{ name one: day(of: \"2026-11-03\") {{ ...day }}
            other: day(of: \"2026-11-04\") {{ ...day }} }} }}
         fragment day on RepDay {{ date startsAt endsAt
            visits {{ nodes {{ arrivedAt }} }} plannedVisits {{ nodes {{ note }} }}
            track(first: 1000) {{ points {{ recordedAt }} }}
            checkIns(filter: {{kind: TRAIL}}) {{ totalCount nodes {{ recordedAt }} }} }}"
    );
    let data = bed.data("Nora", &query).await;
    let (one, other) = (&data["user"]["one"], &data["user"]["other"]);
    assert_eq!(one["date"], "2026-11-03");
    assert_eq!(one["startsAt"], "2026-11-02T16:00:00+00:00");
    assert_eq!(one["endsAt"], "2026-11-03T16:00:00+00:00");
    let recorded = ["2026-11-03T02:00:00+00:00", "2026-11-03T15:59:00+00:00"];
    assert_eq!(
        each(&one["visits"], "arrivedAt"),
        ["2026-11-02T15:45:00+00:00", recorded[0], recorded[1]]
    );
    assert_eq!(each(&one["plannedVisits"], "note"), ["today"]);
    assert_eq!(each(&one["checkIns"], "recordedAt"), recorded);
    assert_eq!(one["checkIns"]["totalCount"], 2);
    assert_eq!(one["track"]["points"].as_array().unwrap().len(), 2);
    assert_eq!(
        each(&other["visits"], "arrivedAt"),
        [recorded[1], "2026-11-03T16:00:00+00:00"]
    );
    assert_eq!(each(&other["plannedVisits"], "note"), ["tomorrow"]);
    assert_eq!(
        each(&other["checkIns"], "recordedAt"),
        ["2026-11-03T16:00:00+00:00"]
    );
    assert_eq!(other["track"]["points"].as_array().unwrap().len(), 1);
    let foreign = bed.data("cy", &query).await;
    assert_eq!(foreign["user"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn duty_is_told_with_its_end(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let bed = Bed::new(backend).await;
    let pressed_at = (Utc::now() - TimeDelta::hours(1)).trunc_subsecs(3);
    for (rep, kind) in [
        ("bob", duty_event::Kind::Pause),
        ("cy", duty_event::Kind::ShiftEnd),
    ] {
        bed.insert(duty_event::Model {
            user_id: bed.users[rep],
            recorded_at: pressed_at,
            kind,
        })
        .await;
    }
    let query = "{ users(filter: {role: REP}) { nodes { name duty { state until } } } }";
    let people = bed.data("Ada", query).await["users"]["nodes"].clone();
    let told = |name: &str| {
        let people = people.as_array().unwrap();
        people.iter().find(|user| user["name"] == name).unwrap()["duty"].clone()
    };
    assert_eq!(told("ann"), json!({ "state": "ON_DUTY", "until": null }));
    assert_eq!(told("bob")["state"], "PAUSED");
    let until = told("bob")["until"].as_str().unwrap().to_owned();
    let until: DateTime<Utc> = until.parse().unwrap();
    assert_eq!(until, pressed_at + TimeDelta::hours(12));
    assert_eq!(told("cy"), json!({ "state": "OFF_DUTY", "until": null }));
}

#[rstest]
#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_days(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    bed.visit(bed.users["ann"], "acme", fence, at("11-03 10:00"))
        .await;
    bed.check_in("ann", at("11-03 10:00"), Some(DOOR)).await;
    let query = "{ users(first: 100) { nodes { duty { state } day(of: \"2026-11-03\") { startsAt
        visits(first: 2) { nodes { customer { name } } } plannedVisits(first: 2) { nodes { note } }
        track(first: 5) { points { recordedAt } } checkIns(first: 2) { nodes { kind } } } } } }";
    let few = bed.statements("Nora", query).await;
    for rep in bed.hire(60).await {
        bed.visit(rep, "acme", fence, at("11-03 10:00")).await;
    }
    bed.pressed(
        "bob",
        at("11-03 11:00"),
        Some(DOOR),
        check_in::Kind::Arrive,
        Some("acme"),
    )
    .await;
    assert_eq!(bed.statements("Nora", query).await, few);
}
