//! What can be learnt, and what was, as clients see it.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::learning::{course, enrolment, training_record};
use entity::people::user;
use sea_orm::QueryFilter;

use super::query::{EnrolmentFilter, EnrolmentOrder, TrainingRecordFilter, TrainingRecordOrder};
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering};
use crate::loader;
use crate::page::{Connection, Page};
use crate::people::User;
use crate::scalar::Decimal;

/// Whether a course was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "training_record::Outcome")]
pub enum TrainingResult {
    /// It was.
    Passed,
    /// It was not.
    Failed,
}

impl From<TrainingResult> for sea_orm::Value {
    fn from(result: TrainingResult) -> Self {
        training_record::Outcome::from(result).into()
    }
}

/// Something that can be learnt.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Course {
    /// Its id.
    pub id: ID,
    /// Its short name, unique.
    pub code: String,
    /// What people call it.
    pub title: String,
    /// What it teaches.
    pub description: Option<String>,
    /// After how many days a pass expires; null means never.
    pub valid_for_days: Option<i32>,
    /// The score from which it is passed; null if it has no score.
    pub pass_score: Option<i32>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when nobody is enrolled any more; null while it runs.
    pub archived_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: course::Model,
}

impl From<course::Model> for Course {
    fn from(row: course::Model) -> Self {
        Self {
            id: row.id.global().into(),
            code: row.code.clone(),
            title: row.title.clone(),
            description: row.description.clone(),
            valid_for_days: row.valid_for_days,
            pass_score: row.pass_score,
            created_at: row.created_at,
            archived_at: row.archived_at,
            row,
        }
    }
}

#[ComplexObject]
impl Course {
    /// Who should take it, of those in your sight.
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
        page.read_for(ctx, enrolment::Column::CourseId, self.row.id)
            .await
    }

    /// Who took it, of those in your sight.
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
        page.read_for(ctx, training_record::Column::CourseId, self.row.id)
            .await
    }
}

/// Who should take a course, by when.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Enrolment {
    /// Its id.
    pub id: ID,
    /// By when the course should be passed; null means no date was set.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was decided.
    pub enrolled_at: DateTime<Utc>,
    /// Since when it is off; null while it stands.
    pub cancelled_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: enrolment::Model,
}

impl From<enrolment::Model> for Enrolment {
    fn from(row: enrolment::Model) -> Self {
        Self {
            id: row.id.global().into(),
            due_at: row.due_at,
            enrolled_at: row.enrolled_at,
            cancelled_at: row.cancelled_at,
            row,
        }
    }
}

#[ComplexObject]
impl Enrolment {
    /// The course.
    async fn course(&self, ctx: &Context<'_>) -> Option<Result<Course>> {
        loader::link(ctx, course::Entity::visible_to, Some(self.row.course_id)).await
    }

    /// Who should take it.
    async fn user(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.user_id)).await
    }

    /// The tries that fulfil it, or did not.
    async fn training_records(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        order_by: Option<TrainingRecordOrder>,
    ) -> Result<Connection<TrainingRecord>> {
        let rows = training_record::Entity::visible_to(ctx.scope()?);
        let page = Page::new(first, after, last, before)?.of(rows, order_by)?;
        page.read_for(ctx, training_record::Column::EnrolmentId, self.row.id)
            .await
    }
}

/// Who did a course, with the result.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct TrainingRecord {
    /// Its id.
    pub id: ID,
    /// When it was done.
    pub completed_at: DateTime<Utc>,
    /// The score, in the course's own points.
    pub score: Option<Decimal>,
    /// Whether it was passed.
    pub result: TrainingResult,
    /// The certificate's number.
    pub certificate: Option<String>,
    /// Until when a pass holds; null means for ever.
    pub expires_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: training_record::Model,
}

impl From<training_record::Model> for TrainingRecord {
    fn from(row: training_record::Model) -> Self {
        Self {
            id: row.id.global().into(),
            completed_at: row.completed_at,
            score: row.score.map(|score| Decimal(score.into())),
            result: row.result.into(),
            certificate: row.certificate.clone(),
            expires_at: row.expires_at,
            row,
        }
    }
}

#[ComplexObject]
impl TrainingRecord {
    /// The course.
    async fn course(&self, ctx: &Context<'_>) -> Option<Result<Course>> {
        loader::link(ctx, course::Entity::visible_to, Some(self.row.course_id)).await
    }

    /// Who did it.
    async fn user(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.user_id)).await
    }

    /// The enrolment it belongs to; null if it was done unasked.
    async fn enrolment(&self, ctx: &Context<'_>) -> Option<Result<Enrolment>> {
        loader::link(ctx, enrolment::Entity::visible_to, self.row.enrolment_id).await
    }

    /// Who entered it; null if it was imported.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.recorded_by).await
    }
}
