//! What stands behind receipts, loaded for many at once: check-ins, decisions, receipts by id.

use std::collections::HashMap;

use async_graphql::Context;
use chrono::{DateTime, Utc};
use entity::field::{arrival_decision, check_in, receipt};
use entity::id::{CheckInId, DeviceId, UserId};
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::check_in::CheckIn;
use crate::context::Request;
use crate::error::Result;
use crate::filter::one_of;
use crate::loader::Load;
use crate::people::access::record_look;
use crate::scalar::Position;
use entity::field::receipt_key::ReceiptKey;

/// Where a check-in was recorded; none without a position.
pub(super) fn position(row: &check_in::Model) -> Option<Position> {
    if row.latitude_e6 == check_in::NO_POSITION {
        return None;
    }
    Some(Position {
        latitude: f64::from(row.latitude_e6) / 1e6,
        longitude: f64::from(row.longitude_e6) / 1e6,
    })
}

/// The stored check-in of an id that was recorded at an instant.
pub(super) async fn check_in(
    ctx: &Context<'_>,
    key: (CheckInId, DateTime<Utc>),
) -> Result<Option<check_in::Model>> {
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let check_ins = || CheckIns { database, scope };
    ctx.loaders()?.load(check_ins, key).await
}

/// The newest decision on an arrival.
pub(super) async fn decision(
    ctx: &Context<'_>,
    check_in: CheckInId,
) -> Result<Option<arrival_decision::Model>> {
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let decisions = || Decisions { database, scope };
    ctx.loaders()?.load(decisions, check_in).await
}

/// The check-in with this public id, if the viewer may see it; the look at it is recorded.
pub(crate) async fn find_check_in(ctx: &Context<'_>, id: &str) -> Result<Option<CheckIn>> {
    match ReceiptKey::from_global(id) {
        Some(key) => check_in_of(ctx, key).await,
        None => Ok(None),
    }
}

/// The check-in of a receipt, if the viewer may see it; the look at it is recorded.
pub(super) async fn check_in_of(ctx: &Context<'_>, key: ReceiptKey) -> Result<Option<CheckIn>> {
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let receipts = || Receipts { database, scope };
    let Some(row) = ctx.loaders()?.load(receipts, key).await? else {
        return Ok(None);
    };
    record_look(ctx, row.rep_id).await?;
    Ok(Some(row.into()))
}

struct CheckIns {
    database: Database,
    scope: Scope,
}

impl Load for CheckIns {
    type Key = (CheckInId, DateTime<Utc>);
    type Value = check_in::Model;

    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>> {
        use check_in::Column;

        let times = keys.iter().map(|(_, recorded_at)| *recorded_at);
        let (Some(first), Some(last)) = (times.clone().min(), times.max()) else {
            return Ok(HashMap::new());
        };
        let ids: Vec<CheckInId> = keys.iter().map(|(id, _)| *id).collect();
        // The times leave only some partitions to search.
        let rows = check_in::Entity::visible_to(&self.scope)
            .filter(keys::any_of(
                self.database.backend(),
                Column::Id.into_expr(),
                &ids,
            ))
            .filter(Column::RecordedAt.gte(first))
            .filter(Column::RecordedAt.lte(last));
        let rows = rows.all(&self.database.read).await?;
        Ok(rows
            .into_iter()
            .map(|row| ((row.id, row.recorded_at), row))
            .collect())
    }
}

struct Decisions {
    database: Database,
    scope: Scope,
}

impl Load for Decisions {
    type Key = CheckInId;
    type Value = arrival_decision::Model;

    async fn load(&self, ids: Vec<CheckInId>) -> Result<HashMap<CheckInId, Self::Value>> {
        use arrival_decision::Column;

        let column = Column::CheckInId.into_expr();
        let rows = arrival_decision::Entity::visible_to(&self.scope)
            .filter(keys::any_of(self.database.backend(), column, &ids))
            .order_by_asc(Column::DecidedAt)
            .order_by_asc(Column::Id)
            .all(&self.database.read)
            .await?;
        // The newest comes last and stays.
        Ok(rows.into_iter().map(|row| (row.check_in_id, row)).collect())
    }
}

struct Receipts {
    database: Database,
    scope: Scope,
}

impl Load for Receipts {
    type Key = ReceiptKey;
    type Value = receipt::Model;

    async fn load(&self, keys: Vec<ReceiptKey>) -> Result<HashMap<ReceiptKey, receipt::Model>> {
        use receipt::Column;

        let backend = self.database.backend();
        let reps: Vec<UserId> = keys.iter().map(|key| key.rep).collect();
        let devices: Vec<DeviceId> = keys.iter().map(|key| key.device).collect();
        let client_ids: Vec<String> = keys.into_iter().map(|key| key.client_id).collect();
        let rows = receipt::Entity::visible_to(&self.scope)
            .filter(keys::any_of(backend, Column::RepId.into_expr(), &reps))
            .filter(keys::any_of(
                backend,
                Column::DeviceId.into_expr(),
                &devices,
            ))
            .filter(one_of(backend, Column::ClientId, &client_ids));
        let rows = rows.all(&self.database.read).await?;
        Ok(rows
            .into_iter()
            .map(|row| (ReceiptKey::of(&row), row))
            .collect())
    }
}
