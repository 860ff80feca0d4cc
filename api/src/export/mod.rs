//! Taking data out: every connection of the graph as a table, within the viewer's scope.
//!
//! An export asks the graph itself, page by page, as the viewer: which rows, which verbs and the
//! record of looks hold because they are the graph's. What is a column follows from the schema.

mod answer;
mod columns;
mod document;
mod http;
mod person;
mod rows;
mod sheet;
mod slots;
mod tables;
mod track;

pub use document::Arguments;
pub use http::{description, routes};
pub use person::person_routes;
pub use rows::Rows;
pub use sheet::{Format, Sheet};
pub use slots::Slots;
pub use tables::{Table, Tables};
pub use track::{TrackExport, TrackFormat};

/// Why an export, or the rest of it, cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// A stable word, the same as the graph's.
    pub code: String,
    /// What happened, for people.
    pub message: String,
}

impl Fault {
    fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
        }
    }

    fn bad_input(message: impl Into<String>) -> Self {
        Self::new("BAD_INPUT", message)
    }

    fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "an export failed");
        Self::new("INTERNAL", "something went wrong on our side")
    }
}
