//! Reading: who sees what, why a visit is what it is, and in how many statements.

use chrono::Utc;
use entity::field::{check_in, receipt};
use rstest::rstest;
use serde_json::{Value, json};
use testbed::Backend;

use super::bed::{Bed, at};
use super::history::DOOR;

fn texts(list: &Value, field: &str) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    let texts = list.map(|item| item.pointer(field).unwrap().to_string().replace('"', ""));
    texts.collect()
}

#[rstest]
#[tokio::test]
async fn visits_are_seen_by_scope_and_hidden_once_withdrawn(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    let seen = [
        ("ann", "11-03 10:00"),
        ("bob", "11-03 11:00"),
        ("cy", "11-03 12:00"),
    ];
    for (rep, time) in seen {
        bed.visit(bed.users[rep], "acme", fence, at(time)).await;
    }
    let mut gone = bed
        .visit(bed.users["ann"], "acme", fence, at("11-04 10:00"))
        .await;
    gone.id = entity::id::VisitId::new();
    gone.withdrawn_at = Some(at("11-05 10:00"));
    bed.insert(gone).await;
    let query = "{ visits(orderBy: {arrivedAt: ASC}) { totalCount nodes { rep { name } } } }";
    for (name, expected) in [
        ("Ada", vec!["ann", "bob", "cy", "ann"]),
        ("Nora", vec!["ann", "bob", "ann"]),
        ("ann", vec!["ann", "ann"]),
        ("cy", vec!["cy"]),
    ] {
        let visits = bed.data(name, query).await["visits"].clone();
        assert_eq!(texts(&visits["nodes"], "/rep/name"), expected, "{name}");
        assert_eq!(visits["totalCount"], expected.len());
    }
    let only = "{ visits(filter: {withdrawn: ONLY}) { nodes { withdrawnAt } } }";
    let only = bed.data("ann", only).await;
    assert_eq!(only["visits"]["nodes"].as_array().unwrap().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_visit_tells_where_by_which_fence_and_why(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    bed.visit(bed.users["ann"], "acme", fence, at("11-03 10:00"))
        .await;
    let query = "{ visits { nodes { arrivedAt leftAt endReason openedBy confidence revision
        customer { name } geofence { name current { version } versions { nodes { version } } }
        geofenceVersion { version kind areaM2 geojson circle { radiusM centre { latitude } } }
        visitRule { id } plannedVisit { id }
        explain { code sentence at seconds count customers { name } } } } }";
    let visit = bed.data("Nora", query).await["visits"]["nodes"][0].clone();
    assert_eq!(visit["arrivedAt"], "2026-11-03T10:00:00+00:00");
    assert_eq!(visit["leftAt"], "2026-11-03T10:30:00+00:00");
    assert_eq!(
        (&visit["endReason"], &visit["openedBy"]),
        (&json!("SILENCE"), &json!("TRAIL"))
    );
    assert_eq!(visit["geofence"]["current"]["version"], 1);
    assert_eq!(visit["geofenceVersion"]["circle"]["radiusM"], 100.0);
    assert_eq!(
        visit["geofenceVersion"]["geojson"]["properties"]["radiusM"],
        100.0
    );
    assert_eq!(
        texts(&visit["explain"], "/code"),
        ["OPENED", "PLACE", "CHOSEN", "EVIDENCE", "CLOSED", "RULE"]
    );
    assert_eq!(
        texts(&visit["explain"], "/sentence")[1],
        "Judged against version 1 of the fence front."
    );
    let opened = &texts(&visit["explain"], "/sentence")[0];
    assert!(opened.contains("2026-11-03 18:00:00 CST"), "{opened}");
}

