//! Credentials from the command line: the first admin, a user's token, a device.

use anyhow::{Context, anyhow, bail};
use api::auth::{device as credential, password};
use chrono::{SubsecRound, TimeDelta, Utc};
use entity::{
    Database,
    id::{DeviceId, UserId},
    people::{device, tracking_device, user},
    viewer::{Role, Scope},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

use crate::{
    config::{access::AuthConfig, store::DatabaseConfig},
    serve::authenticator,
    store,
};

/// What is to be made.
pub(crate) enum Order {
    /// The first admin.
    Admin {
        email: String,
        name: Option<String>,
        password: Option<String>,
    },
    /// An access token of somebody who is known.
    User { email: String },
    /// A device of somebody who is known.
    Device { email: String, name: Option<String> },
}

/// Makes a credential. `auth` is needed for access tokens, which it signs.
pub(crate) async fn issue(
    database: &DatabaseConfig,
    auth: Option<&AuthConfig>,
    order: Order,
    hours: u32,
) -> anyhow::Result<String> {
    let database = store::open(database).await?;
    let user = match order {
        Order::Device { email, name } => return enrol(&database, &email, name).await,
        Order::User { email } => find(&database, &email).await?,
        Order::Admin {
            email,
            name,
            password,
        } => create_admin(&database, email, name, password).await?,
    };
    let auth = auth.context("access tokens need the settings of sign-in")?;
    let lifetime = TimeDelta::hours(hours.into());
    let issued = authenticator(database, auth)?.issue(&user, Some(lifetime));
    Ok(issued
        .map_err(|error| anyhow!("no token: {error:?}"))?
        .token)
}

async fn create_admin(
    database: &Database,
    email: String,
    name: Option<String>,
    password: Option<String>,
) -> anyhow::Result<user::Model> {
    let (before, at) = email.split_once('@').unwrap_or_default();
    if before.is_empty() || at.is_empty() {
        bail!("{email:?} is not an e-mail address");
    }
    let users = user::Entity::visible_to(&Scope::All)
        .count(&database.read)
        .await?;
    if users > 0 {
        bail!("there are users already; let an admin make another (createUser), or use --user");
    }
    let password_hash = match password {
        Some(password) => {
            Some(password::hash(&password).map_err(|error| anyhow!("the password: {error:?}"))?)
        }
        None => None,
    };
    let admin = user::Model {
        id: UserId::new(),
        name: name.unwrap_or_else(|| before.to_owned()),
        email: email.to_lowercase(),
        phone: None,
        role: Role::Admin,
        team_id: None,
        password_hash,
        subject: None,
        token_version: 0,
        created_at: Utc::now().trunc_subsecs(3),
        deactivated_at: None,
    };
    admin
        .clone()
        .into_active_model()
        .insert(&database.write)
        .await?;
    Ok(admin)
}

/// Somebody who may sign in.
pub(crate) async fn find(database: &Database, email: &str) -> anyhow::Result<user::Model> {
    let user = user::Entity::visible_to(&Scope::All)
        .filter(user::Column::Email.eq(email.to_lowercase()))
        .one(&database.read)
        .await?;
    let user = user.with_context(|| format!("nobody has the address {email:?}"))?;
    if user.deactivated_at.is_some() {
        bail!("the account of {email:?} is closed");
    }
    Ok(user)
}

/// Enrols a device, which tracks its user from now on.
async fn enrol(database: &Database, email: &str, name: Option<String>) -> anyhow::Result<String> {
    let user = find(database, email).await?;
    let token = credential::new_token();
    let now = Utc::now().trunc_subsecs(3);
    let enrolled = device::Model {
        id: DeviceId::new(),
        user_id: user.id,
        name: name.unwrap_or_else(|| "Phone".to_owned()),
        platform: "unknown".to_owned(),
        kind: device::Kind::App,
        token_hash: Some(credential::hash(&token)),
        enrolled_at: now,
        revoked_at: None,
    };
    let tracking = tracking_device::Model {
        user_id: user.id,
        valid_from: now,
        device_id: enrolled.id,
    };
    let transaction = database.begin().await?;
    enrolled.into_active_model().insert(&transaction).await?;
    tracking.into_active_model().insert(&transaction).await?;
    transaction.commit().await?;
    Ok(token)
}
