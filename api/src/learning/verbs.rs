//! How the verbs of learning are done.

use async_graphql::Context;
use chrono::TimeDelta;
use entity::id::{CourseId, EnrolmentId, TrainingRecordId, UserId};
use entity::learning::training_record::Outcome;
use entity::learning::{course, enrolment, training_record};
use entity::people::user;
use rust_decimal::Decimal;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};

use super::mutation::{
    CreateCourseInput, EditCourseInput, EnrolInput, RecordTrainingInput, now, seen_course,
};
use super::types::Enrolment;
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH, TEXT_LENGTH};
use crate::performance::calendar::Calendar;
use crate::performance::sums::Sums;
use crate::scalar::whole_millis;

/// The most people enrolled by one call.
const MOST_ENROLLED: usize = 200;
/// The longest a pass may be said to hold, in days.
pub(crate) const LONGEST_VALIDITY: i32 = 36_500;

pub(super) async fn create_course(
    db: &impl ConnectionTrait,
    input: CreateCourseInput,
) -> Result<course::Model> {
    let mut faults = Faults::default();
    let course = course::Model {
        id: CourseId::new(),
        code: faults.required("code", &input.code, NAME_LENGTH),
        title: faults.required("title", &input.title, NAME_LENGTH),
        description: faults.optional("description", input.description.as_deref(), TEXT_LENGTH),
        valid_for_days: valid_for(&mut faults, input.valid_for_days),
        pass_score: pass_score(&mut faults, input.pass_score),
        created_at: now(),
        archived_at: None,
    };
    faults.finish()?;
    Ok(course.into_active_model().insert(db).await?)
}

pub(super) async fn edit_course(
    db: &impl ConnectionTrait,
    course: course::Model,
    input: EditCourseInput,
) -> Result<course::Model> {
    let mut faults = Faults::default();
    let mut course = course.into_active_model();
    if let Some(title) = &input.title {
        course.title = Set(faults.required("title", title, NAME_LENGTH));
    }
    if let Some(description) = input.description.as_opt_deref() {
        course.description = Set(faults.optional("description", description, TEXT_LENGTH));
    }
    if let Some(days) = input.valid_for_days.as_opt_ref() {
        course.valid_for_days = Set(valid_for(&mut faults, days.copied()));
    }
    if let Some(score) = input.pass_score.as_opt_ref() {
        course.pass_score = Set(pass_score(&mut faults, score.copied()));
    }
    faults.finish()?;
    Ok(course.update(db).await?)
}

fn valid_for(faults: &mut Faults, days: Option<i32>) -> Option<i32> {
    if days.is_some_and(|days| !(1..=LONGEST_VALIDITY).contains(&days)) {
        let message = format!("a pass holds for 1 to {LONGEST_VALIDITY} days");
        faults.add("OUT_OF_RANGE", "validForDays", message);
    }
    days
}

fn pass_score(faults: &mut Faults, score: Option<i32>) -> Option<i32> {
    if score.is_some_and(|score| score < 0) {
        faults.add("OUT_OF_RANGE", "passScore", "a score is not negative");
    }
    score
}

pub(super) async fn enrol(ctx: &Context<'_>, input: EnrolInput) -> Result<Vec<Enrolment>> {
    let course = seen_course(ctx, &input.course_id).await?;
    if course.archived_at.is_some() {
        return Err(Error::refuse(
            "ARCHIVED",
            "courseId",
            "the course has ended",
        ));
    }
    if !(1..=MOST_ENROLLED).contains(&input.user_ids.len()) {
        let message = format!("name 1 to {MOST_ENROLLED} people");
        return Err(Error::refuse("OUT_OF_RANGE", "userIds", message));
    }
    let txn = ctx.db()?.begin().await?;
    let mut enrolments = Vec::with_capacity(input.user_ids.len());
    for id in &input.user_ids {
        let visible = user::Entity::visible_to;
        let user =
            input::seen(&txn, ctx.scope()?, visible, UserId::from_global, id, "user").await?;
        if user.deactivated_at.is_some() {
            let message = format!("the account of {} is closed", user.name);
            return Err(Error::refuse("CLOSED", "userIds", message));
        }
        let enrolment = match open_enrolment(&txn, course.id, user.id).await? {
            Some(enrolment) => {
                let mut enrolment = enrolment.into_active_model();
                enrolment.due_at = Set(input.due_at.map(whole_millis));
                enrolment.update(&txn).await?
            }
            None => {
                let enrolment = enrolment::Model {
                    id: EnrolmentId::new(),
                    course_id: course.id,
                    user_id: user.id,
                    due_at: input.due_at.map(whole_millis),
                    enrolled_by: Some(ctx.viewer()?.user),
                    enrolled_at: now(),
                    cancelled_at: None,
                };
                enrolment.into_active_model().insert(&txn).await?
            }
        };
        enrolments.push(Enrolment::from(enrolment));
    }
    txn.commit().await?;
    Ok(enrolments)
}

