//! A ranking as clients see it: its entries, and what stands behind each.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::ranking::Place;
use domain::{metric, scorecard};
use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::performance::frozen_result;
use entity::performance::scorecard as card;
use uuid::Uuid;

use super::explain::Explanation;
use super::measure::Measure;
use super::standings::{Ask, Standings};
use super::types::Scorecard;
use super::words::{Metric, MetricUnit, Peers, Period};
use crate::context::Request;
use crate::error::Result;
use crate::loader;
use crate::page::{Connection, Page};
use crate::people::{Team, User};
use crate::scalar::Decimal;

/// Reps or teams in order of a metric or of a scorecard's score, over one period.
///
/// Ranks are computed over the whole group, whoever asks; entries are those in your sight.
pub struct Ranking {
    pub(super) told: Arc<Told>,
}

/// What is told and what was asked.
pub(super) struct Told {
    pub(super) ask: Ask,
    pub(super) standings: Standings,
}

/// Reps or teams in order of a metric or of a scorecard's score, over one period.
///
/// Ranks are computed over the whole group, whoever asks; entries are those in your sight.
#[Object]
impl Ranking {
    /// The period, in the company's time zone; of frozen results in the one of their time.
    async fn period(&self) -> Period {
        Period::of(self.told.ask.period, &self.told.standings.calendar)
    }

    /// The metric that is ranked; null where it is a scorecard.
    async fn metric(&self) -> Option<Metric> {
        match self.told.ask.measure {
            Measure::Metric(metric) => Some(metric.into()),
            Measure::Scorecard(..) => None,
        }
    }

    /// The scorecard that is ranked; null where it is a metric.
    async fn scorecard(&self, ctx: &Context<'_>) -> Option<Result<Scorecard>> {
        match self.told.ask.measure {
            Measure::Metric(_) => None,
            Measure::Scorecard(id, _) => {
                loader::link(ctx, card::Entity::visible_to, Some(id)).await
            }
        }
    }

    /// What the values count; null where they are the points of a scorecard.
    async fn unit(&self) -> Option<MetricUnit> {
        match self.told.ask.measure {
            Measure::Metric(metric) => Some(metric.unit().into()),
            Measure::Scorecard(..) => None,
        }
    }

    /// The currency of values that are money, ISO 4217: the company's; of frozen results the one of
    /// their time.
    async fn currency(&self) -> &'static str {
        self.told.standings.calendar.currency.code()
    }

    /// Who is ranked.
    async fn of(&self) -> Peers {
        self.told.ask.peers.into()
    }

    /// How many are ranked, in your sight or not.
    async fn group_size(&self) -> i32 {
        i32::try_from(self.told.standings.ranking.len()).unwrap_or(i32::MAX)
    }

    /// When the results were frozen; null while they still move.
    async fn frozen_at(&self) -> Option<DateTime<Utc>> {
        self.told.standings.frozen_at
    }

    /// One place; null if there is none in your sight.
    async fn entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The rep's or the team's id; without it, your own place, or that of your team."
        )]
        of: Option<ID>,
    ) -> Result<Option<RankingEntry>> {
        let viewer = ctx.viewer()?;
        let subject = match (&of, self.told.ask.peers) {
            (Some(id), frozen_result::Peers::Reps) => UserId::from_global(id).map(Uuid::from),
            (Some(id), frozen_result::Peers::Teams) => TeamId::from_global(id).map(Uuid::from),
            (None, frozen_result::Peers::Reps) => Some(viewer.user.uuid()),
            (None, frozen_result::Peers::Teams) => viewer.team.map(Uuid::from),
        };
        let mut places = self.told.standings.visible();
        let place = places.find(|place| Some(place.key) == subject).copied();
        Ok(place.map(|place| RankingEntry {
            told: self.told.clone(),
            place,
        }))
    }

    /// Those of the ranked whom you may see, the best first; equal ranks in a fixed order.
    async fn entries(
        &self,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<RankingEntry>> {
        let entry = |place: &Place<Uuid>| RankingEntry {
            told: self.told.clone(),
            place: *place,
        };
        let entries = self.told.standings.visible().map(entry).collect();
        let page = Page::new(first, after, last, before)?;
        page.of_computed(entries, |entry| entry.place.key.simple().to_string())
    }
}

