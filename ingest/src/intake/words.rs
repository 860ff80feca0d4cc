//! The words of the database and the wire for what this crate has in types.

use domain::duty::EventKind;
use entity::field::check_in::Kind;
use entity::field::receipt::Status;

/// The word of a kind of check-in.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Trail => "TRAIL",
        Kind::Arrive => "ARRIVE",
        Kind::Depart => "DEPART",
        Kind::Heartbeat => "HEARTBEAT",
        Kind::ShiftStart => "SHIFT_START",
        Kind::ShiftEnd => "SHIFT_END",
        Kind::Pause => "PAUSE",
        Kind::Resume => "RESUME",
    }
}

/// The kind that a word names.
pub(crate) fn kind_of(word: &str) -> Option<Kind> {
    const KINDS: [Kind; 8] = [
        Kind::Trail,
        Kind::Arrive,
        Kind::Depart,
        Kind::Heartbeat,
        Kind::ShiftStart,
        Kind::ShiftEnd,
        Kind::Pause,
        Kind::Resume,
    ];
    KINDS.into_iter().find(|known| kind(*known) == word)
}

/// What a check-in of this kind says about duty.
pub(crate) fn duty_event(kind: Kind) -> Option<EventKind> {
    match kind {
        Kind::Arrive => Some(EventKind::Arrive),
        Kind::Depart => Some(EventKind::Depart),
        Kind::ShiftStart => Some(EventKind::ShiftStart),
        Kind::ShiftEnd => Some(EventKind::ShiftEnd),
        Kind::Pause => Some(EventKind::Pause),
        Kind::Resume => Some(EventKind::Resume),
        Kind::Trail | Kind::Heartbeat => None,
    }
}

/// The word of a receipt's status.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Accepted => "ACCEPTED",
        Status::Duplicate => "DUPLICATE",
        Status::Quarantined => "QUARANTINED",
        Status::Ignored => "IGNORED",
    }
}
