//! `/v1/export` lists what can be taken out; `/v1/export/{table}` and `/v1/export/track` give it.

use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::{DateTime, Utc};
use entity::viewer::Viewer;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Writer, streamed};
use super::{Arguments, Fault, Format, Rows, Sheet, Slots, Tables, TrackExport, TrackFormat};
use crate::auth::Authenticator;
use crate::schema::Schema;

#[derive(Clone)]
struct Door {
    schema: Schema,
    authenticator: Authenticator,
    slots: Slots,
    tables: Arc<Tables>,
}

pub(super) type Signed = Option<Extension<Viewer>>;
pub(super) type Given = Result<Query<Arguments>, QueryRejection>;

/// The routes. Who is asking stands in the request's extensions as a [`Viewer`], put there before;
/// without it the answer is 401. The authenticator judges them anew on the way.
pub fn routes(
    schema: Schema,
    authenticator: Authenticator,
    slots: Slots,
) -> Result<OpenApiRouter, async_graphql::parser::Error> {
    let tables = Arc::new(Tables::all()?);
    Ok(described().with_state(Door {
        schema,
        authenticator,
        slots,
        tables,
    }))
}

/// What the routes say of themselves.
pub fn description() -> utoipa::openapi::OpenApi {
    let mut description = described().into_openapi();
    description.merge(super::person::described().into_openapi());
    description
}

fn described() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(table))
        .routes(routes!(track))
}

/// A table that can be exported.
#[derive(Serialize, ToSchema)]
struct Described {
    /// Its name in the path.
    table: String,
    /// Its columns, in order.
    columns: Vec<String>,
}

/// A refusal (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// Always `about:blank`: the code says what happened.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened, for programs.
    code: String,
    /// What happened, for people.
    detail: String,
}

