//! What people decide about check-ins, visits and tracks.

use async_graphql::{Context, ID, InputObject};
use entity::customers::customer;
use entity::field::{check_in, quarantine, receipt, track, visit};
use entity::id::{CustomerId, UserId, VisitId};
use entity::people::user;
use ingest::verbs::{self, VerbError};
use ingest::{Intake, Status};
use presence::Topic;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use super::presence::live;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, TEXT_LENGTH};
use crate::people::own::not_ones_own;
use entity::field::receipt_key::ReceiptKey;

/// Whose stay a visit was.
#[derive(Clone, Debug, InputObject)]
pub struct CorrectVisitInput {
    /// The visit.
    pub visit_id: ID,
    /// The customer who was visited; null means that there was no visit.
    pub customer_id: Option<ID>,
    /// Why.
    pub reason: String,
}

/// Whether an arrival out of range counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Accept,
    Refuse,
}

pub(super) async fn decide_arrival(
    ctx: &Context<'_>,
    id: &ID,
    word: Word,
    reason: Option<String>,
) -> Result<receipt::Model> {
    let mut faults = Faults::default();
    let reason = faults.optional("reason", reason.as_deref(), TEXT_LENGTH);
    faults.finish()?;
    let txn = ctx.db()?.begin().await?;
    let receipt = seen_receipt(ctx, &txn, id).await?;
    not_ones_own(ctx, &txn, receipt.rep_id, "id").await?;
    let arrival = match receipt.check_in_id.zip(receipt.recorded_at) {
        Some((id, recorded_at)) => {
            check_in::Entity::visible_to(ctx.scope()?)
                .filter(check_in::Column::RepId.eq(receipt.rep_id))
                .filter(check_in::Column::RecordedAt.eq(recorded_at))
                .filter(check_in::Column::Id.eq(id))
                .one(&txn)
                .await?
        }
        None => None,
    };
    let arrival = arrival.ok_or_else(|| refused(VerbError::NotOutOfRange))?;
    let by = ctx.viewer()?.user;
    let decided = match word {
        Word::Accept => verbs::accept_arrival(&txn, &arrival, by, reason).await,
        Word::Refuse => verbs::refuse_arrival(&txn, &arrival, by, reason).await,
    };
    decided.map_err(refused)?;
    txn.commit().await?;
    live(ctx)?.wake(Topic::Tracks).await;
    Ok(receipt)
}

pub(super) async fn correct_visit(
    ctx: &Context<'_>,
    input: CorrectVisitInput,
) -> Result<visit::Model> {
    let mut faults = Faults::default();
    let reason = faults.required("reason", &input.reason, TEXT_LENGTH);
    faults.finish()?;
    let txn = ctx.db()?.begin().await?;
    let scope = ctx.scope()?;
    let (visible, read) = (visit::Entity::visible_to, VisitId::from_global);
    let visit = input::seen(&txn, scope, visible, read, &input.visit_id, "visit").await?;
    not_ones_own(ctx, &txn, visit.rep_id, "visitId").await?;
    if visit.withdrawn_at.is_some() {
        let message = "the visit was taken back already";
        return Err(Error::refuse("WITHDRAWN", "visitId", message));
    }
    let customer = match &input.customer_id {
        Some(id) => {
            let (visible, read) = (customer::Entity::visible_to, CustomerId::from_global);
            Some(
                input::seen(&txn, scope, visible, read, id, "customer")
                    .await?
                    .id,
            )
        }
        None => None,
    };
    let by = ctx.viewer()?.user;
    let corrected = verbs::correct_visit(&txn, &visit, customer, by, reason).await;
    corrected.map_err(refused)?;
    txn.commit().await?;
    live(ctx)?.wake(Topic::Tracks).await;
    Ok(visit)
}

/// Judges a point that was kept aside anew and stores it if it passes now.
pub(super) async fn release(ctx: &Context<'_>, id: &ID) -> Result<receipt::Model> {
    let db = &ctx.db()?.write;
    let kept = seen_quarantine(ctx, db, id).await?;
    if kept.resolution != quarantine::Resolution::Held {
        return Err(refused(VerbError::NotHeld));
    }
    let intake = ctx
        .data_opt::<Intake>()
        .ok_or_else(|| Error::unavailable("this process takes no check-ins"))?;
    let released = intake.release(&kept, ctx.viewer()?.user).await;
    let released = released.map_err(|error| Error::unavailable(error.to_string()))?;
    if !matches!(released.status, Status::Accepted | Status::Duplicate) {
        let code = released.reason.unwrap_or_else(|| "INVALID".to_owned());
        let message = released
            .message
            .unwrap_or_else(|| "the rep was off duty or had paused".to_owned());
        return Err(Error::refuse(code, "id", message));
    }
    seen_receipt(ctx, db, id).await
}

pub(super) async fn discard(ctx: &Context<'_>, id: &ID) -> Result<receipt::Model> {
    let txn = ctx.db()?.begin().await?;
    let kept = seen_quarantine(ctx, &txn, id).await?;
    let by = ctx.viewer()?.user;
    verbs::discard_check_in(&txn, &kept, by)
        .await
        .map_err(refused)?;
    let receipt = seen_receipt(ctx, &txn, id).await?;
    txn.commit().await?;
    Ok(receipt)
}

pub(super) async fn retry_track(ctx: &Context<'_>, rep: &ID) -> Result<track::Model> {
    let database = ctx.db()?;
    let (scope, visible) = (ctx.scope()?, user::Entity::visible_to);
    let read = UserId::from_global;
    let rep = input::seen(&database.write, scope, visible, read, rep, "user").await?;
    if !verbs::retry_track(database, live(ctx)?, rep.id).await? {
        let message = "this rep's track is not set aside";
        return Err(Error::refuse("NOT_STALLED", "repId", message));
    }
    let track = track::Entity::visible_to(scope)
        .filter(track::Column::RepId.eq(rep.id))
        .one(&database.write)
        .await?;
    track.ok_or_else(|| Error::not_found("track"))
}

async fn seen_receipt(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: &ID,
) -> Result<receipt::Model> {
    use receipt::Column;

    let missing = || Error::not_found("check-in");
    let key = ReceiptKey::from_global(id.as_str()).ok_or_else(missing)?;
    let receipt = receipt::Entity::visible_to(ctx.scope()?)
        .filter(Column::RepId.eq(key.rep))
        .filter(Column::DeviceId.eq(key.device))
        .filter(Column::ClientId.eq(key.client_id))
        .one(db)
        .await?;
    receipt.ok_or_else(missing)
}

async fn seen_quarantine(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: &ID,
) -> Result<quarantine::Model> {
    let receipt = seen_receipt(ctx, db, id).await?;
    let not_held = || refused(VerbError::NotHeld);
    let kept = receipt.quarantine_id.ok_or_else(not_held)?;
    let kept = quarantine::Entity::visible_to(ctx.scope()?)
        .filter(quarantine::Column::Id.eq(kept))
        .one(db)
        .await?;
    kept.ok_or_else(not_held)
}

fn refused(error: VerbError) -> Error {
    match error {
        VerbError::NotOutOfRange => Error::refuse("NOT_OUT_OF_RANGE", "id", error.to_string()),
        VerbError::NotHeld => Error::refuse("NOT_HELD", "id", error.to_string()),
        VerbError::Database(error) => error.into(),
    }
}
