//! Numbers to reach, by rep or team, metric and period.

use std::collections::{HashMap, HashSet};

use domain::metric::Metric;
use domain::period::{Kind, Period};
use entity::decimal::Exact;
use entity::id::{TargetId, UserId};
use entity::performance::target::{self, Model};
use entity::viewer::Scope;
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::{Holder, Holders};
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError, Plan};
use crate::performance::calendar::Calendar;
use crate::performance::measure::{stored, stored_kind};
use crate::performance::targets::{check_value, is_frozen};
use crate::scalar::now;

pub(super) struct Targets {
    calendar: Calendar,
    by: UserId,
    holders: Holders,
    seen: HashSet<(Holder, Metric, Period)>,
    /// Whether the results of a metric and period are frozen, for reps or for teams.
    frozen: HashMap<(Metric, Period, bool), bool>,
}

/// What a row says.
struct Said {
    row: Row,
    holder: Holder,
    metric: Metric,
    period: Period,
    value: Decimal,
}

impl Targets {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        Ok(Self {
            calendar: Calendar::read(txn).await?,
            by: plan.by.ok_or(ImportError::Nobody)?,
            holders: Holders::of(txn, plan.mapping.people()).await?,
            seen: HashSet::new(),
            frozen: HashMap::new(),
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        for said in report.understood(rows, |row| self.read(row)) {
            match known(txn, &said).await? {
                Some(before) if before.value.0 == said.value => report.count(Became::Unchanged),
                _ if self.is_frozen(txn, &said).await? => {
                    let reason = "the results of this period are frozen";
                    report.refuse(said.row.line, said.row.fault(Field::Day, reason));
                }
                Some(before) => {
                    let after = Model {
                        value: Exact(said.value),
                        created_by: self.by,
                        created_at: now(),
                        ..before.clone()
                    };
                    report.count(update(txn, before, after).await?);
                }
                None => {
                    insert(txn, vec![self.made(said)]).await?;
                    report.count(Became::New);
                }
            }
        }
        Ok(())
    }

    fn read(&mut self, row: &Row) -> Result<Said, Fault> {
        let holder = self.holders.find(row)?;
        let metric = metric(row)?;
        let day = row.day(Field::Day, self.calendar.zone)?;
        let period = self.calendar.period(kind(row)?, day);
        let period = period.map_err(|error| row.fault(Field::Day, error.message().to_owned()))?;
        let value: Option<Decimal> = row.read(Field::Value, "number")?;
        let value = value.ok_or_else(|| row.fault(Field::Value, "is empty"))?;
        check_value(metric, value, &self.calendar)
            .map_err(|reason| row.fault(Field::Value, reason))?;
        if !self.seen.insert((holder, metric, period)) {
            return Err(row.fault(Field::Metric, "stands in a line above already"));
        }
        Ok(Said {
            row: row.clone(),
            holder,
            metric,
            period,
            value: value.normalize(),
        })
    }

    async fn is_frozen(
        &mut self,
        txn: &DatabaseTransaction,
        said: &Said,
    ) -> Result<bool, ImportError> {
        let is_team = matches!(said.holder, Holder::Team(_));
        let key = (said.metric, said.period, is_team);
        if let Some(is_frozen) = self.frozen.get(&key) {
            return Ok(*is_frozen);
        }
        let is_frozen = is_frozen(txn, said.metric, said.period, is_team).await?;
        self.frozen.insert(key, is_frozen);
        Ok(is_frozen)
    }

    fn made(&self, said: Said) -> Model {
        Model {
            id: TargetId::new(),
            metric: stored(said.metric),
            period_kind: stored_kind(said.period.kind()),
            period_start: said.period.first(),
            user_id: said.holder.rep(),
            team_id: said.holder.team(),
            value: Exact(said.value),
            created_by: self.by,
            created_at: now(),
        }
    }
}

fn metric(row: &Row) -> Result<Metric, Fault> {
    let word = row.needed(Field::Metric)?.to_uppercase();
    word.parse().map_err(|_| {
        let known: Vec<&str> = Metric::ALL.iter().map(|metric| metric.word()).collect();
        let reason = format!("{word:?} is none of {}", known.join(", "));
        row.fault(Field::Metric, reason)
    })
}

fn kind(row: &Row) -> Result<Kind, Fault> {
    let word = row.needed(Field::Period)?.to_uppercase();
    match word.as_str() {
        "DAY" => Ok(Kind::Day),
        "WEEK" => Ok(Kind::Week),
        "MONTH" => Ok(Kind::Month),
        "QUARTER" => Ok(Kind::Quarter),
        "YEAR" => Ok(Kind::Year),
        _ => {
            let reason = "must be DAY, WEEK, MONTH, QUARTER or YEAR";
            Err(row.fault(Field::Period, reason))
        }
    }
}

async fn known(txn: &DatabaseTransaction, said: &Said) -> Result<Option<Model>, ImportError> {
    let holder = match said.holder {
        Holder::Rep(rep) => target::Column::UserId.eq(rep),
        Holder::Team(team) => target::Column::TeamId.eq(team),
    };
    let same = Condition::all()
        .add(holder)
        .add(target::Column::Metric.eq(stored(said.metric)))
        .add(target::Column::PeriodKind.eq(stored_kind(said.period.kind())))
        .add(target::Column::PeriodStart.eq(said.period.first()));
    let rows = target::Entity::visible_to(&Scope::All).filter(same);
    Ok(rows.one(txn).await?)
}
