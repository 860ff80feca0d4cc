//! `/v1/check-ins`: a batch in, its receipts out; and a receipt again.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use entity::viewer::Viewer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::intake::{AcceptError, Incoming, Intake, Receipt};
use crate::wire::body::{self, Coming, Whole};
use crate::wire::document::{Batch, Receipts};
use crate::wire::envelope;
use crate::wire::media::{self, Format, Packing};
use crate::wire::memory::{Memory, Share};
use crate::wire::problem::Problem;
use crate::wire::rate::{Meter, Rate};
use crate::{phones, photos};

/// What the bodies of all requests in flight may take together, in bytes.
const BODIES: usize = 128 << 20;
/// A larger body is unpacked and read on a thread of its own.
const LARGE: usize = 32 << 10;

/// The routes with their description. Who is asking stands in the request's extensions as a
/// [`Viewer`], put there before; without it the answer is 401.
pub fn routes(intake: Intake, rate: Rate) -> OpenApiRouter {
    let door = Door {
        intake,
        memory: Memory::new(BODIES),
        meter: Arc::new(Meter::new(rate)),
    };
    described().with_state(door)
}

/// What the routes say of themselves.
pub fn description() -> OpenApi {
    let mut description = described().into_openapi();
    description.merge(phones::owntracks_described().into_openapi());
    description.merge(phones::osmand_described().into_openapi());
    description.merge(photos::described_taking().into_openapi());
    description.merge(photos::described_giving().into_openapi());
    description
}

fn described() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(send))
        .routes(routes!(receipt))
}

#[derive(Clone, Debug)]
struct Door {
    intake: Intake,
    memory: Memory,
    meter: Arc<Meter>,
}

type Signed = Option<Extension<Viewer>>;

/// Sends check-ins.
///
/// Up to 1,000 points, 4 MiB as sent and 16 MiB unpacked, as one JSON document or as one point a
/// line (`application/x-ndjson`), plain or with `Content-Encoding: gzip`. The answer comes once
/// all points are committed, with a receipt for each, in the same order. A bad point never refuses
/// its neighbours.
#[utoipa::path(
    post,
    path = "/v1/check-ins",
    operation_id = "sendCheckIns",
    tag = "check-ins",
    request_body(content(
        (Batch = "application/json"),
        (String = "application/x-ndjson"),
    )),
    responses(
        (status = 202, description = "Committed; a receipt a point", body = Receipts),
        (status = 400, description = "The body is not the JSON envelope at all",
            body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid credential",
            body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body stopped coming",
            body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Over a limit; send it in parts",
            body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Another media type, charset or encoding",
            body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Past the device's rate; see Retry-After",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again after Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
async fn send(
    State(door): State<Door>,
    viewer: Signed,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut coming = Coming::new(body);
    match take(&door, viewer, &headers, &mut coming).await {
        Ok(receipts) => (StatusCode::ACCEPTED, Json(Receipts { receipts })).into_response(),
        Err(problem) => coming.refuse(problem),
    }
}

async fn take(
    door: &Door,
    viewer: Signed,
    headers: &HeaderMap,
    coming: &mut Coming,
) -> Result<Vec<Receipt>, Problem> {
    let Extension(viewer) = viewer.ok_or_else(Problem::unauthenticated)?;
    let format = media::format(headers)?;
    let packing = media::packing(headers)?;
    let device = viewer.device.map_or(viewer.user.uuid(), Uuid::from);
    door.meter.count(device, 1)?;
    let whole = coming.receive(headers, &door.memory, body::BATCH).await?;
    let (points, _share) = read(whole, packing, format).await?;
    door.meter.count(device, points.len().saturating_sub(1))?;
    door.intake.accept(&viewer, points).await.map_err(away)
}

/// The receipt of a check-in again.
///
/// Of the device that asks; for a person, of any of their own devices.
#[utoipa::path(
    get,
    path = "/v1/check-ins/{clientId}",
    operation_id = "checkInReceipt",
    tag = "check-ins",
    params(("clientId" = String, Path, description = "The id that the phone gave the point")),
    responses(
        (status = 200, description = "The receipt", body = Receipt),
        (status = 401, description = "No valid credential",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No check-in of yours has this id",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; ask again after Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
async fn receipt(
    State(door): State<Door>,
    viewer: Signed,
    client_id: Result<Path<String>, PathRejection>,
) -> Result<Json<Receipt>, Problem> {
    let Extension(viewer) = viewer.ok_or_else(Problem::unauthenticated)?;
    let Path(client_id) = client_id.map_err(|_unreadable| Problem::not_found())?;
    let found = door.intake.receipt(&viewer, &client_id).await;
    found
        .map_err(away)?
        .map(Json)
        .ok_or_else(Problem::not_found)
}

/// Unpacks and cuts a body; a large one where it holds nobody up.
async fn read(
    whole: Whole,
    packing: Packing,
    format: Format,
) -> Result<(Vec<Incoming>, Share), Problem> {
    let is_large = whole.bytes.len() > LARGE;
    let read = move || {
        let whole = body::unpack(whole, packing)?;
        let points = envelope::points(&whole.bytes, format)?;
        Ok((points, whole.share))
    };
    if is_large {
        return tokio::task::spawn_blocking(read)
            .await
            .map_err(|_stopping| {
                Problem::unavailable("STOPPING", "the server is about to stop", 1)
            })?;
    }
    read()
}

pub(crate) fn away(error: AcceptError) -> Problem {
    let code = match error {
        AcceptError::Busy => "BUSY",
        AcceptError::Unavailable => "DATABASE_UNAVAILABLE",
    };
    Problem::unavailable(code, error.to_string(), 2)
}
