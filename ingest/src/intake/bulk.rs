//! Many rows in one statement: an array a column on PostgreSQL, so that one prepared text serves
//! any number of rows; a table of values on SQLite.

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbBackend, Statement, Value};
use uuid::Uuid;

use chrono::{DateTime, Utc};

/// The most rows of a statement on SQLite, which limits the values of one.
const ROWS_AT_ONCE: usize = 256;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Uuid,
    /// Nil stands for none.
    UuidOrNull,
    Instant,
    Text,
    Int,
    SmallInt,
    BigInt,
    Real,
    Bool,
    Bytes,
}

/// A column of the rows: its name, and what it holds.
pub(crate) type Column = (&'static str, Holds);

/// Rows to be read by a statement as a table named `given`.
#[derive(Debug)]
pub(crate) struct Rows<const N: usize> {
    columns: &'static [Column; N],
    rows: Vec<[Value; N]>,
}

impl<const N: usize> Rows<N> {
    pub(crate) fn new(columns: &'static [Column; N]) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, row: [Value; N]) {
        self.rows.push(row);
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The names of the columns, separated by commas.
    pub(crate) fn names(columns: &[Column]) -> String {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// The statements that do this to all rows; `text` is given what stands for the table. On
    /// PostgreSQL it is one.
    pub(crate) fn statements(
        self,
        backend: DbBackend,
        text: impl Fn(&str) -> String,
    ) -> Vec<Statement> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        if backend == DbBackend::Postgres {
            return vec![self.into_arrays(text)];
        }
        let mut statements = Vec::new();
        let mut rows = self.rows.into_iter();
        while rows.len() > 0 {
            let size = rows.len().min(ROWS_AT_ONCE);
            let given = values_of(self.columns, size);
            let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            let statement = Statement::from_sql_and_values(backend, text(&given), values);
            statements.push(statement);
        }
        statements
    }

    fn into_arrays(self, text: impl Fn(&str) -> String) -> Statement {
        let mut arrays: [Vec<Value>; N] =
            std::array::from_fn(|_| Vec::with_capacity(self.rows.len()));
        for row in self.rows {
            for (array, value) in arrays.iter_mut().zip(row) {
                array.push(or_stand_in(value));
            }
        }
        let values = arrays
            .into_iter()
            .zip(self.columns)
            .map(|(array, (_, holds))| Value::Array(array_type(*holds), Some(Box::new(array))));
        let given = arrays_of(self.columns);
        Statement::from_sql_and_values(DbBackend::Postgres, text(&given), values)
    }
}

/// `(SELECT column1 AS a, … FROM (VALUES (?, …), …)) AS given`
fn values_of(columns: &[Column], size: usize) -> String {
    let names: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, (name, _))| format!("column{} AS {name}", index + 1))
        .collect();
    let row = format!("({})", vec!["?"; columns.len()].join(","));
    format!(
        "(SELECT {} FROM (VALUES {})) AS given",
        names.join(", "),
        vec![row.as_str(); size].join(",")
    )
}

/// `(SELECT NULLIF(a, …) AS a, … FROM unnest($1::uuid[], …) AS packed (a, …)) AS given`
fn arrays_of(columns: &[Column]) -> String {
    let mut selected = Vec::new();
    let mut parameters = Vec::new();
    let mut names = Vec::new();
    for (index, (name, holds)) in columns.iter().enumerate() {
        let (word, stand_in) = match holds {
            Holds::Uuid => ("uuid", None),
            Holds::UuidOrNull => ("uuid", Some("'00000000-0000-0000-0000-000000000000'::uuid")),
            Holds::Instant => ("timestamptz", Some("'epoch'::timestamptz")),
            Holds::Text => ("text", Some("''")),
            Holds::Int => ("int", None),
            Holds::SmallInt => ("smallint", Some("(-32768)::smallint")),
            Holds::BigInt => ("bigint", Some("(-9223372036854775808)::bigint")),
            Holds::Real => ("double precision", Some("'NaN'::double precision")),
            Holds::Bool => ("boolean", None),
            Holds::Bytes => ("bytea", None),
        };
        selected.push(match stand_in {
            Some(stand_in) => format!("NULLIF({name}, {stand_in}) AS {name}"),
            None => (*name).to_owned(),
        });
        parameters.push(format!("${}::{word}[]", index + 1));
        names.push(*name);
    }
    format!(
        "(SELECT {} FROM unnest({}) AS packed ({})) AS given",
        selected.join(", "),
        parameters.join(", "),
        names.join(", ")
    )
}

/// Arrays hold no NULL in this driver; a value that no row has stands in for it.
fn or_stand_in(value: Value) -> Value {
    match value {
        Value::Uuid(None) => Uuid::nil().into(),
        Value::ChronoDateTimeUtc(None) => DateTime::<Utc>::UNIX_EPOCH.into(),
        Value::String(None) => String::new().into(),
        Value::SmallInt(None) => i16::MIN.into(),
        Value::BigInt(None) => i64::MIN.into(),
        Value::Double(None) => f64::NAN.into(),
        value => value,
    }
}

fn array_type(holds: Holds) -> ArrayType {
    match holds {
        Holds::Uuid | Holds::UuidOrNull => ArrayType::Uuid,
        Holds::Instant => ArrayType::ChronoDateTimeUtc,
        Holds::Text => ArrayType::String,
        Holds::Int => ArrayType::Int,
        Holds::SmallInt => ArrayType::SmallInt,
        Holds::BigInt => ArrayType::BigInt,
        Holds::Real => ArrayType::Double,
        Holds::Bool => ArrayType::Bool,
        Holds::Bytes => ArrayType::Bytes,
    }
}
