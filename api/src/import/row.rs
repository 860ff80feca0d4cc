//! One row, field by field.

use std::str::FromStr;
use std::sync::Arc;

use super::mapping::{Columns, Field};
use super::table::Cells;
use crate::formula;
use crate::input::NAME_LENGTH;

/// Why a row is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) column: Option<String>,
    pub(super) reason: String,
}

/// One row of a table.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    columns: Arc<Columns>,
    values: Vec<String>,
}

impl Row {
    pub(super) fn new(columns: &Arc<Columns>, cells: Cells) -> Self {
        Self {
            line: cells.line,
            columns: Arc::clone(columns),
            values: cells.values,
        }
    }

    /// A field's text; none where the table has no such column, or the cell is empty.
    pub(super) fn text(&self, field: Field) -> Option<&str> {
        let (place, _) = self.columns.find(field)?;
        let text = formula::unmarked(self.values.get(place)?);
        (!text.is_empty()).then_some(text)
    }

    /// A fault of a field.
    pub(super) fn fault(&self, field: Field, reason: impl Into<String>) -> Fault {
        Fault {
            column: self.columns.find(field).map(|(_, label)| label.to_owned()),
            reason: reason.into(),
        }
    }

    /// A text of at most 200 characters.
    pub(super) fn short(&self, field: Field) -> Result<Option<String>, Fault> {
        let Some(text) = self.text(field) else {
            return Ok(None);
        };
        if text.chars().count() > NAME_LENGTH {
            let reason = format!("may have {NAME_LENGTH} characters");
            return Err(self.fault(field, reason));
        }
        Ok(Some(text.to_owned()))
    }

    /// The same, and it must be there.
    pub(super) fn needed(&self, field: Field) -> Result<String, Fault> {
        self.short(field)?
            .ok_or_else(|| self.fault(field, "is empty"))
    }

    /// A number or another thing that is read from text.
    pub(super) fn read<T: FromStr>(&self, field: Field, what: &str) -> Result<Option<T>, Fault> {
        self.text(field)
            .map(|text| {
                let wrong = || self.fault(field, format!("{text:?} is no {what}"));
                text.parse().map_err(|_| wrong())
            })
            .transpose()
    }
}
