//! What can be learnt, who should, who did.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{CourseId, EnrolmentId, TrainingRecordId, UserId},
    learning::{course, enrolment, training_record},
};
use rand::{Rng, RngExt};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;

use crate::demo::{
    city::COURSES,
    company::{HISTORY_DAYS, people::People, rows::insert},
};

/// A score below this is a fail.
const PASS_SCORE: i32 = 60;

/// Writes courses, enrolments and training records.
pub(super) async fn teach(
    connection: &impl ConnectionTrait,
    random: &mut impl Rng,
    people: &People,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let founded = now - TimeDelta::days(HISTORY_DAYS);
    let courses: Vec<course::Model> = COURSES
        .iter()
        .map(|(code, title, valid)| course(code, title, *valid, founded))
        .collect();
    let (mut enrolments, mut records) = (Vec::new(), Vec::new());
    for rep in &people.reps {
        for course in &courses {
            if !random.random_bool(0.7) {
                continue;
            }
            let enrolment = enrol(course, rep.id, people.admin.id, founded, random);
            if random.random_bool(0.75) {
                records.push(record(course, &enrolment, now, random));
            }
            enrolments.push(enrolment);
        }
    }
    insert::<course::ActiveModel>(connection, courses).await?;
    insert::<enrolment::ActiveModel>(connection, enrolments).await?;
    insert::<training_record::ActiveModel>(connection, records).await?;
    Ok(())
}

fn course(
    code: &str,
    title: &str,
    valid_for_days: Option<i32>,
    at: DateTime<Utc>,
) -> course::Model {
    course::Model {
        id: CourseId::new(),
        code: code.to_owned(),
        title: title.to_owned(),
        description: None,
        valid_for_days,
        pass_score: Some(PASS_SCORE),
        created_at: at,
        archived_at: None,
    }
}

fn enrol(
    course: &course::Model,
    user_id: UserId,
    by: UserId,
    founded: DateTime<Utc>,
    random: &mut impl Rng,
) -> enrolment::Model {
    let enrolled_at = founded + TimeDelta::days(random.random_range(1..60));
    enrolment::Model {
        id: EnrolmentId::new(),
        course_id: course.id,
        user_id,
        due_at: Some(enrolled_at + TimeDelta::days(90)),
        enrolled_by: Some(by),
        enrolled_at,
        cancelled_at: None,
    }
}

fn record(
    course: &course::Model,
    enrolment: &enrolment::Model,
    now: DateTime<Utc>,
    random: &mut impl Rng,
) -> training_record::Model {
    let taken = enrolment.enrolled_at + TimeDelta::days(random.random_range(3..55));
    let completed_at = taken.min(now - TimeDelta::days(1));
    let score = random.random_range(45..=100);
    let is_passed = score >= PASS_SCORE;
    let valid = course
        .valid_for_days
        .filter(|_| is_passed)
        .map(|days| TimeDelta::days(days.into()));
    training_record::Model {
        id: TrainingRecordId::new(),
        course_id: course.id,
        user_id: enrolment.user_id,
        enrolment_id: Some(enrolment.id),
        completed_at,
        score: Some(Decimal::from(score).into()),
        result: if is_passed {
            training_record::Outcome::Passed
        } else {
            training_record::Outcome::Failed
        },
        certificate: None,
        expires_at: valid.map(|valid| completed_at + valid),
        recorded_by: enrolment.enrolled_by,
    }
}
