//! Deciding: arrivals out of range, points kept aside, whose stay it was, stuck tracks.

use entity::field::{arrival_decision, check_in, correction, track};
use entity::people::{team, user};
use entity::viewer::{Role, Scope};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

impl Bed {
    /// The public id of the only check-in that passes a filter.
    async fn check_in_id(&self, filter: &str) -> Value {
        let query = format!("{{ checkIns(filter: {{{filter}}}) {{ nodes {{ id }} }} }}");
        self.data("Ada", &query).await["checkIns"]["nodes"][0]["id"].clone()
    }

    async fn verb(&self, name: &str, verb: &str, id: &Value) -> Value {
        let query = format!(
            "mutation ($id: ID!) {{ {verb}(id: $id) {{ userErrors {{ code }} checkIn {{ status
                decision {{ decision decidedBy {{ name }} }} quarantine {{ resolution
                resolvedBy {{ name }} }} }} }} }}"
        );
        let reply = self.ask(name, &query, json!({ "id": id })).await;
        match reply.body.get("errors") {
            Some(errors) => errors[0]["extensions"]["code"].clone(),
            None => reply.body["data"][verb].clone(),
        }
    }
}

#[rstest]
#[tokio::test]
async fn an_arrival_out_of_range_waits_for_the_manager(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.pressed(
        "ann",
        at("11-03 10:00"),
        Some(DOOR),
        check_in::Kind::Arrive,
        Some("acme"),
    )
    .await;
    bed.check_in("ann", at("11-03 10:05"), Some(DOOR)).await;
    let waits = "outcome: [OUT_OF_RANGE], isDecided: false";
    let arrival = bed.check_in_id(waits).await;
    let trail = bed.check_in_id("kind: TRAIL").await;
    assert_eq!(
        bed.verb("ann", "acceptArrival", &arrival).await,
        "FORBIDDEN"
    );
    let accepted = bed.verb("Nora", "acceptArrival", &arrival).await;
    assert_eq!(
        accepted["checkIn"]["decision"],
        json!({ "decision": "ACCEPTED", "decidedBy": { "name": "Nora" } })
    );
    assert_eq!(bed.check_in_id(waits).await, Value::Null);
    assert_eq!(bed.check_in_id("isDecided: true").await, arrival);
    let refused = bed.verb("Nora", "refuseArrival", &arrival).await;
    assert_eq!(
        refused["checkIn"]["decision"]["decision"], "REFUSED",
        "the newest counts"
    );
    let trail = bed.verb("Nora", "acceptArrival", &trail).await;
    assert_eq!(trail["userErrors"], json!([{ "code": "NOT_OUT_OF_RANGE" }]));
    assert_eq!(
        bed.verb("Nora", "acceptArrival", &json!("x")).await,
        "NOT_FOUND"
    );
    let decisions = arrival_decision::Entity::visible_to(&Scope::All);
    assert_eq!(decisions.all(&bed.db.read).await.unwrap().len(), 2);
}

#[rstest]
#[tokio::test]
async fn a_point_kept_aside_is_released_once_it_passes_or_discarded(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let good = br#"{"id":"p","kind":"TRAIL","recordedAt":"2026-11-03T10:00:00Z",
        "latitude":31.23,"longitude":121.47}"#;
    bed.quarantined("ann", at("11-03 10:00"), good).await;
    bed.quarantined("ann", at("11-03 11:00"), br#"{"id":"q","kind":"TRAIL"}"#)
        .await;
    let early = bed
        .check_in_id(r#"receivedAt: {lt: "2026-11-03T11:00:00Z"}"#)
        .await;
    let late = bed
        .check_in_id(r#"receivedAt: {gte: "2026-11-03T11:00:00Z"}"#)
        .await;
    let still = bed.verb("Nora", "releaseCheckIn", &late).await;
    assert_ne!(
        still["userErrors"][0]["code"],
        Value::Null,
        "it is still wrong"
    );
    let discarded = bed.verb("Nora", "discardCheckIn", &late).await;
    assert_eq!(
        discarded["checkIn"]["quarantine"],
        json!({ "resolution": "DISCARDED", "resolvedBy": { "name": "Nora" } })
    );
    let released = bed.verb("Nora", "releaseCheckIn", &early).await;
    assert_eq!(released["userErrors"], json!([]), "{released}");
    assert_eq!(released["checkIn"]["status"], "ACCEPTED");
    for id in [&early, &late] {
        let again = bed.verb("Nora", "discardCheckIn", id).await;
        assert_eq!(again["userErrors"], json!([{ "code": "NOT_HELD" }]));
    }
    assert_eq!(bed.verb("cy", "releaseCheckIn", &early).await, "FORBIDDEN");
}

#[rstest]
#[tokio::test]
async fn a_manager_says_whose_stay_it_was(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    let visit = bed
        .visit(bed.users["ann"], "acme", fence, at("11-03 10:00"))
        .await;
    let correct = async |name: &str, customer: Option<&str>, reason: &str| {
        let input = json!({ "visitId": visit.id.global(), "reason": reason,
            "customerId": customer.map(|customer| bed.customers[customer].global()) });
        let query = "mutation ($input: CorrectVisitInput!) { correctVisit(input: $input) {
            visit { id } userErrors { code field } } }";
        bed.ask(name, query, json!({ "input": input })).await
    };
    let done = correct("Nora", Some("bolt"), "next door").await.body;
    assert_eq!(
        done["data"]["correctVisit"]["visit"]["id"],
        visit.id.global()
    );
    let none = correct("Nora", None, "a break").await.body;
    assert_eq!(none["data"]["correctVisit"]["userErrors"], json!([]));
    let silent = correct("Nora", None, " ").await.body;
    let fault = json!([{ "code": "REQUIRED", "field": "reason" }]);
    assert_eq!(silent["data"]["correctVisit"]["userErrors"], fault);
    assert_eq!(
        correct("Nora", Some("core"), "there").await.code(),
        "NOT_FOUND"
    );
    assert_eq!(correct("ann", None, "a break").await.code(), "FORBIDDEN");
    let rows = correction::Entity::visible_to(&Scope::All);
    let rows = rows.all(&bed.db.read).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter().all(|row| row.instant == at("11-03 10:15")),
        "the middle of it"
    );
}

