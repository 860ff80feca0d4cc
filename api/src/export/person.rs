//! `/v1/export/person`: everything that is kept of a person, to themselves and to administrators.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use entity::Database;
use entity::id::UserId;
use entity::people::user;
use entity::viewer::{Role, Viewer};
use futures_util::StreamExt;
use ingest::Photos;
use ingest::personal::Personal;
use sea_orm::{ColumnTrait, QueryFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::http::{Given, Problem, Signed, read, unauthenticated};
use super::{Fault, Slots};
use crate::people::access::RecordedLooks;

/// Why the viewer looks, as written into the access log.
const PURPOSE: &str = "personal data";

#[derive(Clone)]
pub(super) struct Door {
    database: Database,
    photos: Photos,
    looks: RecordedLooks,
    slots: Slots,
}

/// The route. Who is asking stands in the request's extensions as a [`Viewer`].
pub fn person_routes(database: Database, photos: Photos, slots: Slots) -> OpenApiRouter {
    described().with_state(Door {
        database,
        photos,
        looks: RecordedLooks::default(),
        slots,
    })
}

pub(super) fn described() -> OpenApiRouter<Door> {
    OpenApiRouter::new().routes(routes!(person))
}

/// Exports a person.
///
/// Everything that is kept of somebody, for themselves and for administrators: a JSON object a
/// line, with the table and the row as it is stored, then the photos with their pictures in base64.
/// Passwords and credentials are not among it. The look is recorded.
#[utoipa::path(
    get, path = "/v1/export/person", tag = "export", security(("bearer" = [])),
    params(("user" = String, Query, description = "The global id of the person")),
    responses(
        (status = 200, description = "The rows", content((String = "application/x-ndjson"))),
        (status = 400, description = "A parameter makes no sense", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody is signed in", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Somebody else's data", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such person in sight", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Two exports of the viewer are running", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn person(State(door): State<Door>, signed: Signed, given: Given) -> Result<Response, Fault> {
    let Extension(viewer) = signed.ok_or_else(unauthenticated)?;
    let given = read(given)?;
    let id = given.get("user");
    let id = id.ok_or_else(|| Fault::bad_input("give the parameter user"))?;
    let person = seen(&door.database, &viewer, id).await?;
    if viewer.role != Role::Admin && viewer.user != person {
        let message = "only the person and administrators may have all of somebody's data";
        return Err(Fault::new("FORBIDDEN", message));
    }
    let slot = door.slots.take(viewer.user)?;
    let looking = Viewer {
        purpose: PURPOSE.to_owned(),
        ..viewer
    };
    let recorded = door.looks.record(&door.database, &looking, &[person]).await;
    recorded.map_err(|error| {
        tracing::warn!(?error, "a look could not be recorded");
        let message = "the access log cannot be written, so nothing is shown";
        Fault::new("ACCESS_LOG_UNAVAILABLE", message)
    })?;
    let lines = Personal::of(door.database, door.photos, person).lines();
    let lines = lines.map(move |line| {
        let _running = &slot;
        line.inspect_err(|error| tracing::warn!(%error, "a person's export broke off"))
    });
    let mut response = Response::new(Body::from_stream(lines));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"person.jsonl\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The person with this id in the viewer's sight.
async fn seen(database: &Database, viewer: &Viewer, id: &str) -> Result<UserId, Fault> {
    let unknown = || Fault::new("NOT_FOUND", "there is no such person");
    let known = UserId::from_global(id).ok_or_else(unknown)?;
    let found = user::Entity::visible_to(&viewer.scope)
        .filter(user::Column::Id.eq(known))
        .one(&database.read)
        .await;
    match found {
        Ok(found) => found.map(|found| found.id).ok_or_else(unknown),
        Err(error) => {
            tracing::warn!(%error, "a person could not be looked up");
            Err(Fault::new("UNAVAILABLE", "the database is unavailable"))
        }
    }
}
