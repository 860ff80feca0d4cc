//! People by how they stand with courses: the rule of [`domain::training`] as a condition of the
//! database, so that a list of those who are due has pages and a count.

use async_graphql::{ID, InputObject};
use entity::id::CourseId;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, DbBackend, Value};

use super::standing::CourseState;
use crate::error::Result;
use crate::scalar::now;

/// Who stands so with some course.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CourseStandingFilter {
    /// In one of these states; in any when not given.
    pub state: Option<Vec<CourseState>>,
    /// With this course; with any when not given.
    pub course_id: Option<ID>,
}

impl CourseStandingFilter {
    /// True of the users who stand so.
    pub(crate) fn condition(&self, backend: DbBackend) -> Result<Condition> {
        let now = now();
        let mut values = [now, now].map(Value::from).to_vec();
        let mut text = format!("{STANDINGS} WHERE standing IS NOT NULL");
        if let Some(states) = &self.state {
            let names = states.iter().map(|state| format!("'{}'", name(*state)));
            let names: Vec<String> = names.collect();
            match names.is_empty() {
                true => text.push_str(" AND FALSE"),
                false => text.push_str(&format!(" AND standing IN ({})", names.join(", "))),
            }
        }
        if let Some(course) = &self.course_id {
            match CourseId::from_global(course) {
                Some(course) => {
                    values.push(course.into());
                    text.push_str(" AND course_id = ?");
                }
                None => text.push_str(" AND FALSE"),
            }
        }
        let text = placed(&format!("user_account.id IN ({text})"), backend);
        Ok(Condition::all().add(Expr::cust_with_values(text, values)))
    }
}

/// The newest enrolment, pass and failure of each person and course, and the state they make at an
/// instant, which is bound twice, in the order in which [`domain::training::History::standing`] decides.
const STANDINGS: &str = "SELECT user_id FROM (
    SELECT person.user_id, person.course_id, CASE
        WHEN is_open AND due_at <= ? THEN 'OVERDUE'
        WHEN passed_at IS NOT NULL AND expires_at <= ? THEN 'EXPIRED'
        WHEN is_open THEN 'DUE'
        WHEN passed_at IS NOT NULL THEN 'PASSED'
        WHEN has_failed THEN 'FAILED'
    END AS standing
    FROM (
        SELECT key.user_id, key.course_id, asked.due_at,
            passed.completed_at AS passed_at, passed.expires_at,
            asked.id IS NOT NULL AND (passed.id IS NULL OR passed.completed_at < asked.enrolled_at)
                AS is_open,
            EXISTS (SELECT 1 FROM training_record failed
                WHERE failed.user_id = key.user_id AND failed.course_id = key.course_id
                    AND failed.result = 'FAILED') AS has_failed
        FROM (
            SELECT user_id, course_id FROM enrolment WHERE cancelled_at IS NULL
            UNION SELECT user_id, course_id FROM training_record
        ) key
        JOIN course ON course.id = key.course_id AND course.archived_at IS NULL
        LEFT JOIN enrolment asked ON asked.user_id = key.user_id
            AND asked.course_id = key.course_id AND asked.cancelled_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM enrolment newer
                WHERE newer.user_id = asked.user_id AND newer.course_id = asked.course_id
                    AND newer.cancelled_at IS NULL
                    AND (newer.enrolled_at, newer.id) > (asked.enrolled_at, asked.id))
        LEFT JOIN training_record passed ON passed.user_id = key.user_id
            AND passed.course_id = key.course_id AND passed.result = 'PASSED'
            AND NOT EXISTS (SELECT 1 FROM training_record newer
                WHERE newer.user_id = passed.user_id AND newer.course_id = passed.course_id
                    AND newer.result = 'PASSED'
                    AND (newer.completed_at, newer.id) > (passed.completed_at, passed.id))
    ) person
) stood";

/// The text with its places for values, `?` in order, written as the database has them.
fn placed(text: &str, backend: DbBackend) -> String {
    if backend != DbBackend::Postgres {
        return text.to_owned();
    }
    let mut pieces = text.split('?');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.zip(1..).fold(first, |text, (piece, place)| {
        format!("{text}${place}{piece}")
    })
}

fn name(state: CourseState) -> &'static str {
    match state {
        CourseState::Overdue => "OVERDUE",
        CourseState::Expired => "EXPIRED",
        CourseState::Due => "DUE",
        CourseState::Failed => "FAILED",
        CourseState::Passed => "PASSED",
    }
}