#[rstest]
#[tokio::test]
async fn nobody_decides_on_their_own_while_somebody_else_could(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    for (name, time) in [("Nora", "11-03 10:00"), ("Ada", "11-03 11:00")] {
        let (place, kind) = (Some(DOOR), check_in::Kind::Arrive);
        bed.pressed(name, at(time), place, kind, Some("acme")).await;
    }
    let decide = async |name: &'static str| {
        let rep = bed.users[name];
        let filter = format!("repId: {{eq: {:?}}}", rep.global());
        let arrival = bed.check_in_id(&filter).await;
        let visit = bed.visit(rep, "acme", fence, at("11-03 10:00")).await;
        let input = json!({ "input": { "visitId": visit.id.global(), "reason": "a break" } });
        let correct = "mutation ($input: CorrectVisitInput!) { correctVisit(input: $input) {
            userErrors { code field } } }";
        let corrected = bed.ask(name, correct, input).await.body;
        [
            bed.verb(name, "acceptArrival", &arrival).await["userErrors"].clone(),
            bed.verb(name, "refuseArrival", &arrival).await["userErrors"].clone(),
            corrected["data"]["correctVisit"]["userErrors"].clone(),
        ]
    };
    let refused = |errors: &Value| errors[0]["code"] == "OWN_DECISION";
    let is_done = |errors: &Value| *errors == json!([]);
    let close = async |name: &str| {
        let closed = user::ActiveModel {
            id: Set(bed.users[name]),
            deactivated_at: Set(Some(at("11-04 10:00"))),
            ..Default::default()
        };
        closed.update(&bed.db.write).await.unwrap();
    };
    assert!(decide("Nora").await.iter().all(refused), "Ada could");
    let told = decide("Nora").await[2].clone();
    assert_eq!(told[0]["field"], "visitId");
    assert!(decide("Ada").await.iter().all(is_done), "Nora is below");
    let head = team::ActiveModel {
        id: Set(bed.teams["Head"]),
        manager_id: Set(Some(bed.users["Nora"])),
        ..Default::default()
    };
    head.update(&bed.db.write).await.unwrap();
    assert!(decide("Ada").await.iter().all(refused), "Nora is above now");
    close("Nora").await;
    assert!(decide("Ada").await.iter().all(is_done), "Nora has left");
    let other = bed.hire(1).await[0];
    let other = user::ActiveModel {
        id: Set(other),
        role: Set(Role::Admin),
        ..Default::default()
    };
    other.update(&bed.db.write).await.unwrap();
    assert!(decide("Ada").await.iter().all(refused), "there are two");
}

#[rstest]
#[tokio::test]
async fn a_stuck_track_is_listed_and_tried_again(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.insert(track::Model {
        rep_id: bed.users["ann"],
        revision: 1,
        claim_token: None,
        claimed_until: None,
        tries: 5,
        failed_at: Some(at("11-03 10:00")),
        set_aside_at: Some(at("11-03 10:00")),
        retry_at: Some(at("11-03 11:00")),
        last_error: Some("a panic".to_owned()),
        due_at: None,
        told: None,
        live: None,
    })
    .await;
    let list = "{ stalledTracks { nodes { tries lastError rep { name } } } }";
    let stalled = bed.data("Nora", list).await["stalledTracks"]["nodes"].clone();
    assert_eq!(
        stalled,
        json!([{ "tries": 5, "lastError": "a panic", "rep": { "name": "ann" } }])
    );
    assert_eq!(bed.ask("ann", list, json!({})).await.code(), "FORBIDDEN");
    let retry = "mutation ($id: ID!) { retryTrack(repId: $id) { track { setAsideAt }
        userErrors { code } } }";
    let id = json!({ "id": bed.users["ann"].global() });
    let retried = bed.ask("Nora", retry, id.clone()).await.body;
    assert_eq!(
        retried["data"]["retryTrack"]["track"]["setAsideAt"],
        Value::Null
    );
    assert_eq!(retried["data"]["retryTrack"]["userErrors"], json!([]));
    let again = bed.ask("Nora", retry, id).await.body;
    assert_eq!(
        again["data"]["retryTrack"]["userErrors"][0]["code"],
        "NOT_STALLED"
    );
    let foreign = json!({ "id": bed.users["cy"].global() });
    assert_eq!(bed.ask("Nora", retry, foreign).await.code(), "NOT_FOUND");
}
