//! Courses, by their code.

use std::collections::{HashMap, HashSet};

use entity::id::CourseId;
use entity::learning::course;
use entity::viewer::Scope;
use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError};
use crate::filter::one_of;
use crate::learning::verbs::LONGEST_VALIDITY;
use crate::scalar::now;

#[derive(Default)]
pub(super) struct Courses {
    seen: HashSet<String>,
}

/// What a row says.
struct Said {
    code: String,
    title: String,
    description: Option<String>,
    valid_for_days: Option<i32>,
    pass_score: Option<i32>,
}

/// The courses that a chunk of rows names, by their code.
pub(super) async fn named(
    txn: &DatabaseTransaction,
    codes: &[String],
) -> Result<HashMap<String, course::Model>, ImportError> {
    let backend = txn.get_database_backend();
    let courses = course::Entity::visible_to(&Scope::All)
        .filter(one_of(backend, course::Column::Code, codes))
        .all(txn)
        .await?;
    let keyed = courses.into_iter();
    Ok(keyed.map(|course| (course.code.clone(), course)).collect())
}

/// The courses that rows name in their field.
pub(super) async fn of_rows(
    txn: &DatabaseTransaction,
    rows: &[Row],
) -> Result<HashMap<String, course::Model>, ImportError> {
    let codes = rows.iter().filter_map(|row| row.text(Field::Course));
    let codes: Vec<String> = codes.map(str::to_owned).collect();
    named(txn, &codes).await
}

/// The course that a row must name.
pub(super) fn find<'a>(
    row: &Row,
    courses: &'a HashMap<String, course::Model>,
) -> Result<&'a course::Model, Fault> {
    let code = row.needed(Field::Course)?;
    courses.get(&code).ok_or_else(|| {
        let reason = format!("no course has the code {code:?}; import courses first");
        row.fault(Field::Course, reason)
    })
}

impl Courses {
    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let said = report.understood(rows, |row| self.read(row));
        let codes: Vec<String> = said.iter().map(|one| one.code.clone()).collect();
        let mut known = named(txn, &codes).await?;
        let mut new = Vec::new();
        for one in said {
            let became = match known.remove(&one.code) {
                Some(before) => change(txn, before, one).await?,
                None => {
                    new.push(made(one));
                    Became::New
                }
            };
            report.count(became);
        }
        insert(txn, new).await
    }

    fn read(&mut self, row: &Row) -> Result<Said, Fault> {
        let code = row.needed(Field::Code)?;
        if !self.seen.insert(code.clone()) {
            return Err(row.fault(Field::Code, "stands in a line above already"));
        }
        Ok(Said {
            code,
            title: row.needed(Field::Title)?,
            description: row.long(Field::Description)?,
            valid_for_days: row.whole(Field::ValidFor, 1..=LONGEST_VALIDITY)?,
            pass_score: row.whole(Field::PassScore, 0..=i32::MAX)?,
        })
    }
}

fn made(said: Said) -> course::Model {
    course::Model {
        id: CourseId::new(),
        code: said.code,
        title: said.title,
        description: said.description,
        valid_for_days: said.valid_for_days,
        pass_score: said.pass_score,
        created_at: now(),
        archived_at: None,
    }
}

/// A cell that is empty leaves what is there.
async fn change(
    txn: &DatabaseTransaction,
    before: course::Model,
    said: Said,
) -> Result<Became, ImportError> {
    let after = course::Model {
        title: said.title,
        description: said.description.or_else(|| before.description.clone()),
        valid_for_days: said.valid_for_days.or(before.valid_for_days),
        pass_score: said.pass_score.or(before.pass_score),
        ..before.clone()
    };
    update(txn, before, after).await
}
