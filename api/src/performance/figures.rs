//! The figures of a whole peer group in a period and in the one before, in a few statements.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::metric::{Metric, Unit};
use domain::money::Money;
use domain::period::Period;
use entity::id::UserId;
use entity::performance::frozen_result::Peers;
use entity::performance::{Metric as StoredMetric, target};
use entity::viewer::Scope;
use rust_decimal::Decimal;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, FromQueryResult, QueryFilter, Statement, Value,
};
use uuid::Uuid;

use super::calendar::Calendar;
use super::group::Group;
use super::measure::{computable, stored, stored_kind};
use super::reach::{self, Due, Reach};
use crate::Result;

/// Which of the two periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Span {
    /// The one that was asked for.
    Now,
    /// The one before it.
    Before,
}

/// What is to be measured.
pub(super) struct Question<'a> {
    pub(super) calendar: Calendar,
    pub(super) period: Period,
    pub(super) metrics: &'a [Metric],
    pub(super) group: &'a Group,
    /// The instant of asking: what is due later is not yet missed.
    pub(super) now: DateTime<Utc>,
}

/// Values and targets by metric and subject.
#[derive(Debug, Default)]
pub(super) struct Figures {
    values: HashMap<(Span, Metric, Uuid), Decimal>,
    targets: HashMap<(Span, Metric, Uuid), Decimal>,
    /// The customers that fell due, where coverage is measured.
    pub(super) due: HashMap<Uuid, Vec<Due>>,
}

impl Figures {
    /// Reads what the metrics need: two to five statements, whatever the size of the group.
    pub(super) async fn read(db: &impl ConnectionTrait, question: &Question<'_>) -> Result<Self> {
        let mut figures = Self::default();
        let asks = |metric: Metric| question.metrics.contains(&metric);
        if question.metrics.iter().any(|metric| metric.is_additive()) {
            figures.add_sums(db, question).await?;
        }
        if asks(Metric::CustomersVisited) {
            figures.add_customers_visited(db, question).await?;
        }
        if asks(Metric::Coverage) {
            let Reach { ratios, due } = reach::reach(db, question).await?;
            for (span, subject, ratio) in ratios {
                figures
                    .values
                    .insert((span, Metric::Coverage, subject), ratio);
            }
            figures.due = due;
        }
        figures.add_targets(db, question).await?;
        Ok(figures)
    }

    /// A subject's value. Of what is counted the absence is 0, a share of nothing is no value.
    pub(super) fn value(&self, span: Span, metric: Metric, subject: Uuid) -> Option<Decimal> {
        let value = self.values.get(&(span, metric, subject)).copied();
        match metric.unit() {
            Unit::Ratio => value,
            Unit::Money | Unit::Count => Some(value.unwrap_or_default()),
        }
    }

    /// A subject's target.
    pub(super) fn target(&self, span: Span, metric: Metric, subject: Uuid) -> Option<Decimal> {
        self.targets.get(&(span, metric, subject)).copied()
    }

    async fn add_sums(
        &mut self,
        db: &impl ConnectionTrait,
        question: &Question<'_>,
    ) -> Result<(), DbErr> {
        let additive = question
            .metrics
            .iter()
            .filter(|metric| metric.is_additive());
        let words: Vec<String> = additive.map(|metric| format!("'{metric}'")).collect();
        let text = format!(
            "SELECT rep_id, metric, CASE WHEN day < $2 THEN 1 ELSE 0 END AS is_before, \
             CAST(SUM(value) AS BIGINT) AS total FROM rep_day \
             WHERE metric IN ({}) AND day >= $1 AND day <= $3 GROUP BY 1, 2, 3",
            words.join(", ")
        );
        let sums = Sum::find_by_statement(question.statement(db, text))
            .all(db)
            .await?;
        for Sum {
            rep_id,
            metric,
            is_before,
            total,
        } in sums
        {
            let subject = question.group.counts_for.get(&rep_id);
            let (Some(subject), Some(metric)) = (subject, computable(metric)) else {
                continue;
            };
            let value = match metric.unit() {
                Unit::Money => {
                    let currency = question.calendar.currency;
                    Money {
                        minor: total,
                        currency,
                    }
                    .amount()
                }
                Unit::Count | Unit::Ratio => Decimal::from(total),
            };
            let key = (span_of(is_before), metric, *subject);
            *self.values.entry(key).or_default() += value;
        }
        Ok(())
    }

    async fn add_customers_visited(
        &mut self,
        db: &impl ConnectionTrait,
        question: &Question<'_>,
    ) -> Result<(), DbErr> {
        let (subject, table) = match question.group.peers {
            Peers::Reps => ("rep_id", "rep_customer_day"),
            Peers::Teams => (
                "team_id",
                "rep_customer_day JOIN user_account ON user_account.id = rep_id",
            ),
        };
        let text = format!(
            "SELECT {subject} AS subject, CASE WHEN day < $2 THEN 1 ELSE 0 END AS is_before, \
             COUNT(DISTINCT customer_id) AS customers FROM {table} \
             WHERE visits > 0 AND {subject} IS NOT NULL AND day >= $1 AND day <= $3 GROUP BY 1, 2"
        );
        let counts = Visited::find_by_statement(question.statement(db, text))
            .all(db)
            .await?;
        for Visited {
            subject,
            is_before,
            customers,
        } in counts
        {
            let key = (span_of(is_before), Metric::CustomersVisited, subject);
            self.values.insert(key, customers.into());
        }
        Ok(())
    }

    async fn add_targets(
        &mut self,
        db: &impl ConnectionTrait,
        question: &Question<'_>,
    ) -> Result<(), DbErr> {
        let metrics = question.metrics.iter().copied().map(stored);
        let [before, now] = [question.period.previous(), question.period].map(|p| p.first());
        let subject = match question.group.peers {
            Peers::Reps => target::Column::UserId,
            Peers::Teams => target::Column::TeamId,
        };
        let targets = target::Entity::visible_to(&Scope::All)
            .filter(target::Column::Metric.is_in(metrics))
            .filter(target::Column::PeriodKind.eq(stored_kind(question.period.kind())))
            .filter(target::Column::PeriodStart.is_in([before, now]))
            .filter(subject.is_not_null())
            .all(db)
            .await?;
        for target in targets {
            let subject = target
                .user_id
                .map(Uuid::from)
                .or(target.team_id.map(Uuid::from));
            if let (Some(subject), Some(metric)) = (subject, computable(target.metric)) {
                let span = if target.period_start == now {
                    Span::Now
                } else {
                    Span::Before
                };
                self.targets.insert((span, metric, subject), target.value.0);
            }
        }
        Ok(())
    }
}

impl Question<'_> {
    /// A statement over both periods: `$1` the first day of the one before, `$2` the first and
    /// `$3` the last day of the one asked for.
    fn statement(&self, db: &impl ConnectionTrait, text: String) -> Statement {
        let days: [NaiveDate; 3] = [
            self.period.previous().first(),
            self.period.first(),
            self.period.last(),
        ];
        Statement::from_sql_and_values(db.get_database_backend(), text, days.map(Value::from))
    }
}

fn span_of(is_before: i32) -> Span {
    if is_before == 0 {
        Span::Now
    } else {
        Span::Before
    }
}

#[derive(FromQueryResult)]
struct Sum {
    rep_id: UserId,
    metric: StoredMetric,
    is_before: i32,
    total: i64,
}

#[derive(FromQueryResult)]
struct Visited {
    subject: Uuid,
    is_before: i32,
    customers: i64,
}
