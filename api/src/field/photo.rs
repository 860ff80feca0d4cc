//! Photos as clients see them, loaded for many check-ins or visits at once.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::field::{photo, receipt, visit};
use entity::id::{DeviceId, UserId};
use entity::people::user;
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::check_in::CheckIn;
use super::stored;
use crate::context::Request;
use crate::error::Result;
use crate::filter::one_of;
use crate::loader::{self, Load};
use crate::people::User;
use entity::field::receipt_key::ReceiptKey;

/// A picture that a rep took for a check-in: upright, and without anything that the camera wrote
/// beside it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Photo {
    /// Its id.
    pub id: ID,
    /// Where the picture is given, as JPEG, on the hub's own host; ask with the same credential.
    pub url: String,
    /// Pixels across.
    pub width: i32,
    /// Pixels down.
    pub height: i32,
    /// The size of the picture.
    pub bytes: i32,
    /// When the hub received it.
    pub received_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: photo::Model,
}

impl From<photo::Model> for Photo {
    fn from(row: photo::Model) -> Self {
        Self {
            id: row.id.global().into(),
            url: row.url(),
            width: row.width,
            height: row.height,
            bytes: row.bytes,
            received_at: row.received_at,
            row,
        }
    }
}

#[ComplexObject]
impl Photo {
    /// Who took it.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }

    /// The check-in it was taken for.
    async fn check_in(&self, ctx: &Context<'_>) -> Option<Result<CheckIn>> {
        let key = ReceiptKey {
            rep: self.row.rep_id,
            device: self.row.device_id,
            client_id: self.row.client_id.clone(),
        };
        stored::check_in_of(ctx, key).await.transpose()
    }
}

/// The photos of a check-in, in the order they came.
pub(super) async fn of_check_in(
    ctx: &Context<'_>,
    check_in: &receipt::Model,
) -> Result<Vec<Photo>> {
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let photos = || OfCheckIns { database, scope };
    let found = ctx
        .loaders()?
        .load(photos, ReceiptKey::of(check_in))
        .await?;
    Ok(shown(found))
}

/// The photos of the check-ins during a visit, in the order they were recorded.
pub(super) async fn of_visit(ctx: &Context<'_>, visit: &visit::Model) -> Result<Vec<Photo>> {
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let stay = Stay {
        rep: visit.rep_id,
        from: visit.arrived_at,
        to: visit.left_at,
    };
    let photos = || OfStays { database, scope };
    let found = ctx.loaders()?.load(photos, stay).await?;
    Ok(shown(found))
}

fn shown(found: Option<Vec<photo::Model>>) -> Vec<Photo> {
    let rows = found.unwrap_or_default();
    rows.into_iter().map(Photo::from).collect()
}

struct OfCheckIns {
    database: Database,
    scope: Scope,
}

impl Load for OfCheckIns {
    type Key = ReceiptKey;
    type Value = Vec<photo::Model>;

    async fn load(&self, keys: Vec<ReceiptKey>) -> Result<HashMap<ReceiptKey, Self::Value>> {
        use photo::Column;

        let backend = self.database.backend();
        let reps: Vec<UserId> = keys.iter().map(|key| key.rep).collect();
        let devices: Vec<DeviceId> = keys.iter().map(|key| key.device).collect();
        let client_ids: Vec<String> = keys.into_iter().map(|key| key.client_id).collect();
        let rows = photo::Entity::visible_to(&self.scope)
            .filter(keys::any_of(backend, Column::RepId.into_expr(), &reps))
            .filter(keys::any_of(
                backend,
                Column::DeviceId.into_expr(),
                &devices,
            ))
            .filter(one_of(backend, Column::ClientId, &client_ids))
            .order_by_asc(Column::ReceivedAt)
            .order_by_asc(Column::Id);
        let mut photos: HashMap<ReceiptKey, Vec<photo::Model>> = HashMap::new();
        for row in rows.all(&self.database.read).await? {
            let key = ReceiptKey {
                rep: row.rep_id,
                device: row.device_id,
                client_id: row.client_id.clone(),
            };
            photos.entry(key).or_default().push(row);
        }
        Ok(photos)
    }
}

/// When a rep was where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stay {
    rep: UserId,
    from: DateTime<Utc>,
    /// None while they are there.
    to: Option<DateTime<Utc>>,
}

impl Stay {
    fn contains(&self, rep: UserId, at: DateTime<Utc>) -> bool {
        self.rep == rep && self.from <= at && self.to.is_none_or(|to| at <= to)
    }
}

struct OfStays {
    database: Database,
    scope: Scope,
}

impl Load for OfStays {
    type Key = Stay;
    type Value = Vec<photo::Model>;

    async fn load(&self, stays: Vec<Stay>) -> Result<HashMap<Stay, Self::Value>> {
        let Some(first) = stays.iter().map(|stay| stay.from).min() else {
            return Ok(HashMap::new());
        };
        // None where a stay is still open.
        let last = stays.iter().map(|stay| stay.to).collect::<Option<Vec<_>>>();
        let last = last.and_then(|ends| ends.into_iter().max());
        let reps: Vec<UserId> = stays.iter().map(|stay| stay.rep).collect();
        let column = photo::Column::RepId.into_expr();
        let mut rows = photo::Entity::visible_to(&self.scope)
            .find_also_related(receipt::Entity)
            .filter(keys::any_of(self.database.backend(), column, &reps))
            .filter(receipt::Column::RecordedAt.gte(first))
            .order_by_asc(receipt::Column::RecordedAt)
            .order_by_asc(photo::Column::ReceivedAt)
            .order_by_asc(photo::Column::Id);
        if let Some(last) = last {
            rows = rows.filter(receipt::Column::RecordedAt.lte(last));
        }
        let mut photos: HashMap<Stay, Vec<photo::Model>> = HashMap::new();
        for (row, receipt) in rows.all(&self.database.read).await? {
            let Some(at) = receipt.and_then(|receipt| receipt.recorded_at) else {
                continue;
            };
            for stay in stays.iter().filter(|stay| stay.contains(row.rep_id, at)) {
                photos.entry(*stay).or_default().push(row.clone());
            }
        }
        Ok(photos)
    }
}