/// One place of a ranking.
pub struct RankingEntry {
    told: Arc<Told>,
    place: Place<Uuid>,
}

/// One place of a ranking.
#[Object]
impl RankingEntry {
    /// The place in the whole group: 1 is the best, equal values share one (1, 2, 2, 4).
    async fn rank(&self) -> i32 {
        i32::try_from(self.place.rank).unwrap_or(i32::MAX)
    }

    /// The value, or the score; null where there was nothing to measure, which ranks last.
    async fn value(&self) -> Option<Decimal> {
        self.place.value.map(Decimal)
    }

    /// The value to reach; null where none was set, and for scorecards.
    async fn target(&self) -> Option<Decimal> {
        self.place.target.map(Decimal)
    }

    /// Value over target, 1 being the target reached; null without a target.
    async fn attainment(&self) -> Option<Decimal> {
        self.place.attainment().map(Decimal)
    }

    /// What the value gained against the period before; null where one of them has no value, or
    /// is money in another currency.
    async fn delta(&self) -> Option<Decimal> {
        let delta = self.told.standings.delta(self.place.key)?;
        delta.value.map(Decimal)
    }

    /// The ranks gained against the period before: 2 is from rank 5 to rank 3.
    async fn rank_delta(&self) -> Option<i32> {
        let delta = self.told.standings.delta(self.place.key)?;
        i32::try_from(delta.rank).ok()
    }

    /// What came in after the period was frozen, and doesn't count; null where nothing did, or
    /// where the company counts money in another currency by now.
    async fn late_delta(&self) -> Option<Decimal> {
        self.told.standings.late(self.place.key).map(Decimal)
    }

    /// The parts of the score, as the records say now; null where a metric is ranked.
    async fn parts(&self) -> Option<Vec<ScorePart>> {
        let score = self.told.standings.score(self.place.key)?;
        let part = |part: &scorecard::Part| ScorePart::of(part, self.explanation(part.item.metric));
        Some(score.parts.iter().map(part).collect())
    }

    /// Where the value comes from; null where a scorecard is ranked, whose parts explain
    /// themselves.
    async fn explain(&self) -> Option<Explanation> {
        match self.told.ask.measure {
            Measure::Metric(metric) => Some(self.explanation(metric)),
            Measure::Scorecard(..) => None,
        }
    }

    /// The rep; null where teams are ranked.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let rep = self.is_of(frozen_result::Peers::Reps)?;
        loader::link(ctx, user::Entity::visible_to, Some(rep)).await
    }

    /// The team; null where reps are ranked.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        let team = self.is_of(frozen_result::Peers::Teams)?;
        loader::link(ctx, team::Entity::visible_to, Some(team)).await
    }
}

impl RankingEntry {
    fn explanation(&self, metric: metric::Metric) -> Explanation {
        Explanation {
            told: self.told.clone(),
            subject: self.place.key,
            metric,
        }
    }

    fn is_of(&self, peers: frozen_result::Peers) -> Option<Uuid> {
        (self.told.ask.peers == peers).then_some(self.place.key)
    }
}

/// What one metric adds to a score.
#[derive(SimpleObject)]
pub struct ScorePart {
    /// The metric.
    pub metric: Metric,
    /// Its weight; those of a scorecard sum to 100.
    pub weight: Decimal,
    /// The attainment above which nothing more is gained.
    pub cap: Decimal,
    /// How far the target was reached; null without a target, which brings no points.
    pub attainment: Option<Decimal>,
    /// Weight × the lesser of attainment and cap.
    pub points: Decimal,
    /// Where the value comes from.
    pub explain: Explanation,
}

impl ScorePart {
    fn of(part: &scorecard::Part, explain: Explanation) -> Self {
        Self {
            metric: part.item.metric.into(),
            weight: part.item.weight.into(),
            cap: part.item.cap.into(),
            attainment: part.attainment.map(Decimal),
            points: part.points.into(),
            explain,
        }
    }
}
