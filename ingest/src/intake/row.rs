//! A point on its way to the database: who sent it, under which keys it is stored.

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, Utc};
use entity::field::check_in::{Kind, NO_POSITION};
use entity::id::{DeviceId, QuarantineId, UserId};
use uuid::Uuid;

use super::incoming::{Faulty, Incoming, Name, Reading, has_position};
use super::reason::{Fault, Reason};

/// Whose points they are, and from which device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Author {
    pub(crate) rep: UserId,
    pub(crate) device: DeviceId,
}

/// The first key: what a device calls a point.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ReceiptKey {
    pub(crate) author: Author,
    pub(crate) client_id: String,
}

/// The second key: the fix itself. Absent parts are empty values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FixKey {
    pub(crate) rep: UserId,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) device: DeviceId,
    pub(crate) kind: Kind,
    pub(crate) customer: Uuid,
    pub(crate) latitude_e6: i32,
    pub(crate) longitude_e6: i32,
}

/// A point that can be used.
#[derive(Clone, Debug)]
pub(crate) struct Fix {
    pub(crate) key: FixKey,
    /// A digest of the key, to tell another fix under the same client id.
    pub(crate) digest: i64,
    pub(crate) reading: Reading,
}

/// One point with all that is known of it before the database is asked.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) key: ReceiptKey,
    /// What came in, byte for byte.
    pub(crate) raw: Bytes,
    pub(crate) content: Result<Fix, Faulty>,
    /// False if a button names a customer that the rep does not have.
    pub(crate) is_customer_known: bool,
    pub(crate) received_at: DateTime<Utc>,
    /// The database has refused this very row.
    pub(crate) is_refused: bool,
}

impl Row {
    pub(crate) fn new(
        author: Author,
        incoming: Incoming,
        is_customer_known: bool,
        received_at: DateTime<Utc>,
    ) -> Self {
        let client_id = match &incoming.name {
            Name::Client(id) => id.clone(),
            Name::Place(_) => stand_in(&incoming.raw),
        };
        let fix = |reading: Reading| {
            let reading = normal(reading)?;
            let key = fix_key(author, &reading);
            Ok(Fix {
                key,
                digest: digest(&key),
                reading,
            })
        };
        Self {
            key: ReceiptKey { author, client_id },
            raw: incoming.raw,
            content: incoming.reading.and_then(fix),
            is_customer_known,
            received_at,
            is_refused: false,
        }
    }

    /// The digest of the fix, if there is one.
    pub(crate) fn digest(&self) -> Option<i64> {
        self.content.as_ref().ok().map(|fix| fix.digest)
    }

    /// The same bytes from the same device under the same id are kept aside once; those that met
    /// another fix under their id apart from those that will be judged anew.
    pub(crate) fn quarantine_id(&self, reason: Reason) -> QuarantineId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.key.author.rep.uuid().as_bytes());
        hasher.update(self.key.author.device.uuid().as_bytes());
        hasher.update(self.key.client_id.as_bytes());
        hasher.update(&[u8::from(reason == Reason::ClientIdReused)]);
        hasher.update(&self.raw);
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        uuid::Builder::from_custom_bytes(bytes).into_uuid().into()
    }
}

/// The id of a point that has none: its bytes' own digest, so that a retry finds its receipt.
fn stand_in(raw: &[u8]) -> String {
    let digest = blake3::hash(raw).to_hex();
    format!("raw:{}", &digest[..32])
}

/// A reading as it is stored, whoever made it: whole milliseconds, a position where one belongs.
fn normal(mut reading: Reading) -> Result<Reading, Faulty> {
    reading.recorded_at = reading.recorded_at.trunc_subsecs(3);
    match (has_position(reading.kind), reading.position) {
        (true, None) => {
            return Err(Faulty {
                fault: Fault::new(Reason::NoPosition, "the position is missing"),
                kind: Some(reading.kind),
                recorded_at: Some(reading.recorded_at),
            });
        }
        (false, Some(_)) => reading.position = None,
        (true, Some(_)) | (false, None) => {}
    }
    Ok(reading)
}

fn fix_key(author: Author, reading: &Reading) -> FixKey {
    let (latitude_e6, longitude_e6) = reading
        .position
        .map_or((NO_POSITION, NO_POSITION), |position| position.to_e6());
    FixKey {
        rep: author.rep,
        recorded_at: reading.recorded_at,
        device: author.device,
        kind: reading.kind,
        customer: reading.customer.map_or(Uuid::nil(), Uuid::from),
        latitude_e6,
        longitude_e6,
    }
}

/// A digest of what a device can send again under the same client id; stable over releases.
fn digest(fix: &FixKey) -> i64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&fix.recorded_at.timestamp_millis().to_le_bytes());
    hasher.update(super::words::kind(fix.kind).as_bytes());
    hasher.update(&[0]);
    hasher.update(fix.customer.as_bytes());
    hasher.update(&fix.latitude_e6.to_le_bytes());
    hasher.update(&fix.longitude_e6.to_le_bytes());
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    i64::from_le_bytes(bytes)
}
