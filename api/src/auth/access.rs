//! Access tokens of our own: short-lived, signed, and ended early by the user's token version.

use chrono::{DateTime, TimeDelta, Utc};
use entity::people::user;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AuthError;
use crate::error::{Error, Result};

/// An access token and its end.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The token, for `Authorization: Bearer`.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// What a token says.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    /// The user.
    pub(super) sub: Uuid,
    iat: i64,
    pub(super) exp: i64,
    /// The user's token version when it was issued.
    pub(super) ver: i32,
}

/// Issues and checks our own tokens.
pub(super) struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    issuer: String,
    audience: String,
}

impl Signer {
    pub(super) fn new(secret: &SecretString, issuer: &str, audience: &str) -> Self {
        let secret = secret.expose_secret().as_bytes();
        // The algorithm is ours to say, never the token's.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        }
    }

    pub(super) fn issue(&self, user: &user::Model, lifetime: TimeDelta) -> Result<AccessToken> {
        let now = Utc::now();
        let expires_at = now + lifetime;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: user.id.uuid(),
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
            ver: user.token_version,
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(Error::internal)?;
        Ok(AccessToken { token, expires_at })
    }

    pub(super) fn check(&self, token: &str) -> Result<Claims, AuthError> {
        match decode::<Claims>(token, &self.decoding, &self.validation) {
            Ok(token) => Ok(token.claims),
            Err(error) => Err(super::provider::refusal(&error)),
        }
    }
}
