//! Who should learn a course, by when; by course and person.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use entity::id::{CourseId, EnrolmentId, UserId};
use entity::learning::enrolment;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::People;
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError, Plan, courses};
use crate::learning::verbs::open_enrolment;
use crate::performance::calendar::Calendar;
use crate::scalar::now;

pub(super) struct Enrolments {
    zone: Tz,
    people: People,
    seen: HashSet<(CourseId, UserId)>,
}

/// What a row says.
struct Said {
    course: CourseId,
    user: UserId,
    due_at: Option<DateTime<Utc>>,
}

impl Enrolments {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        Ok(Self {
            zone: Calendar::read(txn).await?.zone,
            people: People::of(txn, plan.mapping.people()).await?,
            seen: HashSet::new(),
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let known = courses::of_rows(txn, &rows).await?;
        let said = report.understood(rows, |row| {
            let course = courses::find(row, &known)?;
            if course.archived_at.is_some() {
                return Err(row.fault(Field::Course, "the course has ended"));
            }
            self.read(row, course.id)
        });
        for one in said {
            report.count(enrol(txn, one).await?);
        }
        Ok(())
    }

    fn read(&mut self, row: &Row, course: CourseId) -> Result<Said, Fault> {
        let user = self.people.needed(row)?;
        if !self.seen.insert((course, user)) {
            return Err(row.fault(Field::Owner, "stands in a line above already"));
        }
        Ok(Said {
            course,
            user,
            due_at: row.instant(Field::DueAt, self.zone)?,
        })
    }
}

/// An enrolment that was fulfilled is not begun again by the same line.
async fn enrol(txn: &DatabaseTransaction, said: Said) -> Result<Became, ImportError> {
    let before = enrolment::Entity::visible_to(&Scope::All)
        .filter(enrolment::Column::CourseId.eq(said.course))
        .filter(enrolment::Column::UserId.eq(said.user))
        .filter(enrolment::Column::CancelledAt.is_null())
        .all(txn)
        .await?;
    let is_known = |one: &enrolment::Model| said.due_at.is_none() || one.due_at == said.due_at;
    if before.iter().any(is_known) {
        return Ok(Became::Unchanged);
    }
    if let Some(open) = open_enrolment(txn, said.course, said.user).await? {
        let moved = enrolment::Model {
            due_at: said.due_at,
            ..open.clone()
        };
        return update(txn, open, moved).await;
    }
    let new = enrolment::Model {
        id: EnrolmentId::new(),
        course_id: said.course,
        user_id: said.user,
        due_at: said.due_at,
        enrolled_by: None,
        enrolled_at: now(),
        cancelled_at: None,
    };
    insert(txn, vec![new]).await?;
    Ok(Became::New)
}