#[rstest]
#[tokio::test]
async fn customers_are_found_through_their_visits(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    bed.visit(bed.users["ann"], "acme", fence, at("11-03 10:00"))
        .await;
    bed.visit(bed.users["cy"], "core", fence, at("11-03 10:00"))
        .await;
    let since = r#"arrivedAt: {gte: "2026-11-01T00:00:00Z"}"#;
    for (name, filter, expected) in [
        (
            "Ada",
            format!("visits: {{none: {{{since}}}}}"),
            vec!["bolt"],
        ),
        (
            "Ada",
            format!("visits: {{some: {{{since}}}}}"),
            vec!["acme", "core"],
        ),
        (
            "Nora",
            format!("visits: {{some: {{{since}}}}}"),
            vec!["acme"],
        ),
        (
            "Ada",
            "geofences: {none: {retiredAt: {isNull: true}}}".to_owned(),
            vec!["bolt", "core"],
        ),
        (
            "Ada",
            r#"visits: {some: {rep: {name: {eq: "ann"}}}}"#.to_owned(),
            vec!["acme"],
        ),
    ] {
        let query = format!("{{ customers(filter: {{{filter}}}) {{ nodes {{ name }} }} }}");
        let found = bed.data(name, &query).await;
        assert_eq!(
            texts(&found["customers"]["nodes"], "/name"),
            expected,
            "{filter}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn every_point_is_found_with_what_became_of_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.check_in("ann", at("11-03 10:00"), Some(DOOR)).await;
    bed.pressed(
        "ann",
        at("11-03 10:01"),
        Some(DOOR),
        check_in::Kind::Arrive,
        Some("acme"),
    )
    .await;
    bed.quarantined("ann", at("11-03 10:02"), br#"{"kind":"TRAIL"}"#)
        .await;
    bed.receipt("ann", receipt::Status::Ignored, at("11-03 10:03"), |row| {
        row.reason = Some("OFF_DUTY".to_owned());
    })
    .await;
    bed.check_in("cy", at("11-03 10:04"), None).await;
    let fields = "id status reason kind recordedAt receivedAt outcome accuracyM batteryPct
        position { latitude longitude } rep { name } device { name } customer { name }
        decision { decision } quarantine { reason message resolution raw }";
    let query = format!(
        "{{ checkIns(orderBy: {{receivedAt: ASC}}) {{ totalCount nodes {{ {fields} }} }} }}"
    );
    let found = bed.data("Nora", &query).await["checkIns"].clone();
    assert_eq!(found["totalCount"], 4);
    let nodes = &found["nodes"];
    assert_eq!(
        texts(nodes, "/status"),
        ["ACCEPTED", "ACCEPTED", "QUARANTINED", "IGNORED"]
    );
    assert_eq!(
        nodes[0]["position"],
        json!({"latitude": 31.23, "longitude": 121.47})
    );
    assert_eq!(nodes[1]["customer"]["name"], "acme");
    assert_eq!(nodes[1]["outcome"], "OUT_OF_RANGE");
    assert_eq!(nodes[2]["quarantine"]["raw"], r#"{"kind":"TRAIL"}"#);
    assert_eq!(nodes[3]["reason"], "OFF_DUTY");
    for (filter, expected) in [
        ("status: QUARANTINED", 1),
        ("kind: ARRIVE, outcome: OUT_OF_RANGE", 1),
        ("customerId: {isNull: true}", 1),
        ("resolution: HELD", 1),
        (r#"reason: {in: ["OFF_DUTY", "NO_POSITION"]}"#, 2),
        (r#"receivedAt: {gt: "2026-11-03T10:02:00Z"}"#, 1),
    ] {
        let query = format!("{{ checkIns(filter: {{{filter}}}) {{ totalCount }} }}");
        let found = bed.data("Nora", &query).await;
        assert_eq!(found["checkIns"]["totalCount"], expected, "{filter}");
    }
    let id = nodes[1]["id"].as_str().unwrap();
    let query = format!("{{ node(id: \"{id}\") {{ ... on CheckIn {{ kind }} }} }}");
    assert_eq!(bed.data("Nora", &query).await["node"]["kind"], "ARRIVE");
    assert_eq!(bed.data("cy", &query).await["node"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn a_track_is_thinned_to_what_was_asked_for(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    for minute in 0..60 {
        let time = at("11-03 10:00") + chrono::TimeDelta::minutes(minute);
        bed.check_in("ann", time, Some((31.0 + minute as f64 / 1000.0, 121.0)))
            .await;
    }
    let track = |first: i32| {
        format!(
            r#"{{ users(first: 1, filter: {{name: {{eq: "ann"}}}}) {{ nodes {{ track(
                from: "2026-11-03T10:00:00Z", to: "2026-11-03T11:00:00Z", first: {first}) {{
                everyS points {{ recordedAt kind position {{ latitude }} }} }} }} }} }}"#
        )
    };
    let whole = bed.data("Nora", &track(1000)).await["users"]["nodes"][0]["track"].clone();
    assert_eq!(whole["points"].as_array().unwrap().len(), 60);
    let thin = bed.data("Nora", &track(6)).await["users"]["nodes"][0]["track"].clone();
    assert_eq!(
        texts(&thin["points"], "/position/latitude"),
        ["31.0", "31.011", "31.021", "31.031", "31.041", "31.051"]
    );
    let wrong = bed.ask("Nora", &track(1001), json!({})).await;
    assert_eq!(wrong.code(), "BAD_INPUT");
}

#[rstest]
#[tokio::test]
async fn presence_is_judged_at_the_moment_of_asking(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.seen(bed.users["ann"], 1, DOOR, 2).await;
    bed.seen(bed.users["bob"], 1, DOOR, 20).await;
    let query = "{ users(filter: {role: REP}) { nodes { name presence { state since age
        reason explanation batteryPct errorRadiusM position { latitude } customer { name } } } } }";
    let users = bed.data("Ada", query).await["users"]["nodes"].clone();
    assert_eq!(
        texts(&users, "/presence/state"),
        ["STATIONARY", "STALE", "UNKNOWN"]
    );
    assert_eq!(
        texts(&users, "/presence/reason"),
        ["ONE_POSITION", "SILENT", "NEVER_HEARD"]
    );
    assert_eq!(
        users[1]["presence"]["explanation"],
        "Nothing was heard for 20 min."
    );
    assert_eq!(users[2]["presence"]["position"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_reps(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let fence = bed.fence("acme").await;
    let query = "{ users(first: 100) { nodes { name
        presence { state position { latitude } customer { name } }
        visits(first: 2) { nodes { arrivedAt rep { name } explain { sentence }
            customer { name geofences(first: 1) { nodes { current { areaM2 } } } } } }
        plannedVisits(first: 1) { nodes { day } }
        checkIns(first: 1) { nodes { kind position { latitude } customer { name } } } } } }";
    bed.seen(bed.users["ann"], 1, DOOR, 1).await;
    bed.visit(bed.users["ann"], "acme", fence, at("11-03 10:00"))
        .await;
    bed.check_in("ann", at("11-03 10:00"), Some(DOOR)).await;
    let few = bed.statements("Nora", query).await;
    for rep in bed.hire(200).await {
        bed.seen(rep, 1, DOOR, 1).await;
        bed.visit(rep, "acme", fence, Utc::now()).await;
    }
    bed.check_in("bob", at("11-03 10:00"), Some(DOOR)).await;
    assert_eq!(bed.statements("Nora", query).await, few);
}

