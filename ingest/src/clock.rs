//! The database's clock, in SQL: claims of several machines are judged by one clock.

use sea_orm::DbBackend;

/// The present instant; within a transaction, that of its beginning.
pub(crate) fn now(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "now()",
        _ => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    }
}

/// The instant that lies the seconds of an SQL expression from now.
pub(crate) fn in_seconds(backend: DbBackend, seconds: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("now() + ({seconds}) * interval '1 second'"),
        _ => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', ({seconds}) || ' seconds')"),
    }
}
