//! What is answered to one point, and finding it again.

use chrono::Utc;
use domain::position::Position;
use entity::field::check_in::{self, NO_POSITION};
use entity::field::{quarantine, receipt};
use entity::id::{DeviceId, UserId};
use entity::viewer::{Scope, TeamSet, Viewer};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use utoipa::ToSchema;

use super::incoming::Reading;
use super::plan::Answer;
use super::verdict::{self, Surroundings, Verdict};

/// What became of one point.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Receipt {
    /// The client id; for a point without a usable one, the id under which its receipt is kept.
    pub id: String,
    /// What became of it.
    pub status: Status,
    /// Why, as a stable code, if it was kept aside or not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why, in words, if it was kept aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How an accepted check-in stands to the fences around it, at this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Vec<Verdict>>,
}

/// What became of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Committed.
    Accepted,
    /// The same fix was committed before, under another id.
    Duplicate,
    /// Kept aside, with a reason.
    Quarantined,
    /// Not kept: the rep was off duty or had paused.
    Ignored,
}

impl Receipt {
    pub(crate) fn new(id: String, answer: Answer, verdicts: Vec<Verdict>) -> Self {
        let bare = |status| Self {
            id,
            status,
            reason: None,
            message: None,
            verdicts: None,
        };
        match answer {
            Answer::New(_) | Answer::Accepted => Self {
                verdicts: Some(verdicts),
                ..bare(Status::Accepted)
            },
            Answer::Duplicate => bare(Status::Duplicate),
            Answer::Quarantined(fault) => Self {
                reason: Some(fault.reason.code().to_owned()),
                message: Some(fault.message),
                ..bare(Status::Quarantined)
            },
            Answer::Ignored(ignored) => Self {
                reason: Some(ignored.code().to_owned()),
                ..bare(Status::Ignored)
            },
        }
    }
}

/// The row of a client id's newest receipt among those of a rep's device, or of any of theirs.
pub(crate) async fn newest(
    db: &impl ConnectionTrait,
    rep: UserId,
    device: Option<DeviceId>,
    client_id: &str,
) -> Result<Option<receipt::Model>, DbErr> {
    if client_id.contains('\0') {
        return Ok(None);
    }
    let mut select = receipt::Entity::visible_to(&own(db, rep))
        .filter(receipt::Column::ClientId.eq(client_id))
        .order_by_desc(receipt::Column::ReceivedAt)
        .limit(1);
    if let Some(device) = device {
        select = select.filter(receipt::Column::DeviceId.eq(device));
    }
    select.one(db).await
}

/// The newest receipt of a client id among the viewer's own.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    surroundings: &Surroundings,
    viewer: &Viewer,
    client_id: &str,
) -> Result<Option<Receipt>, DbErr> {
    let Some(found) = newest(db, viewer.user, viewer.device, client_id).await? else {
        return Ok(None);
    };
    let own = own(db, viewer.user);
    let status = match found.status {
        receipt::Status::Accepted => Status::Accepted,
        receipt::Status::Duplicate => Status::Duplicate,
        receipt::Status::Quarantined => Status::Quarantined,
        receipt::Status::Ignored => Status::Ignored,
    };
    let verdicts = match status {
        Status::Accepted => Some(verdicts(db, surroundings, viewer, &own, &found).await?),
        _ => None,
    };
    let message = match (status, found.quarantine_id) {
        (Status::Quarantined, Some(id)) => quarantine::Entity::visible_to(&own)
            .filter(quarantine::Column::Id.eq(id))
            .one(db)
            .await?
            .map(|kept| kept.message),
        _ => None,
    };
    Ok(Some(Receipt {
        id: found.client_id,
        status,
        reason: found.reason,
        message,
        verdicts,
    }))
}

fn own(db: &impl ConnectionTrait, rep: UserId) -> Scope {
    Scope::Own {
        viewer: rep,
        team: None,
        teams_above: TeamSet::new(db.get_database_backend(), []),
    }
}

async fn verdicts(
    db: &impl ConnectionTrait,
    surroundings: &Surroundings,
    viewer: &Viewer,
    own: &Scope,
    found: &receipt::Model,
) -> Result<Vec<Verdict>, DbErr> {
    let (Some(id), Some(recorded_at)) = (found.check_in_id, found.recorded_at) else {
        return Ok(Vec::new());
    };
    let check_in = check_in::Entity::visible_to(own)
        .filter(check_in::Column::RecordedAt.eq(recorded_at))
        .filter(check_in::Column::Id.eq(id))
        .one(db)
        .await?;
    // Its month may have been purged.
    let Some(check_in) = check_in else {
        return Ok(Vec::new());
    };
    let position = match (check_in.latitude_e6, check_in.longitude_e6) {
        (NO_POSITION, NO_POSITION) => None,
        (latitude, longitude) => Position::from_e6(latitude, longitude).ok(),
    };
    let reading = Reading {
        customer: check_in.customer_id(),
        accuracy_m: check_in.accuracy_m,
        ..Reading::new(check_in.kind, recorded_at, position)
    };
    let now = Utc::now();
    let near = vec![verdict::near(surroundings, &reading, now)];
    let verdicts = verdict::of_assigned(db, viewer, near, now).await?;
    Ok(verdicts.into_iter().next().unwrap_or_default())
}