/// Lists what can be exported.
///
/// Every connection of the GraphQL schema is a table: those of the root by their name, those of
/// one object as `object.connection`, such as `team.reps` or `ranking.entries`.
#[utoipa::path(
    get, path = "/v1/export", tag = "export", security(("bearer" = [])),
    responses(
        (status = 200, description = "The tables", body = [Described]),
        (status = 401, description = "Nobody is signed in", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list(State(door): State<Door>, signed: Signed) -> Result<Json<Vec<Described>>, Fault> {
    let _ = signed.ok_or_else(unauthenticated)?;
    let tables = door.tables.names().filter_map(|name| {
        let columns = door.tables.get(name)?.columns.iter();
        Some(Described {
            table: name.to_owned(),
            columns: columns.map(super::columns::Column::name).collect(),
        })
    });
    Ok(Json(tables.collect()))
}

/// Exports a table.
///
/// The rows are those the viewer may see. Besides `format` the query takes the arguments of the
/// connection as in GraphQL (`filter` and `orderBy` as JSON), and those of the object it belongs
/// to. An answer that breaks off is not whole.
#[utoipa::path(
    get, path = "/v1/export/{table}", tag = "export", security(("bearer" = [])),
    params(
        ("table" = String, Path, description = "The table's name, such as `visits`"),
        ("format" = Option<String>, Query, description = "`csv` (default), `xlsx` or `jsonl`"),
        ("filter" = Option<String>, Query, description = "The connection's filter, as JSON"),
        ("orderBy" = Option<String>, Query, description = "The connection's order, as JSON"),
    ),
    responses(
        (status = 200, description = "The rows", content(
            (String = "text/csv"), (String = "application/x-ndjson"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 400, description = "An argument makes no sense", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody is signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The viewer may not see this", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such table, or no such thing in sight", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Two exports of the viewer are running", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn table(
    State(door): State<Door>,
    name: Result<Path<String>, PathRejection>,
    signed: Signed,
    given: Given,
) -> Result<Response, Fault> {
    let Extension(viewer) = signed.ok_or_else(unauthenticated)?;
    let Path(name) = name.map_err(|_| no_table())?;
    let mut arguments = read(given)?;
    let format = match arguments.remove("format") {
        None => Format::Csv,
        Some(name) => Format::from_name(&name)
            .ok_or_else(|| Fault::bad_input("format is csv, xlsx or jsonl"))?,
    };
    let table = door.tables.get(&name).ok_or_else(no_table)?;
    let slot = door.slots.take(viewer.user)?;
    let rows = Rows::of(door.schema, viewer, table, &arguments)?.judged_by(door.authenticator);
    let sheet = Writer::Sheet(Sheet::new(format, table.columns.clone())?);
    let file = format!("{}.{}", name.replace('.', "-"), format.name());
    streamed(rows, sheet, slot, format.media_type(), &file).await
}

/// Exports a track.
///
/// The accepted positions of somebody from `from` until before `to`, in WGS-84. The look is
/// recorded, as every look at somebody's track.
#[utoipa::path(
    get, path = "/v1/export/track", tag = "export", security(("bearer" = [])),
    params(
        ("user" = String, Query, description = "The global id of whose track it is"),
        ("from" = DateTime<Utc>, Query, description = "From when on"),
        ("to" = DateTime<Utc>, Query, description = "Until before when"),
        ("format" = Option<String>, Query, description = "`gpx` (default) or `geojson`"),
    ),
    responses(
        (status = 200, description = "The track", content(
            (String = "application/gpx+xml"), (String = "application/geo+json"))),
        (status = 400, description = "A parameter makes no sense", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody is signed in", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such person in sight", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Two exports of the viewer are running", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn track(State(door): State<Door>, signed: Signed, given: Given) -> Result<Response, Fault> {
    let Extension(viewer) = signed.ok_or_else(unauthenticated)?;
    let given = read(given)?;
    let format = match given.get("format") {
        None => TrackFormat::Gpx,
        Some(name) => TrackFormat::from_name(name)
            .ok_or_else(|| Fault::bad_input("format is gpx or geojson"))?,
    };
    let table = door.tables.get("user.checkIns").ok_or_else(no_table)?;
    let slot = door.slots.take(viewer.user)?;
    let rows = Rows::of(door.schema, viewer, table, &whose(&given)?)?;
    let rows = rows.judged_by(door.authenticator);
    let writer = Writer::Track(TrackExport::new(format, &table.columns));
    let file = match format {
        TrackFormat::Gpx => "track.gpx",
        TrackFormat::GeoJson => "track.geojson",
    };
    streamed(rows, writer, slot, format.media_type(), file).await
}

/// The check-ins that a track is made of.
fn whose(given: &Arguments) -> Result<Arguments, Fault> {
    let text = |name: &str| {
        let text = given.get(name);
        text.ok_or_else(|| Fault::bad_input(format!("give the parameter {name}")))
    };
    let instant = |name: &str| -> Result<DateTime<Utc>, Fault> {
        let fault = |_| {
            Fault::bad_input(format!(
                "{name} is not an instant such as 2026-11-23T08:00:00Z"
            ))
        };
        text(name)?.parse().map_err(fault)
    };
    let filter = json!({
        "recordedAt": {"gte": instant("from")?, "lt": instant("to")?},
        "status": ["ACCEPTED"],
    });
    Ok(Arguments::from([
        ("id".to_owned(), text("user")?.clone()),
        ("filter".to_owned(), filter.to_string()),
        (
            "orderBy".to_owned(),
            json!({"recordedAt": "ASC"}).to_string(),
        ),
    ]))
}

pub(super) fn read(given: Given) -> Result<Arguments, Fault> {
    let Query(given) = given.map_err(|rejection| Fault::bad_input(rejection.body_text()))?;
    Ok(given)
}

pub(super) fn unauthenticated() -> Fault {
    Fault::new("UNAUTHENTICATED", "sign in to see this")
}

fn no_table() -> Fault {
    Fault::new("NOT_FOUND", "there is no such table; /v1/export lists them")
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = match self.code.as_str() {
            "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
            "FORBIDDEN" => StatusCode::FORBIDDEN,
            "NOT_FOUND" => StatusCode::NOT_FOUND,
            "BAD_INPUT" => StatusCode::BAD_REQUEST,
            "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
            "UNAVAILABLE" | "ACCESS_LOG_UNAVAILABLE" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: self.code,
            detail: self.message,
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        let wait = match status {
            StatusCode::SERVICE_UNAVAILABLE => Some("1"),
            StatusCode::TOO_MANY_REQUESTS => Some("10"),
            _ => None,
        };
        if let Some(seconds) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}
