//! `/v1/check-ins/{clientId}/photos/{photoId}` takes a photo; `/v1/photos/{id}` gives it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use entity::field::photo;
use entity::id::PhotoId;
use entity::viewer::Viewer;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{PhotoError, Photos, PictureError, StoreError, Taken};
use crate::wire::body::{Coming, Limit};
use crate::wire::memory::Memory;
use crate::wire::problem::Problem;
use crate::wire::rate::{Meter, Rate};

/// What the photos of all requests in flight may take together as sent, in bytes.
const BODIES: usize = 64 << 20;
/// The most bytes a photo may have as sent.
const LARGEST: Limit = Limit {
    bytes: 8 << 20,
    refusal: too_large,
};

/// The route that takes photos. Who is asking stands in the request's extensions as a [`Viewer`],
/// put there before; without it the answer is 401.
pub fn taking(photos: Photos, rate: Rate) -> OpenApiRouter {
    let door = Door {
        photos,
        memory: Memory::new(BODIES),
        meter: Arc::new(Meter::new(rate)),
    };
    described_taking().with_state(door)
}

/// The route that gives photos, to a [`Viewer`] in the same place.
pub fn giving(photos: Photos) -> OpenApiRouter {
    described_giving().with_state(photos)
}

pub(crate) fn described_taking() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(send))
}

pub(crate) fn described_giving() -> OpenApiRouter<Photos> {
    OpenApiRouter::new().routes(routes!(give))
}

#[derive(Clone, Debug)]
pub(crate) struct Door {
    photos: Photos,
    memory: Memory,
    meter: Arc<Meter>,
}

/// A photo as it is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Photo {
    /// Its id, the same in every interface.
    id: String,
    /// Where the picture is given to who may see it.
    url: String,
    /// Pixels across.
    width: i32,
    /// Pixels down.
    height: i32,
    /// The size of the picture as JPEG.
    bytes: i32,
}

impl From<photo::Model> for Photo {
    fn from(row: photo::Model) -> Self {
        Self {
            id: row.id.global(),
            url: row.url(),
            width: row.width,
            height: row.height,
            bytes: row.bytes,
        }
    }
}

