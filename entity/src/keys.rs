//! Looking up many ids with one bound parameter, so that a statement's text never depends on
//! how many there are and the database can keep its plan.

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait, SimpleExpr};
use sea_orm::{DbBackend, Value};
use uuid::Uuid;

/// True where `column` is one of `ids`: PostgreSQL `column = ANY($1)`, SQLite
/// `column IN (SELECT unhex(value) FROM json_each(?))`.
pub fn any_of<Id>(backend: DbBackend, column: impl Into<SimpleExpr>, ids: &[Id]) -> SimpleExpr
where
    Id: Copy + Into<Uuid>,
{
    let column = column.into();
    let keys = Expr::val(parameter(backend, ids));
    match backend {
        DbBackend::Postgres => column.eq(PgFunc::any(keys)),
        _ => Expr::cust_with_exprs(
            "? IN (SELECT unhex(value) FROM json_each(?))",
            [column, keys],
        ),
    }
}

/// The same condition for a statement written by hand: its text, with the parameter as
/// `placeholder` (such as `$3`, which both databases read), and the value to bind.
pub fn any_of_text<Id>(
    backend: DbBackend,
    column: &str,
    placeholder: &str,
    ids: &[Id],
) -> (String, Value)
where
    Id: Copy + Into<Uuid>,
{
    let text = match backend {
        DbBackend::Postgres => format!("{column} = ANY({placeholder})"),
        _ => format!("{column} IN (SELECT unhex(value) FROM json_each({placeholder}))"),
    };
    (text, parameter(backend, ids))
}

/// Ids as one bound value: a `uuid[]` on PostgreSQL, a JSON array of hexadecimal text on SQLite.
pub fn parameter<Id>(backend: DbBackend, ids: &[Id]) -> Value
where
    Id: Copy + Into<Uuid>,
{
    let uuids = ids.iter().map(|id| (*id).into());
    match backend {
        DbBackend::Postgres => {
            let values: Vec<Value> = uuids.map(|uuid: Uuid| uuid.into()).collect();
            Value::Array(ArrayType::Uuid, Some(Box::new(values)))
        }
        _ => {
            let quoted: Vec<String> = uuids
                .map(|uuid: Uuid| format!("\"{}\"", uuid.simple()))
                .collect();
            format!("[{}]", quoted.join(",")).into()
        }
    }
}
