//! Judging credentials, with a short memory so that a busy client costs no statement a request.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use entity::Database;
use entity::id::UserId;
use entity::people::{device, user};
use entity::viewer::{Scope, Viewer};
use futures_util::FutureExt;
use jsonwebtoken::{Algorithm, decode_header};
use sea_orm::sea_query::{NullOrdering, Order};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use secrecy::SecretString;

use super::access::{AccessToken, Signer};
use super::attempts::Attempts;
use super::provider::{Named, Provider, ProviderSettings};
use super::sight::TeamTree;
use super::{AuthError, device as credential};
use crate::edge::Admit;
use crate::error::{Error, Result};

/// How long a judgement is remembered: a revocation is noticed within this time.
const MEMORY: Duration = Duration::from_secs(3);
/// Past this many remembered things all are forgotten.
const MOST: usize = 20_000;

/// How credentials are issued and judged.
#[derive(Clone, Debug)]
pub struct AuthSettings {
    /// Signs our own tokens (at least 32 bytes); none means that we issue none.
    pub secret: Option<SecretString>,
    /// The issuer that tokens must name.
    pub issuer: String,
    /// The audience that tokens must name.
    pub audience: String,
    /// An identity provider whose tokens are accepted.
    pub provider: Option<ProviderSettings>,
    /// How long an access token of a sign-in lasts.
    pub access_lifetime: TimeDelta,
}

/// Judges credentials. Cheap to clone.
#[derive(Clone)]
pub struct Authenticator {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    signer: Option<Signer>,
    provider: Option<Provider>,
    access_lifetime: TimeDelta,
    attempts: Attempts,
    users: Memory<UserId, Option<user::Model>>,
    devices: Memory<[u8; 32], Option<device::Model>>,
    tree: Memory<(), Arc<TeamTree>>,
}

