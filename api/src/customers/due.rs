//! Who is due for a visit: assignments with a frequency, held against the last visit under each.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime, Utc};
use domain::coverage::{Obligation, Standing};
use entity::customers::{assignment, customer};
use entity::field::visit;
use entity::id::{AssignmentId, CustomerId, TeamId, UserId, VisitId};
use entity::people::{team, user};
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::{
    ColumnTrait, Condition, DbErr, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationTrait, Statement,
};
use uuid::Uuid;

use super::types::{Assignment, Customer};
use crate::context::Request;
use crate::error::Result;
use crate::field::Visit;
use crate::loader::{self, Load};
use crate::page::{Connection, Page};
use crate::people::{Team, User};
use crate::performance::calendar::Calendar;
use crate::scalar::{Date, now};

/// How a customer that fell due stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DueStanding {
    /// Nobody came yet, and there is time; it doesn't count yet.
    Pending,
    /// Every visit that was due so far was made in time.
    Covered,
    /// A visit was not made in time.
    Missed,
}

impl From<Standing> for DueStanding {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Pending { .. } => Self::Pending,
            Standing::Covered { .. } => Self::Covered,
            Standing::Missed { .. } => Self::Missed,
        }
    }
}

/// When a customer is due for a visit under one of its assignments.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct CustomerDue {
    /// At the latest how many days after a visit the next one is due.
    pub every_days: i32,
    /// The last day to come in time, which may be over.
    pub due_by: Date,
    /// How it stands today: MISSED once `dueBy` is over; before, COVERED after a visit under the
    /// assignment and PENDING without any.
    pub standing: DueStanding,
    /// The day of the last visit by the rep, or by any member of the team, that looks after it;
    /// null if there was none.
    pub last_visit_on: Option<Date>,
    #[graphql(skip)]
    assignment: assignment::Model,
    #[graphql(skip)]
    last_visit: Option<VisitId>,
}

#[ComplexObject]
impl CustomerDue {
    /// The customer.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        let customer = Some(self.assignment.customer_id);
        loader::link(ctx, customer::Entity::visible_to, customer).await
    }

    /// The assignment that says how often.
    async fn assignment(&self) -> Assignment {
        self.assignment.clone().into()
    }

    /// Who is to come; null where any member of the team can.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.assignment.user_id).await
    }

    /// The team of which anybody can come; null where it is a rep's.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        loader::link(ctx, team::Entity::visible_to, self.assignment.team_id).await
    }

    /// That last visit; null if there was none, or it was made by somebody beyond your sight.
    async fn last_visit(&self, ctx: &Context<'_>) -> Option<Result<Visit>> {
        loader::link(ctx, visit::Entity::visible_to, self.last_visit).await
    }
}

/// Whose obligations are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// A rep's own, and those of the team they belong to.
    Rep(UserId, Option<TeamId>),
    /// Everybody's in sight to one customer.
    Customer(CustomerId),
}

/// What is due, the earliest first; with `by`, no later than that day.
pub(crate) async fn due(
    ctx: &Context<'_>,
    whose: Whose,
    by: Option<Date>,
    page: Page,
) -> Result<Connection<CustomerDue>> {
    let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
    let owed = ctx.loaders()?.load(|| Owed { database, scope }, whose);
    let owed = owed.await?.unwrap_or_default();
    let due = owed
        .iter()
        .filter(|due| by.is_none_or(|by| due.due_by <= by))
        .cloned();
    page.of_computed(due.collect(), |due| {
        due.assignment.id.uuid().simple().to_string()
    })
}

/// Loads what is due of many reps and customers, with three statements.
struct Owed {
    database: Database,
    scope: Scope,
}

impl Load for Owed {
    type Key = Whose;
    type Value = Arc<Vec<CustomerDue>>;

    async fn load(&self, asked: Vec<Whose>) -> Result<HashMap<Whose, Self::Value>> {
        let calendar = Calendar::read(&self.database.read).await?;
        let now = now();
        let assignments = self.assignments(&asked, now).await?;
        let mut last = self.last_visits(&assignments).await?;
        // By rep, by team and by customer.
        let mut by: HashMap<Uuid, Vec<CustomerDue>> = HashMap::new();
        for assignment in assignments {
            let last = last.remove(&assignment.id);
            let owners = [
                assignment.user_id.map(Uuid::from),
                assignment.team_id.map(Uuid::from),
                Some(assignment.customer_id.uuid()),
            ];
            if let Some(due) = CustomerDue::of(assignment, last, calendar, now) {
                for owner in owners.into_iter().flatten() {
                    by.entry(owner).or_default().push(due.clone());
                }
            }
        }
        let owed = asked.into_iter().map(|whose| {
            let (one, other) = match whose {
                Whose::Rep(rep, team) => (rep.uuid(), team.map(TeamId::uuid)),
                Whose::Customer(customer) => (customer.uuid(), None),
            };
            let owners = [Some(one), other].into_iter().flatten();
            let owed = owners.filter_map(|owner| by.get(&owner)).flatten();
            let mut owed: Vec<CustomerDue> = owed.cloned().collect();
            owed.sort_by_key(|due| (due.due_by, due.assignment.id));
            (whose, Arc::new(owed))
        });
        Ok(owed.collect())
    }
}

