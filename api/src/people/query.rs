//! Reading the people of the company.

use async_graphql::{Context, ID, InputObject, Object};
use entity::field::visit;
use entity::id::{TeamId, UserId};
use entity::people::{access_log, company, device, team, user, working_hours};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::access::AccessLogEntry;
use super::company::Company;
use super::hours::WorkingHours;
use super::types::{Team, User, UserRole};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::field::filter::VisitRelation;
use crate::filter::{Filter, Filtering, IdFilter, InstantFilter, StringFilter, any_of, ids};
use crate::learning::standing_filter::CourseStandingFilter;
use crate::loader;
use crate::page::{Connection, Direction, Page};
use crate::{guard, order_by};

order_by! {
    /// How users are ordered; by name when not given.
    UserOrder of user, by default Name Asc {
        /// By name.
        Name,
        /// By e-mail address.
        Email,
        /// By the time they were added.
        CreatedAt,
    }
}

order_by! {
    /// How teams are ordered; by name when not given.
    TeamOrder of team, by default Name Asc {
        /// By name.
        Name,
        /// By the time they were made.
        CreatedAt,
    }
}

order_by! {
    /// How devices are ordered; the newest first when not given.
    DeviceOrder of device, by default EnrolledAt Desc {
        /// By the time they were added.
        EnrolledAt,
        /// By name.
        Name,
    }
}

order_by! {
    /// How looks are ordered; the newest first when not given.
    AccessLogOrder of access_log, by default FirstAt Desc {
        /// By the first look in an hour.
        FirstAt,
    }
}

/// Which users.
#[derive(Clone, Debug, Default, InputObject)]
pub struct UserFilter {
    /// By name.
    pub name: Option<StringFilter>,
    /// By e-mail address.
    pub email: Option<StringFilter>,
    /// By role.
    pub role: Option<Vec<UserRole>>,
    /// By the team they belong to.
    pub team_id: Option<IdFilter>,
    /// By the time since when they may not sign in.
    pub deactivated_at: Option<InstantFilter>,
    /// By their visits.
    pub visits: Option<VisitRelation>,
    /// By how they stand with courses.
    pub course_standing: Option<CourseStandingFilter>,
}

impl Filter for UserFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(name) = &self.name {
            condition = condition.add(name.condition(at, user::Column::Name)?);
        }
        if let Some(email) = &self.email {
            condition = condition.add(email.condition(at, user::Column::Email)?);
        }
        if let Some(role) = &self.role {
            condition = condition.add(any_of(role, user::Column::Role)?);
        }
        if let Some(team) = &self.team_id {
            condition = condition.add(team.condition(at, user::Column::TeamId, ids::TEAMS)?);
        }
        if let Some(deactivated_at) = &self.deactivated_at {
            condition = condition.add(deactivated_at.condition(user::Column::DeactivatedAt));
        }
        if let Some(visits) = &self.visits {
            condition = condition.add(visits.condition(
                at,
                visit::Entity::visible_to,
                visit::Column::RepId,
                user::Column::Id,
            )?);
        }
        if let Some(standing) = &self.course_standing {
            condition = condition.add(standing.condition(at.backend)?);
        }
        Ok(condition)
    }
}

/// Which teams.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TeamFilter {
    /// By name.
    pub name: Option<StringFilter>,
    /// By the team directly above.
    pub parent_id: Option<IdFilter>,
    /// By the time since when they take no new members.
    pub archived_at: Option<InstantFilter>,
}

impl Filter for TeamFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(name) = &self.name {
            condition = condition.add(name.condition(at, team::Column::Name)?);
        }
        if let Some(parent) = &self.parent_id {
            condition = condition.add(parent.condition(at, team::Column::ParentId, ids::TEAMS)?);
        }
        if let Some(archived_at) = &self.archived_at {
            condition = condition.add(archived_at.condition(team::Column::ArchivedAt));
        }
        Ok(condition)
    }
}

/// Which looks.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AccessLogFilter {
    /// By who was looked at; of use to administrators, others see the looks at themselves.
    pub subject_id: Option<IdFilter>,
    /// By purpose.
    pub purpose: Option<StringFilter>,
    /// By the first look in an hour.
    pub first_at: Option<InstantFilter>,
}

impl Filter for AccessLogFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(subject) = &self.subject_id {
            let column = access_log::Column::SubjectId;
            condition = condition.add(subject.condition(at, column, ids::USERS)?);
        }
        if let Some(purpose) = &self.purpose {
            condition = condition.add(purpose.condition(at, access_log::Column::Purpose)?);
        }
        if let Some(first_at) = &self.first_at {
            condition = condition.add(first_at.condition(access_log::Column::FirstAt));
        }
        Ok(condition)
    }
}

/// Reading the people of the company.
#[derive(Default)]
pub struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// Whoever is signed in; null when nobody is.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let viewer = ctx.viewer().ok()?;
        loader::link(ctx, user::Entity::visible_to, Some(viewer.user)).await
    }

    /// The company that this hub serves.
    #[graphql(guard = "guard::signed_in()")]
    async fn company(&self, ctx: &Context<'_>) -> Result<Company> {
        let rows = company::Entity::visible_to(ctx.scope()?);
        let row = rows.one(&ctx.db()?.read).await?;
        row.map(Company::from)
            .ok_or_else(|| Error::internal("there is no company row"))
    }

    /// A user; null when there is no such one in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn user(&self, ctx: &Context<'_>, id: ID) -> Option<Result<User>> {
        let id = UserId::from_global(id.as_str());
        loader::link(ctx, user::Entity::visible_to, id).await
    }

    /// A team; null when there is no such one in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn team(&self, ctx: &Context<'_>, id: ID) -> Option<Result<Team>> {
        let id = TeamId::from_global(id.as_str());
        loader::link(ctx, team::Entity::visible_to, id).await
    }

    /// Who looked at your position or track, when, and why; an administrator reads all looks.
    #[graphql(guard = "guard::signed_in()")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<AccessLogFilter>,
        order_by: Option<AccessLogOrder>,
    ) -> Result<Connection<AccessLogEntry>> {
        let rows = access_log::Entity::visible_to(ctx.scope()?)
            .filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// The working hours of the whole company, the newest version first.
    #[graphql(guard = "guard::signed_in()")]
    async fn company_working_hours(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<WorkingHours>> {
        let rows = working_hours::Entity::visible_to(ctx.scope()?)
            .filter(working_hours::Column::UserId.is_null())
            .filter(working_hours::Column::TeamId.is_null());
        let page = Page::new(first, after, last, before)?;
        let page = page.ordered(rows, working_hours::Column::ValidFrom, Direction::Desc)?;
        page.read(ctx).await
    }

    /// The users in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn users(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<UserFilter>,
        order_by: Option<UserOrder>,
    ) -> Result<Connection<User>> {
        let rows =
            user::Entity::visible_to(ctx.scope()?).filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// The teams in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn teams(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<TeamFilter>,
        order_by: Option<TeamOrder>,
    ) -> Result<Connection<Team>> {
        let rows =
            team::Entity::visible_to(ctx.scope()?).filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }
}
