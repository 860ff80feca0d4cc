//! What fails is null where the specification says: the failing field if it may be null, else the
//! nearest thing above that may. Everything beside it is told as if nothing had happened.
//!
//! Each table of the database is taken away in turn, and every question is asked.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde_json::Value;
use testbed::Backend;

use super::company::{Company, codes};
use super::shape::{Field, Shape};
use super::walk;

/// Links that no question reaches while their table is away, because what leads to them was read
/// from the same table, or because only subscriptions lead to them.
const NEVER_ALONE: [&str; 23] = [
    "Assignment.customer",
    "Contact.customer",
    "CourseStanding.course",
    "CourseStanding.enrolment",
    "CourseStanding.trainingRecord",
    "CustomerDue.customer",
    "CustomerDue.lastVisit",
    "CustomerDue.rep",
    "DueCustomer.customer",
    "DueCustomer.rep",
    "Photo.checkIn",
    "Presence.customer",
    "Presence.rep",
    "Ranking.scorecard",
    "RankingEntry.rep",
    "RankingEntry.team",
    "SimulatedVisit.customer",
    "SimulatedVisit.rep",
    "Team.parent",
    "VisitChange.rep",
    "VisitChange.visit",
    "WorkingHours.team",
    "WorkingHours.user",
];

#[tokio::test]
async fn a_failure_nulls_the_nearest_thing_that_may_be_null_and_nothing_else() {
    let company = Company::new(Backend::Sqlite).await;
    let shape = Shape::of(&company.schema).await;
    let questions = walk::questions(&shape);
    let mut failed = BTreeSet::new();
    for table in tables(&company).await {
        rename(&company, &table, "taken_away").await;
        for question in &questions {
            let mut reply = company.ask(Some("Ada"), &question.text(&shape, 1)).await;
            if codes(&reply.body) == ["TOO_COMPLEX"] {
                reply = company.ask(Some("Ada"), &question.text(&shape, 0)).await;
            }
            for error in reply.body["errors"].as_array().into_iter().flatten() {
                let judged = judge(&shape, &reply.body, error, &mut failed);
                if let Err(fault) = judged {
                    panic!(
                        "{table} taken away, {}: {fault} in {}",
                        question.path(),
                        reply.body
                    );
                }
            }
        }
        rename(&company, "taken_away", &table).await;
    }
    let links = shape.nullable_links_to_nodes();
    let never: Vec<&String> = links
        .difference(&failed)
        .filter(|link| !NEVER_ALONE.contains(&link.as_str()))
        .collect();
    assert!(never.is_empty(), "these links never failed: {never:?}");
}

#[derive(FromQueryResult)]
struct Table {
    name: String,
}

/// The tables, but those without which nothing at all can be asked.
async fn tables(company: &Company) -> Vec<String> {
    let text = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let statement = Statement::from_string(DbBackend::Sqlite, text);
    let tables = Table::find_by_statement(statement)
        .all(&company.db().read)
        .await
        .unwrap();
    tables.into_iter().map(|table| table.name).collect()
}

async fn rename(company: &Company, from: &str, to: &str) {
    let text = format!("ALTER TABLE {from} RENAME TO {to}");
    company.db().write.execute_unprepared(&text).await.unwrap();
}

/// Whether an error says nothing of ours, and null stands where it must.
fn judge(
    shape: &Shape,
    body: &Value,
    error: &Value,
    failed: &mut BTreeSet<String>,
) -> Result<(), String> {
    let message = error["message"].as_str().unwrap_or_default();
    if message.contains("table") || message.contains("taken_away") {
        return Err(format!("the message tells too much: {message}"));
    }
    let path = error["path"].as_array().cloned().unwrap_or_default();
    let steps = steps(shape, &path)?;
    if let Some((field, on)) = steps.last().and_then(|step| step.field) {
        failed.insert(format!("{on}.{}", field.name));
    }
    let Some(place) = steps.iter().rposition(|step| step.may_be_null) else {
        return match &body["data"] {
            Value::Null => Ok(()),
            _ => Err(format!("{path:?} cannot be null, so data is")),
        };
    };
    let null = at(&body["data"], &path[..=place]);
    if null.is_some_and(|value| !value.is_null()) {
        return Err(format!("{:?} is not null", &path[..=place]));
    }
    // What is above it stands, unless another failure took it away.
    match at(&body["data"], &path[..place]) {
        Some(Value::Null) | None if !is_taken_by_another(shape, body, &path[..place]) => {
            Err(format!("{:?} is gone with it", &path[..place]))
        }
        _ => Ok(()),
    }
}

/// One element of an error's path.
struct Step<'a> {
    may_be_null: bool,
    /// The field and the type that has it; none for a place in a list.
    field: Option<(&'a Field, &'a str)>,
}

fn steps<'a>(shape: &'a Shape, path: &[Value]) -> Result<Vec<Step<'a>>, String> {
    let mut on = "Query";
    let mut levels: &[bool] = &[];
    let mut steps = Vec::new();
    for element in path {
        if let Some(name) = element.as_str() {
            let mut fields = shape.ty(on).fields.iter();
            let field = fields
                .find(|field| field.name == name)
                .ok_or_else(|| format!("{on} has no {name}"))?;
            steps.push(Step {
                may_be_null: field.may_be_null[0],
                field: Some((field, on)),
            });
            (on, levels) = (&field.of, &field.may_be_null[1..]);
        } else {
            let (may_be_null, inner) = levels.split_first().ok_or("a place in no list")?;
            steps.push(Step {
                may_be_null: *may_be_null,
                field: None,
            });
            levels = inner;
        }
    }
    Ok(steps)
}

fn is_taken_by_another(shape: &Shape, body: &Value, above: &[Value]) -> bool {
    let errors = body["errors"].as_array().into_iter().flatten();
    errors.into_iter().any(|error| {
        let path = error["path"].as_array().cloned().unwrap_or_default();
        let Ok(steps) = steps(shape, &path) else {
            return false;
        };
        let nulled = steps.iter().rposition(|step| step.may_be_null);
        let nulled = nulled.map_or(&path[..0], |place| &path[..=place]);
        above.starts_with(nulled)
    })
}

fn at<'a>(data: &'a Value, path: &[Value]) -> Option<&'a Value> {
    let mut value = data;
    for element in path {
        value = match element {
            Value::String(name) => value.get(name)?,
            Value::Number(place) => value.get(usize::try_from(place.as_u64()?).ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}
