//! Where a number comes from: the records behind it, in the viewer's sight.

use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::NaiveDate;
use domain::coverage::Standing;
use domain::metric::Metric as Measured;
use entity::customers::customer;
use entity::field::visit;
use entity::learning::training_record::{self, Outcome};
use entity::people::user;
use entity::performance::frozen_result::Peers;
use entity::sales::order;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait, Select,
};
use uuid::Uuid;

use super::ranking::Told;
use super::reach::Due;
use super::words::{Metric, Period};
use crate::context::Request;
use crate::customers::Customer;
use crate::customers::due::DueStanding;
use crate::error::Result;
use crate::field::Visit;
use crate::learning::TrainingRecord;
use crate::loader;
use crate::page::{Connection, Direction, List, Page};
use crate::people::User;
use crate::sales::Order;
use crate::scalar::Date;

/// Where the value of one metric comes from. The records are those of now, so that of a frozen
/// result the late ones are among them.
pub struct Explanation {
    pub(super) told: Arc<Told>,
    pub(super) subject: Uuid,
    pub(super) metric: Measured,
}

/// Where the value of one metric comes from. The records are those of now, so that of a frozen
/// result the late ones are among them.
#[Object]
impl Explanation {
    /// The metric.
    async fn metric(&self) -> Metric {
        self.metric.into()
    }

    /// The period whose records count.
    async fn period(&self) -> Period {
        Period::of(self.told.ask.period, &self.told.ask.calendar)
    }

    /// What counts, in a sentence.
    async fn rule(&self) -> String {
        let currency = self.told.ask.calendar.currency;
        match self.metric {
            Measured::Revenue => {
                format!("the total of the orders placed, not cancelled, in {currency}")
            }
            Measured::Orders => "the number of orders placed and not cancelled".to_owned(),
            Measured::NewCustomers => {
                "the number of orders that were the first of their customer".to_owned()
            }
            Measured::Visits => {
                "the number of visits that began, without withdrawn ones".to_owned()
            }
            Measured::CustomersVisited => "the number of different customers visited".to_owned(),
            Measured::Coverage => {
                "the share, of the customers due for a visit, of those visited in time every time"
                    .to_owned()
            }
            Measured::TrainingCompleted => "the number of courses passed".to_owned(),
        }
    }