#[rstest]
#[tokio::test]
async fn a_look_at_somebody_else_is_recorded_once_an_hour(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    use entity::people::access_log;
    use entity::viewer::Scope;

    let bed = Bed::new(backend).await;
    bed.seen(bed.users["ann"], 1, DOOR, 1).await;
    bed.check_in("bob", at("11-03 10:00"), Some(DOOR)).await;
    let looks = async || {
        let rows = access_log::Entity::visible_to(&Scope::All);
        rows.all(&bed.db.read).await.unwrap()
    };
    let state = "query Look { users { nodes { presence { state } } } }";
    bed.data("Nora", state).await;
    assert!(looks().await.is_empty(), "a state is no position");
    let position = "query Look { users { nodes { presence { position { latitude } } } } }";
    bed.data("ann", position).await;
    assert!(
        looks().await.is_empty(),
        "nobody is told of a look at oneself"
    );
    for _ in 0..2 {
        bed.data("Nora", position).await;
        bed.data("Nora", "query Look { checkIns { nodes { status } } }")
            .await;
    }
    let mut subjects: Vec<_> = looks().await.iter().map(|look| look.subject_id).collect();
    subjects.sort();
    let mut expected = [bed.users["ann"], bed.users["bob"]];
    expected.sort();
    assert_eq!(subjects, expected);
    assert!(looks().await.iter().all(|look| look.purpose == "Look"));
}
