//! Reading courses, enrolments and training records.

use async_graphql::{Context, InputObject, Object};
use entity::learning::{course, enrolment, training_record};
use sea_orm::{Condition, QueryFilter};

use super::types::{Course, Enrolment, TrainingRecord, TrainingResult};
use crate::context::Request;
use crate::error::Result;
use crate::filter::{Filter, Filtering, IdFilter, InstantFilter, StringFilter, any_of, ids};
use crate::page::{Connection, Page};
use crate::{guard, order_by, relation_filter};

order_by! {
    /// How courses are ordered; by title when not given.
    CourseOrder of course, by default Title Asc {
        /// By title.
        Title,
        /// By code.
        Code,
        /// By the time they were added.
        CreatedAt,
    }
}

order_by! {
    /// How enrolments are ordered; the most urgent first when not given.
    EnrolmentOrder of enrolment, by default DueAt Asc {
        /// By the time they are due.
        DueAt,
        /// By the time they were decided.
        EnrolledAt,
    }
}

order_by! {
    /// How training records are ordered; the newest first when not given.
    TrainingRecordOrder of training_record, by default CompletedAt Desc {
        /// By the time of completion.
        CompletedAt,
        /// By the time they expire.
        ExpiresAt,
    }
}

/// Which courses.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CourseFilter {
    /// By title.
    pub title: Option<StringFilter>,
    /// By code.
    pub code: Option<StringFilter>,
    /// By the time since when nobody is enrolled any more.
    pub archived_at: Option<InstantFilter>,
    /// By who should take them.
    pub enrolments: Option<EnrolmentRelation>,
}

impl Filter for CourseFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(title) = &self.title {
            condition = condition.add(title.condition(at, course::Column::Title)?);
        }
        if let Some(code) = &self.code {
            condition = condition.add(code.condition(at, course::Column::Code)?);
        }
        if let Some(archived_at) = &self.archived_at {
            condition = condition.add(archived_at.condition(course::Column::ArchivedAt));
        }
        if let Some(enrolments) = &self.enrolments {
            condition = condition.add(enrolments.condition(
                at,
                enrolment::Entity::visible_to,
                enrolment::Column::CourseId,
                course::Column::Id,
            )?);
        }
        Ok(condition)
    }
}

/// Which enrolments.
#[derive(Clone, Debug, Default, InputObject)]
pub struct EnrolmentFilter {
    /// By course.
    pub course_id: Option<IdFilter>,
    /// By who should take it.
    pub user_id: Option<IdFilter>,
    /// By the time they are due.
    pub due_at: Option<InstantFilter>,
    /// By the time since when they are off.
    pub cancelled_at: Option<InstantFilter>,
    /// By the tries: `{none: {result: PASSED}}` finds what is still to do.
    pub training_records: Option<TrainingRecordRelation>,
}

impl Filter for EnrolmentFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(course) = &self.course_id {
            let column = enrolment::Column::CourseId;
            condition = condition.add(course.condition(at, column, ids::COURSES)?);
        }
        if let Some(user) = &self.user_id {
            let column = enrolment::Column::UserId;
            condition = condition.add(user.condition(at, column, ids::USERS)?);
        }
        if let Some(due_at) = &self.due_at {
            condition = condition.add(due_at.condition(enrolment::Column::DueAt));
        }
        if let Some(cancelled_at) = &self.cancelled_at {
            condition = condition.add(cancelled_at.condition(enrolment::Column::CancelledAt));
        }
        if let Some(records) = &self.training_records {
            condition = condition.add(records.condition(
                at,
                training_record::Entity::visible_to,
                training_record::Column::EnrolmentId,
                enrolment::Column::Id,
            )?);
        }
        Ok(condition)
    }
}

/// Which training records.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TrainingRecordFilter {
    /// By course.
    pub course_id: Option<IdFilter>,
    /// By who did it.
    pub user_id: Option<IdFilter>,
    /// By result.
    pub result: Option<Vec<TrainingResult>>,
    /// By the time of completion.
    pub completed_at: Option<InstantFilter>,
    /// By the time they expire.
    pub expires_at: Option<InstantFilter>,
}

impl Filter for TrainingRecordFilter {
    fn condition(&self, at: Filtering<'_>) -> Result<Condition> {
        let mut condition = Condition::all();
        if let Some(course) = &self.course_id {
            let column = training_record::Column::CourseId;
            condition = condition.add(course.condition(at, column, ids::COURSES)?);
        }
        if let Some(user) = &self.user_id {
            let column = training_record::Column::UserId;
            condition = condition.add(user.condition(at, column, ids::USERS)?);
        }
        if let Some(result) = &self.result {
            condition = condition.add(any_of(result, training_record::Column::Result)?);
        }
        if let Some(completed_at) = &self.completed_at {
            let column = training_record::Column::CompletedAt;
            condition = condition.add(completed_at.condition(column));
        }
        if let Some(expires_at) = &self.expires_at {
            condition = condition.add(expires_at.condition(training_record::Column::ExpiresAt));
        }
        Ok(condition)
    }
}

relation_filter! {
    /// Through enrolments.
    EnrolmentRelation of EnrolmentFilter
}
relation_filter! {
    /// Through training records.
    TrainingRecordRelation of TrainingRecordFilter
}

/// Reading courses, enrolments and training records.
#[derive(Default)]
pub struct LearningQuery;

#[Object]
impl LearningQuery {
    /// What can be learnt.
    #[graphql(guard = "guard::signed_in()")]
    async fn courses(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<CourseFilter>,
        order_by: Option<CourseOrder>,
    ) -> Result<Connection<Course>> {
        let rows =
            course::Entity::visible_to(ctx.scope()?).filter(filter.condition(Filtering::of(ctx)?)?);
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// Who should learn what, of those in your sight.
    #[graphql(guard = "guard::signed_in()")]
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
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }

    /// Who did what, of those in your sight.
    #[graphql(guard = "guard::signed_in()")]
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
        let page = Page::new(first, after, last, before)?;
        page.of(rows, order_by)?.read(ctx).await
    }
}
