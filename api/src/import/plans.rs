//! Planned visits, by rep, customer and day.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, Utc};
use chrono_tz::Tz;
use entity::field::planned_visit;
use entity::id::{CustomerId, PlannedVisitId, UserId};
use entity::keys;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::{NamedCustomers, People};
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError, Plan};
use crate::performance::calendar::Calendar;
use crate::scalar::now;

type Key = (UserId, CustomerId, NaiveDate);

pub(super) struct Plans {
    zone: Tz,
    by: UserId,
    people: People,
    seen: HashSet<Key>,
}

/// What a row says.
struct Said {
    key: Key,
    note: Option<String>,
}

impl Plans {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        Ok(Self {
            zone: Calendar::read(txn).await?.zone,
            by: plan.by.ok_or(ImportError::Nobody)?,
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
        let named = NamedCustomers::of(txn, &rows).await?;
        let said = report.understood(rows, |row| self.read(row, &named));
        let mut known = known(txn, &said).await?;
        let mut new = Vec::new();
        for one in said {
            let became = match known.remove(&one.key) {
                Some(before) => change(txn, before, one).await?,
                None => {
                    new.push(self.made(one));
                    Became::New
                }
            };
            report.count(became);
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut reps: Vec<UserId> = new.iter().map(|plan| plan.rep_id).collect();
        reps.sort_unstable();
        reps.dedup();
        insert(txn, new).await?;
        // What opened before does not know the plan.
        ingest::verbs::mark_dirty(txn, &reps, Utc::now()).await?;
        Ok(())
    }

    fn read(&mut self, row: &Row, named: &NamedCustomers) -> Result<Said, Fault> {
        let rep = self.people.needed(row)?;
        let key = (rep, named.find(row)?, row.day(Field::Day, self.zone)?);
        if !self.seen.insert(key) {
            return Err(row.fault(Field::Day, "stands in a line above already"));
        }
        let note = row.long(Field::Note)?;
        Ok(Said { key, note })
    }

    fn made(&self, said: Said) -> planned_visit::Model {
        let (rep_id, customer_id, day) = said.key;
        planned_visit::Model {
            id: PlannedVisitId::new(),
            rep_id,
            customer_id,
            day,
            note: said.note,
            created_by: self.by,
            created_at: now(),
            cancelled_at: None,
        }
    }
}

/// The plans that stand of these reps.
async fn known(
    txn: &DatabaseTransaction,
    said: &[Said],
) -> Result<HashMap<Key, planned_visit::Model>, ImportError> {
    let reps: Vec<UserId> = said.iter().map(|one| one.key.0).collect();
    let days = || said.iter().map(|one| one.key.2);
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Ok(HashMap::new());
    };
    let column = planned_visit::Column::RepId.into_expr();
    let plans = planned_visit::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(txn.get_database_backend(), column, &reps))
        .filter(planned_visit::Column::Day.between(first, last))
        .filter(planned_visit::Column::CancelledAt.is_null())
        .all(txn)
        .await?;
    let keyed = plans.into_iter();
    Ok(keyed
        .map(|plan| ((plan.rep_id, plan.customer_id, plan.day), plan))
        .collect())
}

/// A cell that is empty leaves what is there.
async fn change(
    txn: &DatabaseTransaction,
    before: planned_visit::Model,
    said: Said,
) -> Result<Became, ImportError> {
    let after = planned_visit::Model {
        note: said.note.or_else(|| before.note.clone()),
        ..before.clone()
    };
    update(txn, before, after).await
}
