//! Small tables through the API.

use api::edge::Settings;
use entity::viewer::Role;
use serde_json::{Value, json};
use testbed::Backend;

use super::Bed;
use crate::app::{asking, call, seen_by, serve, viewer};

const IMPORT: &str = "mutation ($input: ImportTableInput!) { importTable(input: $input) {
    report { new changed unchanged refused isKept refusals { line column reason } }
    userErrors { code field message } } }";

#[tokio::test]
async fn a_small_table_goes_through_the_api() {
    let bed = Bed::new(Backend::Sqlite).await;
    let router = serve(api::schema(bed.db().clone()), Settings::default()).router;
    let ask = async |role: Role, input: Value| {
        let router = seen_by(router.clone(), viewer(role));
        let asked = asking(json!({ "query": IMPORT, "variables": { "input": input } }));
        call(&router, asked).await.body
    };
    let table = json!({ "kind": "CUSTOMERS", "text": "code,name\nA1,Acme\n,Bolt\n" });
    let refused = ask(Role::Admin, table.clone()).await;
    assert_eq!(
        refused["data"]["importTable"]["report"],
        json!({ "new": 1, "changed": 0, "unchanged": 0, "refused": 1, "isKept": false,
            "refusals": [{ "line": 3, "column": "code", "reason": "is empty" }] })
    );
    let mut skipping = table.clone();
    skipping["skipBad"] = json!(true);
    let taken = ask(Role::Admin, skipping).await;
    assert_eq!(
        taken["data"]["importTable"]["report"]["isKept"], true,
        "{taken}"
    );
    assert_eq!(bed.column("SELECT code FROM customer").await, ["A1"]);

    let wrong = json!({ "kind": "CUSTOMERS", "text": "number\n1\n" });
    let told = ask(Role::Admin, wrong).await;
    let fault = &told["data"]["importTable"]["userErrors"][0];
    assert_eq!(
        (&fault["code"], &fault["field"]),
        (&json!("INVALID"), &json!("text"))
    );
    let forbidden = ask(Role::Manager, table).await;
    assert_eq!(forbidden["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn a_track_through_the_api_is_whose_it_is_said_to_be() {
    let bed = Bed::new(Backend::Sqlite).await;
    bed.company().await;
    bed.users().await;
    let router = serve(api::schema(bed.db().clone()), Settings::default()).router;
    let router = seen_by(router, viewer(Role::Admin));
    let gpx = r#"<gpx version="1.1" creator="x"><trk><trkseg><trkpt lat="39.74" lon="-104.97">
        <time>2026-09-01T01:00:00Z</time></trkpt></trkseg></trk></gpx>"#;
    let ann = bed.somebody("ann@x.example").await.global();
    let ask = async |user: &str| {
        let input = json!({ "kind": "CHECK_INS", "text": gpx, "userId": user });
        let asked = asking(json!({ "query": IMPORT, "variables": { "input": input } }));
        call(&router, asked).await.body
    };
    let unknown = ask("VXNlcjox").await;
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let taken = ask(&ann).await;
    assert_eq!(taken["data"]["importTable"]["report"]["new"], 1, "{taken}");
    let whose = "SELECT name FROM check_in JOIN user_account ON user_account.id = rep_id";
    assert_eq!(bed.column(whose).await, ["Ann Lee"]);
}