impl Authenticator {
    /// Judges by the rows of `database`.
    pub fn new(database: Database, settings: AuthSettings) -> Result<Self> {
        let (issuer, audience) = (&settings.issuer, &settings.audience);
        let provider = settings
            .provider
            .map(|provider| Provider::new(provider, issuer, audience));
        let inner = Inner {
            database,
            signer: settings
                .secret
                .map(|secret| Signer::new(&secret, issuer, audience)),
            provider: provider.transpose()?,
            access_lifetime: settings.access_lifetime,
            attempts: Attempts::default(),
            users: Memory::default(),
            devices: Memory::default(),
            tree: Memory::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Whoever the credential belongs to. `purpose` is why they look, where they said so.
    pub async fn viewer(&self, bearer: &str, purpose: &str) -> Result<Viewer, AuthError> {
        if !bearer.starts_with(credential::PREFIX) {
            return self.token_bearer(bearer, purpose).await;
        }
        let device = self.device(bearer).await?;
        if device.revoked_at.is_some() {
            return Err(AuthError::rejected("the device was revoked"));
        }
        let user = self.user(device.user_id).await?;
        self.device_bearer(device, user, purpose).await
    }

    /// Whoever sends check-ins with this credential. A revoked device, or the device of a user
    /// who may not sign in any more, is let through, for what it recorded before is still taken;
    /// the intake judges each point.
    pub async fn sender(&self, bearer: &str, purpose: &str) -> Result<Viewer, AuthError> {
        if !bearer.starts_with(credential::PREFIX) {
            return self.token_bearer(bearer, purpose).await;
        }
        let device = self.device(bearer).await?;
        let user = match device.revoked_at {
            None => self.user(device.user_id).await?,
            Some(_) => self.any_user(device.user_id).await?,
        };
        self.device_bearer(device, user, purpose).await
    }

    /// Whoever has this e-mail address, with their device of this name, for those who know both
    /// from somebody they trust; none if there is no such device. Of several the newest that is
    /// not revoked.
    pub async fn sender_named(
        &self,
        email: &str,
        device: &str,
        purpose: &str,
    ) -> Result<Option<Viewer>, AuthError> {
        let read = &self.inner.database.read;
        let user = user::Entity::visible_to(&Scope::All)
            .filter(user::Column::Email.eq(email.to_lowercase()))
            .one(read)
            .await?;
        let Some(user) = user else {
            return Ok(None);
        };
        let device = device::Entity::visible_to(&Scope::All)
            .filter(device::Column::UserId.eq(user.id))
            .filter(device::Column::Name.eq(device))
            .order_by_with_nulls(device::Column::RevokedAt, Order::Desc, NullOrdering::First)
            .order_by_desc(device::Column::EnrolledAt)
            .one(read)
            .await?;
        let open =
            |device: &device::Model| device.revoked_at.is_some() || user.deactivated_at.is_none();
        match device.filter(open) {
            Some(device) => Ok(Some(self.device_bearer(device, user, purpose).await?)),
            None => Ok(None),
        }
    }

    /// The same viewer as they stand now, for what takes long: with their role and scope of today,
    /// and no more if their account is closed or their device revoked.
    pub async fn again(&self, viewer: &Viewer) -> Result<Viewer, AuthError> {
        let user = self.user(viewer.user).await?;
        if let Some(device) = viewer.device {
            let revoked = device::Entity::visible_to(&Scope::All)
                .filter(device::Column::Id.eq(device))
                .filter(device::Column::RevokedAt.is_not_null())
                .one(&self.inner.database.read)
                .await?;
            if revoked.is_some() {
                return Err(AuthError::rejected("the device was revoked"));
            }
        }
        let now = self.seen(user, viewer.expires_at, &viewer.purpose).await?;
        Ok(Viewer {
            device: viewer.device,
            ..now
        })
    }

    /// What a WebSocket's `connection_init` is judged by.
    pub fn admit(&self) -> Admit {
        let authenticator = self.clone();
        Arc::new(move |bearer, purpose| {
            let authenticator = authenticator.clone();
            async move { authenticator.viewer(&bearer, &purpose).await }.boxed()
        })
    }

    /// A token of our own for a user, that lasts as long as a sign-in's does unless told.
    pub fn issue(&self, user: &user::Model, lifetime: Option<TimeDelta>) -> Result<AccessToken> {
        match &self.inner.signer {
            Some(signer) => signer.issue(user, lifetime.unwrap_or(self.inner.access_lifetime)),
            None => Err(Error::forbidden(
                "people sign in at the identity provider; this hub issues no tokens",
            )),
        }
    }

    /// The tries to sign in.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.inner.attempts
    }

    /// Forgets what was judged, so that a change made here holds at once. Other processes notice
    /// within three seconds.
    pub(crate) fn forget(&self) {
        self.inner.users.forget();
        self.inner.devices.forget();
        self.inner.tree.forget();
    }

    async fn token_bearer(&self, bearer: &str, purpose: &str) -> Result<Viewer, AuthError> {
        let header =
            decode_header(bearer).map_err(|_| AuthError::rejected("the token is not valid"))?;
        let inner = &self.inner;
        let (user, expires_at) = match (&inner.signer, &inner.provider) {
            (Some(signer), _) if header.alg == Algorithm::HS256 => {
                let claims = signer.check(bearer)?;
                let user = self.user(claims.sub.into()).await?;
                if user.token_version != claims.ver {
                    return Err(AuthError::rejected("the token was taken back"));
                }
                (user, DateTime::from_timestamp(claims.exp, 0))
            }
            (_, Some(provider)) => {
                let (named, expires_at) = provider.check(bearer, &header).await?;
                (self.named(named).await?, Some(expires_at))
            }
            _ => return Err(AuthError::rejected("the token is not valid")),
        };
        self.seen(user, expires_at, purpose).await
    }

    async fn device_bearer(
        &self,
        device: device::Model,
        user: user::Model,
        purpose: &str,
    ) -> Result<Viewer, AuthError> {
        let viewer = self.seen(user, None, purpose).await?;
        Ok(Viewer {
            device: Some(device.id),
            ..viewer
        })
    }

    async fn seen(
        &self,
        user: user::Model,
        expires_at: Option<DateTime<Utc>>,
        purpose: &str,
    ) -> Result<Viewer, AuthError> {
        let read = &self.inner.database.read;
        let tree = async || Ok(Arc::new(TeamTree::read(read).await?));
        let tree = self.inner.tree.recall((), tree).await?;
        Ok(tree.viewer(&user, expires_at, purpose))
    }

    /// A user who may sign in.
    async fn user(&self, id: UserId) -> Result<user::Model, AuthError> {
        let user = self.any_user(id).await?;
        if user.deactivated_at.is_some() {
            return Err(AuthError::rejected("the account is closed"));
        }
        Ok(user)
    }

    async fn any_user(&self, id: UserId) -> Result<user::Model, AuthError> {
        let read = async || {
            let rows = user::Entity::visible_to(&Scope::All).filter(user::Column::Id.eq(id));
            Ok(rows.one(&self.inner.database.read).await?)
        };
        let user = self.inner.users.recall(id, read).await?;
        user.ok_or_else(|| AuthError::rejected("there is no such account"))
    }

    async fn named(&self, named: Named) -> Result<user::Model, AuthError> {
        let is_named = match named {
            Named::Email(email) => user::Column::Email.eq(email.to_lowercase()),
            Named::Subject(subject) => user::Column::Subject.eq(subject),
        };
        let user = user::Entity::visible_to(&Scope::All)
            .filter(is_named)
            .filter(user::Column::DeactivatedAt.is_null())
            .one(&self.inner.database.read)
            .await?;
        user.ok_or_else(|| AuthError::rejected("nobody here is named by this token"))
    }

    async fn device(&self, token: &str) -> Result<device::Model, AuthError> {
        let hash = credential::hash(token);
        let key = *blake3::hash(token.as_bytes()).as_bytes();
        let read = async || {
            let rows = device::Entity::visible_to(&Scope::All);
            let rows = rows.filter(device::Column::TokenHash.eq(hash));
            Ok(rows.one(&self.inner.database.read).await?)
        };
        let device = self.inner.devices.recall(key, read).await?;
        device.ok_or_else(|| AuthError::rejected("the device's credential is not known"))
    }
}

/// Values that were read a moment ago.
struct Memory<K, V> {
    values: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K, V> Default for Memory<K, V> {
    fn default() -> Self {
        Self {
            values: Mutex::new(HashMap::new()),
        }
    }
}

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    async fn recall(
        &self,
        key: K,
        read: impl AsyncFnOnce() -> Result<V, AuthError>,
    ) -> Result<V, AuthError> {
        if let Some((at, value)) = self.lock().get(&key)
            && at.elapsed() < MEMORY
        {
            return Ok(value.clone());
        }
        let value = read().await?;
        let mut values = self.lock();
        if values.len() >= MOST {
            values.clear();
        }
        values.insert(key, (Instant::now(), value.clone()));
        Ok(value)
    }

    fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<K, (Instant, V)>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
