//! Customers as clients see them.

use async_graphql::{ComplexObject, Context, Enum, ID, OutputType, SimpleObject};
use chrono::{DateTime, Utc};
use entity::customers::{assignment, contact, customer, segment};
use entity::people::{team, user};
use entity::sales::order;
use sea_orm::QueryFilter;

use super::due::{CustomerDue, Whose, due};
use super::query::{AssignmentFilter, AssignmentOrder, ContactOrder};
use crate::context::Request;
use crate::datum::Datum;
use crate::error::Result;
use crate::field::CustomerInField;
use crate::filter::{Filter, Filtering};
use crate::loader;
use crate::page::{Connection, Page};
use crate::people::{Team, User};
use crate::sales::Order;
use crate::sales::query::{OrderFilter, OrderOrder};
use crate::scalar::Position;

/// How far the business with a customer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "customer::Status")]
pub enum CustomerStatus {
    /// Not yet a customer.
    Prospect,
    /// Buys.
    Active,
    /// No longer in business, or no longer with us.
    Closed,
}

impl From<CustomerStatus> for sea_orm::Value {
    fn from(status: CustomerStatus) -> Self {
        customer::Status::from(status).into()
    }
}

/// A customer: a shop, clinic or firm that reps visit.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Customer {
    /// Its id.
    pub id: ID,
    /// The number by which the company's other systems know it, unique.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Street and house number.
    pub address: Option<String>,
    /// Town or city.
    pub city: Option<String>,
    /// How far the business with it has come.
    pub status: CustomerStatus,
    /// When it placed its first order; null before.
    pub became_customer_at: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when it is no longer served; null while it is.
    pub archived_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: customer::Model,
}

impl From<customer::Model> for Customer {
    fn from(row: customer::Model) -> Self {
        Self {
            id: row.id.global().into(),
            code: row.code.clone(),
            name: row.name.clone(),
            address: row.address.clone(),
            city: row.city.clone(),
            status: row.status.into(),
            became_customer_at: row.became_customer_at,
            created_at: row.created_at,
            archived_at: row.archived_at,
            row,
        }
    }
}

#[ComplexObject]
impl Customer {
    /// Where it is; null if nobody has said.
    async fn position(&self, datum: Option<Datum>) -> Option<Position> {
        let (latitude, longitude) = self.row.latitude.zip(self.row.longitude)?;
        let place = Position {
            latitude,
            longitude,
        };
        Some(place.in_datum(datum))
    }

    /// Its class, which chooses the visit rule.
    async fn segment(&self, ctx: &Context<'_>) -> Option<Result<Segment>> {
        loader::link(ctx, segment::Entity::visible_to, self.row.segment_id).await
    }

    /// The people one talks to there.
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<ContactOrder>,
    ) -> Result<Connection<Contact>> {
        let rows = contact::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, contact::Column::CustomerId, self.row.id)
            .await
    }

    /// Who looks after it, how often; past ones too.
    async fn assignments(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<AssignmentFilter>,
        order_by: Option<AssignmentOrder>,
    ) -> Result<Connection<Assignment>> {
        let rows = assignment::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, assignment::Column::CustomerId, self.row.id)
            .await
    }

    /// When it is due for a visit, under each assignment with a frequency that holds now and whose
    /// rep or team is in your sight; what is due first comes first.
    async fn due(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<CustomerDue>> {
        let page = Page::new(first, after, last, before)?;
        due(ctx, Whose::Customer(self.row.id), None, page).await
    }

    #[graphql(flatten)]
    async fn in_field(&self) -> CustomerInField {
        CustomerInField(self.row.id)
    }

    /// What it ordered, of what you may see.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<OrderFilter>,
        order_by: Option<OrderOrder>,
    ) -> Result<Connection<Order>> {
        let rows =
            order::Entity::visible_to(ctx.scope()?).filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, order::Column::CustomerId, self.row.id)
            .await
    }
}

/// A class of customers, such as pharmacies: it chooses the visit rule.
#[derive(Clone, Debug, SimpleObject)]
pub struct Segment {
    /// Its id.
    pub id: ID,
    /// What people call it, unique.
    pub name: String,
}

impl From<segment::Model> for Segment {
    fn from(row: segment::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name,
        }
    }
}

/// A person at a customer.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Contact {
    /// Their id.
    pub id: ID,
    /// Their name.
    pub name: String,
    /// What they do there.
    pub title: Option<String>,
    /// How to call them.
    pub phone: Option<String>,
    /// How to write to them.
    pub email: Option<String>,
    /// Whether they are the one to ask for first.
    pub is_primary: bool,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: contact::Model,
}

impl From<contact::Model> for Contact {
    fn from(row: contact::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            title: row.title.clone(),
            phone: row.phone.clone(),
            email: row.email.clone(),
            is_primary: row.is_primary,
            created_at: row.created_at,
            row,
        }
    }
}

#[ComplexObject]
impl Contact {
    /// Where they work.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(
            ctx,
            customer::Entity::visible_to,
            Some(self.row.customer_id),
        )
        .await
    }
}

/// Who looks after a customer, how often, from when to when: a rep or a whole team.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Assignment {
    /// Its id.
    pub id: ID,
    /// At the latest how many days after a visit the next one is due; null means no set
    /// frequency.
    pub due_every_days: Option<i32>,
    /// From when on.
    pub valid_from: DateTime<Utc>,
    /// Until when, exclusive; null while it holds.
    pub valid_to: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: assignment::Model,
}

impl From<assignment::Model> for Assignment {
    fn from(row: assignment::Model) -> Self {
        Self {
            id: row.id.global().into(),
            due_every_days: row.due_every_days,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            row,
        }
    }
}

#[ComplexObject]
impl Assignment {
    /// The customer.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        loader::link(
            ctx,
            customer::Entity::visible_to,
            Some(self.row.customer_id),
        )
        .await
    }

    /// The rep; null if it is a team, or nobody in your sight.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.user_id).await
    }

    /// The team; null if it is a rep, or no team in your sight.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        loader::link(ctx, team::Entity::visible_to, self.row.team_id).await
    }
}
