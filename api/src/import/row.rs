//! One row, field by field.

use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::labels::Field;
use super::mapping::Columns;
use super::table::Cells;
use super::when;
use crate::formula;
use crate::input::{NAME_LENGTH, TEXT_LENGTH};
use crate::scalar::whole_millis;

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
        self.within(field, NAME_LENGTH)
    }

    /// A text of at most 4,000 characters.
    pub(super) fn long(&self, field: Field) -> Result<Option<String>, Fault> {
        self.within(field, TEXT_LENGTH)
    }

    fn within(&self, field: Field, most: usize) -> Result<Option<String>, Fault> {
        let Some(text) = self.text(field) else {
            return Ok(None);
        };
        if text.chars().count() > most {
            return Err(self.fault(field, format!("may have {most} characters")));
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

    /// An instant: with an offset, or local in the zone.
    pub(super) fn instant(&self, field: Field, zone: Tz) -> Result<Option<DateTime<Utc>>, Fault> {
        let read = |text: &str| {
            let wrong = || format!("{text:?} is no time; write 2026-11-29 18:30 or RFC 3339");
            let instant = when::instant(text, zone);
            instant
                .map(whole_millis)
                .ok_or_else(|| self.fault(field, wrong()))
        };
        self.text(field).map(read).transpose()
    }

    /// A day.
    pub(super) fn day(&self, field: Field, zone: Tz) -> Result<NaiveDate, Fault> {
        let text = self.needed(field)?;
        let wrong = || self.fault(field, format!("{text:?} is no day; write 2026-11-29"));
        when::day(&text, zone).ok_or_else(wrong)
    }

    /// A whole number within bounds.
    pub(super) fn whole(
        &self,
        field: Field,
        bounds: std::ops::RangeInclusive<i32>,
    ) -> Result<Option<i32>, Fault> {
        let number: Option<i32> = self.read(field, "whole number")?;
        if number.is_some_and(|number| !bounds.contains(&number)) {
            let reason = format!("must be {} to {}", bounds.start(), bounds.end());
            return Err(self.fault(field, reason));
        }
        Ok(number)
    }
}
