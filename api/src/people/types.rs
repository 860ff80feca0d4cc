//! The people of the company as clients see them.

use async_graphql::{ComplexObject, Context, Enum, ID, OutputType, SimpleObject};
use chrono::{DateTime, Utc};
use domain::duty::hours;
use entity::learning::{enrolment, training_record};
use entity::people::{access_log, device, team, user, working_hours};
use entity::viewer::{Role, Scope};
use sea_orm::{ColumnTrait, QueryFilter, Select};

use super::query::{DeviceOrder, TeamOrder, UserFilter, UserOrder};
use crate::context::Request;
use crate::error::Result;
use crate::field::UserInField;
use crate::filter::{Filter, Filtering};
use crate::learning::query::{
    EnrolmentFilter, EnrolmentOrder, TrainingRecordFilter, TrainingRecordOrder,
};
use crate::learning::{Enrolment, TrainingRecord};
use crate::loader;
use crate::page::{Connection, Direction, Page};

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

/// The hours of a week in which positions are kept.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct WorkingHours {
    /// Its id.
    pub id: ID,
    /// From when on they hold, until the next version for the same user, team or company.
    pub valid_from: DateTime<Utc>,
    /// The stretches of a week; none means that nobody works by the clock.
    pub weekly: Vec<Stretch>,
    #[graphql(skip)]
    pub(crate) row: working_hours::Model,
}

/// A stretch of work in a week.
#[derive(Clone, Debug, SimpleObject)]
pub struct Stretch {
    /// The day it begins: 1 Monday to 7 Sunday.
    pub day: i32,
    /// The clock time it begins, in the company's time zone.
    pub from: String,
    /// The clock time it ends; not later than `from` means on the next day.
    pub to: String,
}

impl From<working_hours::Model> for WorkingHours {
    fn from(row: working_hours::Model) -> Self {
        let weekly: Vec<hours::Stretch> =
            serde_json::from_value(row.weekly.clone()).unwrap_or_default();
        let weekly = weekly.into_iter().map(|stretch| Stretch {
            day: stretch.day.into(),
            from: stretch.from,
            to: stretch.to,
        });
        Self {
            id: row.id.global().into(),
            valid_from: row.valid_from,
            weekly: weekly.collect(),
            row,
        }
    }
}

#[ComplexObject]
impl WorkingHours {
    /// The user they hold for.
    async fn user(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.user_id).await
    }

    /// The team they hold for, with all teams below; neither user nor team means the company.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        loader::link(ctx, team::Entity::visible_to, self.row.team_id).await
    }
}

/// One or more looks at somebody's position or track within an hour.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct AccessLogEntry {
    /// Its id.
    pub id: ID,
    /// Why, as the viewer said, or the name of the operation.
    pub purpose: String,
    /// The beginning of the hour of the look.
    pub hour: DateTime<Utc>,
    /// The first look in that hour.
    pub first_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: access_log::Model,
}

impl From<access_log::Model> for AccessLogEntry {
    fn from(row: access_log::Model) -> Self {
        Self {
            id: row.id.global().into(),
            purpose: row.purpose.clone(),
            hour: row.hour,
            first_at: row.first_at,
            row,
        }
    }
}

#[ComplexObject]
impl AccessLogEntry {
    /// The name of whoever looked, whether or not you may see more of them.
    async fn viewer_name(&self, ctx: &Context<'_>) -> Result<String> {
        let viewer = loader::row(ctx, anybody, self.row.viewer_id).await?;
        Ok(viewer.map(|viewer| viewer.name).unwrap_or_default())
    }

    /// Whom they looked at.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.subject_id)).await
    }
}

/// For names alone: people are told who looked at them.
fn anybody(_: &Scope) -> Select<user::Entity> {
    user::Entity::visible_to(&Scope::All)
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

/// A phone or a browser of one user.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Device {
    /// Its id.
    pub id: ID,
    /// What its owner calls it.
    pub name: String,
    /// The system it runs, such as `android 15`.
    pub platform: String,
    /// When it was added.
    pub enrolled_at: DateTime<Utc>,
    /// Since when its credential is refused; what it recorded before is still taken.
    pub revoked_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: device::Model,
}

impl From<device::Model> for Device {
    fn from(row: device::Model) -> Self {
        Self {
            id: row.id.global().into(),
            name: row.name.clone(),
            platform: row.platform.clone(),
            enrolled_at: row.enrolled_at,
            revoked_at: row.revoked_at,
            row,
        }
    }
}

#[ComplexObject]
impl Device {
    /// Whose it is.
    async fn user(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.user_id)).await
    }
}
