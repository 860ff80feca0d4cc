//! Settings of who is let in.

use clap::Args;
use secrecy::SecretString;

use crate::config::{SettingError, Sources, setting, value};

/// Who is let in.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Sign-in")]
pub(crate) struct AuthArgs {
    /// Signs this hub's own tokens; at least 32 bytes
    #[arg(
        long,
        env = "FIELDHUB_JWT_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub(crate) jwt_secret: Option<String>,
    /// Keys of an identity provider whose tokens are accepted
    #[arg(long, env = "FIELDHUB_JWKS_URL", value_name = "URL")]
    pub(crate) jwks_url: Option<String>,
    /// The issuer that tokens must name [default: fieldhub for own tokens]
    #[arg(long, env = "FIELDHUB_JWT_ISSUER", value_name = "ISSUER")]
    pub(crate) jwt_issuer: Option<String>,
    /// The audience that tokens must name [default: fieldhub]
    #[arg(long, env = "FIELDHUB_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub(crate) jwt_audience: Option<String>,
    /// The provider's claim that holds a user's `subject` (or e-mail address) [default: sub]
    #[arg(long, env = "FIELDHUB_JWT_USER_CLAIM", value_name = "CLAIM")]
    pub(crate) jwt_user_claim: Option<String>,
}

/// Who is let in, understood.
#[derive(Debug, Clone)]
pub(crate) struct AuthConfig {
    pub(crate) secret: Option<SecretString>,
    pub(crate) jwks: Option<JwksConfig>,
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

/// An identity provider.
#[derive(Debug, Clone)]
pub(crate) struct JwksConfig {
    pub(crate) url: String,
    pub(crate) user_claim: String,
}

impl AuthArgs {
    /// Understands the sign-in settings; one of secret and provider must be there.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<AuthConfig, SettingError> {
        let secret = sources
            .value(&setting::JWT_SECRET, self.jwt_secret.as_deref())
            .map(|raw| raw.parse(value::signing_secret))
            .transpose()?;
        let text = |setting: &'static setting::Setting, given: &Option<String>| {
            sources
                .value(setting, given.as_deref())
                .map(|raw| raw.text.trim().to_owned())
        };
        let issuer = text(&setting::JWT_ISSUER, &self.jwt_issuer);
        let audience = text(&setting::JWT_AUDIENCE, &self.jwt_audience);
        let user_claim = text(&setting::JWT_USER_CLAIM, &self.jwt_user_claim);
        let jwks = match sources.value(&setting::JWKS_URL, self.jwks_url.as_deref()) {
            Some(raw) => {
                let url = raw.parse(value::web_url)?;
                if issuer.is_none() {
                    return Err(setting::JWT_ISSUER
                        .missing("FIELDHUB_JWKS_URL is set, and a provider's tokens name it"));
                }
                Some(JwksConfig {
                    url,
                    user_claim: user_claim.unwrap_or_else(|| "sub".into()),
                })
            }
            None => None,
        };
        if secret.is_none() && jwks.is_none() {
            return Err(
                setting::JWT_SECRET.missing("nobody could sign in without it or FIELDHUB_JWKS_URL")
            );
        }
        Ok(AuthConfig {
            secret,
            jwks,
            issuer: issuer.unwrap_or_else(|| "fieldhub".into()),
            audience: audience.unwrap_or_else(|| "fieldhub".into()),
        })
    }
}
