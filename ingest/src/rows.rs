//! Many rows as one bound parameter, so that a statement's text never depends on how many there
//! are: JSON, unpacked by the database.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sea_orm::DbBackend;
use serde_json::{Map, Value};
use uuid::Uuid;

/// How a column of unpacked rows is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Id,
    Instant,
    Day,
    Text,
    Json,
    Whole,
    Real,
}

/// What stands after `FROM` to read the rows bound as `placeholder` (such as `$1`) under the name
/// `v`.
pub(crate) fn unpacked(
    backend: DbBackend,
    placeholder: &str,
    columns: &[(&str, Column)],
) -> String {
    match backend {
        DbBackend::Postgres => {
            let columns: Vec<String> = columns
                .iter()
                .map(|(name, column)| format!("{name} {}", column.word()))
                .collect();
            format!(
                "jsonb_to_recordset({placeholder}::jsonb) AS v({})",
                columns.join(", ")
            )
        }
        _ => {
            let columns: Vec<String> = columns
                .iter()
                .map(|(name, column)| column.extracted(name))
                .collect();
            format!(
                "(SELECT {} FROM json_each({placeholder})) AS v",
                columns.join(", ")
            )
        }
    }
}

impl Column {
    fn word(self) -> &'static str {
        match self {
            Column::Id => "uuid",
            Column::Instant => "timestamptz",
            Column::Day => "date",
            Column::Text => "text",
            Column::Json => "jsonb",
            Column::Whole => "bigint",
            Column::Real => "double precision",
        }
    }

    fn extracted(self, name: &str) -> String {
        match self {
            Column::Id => format!("unhex(value->>'{name}') AS {name}"),
            Column::Json => format!("nullif(value->'{name}', 'null') AS {name}"),
            _ => format!("value->>'{name}' AS {name}"),
        }
    }
}

/// The rows to bind, built one by one.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Value>,
}

impl Rows {
    pub(crate) fn push<const N: usize>(&mut self, row: [(&str, Value); N]) {
        let row: Map<String, Value> = row
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        self.rows.push(Value::Object(row));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The value to bind.
    pub(crate) fn into_parameter(self) -> sea_orm::Value {
        Value::Array(self.rows).to_string().into()
    }
}

pub(crate) fn id(id: impl Into<Uuid>) -> Value {
    Value::String(id.into().simple().to_string())
}

pub(crate) fn id_or_null<Id: Into<Uuid>>(key: Option<Id>) -> Value {
    key.map_or(Value::Null, |key| id(key))
}

/// As the database driver writes it, so that texts compare like instants.
pub(crate) fn instant(instant: DateTime<Utc>) -> Value {
    Value::String(instant.to_rfc3339_opts(SecondsFormat::AutoSi, false))
}

pub(crate) fn instant_or_null(moment: Option<DateTime<Utc>>) -> Value {
    moment.map_or(Value::Null, instant)
}

pub(crate) fn day(day: NaiveDate) -> Value {
    Value::String(day.to_string())
}

/// Earlier than anything that is stored.
pub(crate) const BEGINNING_OF_TIME: &str = "1970-01-01T00:00:00+00:00";
/// Later than anything that is stored.
pub(crate) const END_OF_TIME: &str = "9999-01-01T00:00:00+00:00";
