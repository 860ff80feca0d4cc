//! Tokens of an identity provider, checked by the keys it publishes (JWKS).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use super::AuthError;
use crate::error::{Error, Result};

/// How long the provider's keys are believed.
const FRESH: Duration = Duration::from_secs(600);
/// An unknown key asks the provider again at most this often.
const PATIENCE: Duration = Duration::from_secs(10);
/// Clocks may differ by so many seconds.
const LEEWAY: u64 = 30;

/// The signatures that are believed: with a public key, never with a shared secret.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// An identity provider.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// Where its keys are.
    pub jwks_url: String,
    /// The claim that names the user: `email` is the e-mail address, any other is the user's
    /// external identity (`subject`).
    pub user_claim: String,
}

/// Whom a provider's token names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    Email(String),
    Subject(String),
}

pub(super) struct Provider {
    settings: ProviderSettings,
    issuer: String,
    audience: String,
    client: reqwest::Client,
    keys: Mutex<Keys>,
    turn: Semaphore,
}

#[derive(Default)]
struct Keys {
    /// The keys, and when they were read.
    set: Option<(Instant, Arc<JwkSet>)>,
    /// When they were last asked for, with or without success.
    asked_at: Option<Instant>,
}

impl Provider {
    pub(super) fn new(settings: ProviderSettings, issuer: &str, audience: &str) -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .build()
            .map_err(Error::internal)?;
        Ok(Self {
            settings,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            client,
            keys: Mutex::default(),
            turn: Semaphore::new(1),
        })
    }

    /// Whom the token names, and until when.
    pub(super) async fn check(
        &self,
        token: &str,
        header: &Header,
    ) -> Result<(Named, DateTime<Utc>), AuthError> {
        if !ALGORITHMS.contains(&header.alg) {
            return Err(AuthError::rejected("the token's algorithm is not accepted"));
        }
        let key = self.key(header).await?;
        let decoding = DecodingKey::from_jwk(&key)
            .map_err(|_| AuthError::rejected("the token's key cannot be used"))?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        let claims = decode::<Map<String, Value>>(token, &decoding, &validation)
            .map_err(|error| refusal(&error))?
            .claims;
        let expires_at = claims
            .get("exp")
            .and_then(Value::as_f64)
            .and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0))
            .ok_or_else(|| AuthError::rejected("the token's end is not a time"))?;
        Ok((self.named(&claims)?, expires_at))
    }

    fn named(&self, claims: &Map<String, Value>) -> Result<Named, AuthError> {
        let claim = self.settings.user_claim.as_str();
        let Some(name) = claims.get(claim).and_then(Value::as_str) else {
            let why = format!("the token has no text claim \"{claim}\"");
            return Err(AuthError::rejected(why));
        };
        if claim != "email" {
            return Ok(Named::Subject(name.to_owned()));
        }
        if claims.get("email_verified") == Some(&Value::Bool(false)) {
            return Err(AuthError::rejected("the e-mail address is not verified"));
        }
        Ok(Named::Email(name.to_owned()))
    }

    /// The key that signed: known, or asked for. One asks, the others wait for the answer.
    async fn key(&self, header: &Header) -> Result<Jwk, AuthError> {
        let unknown = || AuthError::rejected("the token's key is not known");
        if let Some(key) = self.known(header, FRESH) {
            return Ok(key);
        }
        let _turn = self.turn.acquire().await.map_err(|_| unknown())?;
        if let Some(key) = self.known(header, FRESH) {
            return Ok(key);
        }
        let asked_at = self.keys().asked_at;
        if asked_at.is_none_or(|at| at.elapsed() >= PATIENCE) {
            self.keys().asked_at = Some(Instant::now());
            match self.ask().await {
                Ok(set) => self.keys().set = Some((Instant::now(), Arc::new(set))),
                Err(error) => {
                    tracing::warn!(%error, "the identity provider's keys cannot be read");
                }
            }
        }
        if self.keys().set.is_none() {
            let message = "the identity provider cannot be reached";
            return Err(AuthError::Unavailable(Error::unavailable(message)));
        }
        // While the provider is away, the keys that were believed stay believed.
        self.known(header, Duration::MAX).ok_or_else(unknown)
    }

    fn known(&self, header: &Header, within: Duration) -> Option<Jwk> {
        let (read_at, set) = self.keys().set.clone()?;
        (read_at.elapsed() < within).then(|| signer(&set, header))?
    }

    async fn ask(&self) -> Result<JwkSet, reqwest::Error> {
        let response = self.client.get(&self.settings.jwks_url).send().await?;
        response.error_for_status()?.json().await
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key that a token names; the only key, if it names none.
fn signer(set: &JwkSet, header: &Header) -> Option<Jwk> {
    let key = match (&header.kid, set.keys.as_slice()) {
        (Some(kid), _) => set.find(kid)?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    let named = key.common.key_algorithm;
    let is_for_alg = named.is_none_or(|named| named.to_string() == format!("{:?}", header.alg));
    is_for_alg.then(|| key.clone())
}

/// What a refused token's bearer is told.
pub(super) fn refusal(error: &jsonwebtoken::errors::Error) -> AuthError {
    AuthError::rejected(match error.kind() {
        ErrorKind::ExpiredSignature => "the token has expired",
        ErrorKind::ImmatureSignature => "the token is not valid yet",
        ErrorKind::InvalidIssuer => "the token is of another issuer",
        ErrorKind::InvalidAudience => "the token is for another audience",
        _ => "the token is not valid",
    })
}