/// The enrolment that a new one would repeat: it stands and nobody has passed for it yet.
pub(crate) async fn open_enrolment(
    db: &impl ConnectionTrait,
    course: CourseId,
    user: UserId,
) -> Result<Option<enrolment::Model>> {
    let scope = entity::viewer::Scope::All;
    let passed = training_record::Entity::visible_to(&scope)
        .filter(training_record::Column::CourseId.eq(course))
        .filter(training_record::Column::UserId.eq(user))
        .filter(training_record::Column::Result.eq(Outcome::Passed))
        .all(db)
        .await?;
    let enrolments = enrolment::Entity::visible_to(&scope)
        .filter(enrolment::Column::CourseId.eq(course))
        .filter(enrolment::Column::UserId.eq(user))
        .filter(enrolment::Column::CancelledAt.is_null())
        .order_by_desc(enrolment::Column::EnrolledAt)
        .all(db)
        .await?;
    let is_open = |enrolment: &enrolment::Model| {
        !passed
            .iter()
            .any(|record| record.enrolment_id == Some(enrolment.id))
    };
    Ok(enrolments.into_iter().find(is_open))
}

pub(super) async fn record_training(
    ctx: &Context<'_>,
    input: RecordTrainingInput,
) -> Result<training_record::Model> {
    let course = seen_course(ctx, &input.course_id).await?;
    let txn = ctx.db()?.begin().await?;
    let mut sums = Sums::new(Calendar::hold(&txn).await?);
    let (visible, read) = (user::Entity::visible_to, UserId::from_global);
    let user = input::seen(&txn, ctx.scope()?, visible, read, &input.user_id, "user").await?;
    let mut faults = Faults::default();
    let completed_at = whole_millis(input.completed_at);
    if completed_at > now() {
        faults.add(
            "OUT_OF_RANGE",
            "completedAt",
            "the course was done in the future",
        );
    }
    let result = result(&mut faults, &course, &input);
    let valid_for = course.valid_for_days.filter(|_| result == Outcome::Passed);
    let record = training_record::Model {
        id: TrainingRecordId::new(),
        course_id: course.id,
        user_id: user.id,
        enrolment_id: open_enrolment(&txn, course.id, user.id)
            .await?
            .map(|enrolment| enrolment.id),
        completed_at,
        score: input.score.map(|score| score.0.into()),
        result,
        certificate: faults.optional("certificate", input.certificate.as_deref(), NAME_LENGTH),
        expires_at: valid_for.map(|days| completed_at + TimeDelta::days(days.into())),
        recorded_by: Some(ctx.viewer()?.user),
    };
    faults.finish()?;
    let record = record.into_active_model().insert(&txn).await?;
    sums.training(None, Some(&record));
    sums.write(&txn).await?;
    txn.commit().await?;
    Ok(record)
}

/// The pass score decides where there is one; else the result as it was entered.
fn result(faults: &mut Faults, course: &course::Model, input: &RecordTrainingInput) -> Outcome {
    let score = input.score.map(|score| score.0);
    if score.is_some_and(|score| score.is_sign_negative() && !score.is_zero()) {
        faults.add("OUT_OF_RANGE", "score", "a score is not negative");
    }
    judged(course.pass_score, score, input.result.map(Into::into)).unwrap_or_else(|| {
        let (field, message) = match course.pass_score {
            Some(_) => ("score", "the course has a pass score: enter the score"),
            None => ("result", "the course has no pass score: enter the result"),
        };
        faults.add("REQUIRED", field, message);
        Outcome::Failed
    })
}

/// The pass score decides where there is one; else the result as it is said. None where what
/// decides is not there.
pub(crate) fn judged(
    pass_score: Option<i32>,
    score: Option<Decimal>,
    said: Option<Outcome>,
) -> Option<Outcome> {
    let Some(pass_score) = pass_score else {
        return said;
    };
    Some(match score? >= pass_score.into() {
        true => Outcome::Passed,
        false => Outcome::Failed,
    })
}
