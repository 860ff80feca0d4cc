//! Enrolling and revoking devices, and choosing which one tracks.

use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::{DeviceId, UserId};
use entity::people::{device, device_key, tracking_device, user};
use entity::viewer::{Role, Scope};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, Set,
};

use super::accounts::seen_user;
use super::types::User;
use crate::auth::device as credential;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::field::suspicion::{self, DatumSuspicion};
use crate::input::{self, Faults, NAME_LENGTH};
use crate::loader;
use crate::scalar::{now, whole_millis};

/// A phone or a browser of one user.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Device {
    /// Its id.
    pub id: ID,
    /// What its owner calls it.
    pub name: String,
    /// The system it runs, such as `android 15`.
    pub platform: String,
    /// When it was added.
    pub enrolled_at: DateTime<Utc>,
    /// Since when its credential is refused; what it recorded before is still taken.
    pub revoked_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: device::Model,
}

impl From<device::Model> for Device {
    fn from(row: device::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            platform: row.platform.clone(),
            enrolled_at: row.enrolled_at,
            revoked_at: row.revoked_at,
            row,
        }
    }
}

#[ComplexObject]
impl Device {
    /// Whose it is.
    async fn user(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.user_id)).await
    }

    /// What to suspect of the datum of its positions; null when they agree with each other.
    async fn datum_suspicion(&self, ctx: &Context<'_>) -> Option<Result<DatumSuspicion>> {
        suspicion::of_device(ctx, self.row.user_id, self.row.id)
            .await
            .transpose()
    }
}

/// A new device.
#[derive(InputObject)]
pub struct EnrolDeviceInput {
    /// Whose it is; yourself when left out.
    pub user_id: Option<ID>,
    /// What its owner calls it.
    pub name: String,
    /// The system it runs, such as `android 15`.
    pub platform: String,
}

/// Which device tracks.
#[derive(InputObject)]
pub struct TrackWithDeviceInput {
    /// The device; its trail makes the visits of its owner.
    pub device_id: ID,
    /// From when on; now when left out.
    pub from: Option<DateTime<Utc>>,
}

/// With which key an app encrypts.
#[derive(InputObject)]
pub struct SetPayloadKeyInput {
    /// The device; one of yours, for administrators anybody's.
    pub device_id: ID,
    /// What its owner wrote into the app, 1 to 32 bytes; null takes it away.
    pub key: Option<String>,
}

/// A device and its credential, which nobody can read again.
pub(super) struct Enrolled {
    pub(super) device: device::Model,
    pub(super) credential: String,
}

pub(super) async fn enrol_device(ctx: &Context<'_>, input: EnrolDeviceInput) -> Result<Enrolled> {
    let mut faults = Faults::default();
    let name = faults.required("name", &input.name, NAME_LENGTH);
    let platform = faults.required("platform", &input.platform, NAME_LENGTH);
    faults.finish()?;
    let txn = ctx.db()?.begin().await?;
    let user_id = match &input.user_id {
        Some(user) => {
            let user = seen_user(ctx, &txn, user).await?;
            if user.deactivated_at.is_some() {
                return Err(Error::refuse("CLOSED", "userId", "the account is closed"));
            }
            user.id
        }
        None => ctx.viewer()?.user,
    };
    let credential = credential::new_token();
    let device = device::Model {
        id: DeviceId::new(),
        user_id,
        name,
        platform,
        kind: device::Kind::App,
        token_hash: Some(credential::hash(&credential)),
        enrolled_at: now(),
        revoked_at: None,
    };
    let device = device.into_active_model().insert(&txn).await?;
    if !tracks_already(&txn, user_id).await? {
        track(&txn, &device, device.enrolled_at).await?;
    }
    txn.commit().await?;
    ctx.authenticator()?.forget();
    Ok(Enrolled { device, credential })
}

pub(super) async fn revoke_device(ctx: &Context<'_>, id: &ID) -> Result<device::Model> {
    let db = &ctx.db()?.write;
    let device = seen_device(ctx, db, id).await?;
    let revoked_at = device.revoked_at.unwrap_or_else(now);
    let mut device = device.into_active_model();
    device.revoked_at = Set(Some(revoked_at));
    let device = device.update(db).await?;
    ctx.authenticator()?.forget();
    Ok(device)
}

pub(super) async fn track_with_device(
    ctx: &Context<'_>,
    input: TrackWithDeviceInput,
) -> Result<device::Model> {
    let txn = ctx.db()?.begin().await?;
    let device = seen_device(ctx, &txn, &input.device_id).await?;
    if device.revoked_at.is_some() {
        return Err(Error::refuse(
            "REVOKED",
            "deviceId",
            "the device was revoked",
        ));
    }
    let from = input.from.map_or_else(now, whole_millis);
    if from > now() {
        return Err(Error::refuse(
            "OUT_OF_RANGE",
            "from",
            "from is in the future",
        ));
    }
    track(&txn, &device, from).await?;
    txn.commit().await?;
    Ok(device)
}

pub(super) async fn set_payload_key(
    ctx: &Context<'_>,
    input: SetPayloadKeyInput,
) -> Result<device::Model> {
    let txn = ctx.db()?.begin().await?;
    let device = seen_device(ctx, &txn, &input.device_id).await?;
    let viewer = ctx.viewer()?;
    if device.user_id != viewer.user && viewer.role != Role::Admin {
        return Err(Error::forbidden(
            "only its owner and administrators may do this",
        ));
    }
    device_key::Entity::delete_by_id(device.id)
        .exec(&txn)
        .await?;
    if let Some(passphrase) = input.key {
        if !(1..=32).contains(&passphrase.len()) {
            return Err(Error::refuse("INVALID", "key", "a key has 1 to 32 bytes"));
        }
        let key = device_key::Model {
            device_id: device.id,
            user_id: device.user_id,
            passphrase,
            set_at: now(),
        };
        key.into_active_model().insert(&txn).await?;
    }
    txn.commit().await?;
    Ok(device)
}

/// Whether a device tracks that can still send.
async fn tracks_already(db: &impl ConnectionTrait, user: UserId) -> Result<bool> {
    let newest = tracking_device::Entity::visible_to(&Scope::All)
        .filter(tracking_device::Column::UserId.eq(user))
        .order_by_desc(tracking_device::Column::ValidFrom)
        .one(db)
        .await?;
    let Some(newest) = newest else {
        return Ok(false);
    };
    let in_use = device::Entity::visible_to(&Scope::All)
        .filter(device::Column::Id.eq(newest.device_id))
        .filter(device::Column::RevokedAt.is_null());
    Ok(in_use.count(db).await? > 0)
}

async fn track(
    db: &impl ConnectionTrait,
    device: &device::Model,
    valid_from: DateTime<Utc>,
) -> Result<()> {
    let key = [
        tracking_device::Column::UserId,
        tracking_device::Column::ValidFrom,
    ];
    let row = tracking_device::Model {
        user_id: device.user_id,
        valid_from,
        device_id: device.id,
    };
    tracking_device::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns(key)
                .update_column(tracking_device::Column::DeviceId)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(ingest::verbs::mark_dirty(db, &[device.user_id], valid_from).await?)
}

async fn seen_device(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: &ID,
) -> Result<device::Model> {
    let (visible, read) = (device::Entity::visible_to, DeviceId::from_global);
    input::seen(db, ctx.scope()?, visible, read, id, "device").await
}
