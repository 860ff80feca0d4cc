//! A device's credential: opaque, one a device, shown once.

use super::secret;

/// How a device's credential begins.
pub const PREFIX: &str = "fhd_";

/// A new credential.
pub fn new_token() -> String {
    secret::new(PREFIX)
}

/// What is kept of a credential (`device.token_hash`).
pub fn hash(token: &str) -> Vec<u8> {
    secret::hash(token)
}
