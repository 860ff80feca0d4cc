//! Who are you: passwords, tokens and device credentials, and what each lets one see.

use std::borrow::Cow;

use crate::error::Error;

/// Why a credential does not open the door.
#[derive(Clone, Debug)]
pub enum AuthError {
    /// The credential is not valid; the words say why, and are safe to show.
    Rejected(Cow<'static, str>),
    /// It could not be judged now.
    Unavailable(Error),
}