    /// The orders that count, the newest first; null for metrics that count no orders.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<Result<Connection<Order>>> {
        let page = Page::new(first, after, last, before);
        match self.metric {
            Measured::Revenue | Measured::Orders | Measured::NewCustomers => {
                Some(self.order_page(ctx, page).await)
            }
            _ => None,
        }
    }

    /// The visits that began in the period, the newest first; null for metrics that count none.
    async fn visits(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<Result<Connection<Visit>>> {
        let page = Page::new(first, after, last, before);
        match self.metric {
            Measured::Visits | Measured::CustomersVisited | Measured::Coverage => {
                Some(self.visit_page(ctx, page).await)
            }
            _ => None,
        }
    }

    /// The training records that count, the newest first; null for other metrics.
    async fn training_records(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<Result<Connection<TrainingRecord>>> {
        let page = Page::new(first, after, last, before);
        match self.metric {
            Measured::TrainingCompleted => Some(self.training_page(ctx, page).await),
            _ => None,
        }
    }

    /// The customers that fell due, those missed first; null for other metrics than COVERAGE.
    async fn due_customers(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Option<Result<Connection<DueCustomer>>> {
        let page = Page::new(first, after, last, before);
        match self.metric {
            Measured::Coverage => Some(self.due_page(page)),
            _ => None,
        }
    }
}

impl Explanation {
    async fn order_page(&self, ctx: &Context<'_>, page: Result<Page>) -> Result<Connection<Order>> {
        let instants = self.told.ask.period.instants(self.told.ask.calendar.zone);
        let mut rows = order::Entity::visible_to(ctx.scope()?)
            .filter(order::Column::Status.eq(order::Status::Placed))
            .filter(order::Column::PlacedAt.gte(instants.start))
            .filter(order::Column::PlacedAt.lt(instants.end));
        match self.metric {
            Measured::Revenue => {
                let currency = self.told.ask.calendar.currency.code();
                rows = rows.filter(order::Column::Currency.eq(currency));
            }
            Measured::NewCustomers => {
                let since = customer::Column::BecameCustomerAt.into_expr();
                rows = rows
                    .join(JoinType::InnerJoin, order::Relation::Customer.def())
                    .filter(order::Column::PlacedAt.into_expr().eq(since));
            }
            _ => {}
        }
        let rows = self.of_members(rows, order::Relation::Rep);
        let list = page?.ordered(rows, order::Column::PlacedAt, Direction::Desc)?;
        self.read(ctx, list, order::Column::RepId).await
    }

    async fn visit_page(&self, ctx: &Context<'_>, page: Result<Page>) -> Result<Connection<Visit>> {
        let instants = self.told.ask.period.instants(self.told.ask.calendar.zone);
        let rows = visit::Entity::visible_to(ctx.scope()?)
            .filter(visit::Column::WithdrawnAt.is_null())
            .filter(visit::Column::ArrivedAt.gte(instants.start))
            .filter(visit::Column::ArrivedAt.lt(instants.end));
        let rows = self.of_members(rows, visit::Relation::Rep);
        let list = page?.ordered(rows, visit::Column::ArrivedAt, Direction::Desc)?;
        self.read(ctx, list, visit::Column::RepId).await
    }

    async fn training_page(
        &self,
        ctx: &Context<'_>,
        page: Result<Page>,
    ) -> Result<Connection<TrainingRecord>> {
        let instants = self.told.ask.period.instants(self.told.ask.calendar.zone);
        let rows = training_record::Entity::visible_to(ctx.scope()?)
            .filter(training_record::Column::Result.eq(Outcome::Passed))
            .filter(training_record::Column::CompletedAt.gte(instants.start))
            .filter(training_record::Column::CompletedAt.lt(instants.end));
        let rows = self.of_members(rows, training_record::Relation::User);
        let list = page?.ordered(rows, training_record::Column::CompletedAt, Direction::Desc)?;
        self.read(ctx, list, training_record::Column::UserId).await
    }

    fn due_page(&self, page: Result<Page>) -> Result<Connection<DueCustomer>> {
        let mut due: Vec<Due> = self.told.standings.due(self.subject).to_vec();
        due.sort_by_key(|due| (urgency(due.standing), due.customer, due.rep));
        let due = due.into_iter().map(|due| DueCustomer { due }).collect();
        page?.of_computed(due, |DueCustomer { due }| {
            let owner = due.rep.map_or_else(Uuid::nil, Uuid::from);
            format!("{}{}", due.customer.uuid().simple(), owner.simple())
        })
    }

    /// The rows with whoever made them, where the subject is the team they belong to.
    fn of_members<E: EntityTrait>(&self, rows: Select<E>, maker: impl RelationTrait) -> Select<E> {
        match self.told.ask.peers {
            Peers::Reps => rows,
            Peers::Teams => rows.join(JoinType::InnerJoin, maker.def()),
        }
    }

    /// Reads the page of this subject together with those of the others in the ranking.
    async fn read<E, N>(
        &self,
        ctx: &Context<'_>,
        list: List<E>,
        maker: impl ColumnTrait,
    ) -> Result<Connection<N>>
    where
        E: EntityTrait,
        E::Model: Send + Sync,
        N: async_graphql::OutputType + From<E::Model>,
    {
        let ask = &self.told.ask;
        let list = list.apart(&(self.metric, ask.period, ask.peers));
        match ask.peers {
            Peers::Reps => list.read_for(ctx, maker, self.subject).await,
            Peers::Teams => list.read_for(ctx, user::Column::TeamId, self.subject).await,
        }
    }
}

/// Missed before pending before covered, and the earlier day first.
fn urgency(standing: Standing) -> (u8, NaiveDate) {
    let order = match standing {
        Standing::Missed { .. } => 0,
        Standing::Pending { .. } => 1,
        Standing::Covered { .. } => 2,
    };
    (order, standing.due_by())
}

/// A customer that fell due for a visit.
pub struct DueCustomer {
    due: Due,
}

/// A customer that fell due for a visit.
#[Object]
impl DueCustomer {
    /// The customer; null when you may not see it any more.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(ctx, customer::Entity::visible_to, Some(self.due.customer)).await
    }

    /// Who was to come; null where any member of the team could.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.due.rep).await
    }

    /// How it stands.
    async fn standing(&self) -> DueStanding {
        self.due.standing.into()
    }

    /// The last day to come in time; where it was missed, the day that was.
    async fn due_by(&self) -> Date {
        Date(self.due.standing.due_by())
    }
}
