//! What a database error means for the points that were being written.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Another transaction was in the way: try again at once.
    Conflict,
    /// One of the rows is at fault: find it.
    Data,
    /// The database cannot serve now: let the phones try again later.
    Unavailable,
}

/// Tells the three apart by the database's own codes.
pub(crate) fn of(error: &DbErr) -> Failure {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return Failure::Unavailable;
    };
    let sqlx::Error::Database(refusal) = error.as_ref() else {
        return match error.as_ref() {
            sqlx::Error::Encode(_) => Failure::Data,
            _ => Failure::Unavailable,
        };
    };
    let code = refusal.code().unwrap_or_default();
    if refusal
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
        .is_some()
    {
        of_sql_state(&code)
    } else {
        of_sqlite(&code)
    }
}

fn of_sql_state(code: &str) -> Failure {
    match code {
        // Serialization failure, deadlock, and a unique key taken in between.
        "40001" | "40P01" => Failure::Conflict,
        // A statement too complex or too large for the server is a matter of its rows, too.
        "54000" | "54001" => Failure::Data,
        _ if code.starts_with("22") || code.starts_with("23") => Failure::Data,
        _ => Failure::Unavailable,
    }
}

/// The low byte of an extended result code is the code.
fn of_sqlite(code: &str) -> Failure {
    const TOO_BIG: i32 = 18;
    const CONSTRAINT: i32 = 19;
    const MISMATCH: i32 = 20;
    match code.parse::<i32>().map(|code| code & 0xff) {
        Ok(TOO_BIG | CONSTRAINT | MISMATCH) => Failure::Data,
        _ => Failure::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_data_is_the_points_own_fault() {
        assert_eq!(of_sql_state("22P05"), Failure::Data);
        assert_eq!(of_sql_state("23514"), Failure::Data);
        assert_eq!(of_sql_state("40P01"), Failure::Conflict);
        for away in ["53100", "57P01", "57014", "08006", "42P01", "25006", ""] {
            assert_eq!(of_sql_state(away), Failure::Unavailable, "{away}");
        }
        assert_eq!(of_sqlite("275"), Failure::Data);
        for away in ["13", "5", "261", "10", "8", ""] {
            assert_eq!(of_sqlite(away), Failure::Unavailable, "{away}");
        }
    }
}
