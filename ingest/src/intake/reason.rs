//! Why a point was set aside or not kept: stable codes for programs, messages for people.

/// Why a point is kept in quarantine instead of on its track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A kind that needs a position has none.
    NoPosition,
    /// The position is not on Earth.
    PositionOutOfRange,
    /// Latitude and longitude are both zero: no fix, in the language of cheap receivers.
    NullIsland,
    /// Recorded more than 10 minutes after it was received.
    TimeInFuture,
    /// No time.
    TimeMissing,
    /// Recorded before the year 2000: a clock that was never set.
    TimeImpossible,
    /// The rep has no such customer.
    UnknownCustomer,
    /// A button that names no customer.
    CustomerMissing,
    /// No such kind.
    UnknownKind,
    /// No such datum.
    UnknownDatum,
    /// Not a point at all, or a field of another type.
    Malformed,
    /// Encrypted, and no key is known.
    Encrypted,
    /// A field beyond its range.
    FieldOutOfRange,
    /// A field twice.
    DuplicateKey,
    /// No client id.
    ClientIdMissing,
    /// A client id of more than 64 characters.
    ClientIdTooLong,
    /// The client id already belongs to another fix.
    ClientIdReused,
    /// The database refuses this point and no other.
    NotStorable,
    /// Its month has been purged.
    TooOld,
    /// Recorded after its device was revoked.
    DeviceRevoked,
}

impl Reason {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Reason::NoPosition => "NO_POSITION",
            Reason::PositionOutOfRange => "POSITION_OUT_OF_RANGE",
            Reason::NullIsland => "NULL_ISLAND",
            Reason::TimeInFuture => "TIME_IN_FUTURE",
            Reason::TimeMissing => "TIME_MISSING",
            Reason::TimeImpossible => "TIME_IMPOSSIBLE",
            Reason::UnknownCustomer => "UNKNOWN_CUSTOMER",
            Reason::CustomerMissing => "CUSTOMER_MISSING",
            Reason::UnknownKind => "UNKNOWN_KIND",
            Reason::UnknownDatum => "UNKNOWN_DATUM",
            Reason::Malformed => "MALFORMED",
            Reason::Encrypted => "ENCRYPTED",
            Reason::FieldOutOfRange => "FIELD_OUT_OF_RANGE",
            Reason::DuplicateKey => "DUPLICATE_KEY",
            Reason::ClientIdMissing => "CLIENT_ID_MISSING",
            Reason::ClientIdTooLong => "CLIENT_ID_TOO_LONG",
            Reason::ClientIdReused => "CLIENT_ID_REUSED",
            Reason::NotStorable => "NOT_STORABLE",
            Reason::TooOld => "TOO_OLD",
            Reason::DeviceRevoked => "DEVICE_REVOKED",
        }
    }
}

/// A reason with the words that name the field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// For programs.
    pub reason: Reason,
    /// For people; it may hold what the phone sent, so it never goes to a log.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }
}
