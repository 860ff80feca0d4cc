//! Where somebody is: told only if the look can be written down, and also while Redis is away.

use std::time::Duration;

use domain::presence::{Facts, Report};
use entity::field::track;
use entity::people::access_log;
use entity::viewer::Scope;
use presence::Presence;
use rstest::rstest;
use sea_orm::PaginatorTrait;
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;
use crate::app::{refuse_inserts, take_inserts};

/// Every way to learn where ann is.
const LOOKS: [&str; 6] = [
    "{ user(id: $id) { presence { position { latitude } } } }",
    "{ user(id: $id) { presence { customer { name } } } }",
    "{ user(id: $id) { track(from: \"2026-11-03T00:00:00Z\", to: \"2026-11-04T00:00:00Z\") {
        points { position { latitude } } } } }",
    "{ user(id: $id) { checkIns { nodes { position { latitude } } } } }",
    "{ checkIns { nodes { position { latitude } } } }",
    "{ activityMap(bbox: {south: 31, west: 121, north: 32, east: 122}, resolution: 8,
        period: {kind: MONTH, of: \"2026-11-01\"}) { cell } }",
];

impl Bed {
    /// The facts that the worker would keep of a rep who was seen just now, at a customer.
    fn facts(&self, rep: &str) -> presence::Facts {
        let now = chrono::Utc::now();
        let mut facts = Facts::none(self.users[rep].uuid());
        facts.revision = 7;
        facts.absorb(&Report {
            recorded_at: now,
            received_at: now,
            position: Some(domain::position::Position::new(DOOR.0, DOOR.1).unwrap()),
            accuracy_m: Some(10.0),
            speed_mps: None,
            battery_pct: Some(81),
        });
        facts.visit = Some(domain::presence::OpenVisit {
            customer: self.customers["acme"].uuid(),
            since: now,
        });
        facts
    }

    async fn look(&self, name: &str, query: &str) -> crate::app::Reply {
        let id = self.users["ann"].global();
        let (head, variables) = match query.contains("$id") {
            true => ("query Look($id: ID!)", json!({ "id": id })),
            false => ("query Look", json!({})),
        };
        self.ask(name, &format!("{head} {query}"), variables).await
    }

    async fn looks(&self) -> u64 {
        let rows = access_log::Entity::visible_to(&Scope::All);
        rows.count(&self.db.read).await.unwrap()
    }
}

#[rstest]
#[tokio::test]
async fn where_somebody_is_is_not_told_while_looks_cannot_be_written_down(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.check_in("ann", at("11-03 10:00"), Some(DOOR)).await;
    bed.presence.put(&[bed.facts("ann")]).await.unwrap();
    refuse_inserts(&bed.db, "access_log").await;
    for query in LOOKS {
        let reply = bed.look("Nora", query).await;
        assert_eq!(reply.code(), "ACCESS_LOG_UNAVAILABLE", "{query}");
        let told = reply.body.to_string();
        for secret in ["31.2", "acme", "cell\":"] {
            assert!(!told.contains(secret), "{query}: {told}");
        }
        let retry = &reply.body["errors"][0]["extensions"]["retryAfter"];
        assert!(retry.as_u64().is_some(), "{}", reply.body);
        // What is one's own needs no row; the map is not for reps.
        if !query.contains("activityMap") {
            let own = bed.look("ann", query).await;
            assert_eq!(own.body.get("errors"), None, "{query}: {}", own.body);
            let told = own.body.to_string();
            assert!(told.contains("31.2") || told.contains("acme"), "{told}");
        }
    }
    let mut map = bed.listen(
        "Nora",
        "subscription { presenceChanged { presences { state } } }",
    );
    let heard = map.next().await;
    let told = &heard["errors"][0]["message"];
    assert_eq!(told, "the look cannot be recorded now, so it is refused");
    assert_eq!(heard["data"], Value::Null);
    // What tells no place is read all the same.
    let state = "{ user(id: $id) { name presence { state } visits { totalCount } } }";
    let state = bed.look("Nora", state).await.body;
    assert_eq!(
        state["data"]["user"]["presence"]["state"], "AT_CUSTOMER",
        "{state}"
    );
    assert_eq!(bed.looks().await, 0);

    take_inserts(&bed.db, "access_log").await;
    for query in LOOKS {
        let reply = bed.look("Nora", query).await;
        assert_eq!(reply.body.get("errors"), None, "{query}: {}", reply.body);
    }
    assert_eq!(bed.looks().await, 1, "one purpose in one hour");
}