/// Sends a photo of a check-in.
///
/// JPEG, PNG or WebP, up to 8 MiB and 40 million pixels; what it is, its bytes say. It is kept as
/// JPEG, upright, at most 2,048 pixels on its longer side, and without all that the camera wrote
/// beside the picture. Send the check-in first. The same photo may be sent again under the same id;
/// a check-in may have ten.
#[utoipa::path(
    put,
    path = "/v1/check-ins/{clientId}/photos/{photoId}",
    operation_id = "sendPhoto",
    tag = "photos",
    params(
        ("clientId" = String, Path, description = "The id that the phone gave the check-in"),
        ("photoId" = String, Path, description = "The phone's own id of the photo, 1 to 64 characters"),
    ),
    request_body(content(
        (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "image/png"),
        (Vec<u8> = "image/webp"),
    )),
    responses(
        (status = 200, description = "It was kept before", body = Photo),
        (status = 201, description = "It is kept", body = Photo),
        (status = 400, description = "The photo's id cannot be used, or the body broke off",
            body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No valid credential",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No check-in of yours has this id",
            body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body stopped coming",
            body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Another photo has this id, the check-in has ten, or was not kept",
            body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes or pixels",
            body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Neither JPEG, PNG nor WebP",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The picture is broken",
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
    viewer: Option<Extension<Viewer>>,
    names: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut coming = Coming::new(body);
    match take(&door, viewer, names, &headers, &mut coming).await {
        Ok(taken) => {
            let status = match taken.is_new {
                true => StatusCode::CREATED,
                false => StatusCode::OK,
            };
            (status, Json(Photo::from(taken.photo))).into_response()
        }
        Err(problem) => coming.refuse(problem),
    }
}

async fn take(
    door: &Door,
    viewer: Option<Extension<Viewer>>,
    names: Result<Path<(String, String)>, PathRejection>,
    headers: &HeaderMap,
    coming: &mut Coming,
) -> Result<Taken, Problem> {
    let Extension(viewer) = viewer.ok_or_else(Problem::unauthenticated)?;
    let Path((client_id, name)) = names.map_err(|_unreadable| refused(PhotoError::Name))?;
    let device = viewer.device.map_or(viewer.user.uuid(), Uuid::from);
    door.meter.count(device, 1)?;
    let whole = coming.receive(headers, &door.memory, LARGEST).await?;
    let taken = door
        .photos
        .take(viewer.user, viewer.device, &client_id, &name, whole.bytes);
    taken.await.map_err(refused)
}

/// A photo's picture.
///
/// To the rep who took it, their managers and administrators.
#[utoipa::path(
    get,
    path = "/v1/photos/{id}",
    operation_id = "photo",
    tag = "photos",
    params(("id" = String, Path, description = "The photo's id, as GraphQL gives it")),
    responses(
        (status = 200, description = "The picture", body = Vec<u8>, content_type = "image/jpeg"),
        (status = 304, description = "As it was; see If-None-Match"),
        (status = 401, description = "No valid credential",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No photo in your sight has this id",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; ask again after Retry-After",
            body = Problem, content_type = "application/problem+json"),
    ),
    security(("bearer" = [])),
)]
async fn give(
    State(photos): State<Photos>,
    viewer: Option<Extension<Viewer>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Extension(viewer) = viewer.ok_or_else(Problem::unauthenticated)?;
    let id = id.ok().and_then(|Path(id)| PhotoId::from_global(&id));
    let id = id.ok_or_else(Problem::no_photo)?;
    let found = photos.find(&viewer.scope, id).await;
    let found = found.map_err(|error| refused(error.into()))?;
    let photo = found.ok_or_else(Problem::no_photo)?;
    // A photo never changes, so its id is its tag. Whether it may be seen is asked every time.
    let tag = format!("\"{}\"", photo.id.uuid().simple());
    let kept = headers.get(header::IF_NONE_MATCH);
    let mut response = if kept.is_some_and(|kept| kept.as_bytes() == tag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let picture = photos.picture(&photo).await;
        let picture = picture.map_err(|error| refused(error.into()))?;
        let picture = picture.ok_or_else(Problem::no_photo)?;
        ([(header::CONTENT_TYPE, "image/jpeg")], picture).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    let fixed = [
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The answer to a photo that was not taken.
fn refused(error: PhotoError) -> Problem {
    let detail = error.to_string();
    match error {
        PhotoError::Name => Problem::bad_request("INVALID_PHOTO_ID", detail),
        PhotoError::NoCheckIn => Problem::not_found(),
        PhotoError::Ignored => Problem::conflict("CHECK_IN_IGNORED", detail),
        PhotoError::TooMany => Problem::conflict("TOO_MANY_PHOTOS", detail),
        PhotoError::Taken => Problem::conflict("PHOTO_ID_TAKEN", detail),
        PhotoError::Picture(PictureError::Kind) => {
            Problem::unsupported("UNSUPPORTED_PHOTO", detail)
        }
        PhotoError::Picture(PictureError::Unreadable(_)) => {
            Problem::unprocessable("UNREADABLE_PHOTO", detail)
        }
        PhotoError::Picture(PictureError::TooManyPixels) => {
            Problem::too_large("TOO_MANY_PIXELS", detail)
        }
        PhotoError::Store(error) => {
            report(&error);
            Problem::unavailable("PHOTO_STORE_UNAVAILABLE", detail, 30)
        }
        PhotoError::Database(error) => {
            tracing::warn!(%error, "the database could not be asked about a photo");
            Problem::unavailable("DATABASE_UNAVAILABLE", detail, 2)
        }
        PhotoError::Stopping => Problem::unavailable("STOPPING", detail, 1),
    }
}

fn report(error: &StoreError) {
    tracing::warn!(%error, "the photo store failed");
}

fn too_large() -> Problem {
    let detail = format!("a photo may have {} bytes; make it smaller", LARGEST.bytes);
    Problem::too_large("PHOTO_TOO_LARGE", detail)
}
