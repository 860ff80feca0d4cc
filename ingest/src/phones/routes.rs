//! `/owntracks` and `/osmand`. What is refused for ever blocks a phone that keeps one queue, so
//! whatever came from a known device is answered 200, and what is wrong with it is kept here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use chrono::{SubsecRound, Utc};
use entity::Database;
use entity::viewer::Viewer;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::friends::{self, Friend, Friends};
use super::key::passphrase;
use super::osmand::Request;
use super::owntracks::{self, Phone};
use super::secretbox;
use crate::intake::{Incoming, Intake, Reason};
use crate::wire::body::{Coming, Limit};
use crate::wire::memory::Memory;
use crate::wire::point::refused;
use crate::wire::problem::Problem;
use crate::wire::rate::{Meter, Rate};

/// What the bodies of all requests in flight may take together, in bytes.
const BODIES: usize = 32 << 20;
/// A message with a picture in it is larger than most.
const LARGEST: Limit = Limit {
    bytes: 1 << 20,
    refusal: || Problem::too_large(TOO_LARGE, "a message may have 1 MiB"),
};
const TOO_LARGE: &str = "BODY_TOO_LARGE";

/// The routes of each app, which tell who they are in ways of their own. Whose device is asking
/// stands in the request's extensions as a [`Viewer`], put there before.
pub struct Phones {
    /// `/owntracks`: a password.
    pub owntracks: OpenApiRouter,
    /// `/osmand`: a device's key, see [`Request::device`].
    pub osmand: OpenApiRouter,
}

impl Phones {
    /// The routes in front of an intake of the same database.
    pub fn new(database: Database, intake: Intake, rate: Rate, friends: Friends) -> Self {
        let door = Door {
            database,
            intake,
            friends,
            memory: Memory::new(BODIES),
            meter: Arc::new(Meter::new(rate)),
        };
        Self {
            owntracks: owntracks_described().with_state(door.clone()),
            osmand: osmand_described().with_state(door),
        }
    }
}

pub(crate) fn owntracks_described() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(owntracks_message))
}

pub(crate) fn osmand_described() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(osmand_get, osmand_post))
}

#[derive(Clone)]
pub(crate) struct Door {
    database: Database,
    intake: Intake,
    friends: Friends,
    memory: Memory,
    meter: Arc<Meter>,
}

