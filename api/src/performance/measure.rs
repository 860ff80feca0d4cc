//! What a ranking is by: one metric, or a scorecard of several.

use domain::metric::{Metric, Unit};
use domain::period;
use domain::scorecard::{Item, Scorecard};
use entity::id::ScorecardId;
use entity::performance::{self as rows, PeriodKind, scorecard, scorecard_item};
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder};

use crate::{Error, Result};

/// What is ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// One metric's value.
    Metric(Metric),
    /// A scorecard's score.
    Scorecard(ScorecardId, Scorecard),
}

impl Measure {
    /// Reads a scorecard, with two statements.
    pub async fn scorecard(db: &impl ConnectionTrait, id: ScorecardId) -> Result<Self> {
        let card = scorecard::Entity::visible_to(&Scope::All)
            .filter(scorecard::Column::Id.eq(id))
            .one(db)
            .await?;
        let card = card.ok_or_else(|| Error::not_found("scorecard"))?;
        let items = scorecard_item::Entity::visible_to(&Scope::All)
            .filter(scorecard_item::Column::ScorecardId.eq(id))
            .order_by_asc(scorecard_item::Column::Id)
            .all(db)
            .await?;
        Ok(Self::Scorecard(card.id, card_of(&items)?))
    }

    /// The metrics it is made of.
    pub fn metrics(&self) -> Vec<Metric> {
        match self {
            Self::Metric(metric) => vec![*metric],
            Self::Scorecard(_, card) => card.items().iter().map(|item| item.metric).collect(),
        }
    }

    /// Whether money is part of it, so that it cannot be compared over a change of currency.
    pub fn is_money(&self) -> bool {
        let mut metrics = self.metrics().into_iter();
        metrics.any(|metric| metric.unit() == Unit::Money)
    }

    /// The name its frozen results are kept under.
    pub fn key(&self) -> String {
        match self {
            Self::Metric(metric) => metric.word().to_owned(),
            Self::Scorecard(id, _) => id.global(),
        }
    }
}

/// The rules of a scorecard from its stored items.
pub(super) fn card_of(items: &[scorecard_item::Model]) -> Result<Scorecard> {
    let item = |item: &scorecard_item::Model| {
        let metric = computable(item.metric)
            .ok_or_else(|| Error::internal("a scorecard weighs a metric nobody computes"))?;
        Ok(Item {
            metric,
            weight: item.weight.0,
            cap: item.cap.0,
        })
    };
    let items = items.iter().map(item).collect::<Result<_>>()?;
    Scorecard::new(items).map_err(Error::internal)
}

/// The metric as the rules know it; none for those that nothing is recorded for yet.
pub(super) fn computable(metric: rows::Metric) -> Option<Metric> {
    Metric::ALL
        .into_iter()
        .find(|known| stored(*known) == metric)
}

/// The metric as it is stored.
pub(crate) fn stored(metric: Metric) -> rows::Metric {
    match metric {
        Metric::Revenue => rows::Metric::Revenue,
        Metric::Orders => rows::Metric::Orders,
        Metric::NewCustomers => rows::Metric::NewCustomers,
        Metric::Visits => rows::Metric::Visits,
        Metric::CustomersVisited => rows::Metric::CustomersVisited,
        Metric::Coverage => rows::Metric::Coverage,
        Metric::TrainingCompleted => rows::Metric::TrainingCompleted,
    }
}

/// The kind of a period as it is stored.
pub(crate) fn stored_kind(kind: period::Kind) -> PeriodKind {
    match kind {
        period::Kind::Day => PeriodKind::Day,
        period::Kind::Week => PeriodKind::Week,
        period::Kind::Month => PeriodKind::Month,
        period::Kind::Quarter => PeriodKind::Quarter,
        period::Kind::Year => PeriodKind::Year,
    }
}

#[cfg(test)]
mod tests {
    use domain::metric::Metric;
    use sea_orm::ActiveEnum;

    use super::{computable, stored};

    #[test]
    fn a_metric_has_one_name_in_rules_and_rows() {
        for metric in Metric::ALL {
            assert_eq!(stored(metric).to_value(), metric.word());
            assert_eq!(computable(stored(metric)), Some(metric));
        }
    }
}
