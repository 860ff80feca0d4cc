//! What a database's refusal means to the person who asked.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use super::UserError;

/// The constraints a client can run into: the constraint's name, the columns by which SQLite
/// names it (empty where it uses the name), the input field it guards, code and message.
const CONSTRAINTS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "user_account_email_key",
        "user_account.email",
        "email",
        "TAKEN",
        "another user has this e-mail address",
    ),
    (
        "user_account_subject_key",
        "user_account.subject",
        "subject",
        "TAKEN",
        "another user has this external identity",
    ),
    (
        "customer_code_key",
        "customer.code",
        "code",
        "TAKEN",
        "another customer has this code",
    ),
    (
        "segment_name_key",
        "segment.name",
        "name",
        "TAKEN",
        "another segment has this name",
    ),
    (
        "sales_order_number_key",
        "sales_order.number",
        "number",
        "TAKEN",
        "another order has this number",
    ),
    (
        "scorecard_name_key",
        "scorecard.name",
        "name",
        "TAKEN",
        "another scorecard has this name",
    ),
    (
        "course_code_key",
        "course.code",
        "code",
        "TAKEN",
        "another course has this code",
    ),
];

/// How a database failed, from the client's point of view.
pub(super) enum Fault {
    /// A value is not acceptable.
    Refused(UserError),
    /// Another transaction was in the way.
    Conflict,
    /// The database cannot be reached or cannot write now.
    Away,
    /// A mistake of ours.
    Ours,
}

/// Sorts a failure by who can do something about it.
pub(super) fn classify(error: &DbErr) -> Fault {
    let sqlx = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Fault::Away,
        DbErr::Exec(RuntimeErr::SqlxError(sqlx)) | DbErr::Query(RuntimeErr::SqlxError(sqlx)) => {
            sqlx
        }
        _ => return Fault::Ours,
    };
    match sqlx.as_ref() {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Fault::Away,
        SqlxError::Database(database) => {
            let code = database.code().unwrap_or_default();
            if let Some(refusal) = constraint(database.constraint(), database.message()) {
                Fault::Refused(refusal)
            } else if is_away(&code) {
                Fault::Away
            } else if is_conflict(&code) {
                Fault::Conflict
            } else {
                Fault::Ours
            }
        }
        _ => Fault::Ours,
    }
}

fn constraint(name: Option<&str>, message: &str) -> Option<UserError> {
    let sqlite = message.strip_prefix("UNIQUE constraint failed: ");
    CONSTRAINTS
        .iter()
        .find(|(constraint, columns, ..)| name == Some(constraint) || sqlite == Some(columns))
        .map(|(_, _, field, code, sentence)| UserError::new(*code, *field, *sentence))
}

/// PostgreSQL: connection lost (08), resources (53: disk full, too many connections), operator
/// intervention (57: shutdown, cancelled by the statement timeout), read-only (25006).
/// SQLite: BUSY 5, READONLY 8, IOERR 10, FULL 13, CANTOPEN 14, with their extended forms.
fn is_away(code: &str) -> bool {
    if code.len() == 5 {
        return matches!(code.get(..2), Some("08" | "53" | "57")) || code == "25006";
    }
    let primary = code.parse::<u32>().map(|code| code & 0xff);
    matches!(primary, Ok(5 | 8 | 10 | 13 | 14))
}

/// PostgreSQL: serialization failure and deadlock; unique violations of no known constraint.
/// SQLite: the extended codes of unique and primary key.
fn is_conflict(code: &str) -> bool {
    matches!(code, "40001" | "40P01" | "23505" | "2067" | "1555")
}
