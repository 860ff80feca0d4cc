//! The place of a row in an order, and the condition that a row comes after it.

use sea_orm::sea_query::{ExprTrait, NullOrdering, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, Order, Value};

/// One column of an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term<C> {
    pub(super) column: C,
    pub(super) is_descending: bool,
    pub(super) is_nullable: bool,
}

impl<C: ColumnTrait> Term<C> {
    pub(super) fn new(column: C, is_descending: bool) -> Self {
        Self {
            column,
            is_descending,
            is_nullable: column.def().is_null(),
        }
    }

    pub(super) fn is_of(&self, column: C) -> bool {
        self.column.as_str() == column.as_str()
    }

    /// Adds this term to a statement's order, as `column` is called there. Absent values come
    /// last; in reverse they come first.
    pub(super) fn order(&self, select: &mut SelectStatement, column: SimpleExpr, reverse: bool) {
        let order = match self.is_descending != reverse {
            true => Order::Desc,
            false => Order::Asc,
        };
        if !self.is_nullable {
            select.order_by_expr(column, order);
            return;
        }
        let nulls = match reverse {
            true => NullOrdering::First,
            false => NullOrdering::Last,
        };
        select.order_by_expr_with_nulls(column, order, nulls);
    }
}

/// True of the rows that come after the one at `place`; in reverse, of those before it.
pub(super) fn beyond<C: ColumnTrait>(
    terms: &[Term<C>],
    place: &[Value],
    reverse: bool,
) -> Condition {
    let first = terms.first().is_some_and(|term| term.is_descending);
    let is_plain = terms
        .iter()
        .all(|term| !term.is_nullable && term.is_descending == first);
    if is_plain {
        // One comparison of rows, which an index over the same columns answers.
        let columns = SimpleExpr::tuple(terms.iter().map(|term| term.column.into_expr()));
        let values = SimpleExpr::tuple(place.iter().cloned().map(SimpleExpr::from));
        return Condition::all().add(match first != reverse {
            true => columns.lt(values),
            false => columns.gt(values),
        });
    }
    let mut beyond = Condition::any();
    let mut equal = Condition::all();
    for (term, value) in terms.iter().zip(place) {
        if let Some(further) = further(term, value, reverse) {
            beyond = beyond.add(equal.clone().add(further));
        }
        equal = equal.add(match is_null(value) {
            true => term.column.is_null(),
            false => term.column.into_expr().eq(value.clone()),
        });
    }
    beyond
}

/// True where one term alone is beyond the value; none if nothing can be.
fn further<C: ColumnTrait>(term: &Term<C>, value: &Value, reverse: bool) -> Option<Condition> {
    let column = term.column;
    if is_null(value) {
        // Absent values are last, so only in reverse is there anything beyond one.
        return reverse.then(|| Condition::all().add(column.is_not_null()));
    }
    let further = match term.is_descending != reverse {
        true => column.into_expr().lt(value.clone()),
        false => column.into_expr().gt(value.clone()),
    };
    let further = Condition::any().add(further);
    Some(match term.is_nullable && !reverse {
        true => further.add(column.is_null()),
        false => further,
    })
}

pub(super) fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}
