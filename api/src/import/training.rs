//! Who did a course, with the result; by course, person and time. The sums of rankings follow in
//! the same transaction.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use entity::decimal::Exact;
use entity::id::{CourseId, TrainingRecordId, UserId};
use entity::keys;
use entity::learning::course;
use entity::learning::training_record::{self, Model, Outcome};
use entity::viewer::Scope;
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::People;
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError, Plan, courses};
use crate::learning::verbs::{judged, open_enrolment};
use crate::performance::calendar::Calendar;
use crate::performance::sums::Sums;
use crate::scalar::now;

type Key = (CourseId, UserId, DateTime<Utc>);

pub(super) struct Training {
    calendar: Calendar,
    sums: Sums,
    people: People,
    seen: HashSet<Key>,
}

/// What a row says.
struct Said {
    key: Key,
    score: Option<Decimal>,
    result: Outcome,
    certificate: Option<String>,
    expires_at: Option<DateTime<Utc>>,
}

impl Training {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        // Before anything else is locked.
        let calendar = Calendar::hold(txn).await?;
        Ok(Self {
            calendar,
            sums: Sums::new(calendar),
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
        let courses = courses::of_rows(txn, &rows).await?;
        let said = report.understood(rows, |row| self.read(row, courses::find(row, &courses)?));
        let mut known = known(txn, &said).await?;
        for one in said {
            let became = match known.remove(&one.key) {
                Some(before) => self.change(txn, before, one).await?,
                None => self.add(txn, one).await?,
            };
            report.count(became);
        }
        Ok(())
    }

    /// Makes the sums say what the records say.
    pub(super) async fn finish(self, txn: &DatabaseTransaction) -> Result<(), ImportError> {
        Ok(self.sums.write(txn).await?)
    }

    fn read(&mut self, row: &Row, course: &course::Model) -> Result<Said, Fault> {
        let completed_at = row.instant(Field::CompletedAt, self.calendar.zone)?;
        let completed_at = completed_at.ok_or_else(|| row.fault(Field::CompletedAt, "is empty"))?;
        if completed_at > now() {
            return Err(row.fault(Field::CompletedAt, "is in the future"));
        }
        let score: Option<Decimal> = row.read(Field::Score, "number")?;
        if score.is_some_and(|score| score < Decimal::ZERO) {
            return Err(row.fault(Field::Score, "a score is not negative"));
        }
        let said = row.text(Field::Outcome).map(str::to_uppercase);
        let said = match said.as_deref() {
            None => None,
            Some("PASSED" | "通过" | "合格") => Some(Outcome::Passed),
            Some("FAILED" | "未通过" | "不合格") => Some(Outcome::Failed),
            Some(_) => return Err(row.fault(Field::Outcome, "must be PASSED or FAILED")),
        };
        let result =
            judged(course.pass_score, score, said).ok_or_else(|| match course.pass_score {
                Some(_) => row.fault(Field::Score, "is empty, but the course has a pass score"),
                None => row.fault(Field::Outcome, "is empty, but the course has no pass score"),
            })?;
        let key = (course.id, self.people.needed(row)?, completed_at);
        if !self.seen.insert(key) {
            return Err(row.fault(Field::CompletedAt, "stands in a line above already"));
        }
        let valid_for = course.valid_for_days.filter(|_| result == Outcome::Passed);
        Ok(Said {
            key,
            score,
            result,
            certificate: row.short(Field::Certificate)?,
            expires_at: valid_for.map(|days| completed_at + TimeDelta::days(days.into())),
        })
    }

    async fn add(&mut self, txn: &DatabaseTransaction, said: Said) -> Result<Became, ImportError> {
        let (course_id, user_id, completed_at) = said.key;
        let enrolment = open_enrolment(txn, course_id, user_id).await?;
        let record = Model {
            id: TrainingRecordId::new(),
            course_id,
            user_id,
            enrolment_id: enrolment.map(|enrolment| enrolment.id),
            completed_at,
            score: said.score.map(Exact),
            result: said.result,
            certificate: said.certificate,
            expires_at: said.expires_at,
            recorded_by: None,
        };
        self.sums.training(None, Some(&record));
        insert(txn, vec![record]).await?;
        Ok(Became::New)
    }

    /// A cell that is empty leaves what is there.
    async fn change(
        &mut self,
        txn: &DatabaseTransaction,
        before: Model,
        said: Said,
    ) -> Result<Became, ImportError> {
        let after = Model {
            score: said.score.map(Exact).or(before.score),
            result: said.result,
            certificate: said.certificate.or_else(|| before.certificate.clone()),
            expires_at: match said.result == before.result {
                true => before.expires_at,
                false => said.expires_at,
            },
            ..before.clone()
        };
        self.sums.training(Some(&before), Some(&after));
        update(txn, before, after).await
    }
}

async fn known(
    txn: &DatabaseTransaction,
    said: &[Said],
) -> Result<HashMap<Key, Model>, ImportError> {
    let users: Vec<UserId> = said.iter().map(|one| one.key.1).collect();
    let column = training_record::Column::UserId.into_expr();
    let records = training_record::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(txn.get_database_backend(), column, &users))
        .all(txn)
        .await?;
    let keyed = records.into_iter();
    Ok(keyed
        .map(|one| ((one.course_id, one.user_id, one.completed_at), one))
        .collect())
}
