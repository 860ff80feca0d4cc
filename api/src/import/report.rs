//! What became of a table's rows.

use super::Became;
use super::row::{Fault, Row};

/// Refusals that are told one by one; more are only counted.
const TOLD: usize = 100;

/// What became of a table's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that made something new.
    pub new: u64,
    /// Rows that changed what was there.
    pub changed: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// Rows that are none of the hub's business, such as deals that are not won.
    pub passed_over: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// The first refusals, each with its line.
    pub refusals: Vec<Refusal>,
    /// Whether the result was kept; not of a dry run, nor where a refusal refused all.
    pub is_kept: bool,
}

/// Why a row was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The line in the file, from 1; the header is line 1.
    pub line: u64,
    /// The column, as the file calls it; none where the row as a whole is at fault.
    pub column: Option<String>,
    /// What is wrong, for people.
    pub reason: String,
}

impl Report {
    pub(super) fn count(&mut self, became: Became) {
        match became {
            Became::New => self.new += 1,
            Became::Changed => self.changed += 1,
            Became::Unchanged => self.unchanged += 1,
        }
    }

    /// What the rows say that can be understood; the others are refused.
    pub(super) fn understood<Said>(
        &mut self,
        rows: Vec<Row>,
        mut read: impl FnMut(&Row) -> Result<Said, Fault>,
    ) -> Vec<Said> {
        let mut said = Vec::with_capacity(rows.len());
        for row in rows {
            match read(&row) {
                Ok(one) => said.push(one),
                Err(fault) => self.refuse(row.line, fault),
            }
        }
        said
    }

    pub(super) fn refuse(&mut self, line: u64, fault: Fault) {
        self.refused += 1;
        if self.refusals.len() < TOLD {
            self.refusals.push(Refusal {
                line,
                column: fault.column,
                reason: fault.reason,
            });
        }
    }
}
