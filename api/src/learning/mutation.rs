//! The verbs of learning: offering courses, enrolling people, recording results.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use entity::id::{CourseId, EnrolmentId, TrainingRecordId};
use entity::learning::{course, enrolment, training_record};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use super::types::{Course, Enrolment, TrainingRecord, TrainingResult};
use super::verbs::{create_course, edit_course, enrol, record_training};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input;
use crate::performance::calendar::Calendar;
use crate::performance::sums::Sums;
use crate::scalar::{Decimal, whole_millis};
use crate::{guard, payload};

/// A new course.
#[derive(Clone, Debug, InputObject)]
pub struct CreateCourseInput {
    /// Its short name, unique.
    pub code: String,
    /// What people call it.
    pub title: String,
    /// What it teaches.
    pub description: Option<String>,
    /// After how many days a pass expires, 1 to 36500; null means never.
    pub valid_for_days: Option<i32>,
    /// The score from which it is passed; null if it has no score.
    pub pass_score: Option<i32>,
}

/// What to change of a course; what is left out stays.
#[derive(Clone, Debug, InputObject)]
pub struct EditCourseInput {
    /// The course.
    pub id: ID,
    /// What people call it.
    pub title: Option<String>,
    /// What it teaches; null takes it away.
    pub description: MaybeUndefined<String>,
    /// After how many days a pass expires; null means never. Passes already recorded keep theirs.
    pub valid_for_days: MaybeUndefined<i32>,
    /// The score from which it is passed; null means it has no score.
    pub pass_score: MaybeUndefined<i32>,
}

/// Who should take a course.
#[derive(Clone, Debug, InputObject)]
pub struct EnrolInput {
    /// The course.
    pub course_id: ID,
    /// Who: 1 to 200 people in your sight. Whoever is enrolled already gets the new date.
    pub user_ids: Vec<ID>,
    /// By when; null means no date.
    pub due_at: Option<DateTime<Utc>>,
}

/// What came of a course.
#[derive(Clone, Debug, InputObject)]
pub struct RecordTrainingInput {
    /// The course.
    pub course_id: ID,
    /// Who did it.
    pub user_id: ID,
    /// When it was done; not in the future.
    pub completed_at: DateTime<Utc>,
    /// The score; needed when the course has a pass score, which then decides.
    pub score: Option<Decimal>,
    /// The result; needed when the course has no pass score.
    pub result: Option<TrainingResult>,
    /// The certificate's number.
    pub certificate: Option<String>,
}

payload! {
    /// What a verb on a course did.
    CoursePayload {
        /// The course; null when the input was refused.
        course: Course,
    }
}
payload! {
    /// What cancelEnrolment did.
    EnrolmentPayload {
        /// The enrolment; null when the input was refused.
        enrolment: Enrolment,
    }
}
payload! {
    /// What enrol did.
    EnrolPayload {
        /// The enrolments, in the order of the people; null when the input was refused.
        enrolments: Vec<Enrolment>,
    }
}
payload! {
    /// What a verb on a training record did.
    TrainingRecordPayload {
        /// The record; null when the input was refused.
        training_record: TrainingRecord,
    }
}

/// The verbs of learning.
#[derive(Default)]
pub struct LearningMutation;

#[Object]
impl LearningMutation {
    /// Offers a new course. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn create_course(
        &self,
        ctx: &Context<'_>,
        input: CreateCourseInput,
    ) -> Result<CoursePayload> {
        CoursePayload::of(create_course(&ctx.db()?.write, input).await)
    }

    /// Changes a course. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn edit_course(
        &self,
        ctx: &Context<'_>,
        input: EditCourseInput,
    ) -> Result<CoursePayload> {
        let course = seen_course(ctx, &input.id).await?;
        CoursePayload::of(edit_course(&ctx.db()?.write, course, input).await)
    }

    /// Ends a course: nobody is enrolled any more; records stay. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn archive_course(&self, ctx: &Context<'_>, id: ID) -> Result<CoursePayload> {
        let course = seen_course(ctx, &id).await?;
        let archived_at = course.archived_at.unwrap_or_else(now);
        let mut course = course.into_active_model();
        course.archived_at = Set(Some(archived_at));
        CoursePayload::of(course.update(&ctx.db()?.write).await.map_err(Error::from))
    }

    /// Says who should take a course. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn enrol(&self, ctx: &Context<'_>, input: EnrolInput) -> Result<EnrolPayload> {
        EnrolPayload::of(enrol(ctx, input).await)
    }

    /// Takes an enrolment back. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn cancel_enrolment(&self, ctx: &Context<'_>, id: ID) -> Result<EnrolmentPayload> {
        let (db, scope) = (&ctx.db()?.write, ctx.scope()?);
        let visible = enrolment::Entity::visible_to;
        let read = EnrolmentId::from_global;
        let enrolment = input::seen(db, scope, visible, read, &id, "enrolment").await?;
        let cancelled_at = enrolment.cancelled_at.unwrap_or_else(now);
        let mut enrolment = enrolment.into_active_model();
        enrolment.cancelled_at = Set(Some(cancelled_at));
        EnrolmentPayload::of(enrolment.update(db).await.map_err(Error::from))
    }

    /// Records what came of a course. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn record_training(
        &self,
        ctx: &Context<'_>,
        input: RecordTrainingInput,
    ) -> Result<TrainingRecordPayload> {
        TrainingRecordPayload::of(record_training(ctx, input).await)
    }

    /// Takes a record back that was entered by mistake. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn remove_training_record(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> Result<TrainingRecordPayload> {
        let txn = ctx.db()?.begin().await?;
        let mut sums = Sums::new(Calendar::hold(&txn).await?);
        let visible = training_record::Entity::visible_to;
        let read = TrainingRecordId::from_global;
        let scope = ctx.scope()?;
        let record = input::seen(&txn, scope, visible, read, &id, "training record").await?;
        let removed = training_record::Entity::delete_by_id(record.id)
            .exec(&txn)
            .await?;
        if removed.rows_affected == 0 {
            // Somebody else has just taken it back, and out of the sums.
            return Err(Error::not_found("training record"));
        }
        sums.training(Some(&record), None);
        sums.write(&txn).await?;
        txn.commit().await?;
        TrainingRecordPayload::of(Ok(record))
    }
}

/// The course with this public id, or NOT_FOUND.
pub(super) async fn seen_course(ctx: &Context<'_>, id: &ID) -> Result<course::Model> {
    let visible = course::Entity::visible_to;
    let (db, scope) = (&ctx.db()?.write, ctx.scope()?);
    input::seen(db, scope, visible, CourseId::from_global, id, "course").await
}

/// This moment, as instants are stored.
pub(super) fn now() -> DateTime<Utc> {
    whole_millis(Utc::now())
}
