//! Users and teams as clients see them.

use async_graphql::{ComplexObject, Context, Enum, ID, OutputType, SimpleObject};
use chrono::{DateTime, Utc};
use entity::learning::{enrolment, training_record};
use entity::people::{device, team, user, working_hours};
use entity::viewer::Role;
use sea_orm::{ColumnTrait, QueryFilter};

use super::devices::Device;
use super::hours::WorkingHours;
use super::query::{DeviceOrder, TeamOrder, UserFilter, UserOrder};
use crate::context::Request;
use crate::customers::due::{CustomerDue, Whose, due};
use crate::error::Result;
use crate::field::UserInField;
use crate::filter::{Filter, Filtering};
use crate::learning::query::{
    EnrolmentFilter, EnrolmentOrder, TrainingRecordFilter, TrainingRecordOrder,
};
use crate::learning::standing::{CourseStanding, standings};
use crate::learning::{Enrolment, TrainingRecord};
use crate::loader;
use crate::page::{Connection, Direction, Page};
use crate::scalar::Date;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Role")]
pub enum UserRole {
    /// Sees and changes everything.
    Admin,
    /// Sees the teams under them.
    Manager,
    /// Sees their own data.
    Rep,
}

impl From<UserRole> for sea_orm::Value {
    fn from(role: UserRole) -> Self {
        Role::from(role).into()
    }
}

/// A person who can sign in: a rep, a manager or an administrator.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct User {
    /// Their id.
    pub id: ID,
    /// Their name, as people read it.
    pub name: String,
    /// The address by which they sign in.
    pub email: String,
    /// How to call them.
    pub phone: Option<String>,
    /// What they may do.
    pub role: UserRole,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// Since when they may not sign in; null while they may.
    pub deactivated_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: user::Model,
}

impl From<user::Model> for User {
    fn from(row: user::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            email: row.email.clone(),
            phone: row.phone.clone(),
            role: row.role.into(),
            created_at: row.created_at,
            deactivated_at: row.deactivated_at,
            row,
        }
    }
}

#[ComplexObject]
impl User {
    /// The team they belong to.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        loader::link(ctx, team::Entity::visible_to, self.row.team_id).await
    }

    /// Their phones and browsers.
    async fn devices(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<DeviceOrder>,
    ) -> Result<Connection<Device>> {
        let rows = device::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, device::Column::UserId, self.row.id)
            .await
    }

    /// Their own working hours, the newest version first; without any, their team's hold.
    async fn working_hours(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<WorkingHours>> {
        let rows = working_hours::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?;
        let page = page.ordered(rows, working_hours::Column::ValidFrom, Direction::Desc)?;
        page.read_for(ctx, working_hours::Column::UserId, self.row.id)
            .await
    }

    /// The customers that they, or any member of their team, are to visit by a day, what is due
    /// first coming first. Customers without a set frequency are never due.
    async fn due_customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last day, in the company's time zone; without it all are told.")]
        by: Option<Date>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<CustomerDue>> {
        let page = Page::new(first, after, last, before)?;
        let whose = Whose::Rep(self.row.id, self.row.team_id);
        due(ctx, whose, by, page).await
    }

    #[graphql(flatten)]
    async fn in_field(&self) -> UserInField {
        UserInField(self.row.id)
    }

    /// What they should learn.
    async fn enrolments(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<EnrolmentFilter>,
        order_by: Option<EnrolmentOrder>,
    ) -> Result<Connection<Enrolment>> {
        let rows = enrolment::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, enrolment::Column::UserId, self.row.id)
            .await
    }

    /// How they stand with each course that they were asked to take or have taken, the most urgent
    /// first; courses that do not run any more are left out.
    async fn course_standings(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<CourseStanding>> {
        let page = Page::new(first, after, last, before)?;
        standings(ctx, self.row.id, page).await
    }

    /// What they have learnt, or failed to.
    async fn training_records(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<TrainingRecordFilter>,
        order_by: Option<TrainingRecordOrder>,
    ) -> Result<Connection<TrainingRecord>> {
        let rows = training_record::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, training_record::Column::UserId, self.row.id)
            .await
    }
}

/// A team: a node of the tree by which visibility is granted.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Team {
    /// Its id.
    pub id: ID,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it takes no new members; null while it does.
    pub archived_at: Option<DateTime<Utc>>,
    /// Since when its members see each other's positions in OwnTracks; null while they do not.
    pub presence_shared_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: team::Model,
}

impl From<team::Model> for Team {
    fn from(row: team::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            created_at: row.created_at,
            archived_at: row.archived_at,
            presence_shared_at: row.presence_shared_at,
            row,
        }
    }
}

#[ComplexObject]
impl Team {
    /// Who manages it, and with it all teams below; null when you may not see them.
    async fn manager(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.manager_id).await
    }

    /// The team directly above; null for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        loader::link(ctx, team::Entity::visible_to, self.row.parent_id).await
    }

    /// The teams directly below.
    async fn children(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<TeamOrder>,
    ) -> Result<Connection<Team>> {
        let rows = team::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, team::Column::ParentId, self.row.id)
            .await
    }

    /// The working hours of this team and those below, the newest version first; without any, the
    /// parent's hold.
    async fn working_hours(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<WorkingHours>> {
        let rows = working_hours::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?;
        let page = page.ordered(rows, working_hours::Column::ValidFrom, Direction::Desc)?;
        page.read_for(ctx, working_hours::Column::TeamId, self.row.id)
            .await
    }

    /// The members of this team, not of those below, who may sign in.
    async fn reps(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<UserFilter>,
        order_by: Option<UserOrder>,
    ) -> Result<Connection<User>> {
        let rows = user::Entity::visible_to(ctx.scope()?)
            .filter(user::Column::DeactivatedAt.is_null())
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, user::Column::TeamId, self.row.id).await
    }
}