#[rstest]
#[tokio::test]
async fn without_redis_presence_is_read_from_the_database_and_says_so(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut redis = testbed::redis().await.unwrap();
    let bed = Bed::with(backend, Presence::redis(&redis.url()).unwrap()).await;
    let facts = bed.facts("ann");
    bed.insert(track::Model {
        rep_id: bed.users["ann"],
        revision: 7,
        claim_token: None,
        claimed_until: None,
        tries: 0,
        failed_at: None,
        set_aside_at: None,
        retry_at: None,
        last_error: None,
        due_at: None,
        told: None,
        live: Some(serde_json::to_value(&facts).unwrap()),
    })
    .await;
    let query = "{ users(filter: {name: {in: [\"ann\", \"bob\"]}}) { nodes { presence {
        state source reason explanation position { latitude } customer { name } } } } }";
    let seen = async || bed.data("Nora", query).await["users"]["nodes"].clone();
    let away = "The live state is away; this is what the database knows.";
    let by_database = json!([
        { "presence": { "state": "AT_CUSTOMER", "source": "DATABASE", "reason": "VISIT_OPEN",
            "explanation": format!("A visit is open. {away}"),
            "position": { "latitude": DOOR.0 }, "customer": { "name": "acme" } } },
        { "presence": { "state": "UNKNOWN", "source": "DATABASE", "reason": "NEVER_HEARD",
            "explanation": format!("Nothing was ever heard. {away}"),
            "position": null, "customer": null } },
    ]);
    assert_eq!(
        seen().await,
        by_database,
        "emptied, and not yet filled again"
    );

    let epoch = bed.presence.needs_rebuild().await.unwrap().unwrap();
    bed.presence.put(&[facts]).await.unwrap();
    bed.presence.mark_rebuilt(&epoch).await.unwrap();
    let sources = |seen: Value| [0, 1].map(|rep| seen[rep]["presence"]["source"].clone());
    assert_eq!(sources(seen().await), [json!("LIVE"), json!("LIVE")]);

    redis.kill().unwrap();
    assert_eq!(seen().await, by_database, "away");

    redis.restart().unwrap();
    let epoch = loop {
        match bed.presence.needs_rebuild().await {
            Ok(epoch) => break epoch.unwrap(),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    bed.presence.mark_rebuilt(&epoch).await.unwrap();
    assert_eq!(sources(seen().await), [json!("LIVE"), json!("LIVE")]);
}

const SHARE: &str = "mutation($input: ShareTeamPresenceInput!) { shareTeamPresence(input: $input) {
    team { name presenceSharedAt } userErrors { message } } }";

impl Bed {
    async fn share(&self, name: &str, team: &str, is_shared: bool) -> crate::app::Reply {
        let input = json!({"teamId": self.teams[team].global(), "isShared": is_shared});
        self.ask(name, SHARE, json!({ "input": input })).await
    }

    /// The friends that somebody's phone would show.
    async fn friends(&self, name: &str) -> Vec<String> {
        let looks = api::people::access::RecordedLooks::default();
        let viewer = self.viewer(name);
        let friends = api::field::friends::friends(&self.db, &self.presence, &looks, &viewer).await;
        friends
            .unwrap()
            .into_iter()
            .map(|friend| friend.name)
            .collect()
    }
}

#[rstest]
#[tokio::test]
async fn teammates_see_each_other_on_duty_once_their_manager_shares_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let mut paused = bed.facts("Nora");
    paused.duty = vec![domain::presence::DutySpan {
        since: chrono::DateTime::UNIX_EPOCH,
        state: domain::duty::State::Paused,
    }];
    let facts = [bed.facts("ann"), bed.facts("bob"), bed.facts("cy"), paused];
    bed.presence.put(&facts).await.unwrap();
    assert!(bed.friends("ann").await.is_empty());
    assert_eq!(bed.share("ann", "North", true).await.code(), "FORBIDDEN");
    assert_eq!(bed.share("Nora", "Head", true).await.code(), "FORBIDDEN");
    let shared = bed.share("Nora", "North", true).await.body;
    let team = &shared["data"]["shareTeamPresence"]["team"];
    assert!(team["presenceSharedAt"].is_string(), "{shared}");
    assert_eq!(bed.friends("ann").await, ["bob"]);
    assert!(bed.friends("cy").await.is_empty(), "another team");
    let looks = access_log::Entity::visible_to(&Scope::All);
    let looks = looks.all(&bed.db.read).await.unwrap();
    let told: Vec<_> = looks
        .iter()
        .map(|look| (look.viewer_id, look.subject_id, look.purpose.as_str()))
        .collect();
    assert_eq!(
        told,
        [(bed.users["ann"], bed.users["bob"], "owntracks friends")]
    );
    // While looks cannot be written down nobody is shown.
    refuse_inserts(&bed.db, "access_log").await;
    let looks = api::people::access::RecordedLooks::default();
    let viewer = bed.viewer("ann");
    let refused = api::field::friends::friends(&bed.db, &bed.presence, &looks, &viewer).await;
    assert!(refused.is_err());
    take_inserts(&bed.db, "access_log").await;
    bed.share("Ada", "North", false).await;
    assert!(bed.friends("ann").await.is_empty());
}
