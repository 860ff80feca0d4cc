//! A person's data as a whole: where they are, told to the person, and erased.

mod erase;
mod tell;

pub use erase::erase;
pub use tell::Personal;

/// What becomes of a person's rows when the person is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They are deleted.
    Goes,
    /// They are the company's record of its business, and stay without anybody's name.
    Stays,
    /// They stay, without what somebody wrote in this column.
    Loses(&'static str),
}

/// A table with rows of a person.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column that names the person.
    pub column: &'static str,
    /// What else orders the rows of one person.
    pub order: &'static str,
    /// What becomes of them.
    pub fate: Fate,
}

const fn place(
    table: &'static str,
    column: &'static str,
    order: &'static str,
    fate: Fate,
) -> Place {
    Place {
        table,
        column,
        order,
        fate,
    }
}

/// All of them, in an order in which rows can be deleted: those that point before those that are
/// pointed at. Columns that only say who decided something are not among them. Photos are told from
/// here, but go with their pictures before everything else; of the account and its teams the name
/// goes, see [`erase`].
pub const PLACES: [Place; 33] = [
    place("refresh_token", "user_id", "id", Fate::Goes),
    place("device_key", "user_id", "device_id", Fate::Goes),
    place("tracking_device", "user_id", "valid_from", Fate::Goes),
    place("duty_event", "user_id", "recorded_at, kind", Fate::Goes),
    place("working_hours", "user_id", "id", Fate::Goes),
    place("access_log", "subject_id", "id", Fate::Goes),
    place("access_log", "viewer_id", "id", Fate::Stays),
    place("webhook_delivery", "rep_id", "seq", Fate::Goes),
    place("webhook", "created_by", "id", Fate::Stays),
    place("quarantine", "rep_id", "id", Fate::Goes),
    place("receipt", "rep_id", "device_id, client_id", Fate::Goes),
    place("arrival_decision", "rep_id", "id", Fate::Goes),
    place("correction", "rep_id", "id", Fate::Goes),
    place("check_in", "rep_id", "recorded_at, id", Fate::Goes),
    place("track_dirty", "rep_id", "id", Fate::Goes),
    place("track_checkpoint", "rep_id", "at", Fate::Goes),
    place("track", "rep_id", "rep_id", Fate::Goes),
    place("training_record", "user_id", "id", Fate::Goes),
    place("enrolment", "user_id", "id", Fate::Goes),
    place("target", "user_id", "id", Fate::Goes),
    place("device", "user_id", "id", Fate::Goes),
    place("planned_visit", "rep_id", "id", Fate::Loses("note")),
    place("visit", "rep_id", "id", Fate::Stays),
    place("change", "rep_id", "seq", Fate::Stays),
    place("assignment", "user_id", "id", Fate::Stays),
    place("sales_order", "rep_id", "id", Fate::Stays),
    place("frozen_result", "subject_id", "id", Fate::Stays),
    place("rep_day", "rep_id", "day", Fate::Stays),
    place(
        "rep_customer_day",
        "rep_id",
        "day, customer_id",
        Fate::Stays,
    ),
    place("photo", "rep_id", "id", Fate::Stays),
    place("team", "manager_id", "id", Fate::Stays),
    place("erasure", "user_id", "user_id", Fate::Stays),
    place("user_account", "id", "id", Fate::Stays),
];