/// A message of OwnTracks.
///
/// In HTTP mode, with a device's credential as the password; the user's name is not read. Locations
/// and transitions become check-ins, the names of regions a sign of life; every other message is
/// answered and forgotten.
#[utoipa::path(
    post,
    path = "/owntracks",
    operation_id = "ownTracks",
    tag = "phones",
    request_body(content((Value = "application/json"))),
    responses(
        (status = 200, description = "Taken; an array of friends' cards and locations, empty unless the team shares them", body = Vec<Value>),
        (status = 401, description = "No valid credential",
            body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Past the device's rate; see Retry-After",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again after Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ),
    security(("basic" = [])),
)]
async fn owntracks_message(
    State(door): State<Door>,
    viewer: Option<Extension<Viewer>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(Extension(viewer)) = viewer else {
        return unknown_owntracks();
    };
    let agent = headers.get(header::USER_AGENT);
    let agent = agent
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let phone = Phone {
        is_apple: agent.contains("Darwin"),
    };
    let passphrase = match passphrase(&door.database, viewer.device).await {
        Ok(passphrase) => passphrase,
        Err(error) => {
            tracing::warn!(%error, "the key of a device cannot be read");
            let detail = "the database is unavailable";
            return Problem::unavailable("DATABASE_UNAVAILABLE", detail, 2).into_response();
        }
    };
    let mut is_sealed = false;
    let now = Utc::now().trunc_subsecs(3);
    let read = |body: &Bytes| {
        let opened = owntracks::open(body, passphrase.as_deref());
        is_sealed = opened.is_some();
        match opened {
            Some(opened) => owntracks::read(&opened.into(), phone, now),
            None => owntracks::read(body, phone, now),
        }
    };
    match door.take(&viewer, &headers, body, read).await {
        Ok(()) => {
            let friends = (door.friends)(viewer).await;
            Json(reply(&friends, is_sealed.then_some(passphrase).flatten())).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

/// The reply, to an app that encrypts in the way it does.
fn reply(friends: &[Friend], passphrase: Option<String>) -> Value {
    let plain = friends::reply(friends);
    let sealed = passphrase.and_then(|passphrase| secretbox::seal(&plain, &passphrase));
    sealed.unwrap_or(plain)
}

/// 401 as a browser or an app asks for a password.
fn unknown_owntracks() -> Response {
    let mut response = Problem::unauthenticated().into_response();
    let realm = header::HeaderValue::from_static("Basic realm=\"Fieldhub\", charset=\"UTF-8\"");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, realm);
    response
}

/// A position of a tracker that speaks OsmAnd's protocol, such as Traccar Client.
///
/// `id` is a device's credential; `lat`, `lon`, `timestamp` and the other parameters are read as
/// Traccar reads them. Without a position it is a sign of life.
#[utoipa::path(
    get,
    path = "/osmand",
    operation_id = "osmAnd",
    tag = "phones",
    params(
        ("id" = String, Query, description = "The device's credential"),
        ("lat" = Option<f64>, Query, description = "Degrees"),
        ("lon" = Option<f64>, Query, description = "Degrees"),
        ("timestamp" = Option<String>, Query, description = "Unix seconds or milliseconds, or ISO 8601"),
        ("speed" = Option<f64>, Query, description = "Knots"),
    ),
    responses(
        (status = 200, description = "Taken"),
        (status = 400, description = "No such device"),
        (status = 429, description = "Past the device's rate; see Retry-After",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again after Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ),
)]
async fn osmand_get(
    State(door): State<Door>,
    viewer: Option<Extension<Viewer>>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    osmand(door, viewer, (Method::GET, query), headers, body).await
}

/// The same with a form or with Traccar Client's JSON as the body.
#[utoipa::path(
    post,
    path = "/osmand",
    operation_id = "osmAndPost",
    tag = "phones",
    request_body(content(
        (Value = "application/json"),
        (String = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 200, description = "Taken"),
        (status = 400, description = "No such device"),
        (status = 404, description = "No such device, of a JSON document"),
        (status = 429, description = "Past the device's rate; see Retry-After",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again after Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ),
)]
async fn osmand_post(
    State(door): State<Door>,
    viewer: Option<Extension<Viewer>>,
    query: RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    osmand(door, viewer, (Method::POST, query), headers, body).await
}

async fn osmand(
    door: Door,
    viewer: Option<Extension<Viewer>>,
    (method, RawQuery(query)): (Method, RawQuery),
    headers: HeaderMap,
    body: Body,
) -> Response {
    // Who could not be known was answered before; without anybody there is nobody's point to take.
    let Some(Extension(viewer)) = viewer else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let query = query.unwrap_or_default();
    let now = Utc::now().trunc_subsecs(3);
    let read = |body: &Bytes| {
        let request = Request::new(&method, &query, &headers, body);
        Some(request.point(body, now))
    };
    match door.take(&viewer, &headers, body, read).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(problem) => problem.into_response(),
    }
}

impl Door {
    /// Takes the point that a body holds, if it holds one.
    async fn take(
        &self,
        viewer: &Viewer,
        headers: &HeaderMap,
        body: Body,
        read: impl FnOnce(&Bytes) -> Option<Incoming>,
    ) -> Result<(), Problem> {
        let device = viewer.device.map_or(viewer.user.uuid(), Uuid::from);
        self.meter.count(device, 1)?;
        let whole = Coming::new(body)
            .receive(headers, &self.memory, LARGEST)
            .await;
        let point = match &whole {
            Ok(whole) => read(&whole.bytes),
            // Kept as a fault, because the phone would send it again for ever.
            Err(problem) if problem.code() == TOO_LARGE => {
                let why = "the message is larger than 1 MiB; nothing of it is kept";
                Some(refused(1, Bytes::new(), Reason::Malformed, why))
            }
            Err(problem) => return Err(problem.clone()),
        };
        let Some(point) = point else {
            return Ok(());
        };
        let taken = self.intake.accept(viewer, vec![point]).await;
        taken.map(drop).map_err(crate::routes::away)
    }
}
