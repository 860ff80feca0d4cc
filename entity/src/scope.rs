//! Which rows a viewer may see: the one place where that is written down.
//!
//! Each condition is a sub-select with at most a few bound parameters, an array of teams among
//! them, so that a statement's text does not depend on how many teams or reps there are.

use chrono::Utc;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, Query, SelectStatement, UnionType};
use sea_orm::{Condition, QuerySelect, QueryTrait, Select, Value};

use crate::customers::assignment;
use crate::field::visit;
use crate::id::{TeamId, UserId};
use crate::people::user;
use crate::viewer::Scope;

/// Every row of a table, before it is narrowed to a scope.
#[expect(
    clippy::disallowed_methods,
    reason = "the one door: every visible_to begins here"
)]
pub(crate) fn rows<E: EntityTrait>() -> Select<E> {
    E::find()
}

impl Scope {
    /// True where `column` holds a rep whose rows the viewer may see: the viewer, and for a manager
    /// the members of their teams.
    pub fn reps(&self, column: impl ColumnTrait) -> Condition {
        match self {
            Self::All => everyone(),
            Self::Own { viewer, .. } => Condition::all().add(column.eq(*viewer)),
            Self::Teams { .. } => Condition::all().add(column.in_subquery(self.members())),
        }
    }

    /// The same condition for a statement written by hand: its text, with the parameters from
    /// `$next` on (both databases read them in this form), and the values to bind.
    pub fn rep_condition(&self, column: &str, next: usize) -> (String, Vec<Value>) {
        match self {
            Self::All => ("TRUE".to_owned(), Vec::new()),
            Self::Own { viewer, .. } => (format!("{column} = ${next}"), vec![(*viewer).into()]),
            Self::Teams { viewer, teams, .. } => {
                let (is_member, members_of) = teams.any_of_text("team_id", next + 1);
                let text = format!(
                    "{column} IN (SELECT id FROM user_account WHERE id = ${next} OR {is_member})"
                );
                (text, vec![(*viewer).into(), members_of])
            }
        }
    }

    /// Whether the viewer may see the rows of a rep, for rows that are not asked of the database.
    pub fn sees(&self, rep: UserId, team: Option<TeamId>) -> bool {
        match self {
            Self::All => true,
            Self::Own { viewer, .. } => rep == *viewer,
            Self::Teams { viewer, teams, .. } => {
                rep == *viewer || team.is_some_and(|team| teams.contains(team))
            }
        }
    }

    /// True where `column` holds the viewer; always for an administrator.
    pub fn viewer(&self, column: impl ColumnTrait) -> Condition {
        match self {
            Self::All => everyone(),
            Self::Own { viewer, .. } | Self::Teams { viewer, .. } => {
                Condition::all().add(column.eq(*viewer))
            }
        }
    }

    /// True for an administrator, of every row.
    pub fn administrator(&self) -> Condition {
        match self {
            Self::All => everyone(),
            Self::Own { .. } | Self::Teams { .. } => nobody(),
        }
    }

    /// True where `column` holds a team whose name the viewer may see: their own, those above, and
    /// for a manager those they manage.
    pub fn teams(&self, column: impl ColumnTrait) -> Condition {
        match self {
            Self::All => everyone(),
            Self::Own {
                team, teams_above, ..
            } => Condition::any()
                .add_option(team.map(|team| column.eq(team)))
                .add(teams_above.any_of(column.into_expr())),
            Self::Teams {
                teams, teams_above, ..
            } => Condition::any()
                .add(teams.any_of(column.into_expr()))
                .add(teams_above.any_of(column.into_expr())),
        }
    }

    /// True where `column` holds a team whose results the viewer may see: those a manager manages.
    pub fn managed_teams(&self, column: impl ColumnTrait) -> Condition {
        match self {
            Self::All => everyone(),
            Self::Own { .. } => nobody(),
            Self::Teams { teams, .. } => Condition::all().add(teams.any_of(column.into_expr())),
        }
    }

    /// True where `column` holds a customer that the viewer may see: one that is assigned to a rep
    /// in the viewer's scope or to one of the viewer's teams or a team above, or that a rep in the
    /// viewer's scope has visited. An assignment counts until it ends.
    pub fn customers(&self, column: impl ColumnTrait) -> Condition {
        if matches!(self, Self::All) {
            return everyone();
        }
        // Three branches, each with an index of its own, instead of one with an `OR`.
        let mut customers = assigned(self.reps(assignment::Column::UserId));
        customers.union(
            UnionType::All,
            assigned(self.teams(assignment::Column::TeamId)),
        );
        customers.union(UnionType::All, visited(self.reps(visit::Column::RepId)));
        Condition::all().add(column.in_subquery(customers))
    }

    /// True where `column` is the `key` of one of the `visible` rows of another table.
    pub fn within<E: EntityTrait>(
        &self,
        column: impl ColumnTrait,
        visible: Select<E>,
        key: impl ColumnTrait,
    ) -> Condition {
        match self {
            Self::All => everyone(),
            _ => {
                let keys = visible.select_only().column(key).into_query();
                Condition::all().add(column.in_subquery(keys))
            }
        }
    }

    /// The ids of the members of a manager's teams, and the manager's own.
    fn members(&self) -> SelectStatement {
        let mut members = Query::select();
        members.column(user::Column::Id).from(user::Entity);
        if let Self::Teams { viewer, teams, .. } = self {
            members.cond_where(
                Condition::any()
                    .add(user::Column::Id.eq(*viewer))
                    .add(teams.any_of(user::Column::TeamId.into_expr())),
            );
        }
        members
    }
}

/// The customers of the assignments that a condition picks and that have not ended.
fn assigned(to: Condition) -> SelectStatement {
    Query::select()
        .column(assignment::Column::CustomerId)
        .from(assignment::Entity)
        .cond_where(to)
        .cond_where(
            Condition::any()
                .add(assignment::Column::ValidTo.is_null())
                .add(assignment::Column::ValidTo.gt(Utc::now())),
        )
        .to_owned()
}

/// The customers of the visits that a condition picks.
fn visited(by: Condition) -> SelectStatement {
    Query::select()
        .column(visit::Column::CustomerId)
        .from(visit::Entity)
        .cond_where(by)
        .and_where(visit::Column::WithdrawnAt.is_null())
        .to_owned()
}

/// True of every row; written out, because an empty condition vanishes from an `OR`.
fn everyone() -> Condition {
    Condition::all().add(Expr::cust("TRUE"))
}

/// True of no row.
fn nobody() -> Condition {
    Condition::all().add(Expr::cust("FALSE"))
}
