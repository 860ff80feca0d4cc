//! The public id of a check-in as a phone sent it: of its receipt, which every point gets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::receipt;
use crate::id::{DeviceId, UserId};

const PREFIX: &[u8] = b"CheckIn:";

/// Which receipt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReceiptKey {
    /// Who sent the point.
    pub rep: UserId,
    /// From which device.
    pub device: DeviceId,
    /// The point's id, as the device chose it.
    pub client_id: String,
}

impl ReceiptKey {
    /// The receipt of a row.
    pub fn of(row: &receipt::Model) -> Self {
        Self {
            rep: row.rep_id,
            device: row.device_id,
            client_id: row.client_id.clone(),
        }
    }

    /// The opaque id that clients see.
    pub fn global(&self) -> String {
        let (rep, device) = (self.rep.uuid(), self.device.uuid());
        let parts = [
            PREFIX,
            rep.as_bytes(),
            device.as_bytes(),
            self.client_id.as_bytes(),
        ];
        URL_SAFE_NO_PAD.encode(parts.concat())
    }

    /// Reads an opaque id; none if it is malformed or of something else.
    pub fn from_global(global: &str) -> Option<Self> {
        let plain = URL_SAFE_NO_PAD.decode(global).ok()?;
        let rest = plain.strip_prefix(PREFIX)?;
        let (rep, rest) = rest.split_at_checked(16)?;
        let (device, client_id) = rest.split_at_checked(16)?;
        if client_id.is_empty() {
            return None;
        }
        Some(Self {
            rep: Uuid::from_slice(rep).ok()?.into(),
            device: Uuid::from_slice(device).ok()?.into(),
            client_id: String::from_utf8(client_id.to_vec()).ok()?,
        })
    }
}