impl Owed {
    /// The assignments with a frequency that hold now, of customers that are not hidden.
    async fn assignments(
        &self,
        asked: &[Whose],
        now: DateTime<Utc>,
    ) -> Result<Vec<assignment::Model>, DbErr> {
        use assignment::Column;

        let (mut reps, mut teams, mut customers) = (Vec::new(), Vec::new(), Vec::new());
        for whose in asked {
            match whose {
                Whose::Rep(rep, team) => {
                    reps.push(*rep);
                    teams.extend(*team);
                }
                Whose::Customer(customer) => customers.push(*customer),
            }
        }
        let backend = self.database.backend();
        let owner_in_sight = Condition::any()
            .add(self.scope.reps(Column::UserId))
            .add(self.scope.teams(Column::TeamId));
        let of_customers = Condition::all()
            .add(keys::any_of(
                backend,
                Column::CustomerId.into_expr(),
                &customers,
            ))
            .add(owner_in_sight);
        let is_asked = Condition::any()
            .add(keys::any_of(backend, Column::UserId.into_expr(), &reps))
            .add(keys::any_of(backend, Column::TeamId.into_expr(), &teams))
            .add(of_customers);
        let not_over = Condition::any()
            .add(Column::ValidTo.is_null())
            .add(Column::ValidTo.gt(now));
        assignment::Entity::visible_to(&self.scope)
            .join(JoinType::InnerJoin, assignment::Relation::Customer.def())
            .filter(customer::Column::ArchivedAt.is_null())
            .filter(Column::DueEveryDays.gt(0))
            .filter(Column::ValidFrom.lte(now))
            .filter(not_over)
            .filter(is_asked)
            .all(&self.database.read)
            .await
    }

    /// The last visit under each assignment: one look into the customer's visits each.
    async fn last_visits(
        &self,
        assignments: &[assignment::Model],
    ) -> Result<HashMap<AssignmentId, LastVisit>, DbErr> {
        let ids: Vec<AssignmentId> = assignments.iter().map(|row| row.id).collect();
        let backend = self.database.backend();
        let (is_asked, ids) = keys::any_of_text(backend, "a.id", "$1", &ids);
        let text = format!(
            "SELECT a.id AS assignment_id, v.id AS visit_id, v.arrived_at \
             FROM assignment a JOIN visit v ON v.id = ( \
               SELECT w.id FROM visit w \
               WHERE w.customer_id = a.customer_id AND w.withdrawn_at IS NULL \
                 AND (w.rep_id = a.user_id OR w.rep_id IN ( \
                   SELECT u.id FROM user_account u WHERE u.team_id = a.team_id)) \
               ORDER BY w.arrived_at DESC, w.id DESC LIMIT 1) \
             WHERE {is_asked}"
        );
        let statement = Statement::from_sql_and_values(backend, text, [ids]);
        let last = LastVisit::find_by_statement(statement)
            .all(&self.database.read)
            .await?;
        Ok(last
            .into_iter()
            .map(|last| (last.assignment_id, last))
            .collect())
    }
}

#[derive(FromQueryResult)]
struct LastVisit {
    assignment_id: AssignmentId,
    visit_id: VisitId,
    arrived_at: DateTime<Utc>,
}

impl CustomerDue {
    /// None if nothing falls due under the assignment any more.
    fn of(
        assignment: assignment::Model,
        last: Option<LastVisit>,
        calendar: Calendar,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let obligation = obligation_of(&assignment, calendar)?;
        let last_day = last.as_ref().map(|last| calendar.day(last.arrived_at));
        let standing = obligation.on(calendar.day(now), last_day)?;
        Some(Self {
            every_days: assignment.due_every_days?,
            due_by: Date(standing.due_by()),
            standing: standing.into(),
            last_visit_on: last_day.map(Date),
            last_visit: last.map(|last| last.visit_id),
            assignment,
        })
    }
}

/// What an assignment with a frequency obliges to: it holds from the day it begins, and no longer
/// on the day it ends.
pub(crate) fn obligation_of(
    assignment: &assignment::Model,
    calendar: Calendar,
) -> Option<Obligation<CustomerId>> {
    let every_days = u32::try_from(assignment.due_every_days?).ok()?;
    Some(Obligation {
        customer: assignment.customer_id,
        every_days: NonZeroU32::new(every_days)?,
        from: calendar.day(assignment.valid_from),
        until: assignment.valid_to.map(|until| calendar.day(until)),
    })
}
