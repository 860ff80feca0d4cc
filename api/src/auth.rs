//! Who are you: passwords, tokens and device credentials, and what each lets one see.
//!
//! A bearer credential is one of three: an access token of our own (a JWT, short-lived), a token
//! of an identity provider (a JWT, checked by its published keys), or a device's credential
//! (opaque, `fhd_…`). [`Authenticator::viewer`] judges them all.

mod access;
pub mod attempts;
mod authenticator;
pub mod device;
pub mod password;
mod provider;
pub mod refresh;
mod secret;
mod sight;

use std::borrow::Cow;

use crate::error::Error;

pub use access::AccessToken;
pub use authenticator::{AuthSettings, Authenticator};
pub use provider::ProviderSettings;
pub use sight::at_the_console;

/// Why a credential does not open the door.
#[derive(Clone, Debug)]
pub enum AuthError {
    /// The credential is not valid; the words say why, and are safe to show.
    Rejected(Cow<'static, str>),
    /// It could not be judged now.
    Unavailable(Error),
}

impl AuthError {
    fn rejected(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Rejected(why.into())
    }
}

impl From<sea_orm::DbErr> for AuthError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Unavailable(error.into())
    }
}

/// The credential of an `Authorization` value, with or without its scheme.
pub fn bearer(authorization: &str) -> &str {
    match authorization.split_at_checked(7) {
        Some((scheme, bearer)) if scheme.eq_ignore_ascii_case("bearer ") => bearer.trim(),
        _ => authorization.trim(),
    }
}
