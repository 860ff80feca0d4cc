//! What is taken out: every table as everybody, and how it is written.

use std::io::Cursor;
use std::time::Duration;

use api::auth::{AuthSettings, Authenticator};
use api::export::{Slots, Tables};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use calamine::{Data, Reader, Xlsx};
use chrono::TimeDelta;
use futures_util::StreamExt;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use testbed::Backend;

use super::company::Company;
use super::sight::sees;
use crate::app::seen_by;

/// What an export answers.
struct Export {
    status: StatusCode,
    media_type: String,
    bytes: Vec<u8>,
}

impl Export {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        let lines = self.text().lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The routes as somebody sees them.
fn routes(company: &Company, name: Option<&'static str>) -> Router {
    let settings = AuthSettings {
        secret: None,
        issuer: "fieldhub".to_owned(),
        audience: "fieldhub".to_owned(),
        provider: None,
        access_lifetime: TimeDelta::minutes(15),
    };
    let authenticator = Authenticator::new(company.db().clone(), settings).unwrap();
    let routes = api::export::routes(company.schema.clone(), authenticator, Slots::default());
    let routes: Router = routes.unwrap().into();
    match name {
        Some(name) => seen_by(routes, company.viewer(name)),
        None => routes,
    }
}

async fn answer(router: Router, path: &str) -> Response {
    let request = Request::get(format!("/v1/export{path}"));
    let request = request.body(Body::empty()).unwrap();
    tower::ServiceExt::oneshot(router, request).await.unwrap()
}

async fn export(company: &Company, name: Option<&'static str>, path: &str) -> Export {
    let response = answer(routes(company, name), path).await;
    let status = response.status();
    let media_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
    let media_type = media_type.to_owned();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    Export {
        status,
        media_type,
        bytes: bytes.into(),
    }
}

/// A text as a part of a query.
fn quoted(text: &str) -> String {
    let byte = |byte: u8| format!("%{byte:02X}");
    text.bytes().map(byte).collect()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_table_holds_what_its_reader_may_see_and_no_row_more(#[case] backend: Backend) {
    let company = Company::new(backend).await;
    let listed = export(&company, Some("Ada"), "").await;
    let listed: Value = serde_json::from_slice(&listed.bytes).unwrap();
    let tables: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|table| table["table"].as_str().unwrap())
        .collect();
    assert!(tables.contains(&"customer.contacts"), "{tables:?}");
    let mut told = 0;
    for table in tables {
        let of = match table.split_once('.') {
            None => String::new(),
            Some(("ranking", _)) => format!(
                "&metric=VISITS&of=REPS&period={}",
                quoted(r#"{"kind":"MONTH","of":"2024-10-10"}"#)
            ),
            Some(("viewer", _)) => String::new(),
            Some(("user", _)) => format!("&id={}", company.people["ann"].global()),
            Some(("team", _)) => format!("&id={}", company.teams["North"].global()),
            Some((object, _)) => {
                // Of each kind of thing that has rows of its own, the first.
                let mut rows = company.rows.iter();
                let found = rows.find(|(_, row)| row.kind.eq_ignore_ascii_case(object));
                let Some((id, _)) = found else { continue };
                format!("&id={id}")
            }
        };
        for name in ["Ada", "Nora", "ann", "cy"] {
            let path = format!("/{table}?format=jsonl{of}");
            let export = export(&company, Some(name), &path).await;
            let is_hidden = !of.is_empty() && export.status == StatusCode::NOT_FOUND
                || matches!(table, "stalledTracks" | "webhooks" | "webhookDeliveries")
                    && export.status == StatusCode::FORBIDDEN;
            assert!(
                export.status == StatusCode::OK || is_hidden,
                "{table} for {name}: {}",
                export.text()
            );
            for line in export.lines().iter().filter(|_| !is_hidden) {
                // Its own id, and those of all it leads to.
                let texts = line.as_object().unwrap().values().filter_map(Value::as_str);
                for (id, row) in texts.filter_map(|text| company.rows.get_key_value(text)) {
                    told += 1;
                    assert!(
                        sees(Some(name), row.sight),
                        "{name} is told of {id} by {line} in {table}"
                    );
                }
            }
        }
        let path = format!("/{table}?format=csv{of}");
        let refused = export(&company, None, &path).await;
        assert_eq!(
            refused.status,
            StatusCode::UNAUTHORIZED,
            "{table} for nobody"
        );
    }
    assert!(told > 100, "only {told} rows were told");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_table_is_whole_beyond_one_page(#[case] backend: Backend) {
    let company = Company::new(backend).await;
    many_customers(&company).await;
    let filter = quoted(r#"{"name":{"startsWith":"Kunde"}}"#);
    let path = format!("/customers?format=jsonl&filter={filter}");
    let rows = export(&company, Some("Ada"), &path).await.lines();
    let mut codes: Vec<&str> = rows
        .iter()
        .map(|row| row["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!((rows.len(), codes.len()), (230, 230));
}

/// More customers than a page holds.
async fn many_customers(company: &Company) {
    for number in 0..230 {
        let create = format!(
            r#"mutation {{ createCustomer(input: {{code: "K{number}", name: "Kunde {number}"}})
                {{ userErrors {{ code }} }} }}"#
        );
        let reply = company.ask(Some("Ada"), &create).await;
        assert!(reply.body["errors"].is_null(), "{}", reply.body);
    }
}

/// For so long a judgement of somebody is remembered.
const MEMORY: Duration = Duration::from_millis(3_100);

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_long_export_breaks_off_when_the_account_is_closed(#[case] backend: Backend) {
    let company = Company::new(backend).await;
    many_customers(&company).await;
    let begun = answer(routes(&company, Some("Ada")), "/customers?format=jsonl").await;
    assert_eq!(begun.status(), StatusCode::OK);
    let mut body = begun.into_body().into_data_stream();
    let first = body.next().await.unwrap().unwrap();
    let lines = first.iter().filter(|byte| **byte == b'\n').count();
    assert!((1..230).contains(&lines), "{lines}");
    let close = "UPDATE user_account SET deactivated_at = created_at WHERE role = 'ADMIN'";
    let write = &company.db().write;
    write.execute_unprepared(close).await.unwrap();
    tokio::time::sleep(MEMORY).await;
    let rest = body.next().await.unwrap().unwrap_err();
    assert!(rest.to_string().contains("the account is closed"), "{rest}");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_long_export_follows_what_its_reader_may_see(#[case] backend: Backend) {
    let company = Company::new(backend).await;
    many_customers(&company).await;
    let begun = answer(routes(&company, Some("Ada")), "/customers?format=jsonl").await;
    let mut body = begun.into_body().into_data_stream();
    body.next().await.unwrap().unwrap();
    let write = &company.db().write;
    let demote = "UPDATE user_account SET role = 'MANAGER' WHERE role = 'ADMIN'";
    write.execute_unprepared(demote).await.unwrap();
    tokio::time::sleep(MEMORY).await;
    let mut rest = Vec::new();
    while let Some(bytes) = body.next().await {
        rest.extend(bytes.unwrap());
    }
    let rest = String::from_utf8(rest).unwrap();
    assert!(
        !rest.contains("Kunde"),
        "they are nobody's but an admin's: {rest}"
    );
}

#[tokio::test]
async fn a_third_export_at_once_waits() {
    let company = Company::new(Backend::Sqlite).await;
    many_customers(&company).await;
    let router = routes(&company, Some("Ada"));
    let path = "/customers?format=jsonl";
    let first = answer(router.clone(), path).await;
    let _second = answer(router.clone(), path).await;
    let third = answer(router.clone(), path).await;
    assert_eq!(third.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(third.headers()[header::RETRY_AFTER], "10");
    let body = to_bytes(third.into_body(), usize::MAX).await.unwrap();
    let problem: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem["code"], "RATE_LIMITED");
    drop(first);
    assert_eq!(answer(router, path).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_text_like_a_formula_is_text_in_every_spreadsheet() {
    let company = Company::new(Backend::Sqlite).await;
    let create = r#"mutation { createCustomer(input: {code: "+1", name: "=HYPERLINK(\"http://x\")",
        city: "Köln, \"Süd\"", position: {latitude: -33.5, longitude: 151.25}})
        { userErrors { code } } }"#;
    company.ask(Some("Ada"), create).await;
    let filter = quoted(r#"{"code":{"eq":"+1"}}"#);
    let csv = export(
        &company,
        Some("Ada"),
        &format!("/customers?filter={filter}"),
    )
    .await;
    assert_eq!(csv.media_type, "text/csv; charset=utf-8");
    let text = csv.text().strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| &row[header.iter().position(|column| column == name).unwrap()];
    assert_eq!(cell("code"), "'+1");
    assert_eq!(cell("name"), "'=HYPERLINK(\"http://x\")");
    assert_eq!(cell("city"), "Köln, \"Süd\"");
    assert_eq!(cell("position.latitude"), "-33.5", "a number is no formula");

    let path = format!("/customers?format=xlsx&filter={filter}");
    let xlsx = export(&company, Some("Ada"), &path).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let row = sheet.rows().nth(1).unwrap();
    assert_eq!(
        row[place("name")],
        Data::String("'=HYPERLINK(\"http://x\")".into())
    );
    assert_eq!(row[place("position.latitude")], Data::Float(-33.5));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_track_is_taken_out_and_the_look_recorded(#[case] backend: Backend) {
    let company = Company::new(backend).await;
    let ann = company.people["ann"].global();
    let days = "from=2024-01-01T00:00:00Z&to=2025-01-01T00:00:00Z";
    let path = format!("/track?user={ann}&{days}");
    let gpx = export(&company, Some("Nora"), &path).await;
    assert_eq!(gpx.media_type, "application/gpx+xml");
    let count = gpx.text().matches("<trkpt ").count();
    assert!(count > 0, "{}", gpx.text());
    assert_eq!(count, gpx.text().matches("<time>").count());
    let geojson = export(&company, Some("Nora"), &format!("{path}&format=geojson")).await;
    let features: Value = serde_json::from_slice(&geojson.bytes).unwrap();
    let times = features["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| feature["properties"]["times"].as_array().unwrap().len());
    assert_eq!(times.sum::<usize>(), count);
    let looks = export(&company, Some("ann"), "/accessLog?format=jsonl").await;
    assert!(
        looks
            .lines()
            .iter()
            .any(|look| look["purpose"] == "export" && look["viewerName"] == "Nora"),
        "{}",
        looks.text()
    );
    let beyond = export(&company, Some("cy"), &path).await;
    assert_eq!(beyond.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_code() {
    let company = Company::new(Backend::Sqlite).await;
    for (path, status, code) in [
        ("/nonsense", 404, "NOT_FOUND"),
        ("/visits?format=pdf", 400, "BAD_INPUT"),
        ("/visits?filter=%7B", 400, "BAD_INPUT"),
        ("/visits?filter=%7B%22no%22%3A1%7D", 400, "BAD_INPUT"),
        ("/visits?colour=red", 400, "BAD_INPUT"),
        ("/team.reps", 400, "BAD_INPUT"),
        ("/team.reps?id=x", 404, "NOT_FOUND"),
        ("/track?user=x&from=yesterday&to=now", 400, "BAD_INPUT"),
    ] {
        let refused = export(&company, Some("Ada"), path).await;
        let problem: Value = serde_json::from_slice(&refused.bytes).unwrap();
        assert_eq!(
            (refused.status.as_u16(), problem["code"].as_str().unwrap()),
            (status, code),
            "{path}: {problem}"
        );
        assert_eq!(refused.media_type, "application/problem+json", "{path}");
    }
}

#[test]
fn columns_follow_from_the_schema() {
    let tables = Tables::all().unwrap();
    let has = |table: &str, column: &str| {
        let columns = &tables.get(table).unwrap().columns;
        columns.iter().any(|known| known.name() == column)
    };
    assert_eq!(tables.get("visits").unwrap().columns[0].name(), "id");
    assert!(has("visits", "rep.email"), "a thing is told by its names");
    assert!(
        has("customers", "position.latitude"),
        "a value by its parts"
    );
    assert!(has("geofences", "current.circle.centre.latitude"));
    assert!(
        has("scorecards", "items"),
        "a list that is always there is JSON"
    );
    assert!(!has("users", "presence.state"), "what is live is no record");
    assert!(
        !has("visits", "explain"),
        "nor what is computed for one reader"
    );
}
