//! Who stands where: the whole peer group ranked, and what of it a viewer may see.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::attainment::attainment;
use domain::period::Period;
use domain::ranking::{Delta, Entry, Place, Ranking};
use domain::scorecard::Score;
use entity::performance::frozen_result::{self, Peers};
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryFilter};
use uuid::Uuid;

use super::calendar::Calendar;
use super::figures::{Figures, Question, Span};
use super::group::{self, Group};
use super::measure::{Measure, stored_kind};
use super::reach::Due;
use crate::Result;

/// Which ranking is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The company's calendar.
    pub calendar: Calendar,
    /// What is ranked.
    pub measure: Measure,
    /// When.
    pub period: Period,
    /// Who.
    pub peers: Peers,
    /// The instant of asking.
    pub now: DateTime<Utc>,
}

/// A ranking as the records say now.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) ranking: Ranking<Uuid>,
    before: Ranking<Uuid>,
    scores: HashMap<Uuid, Score>,
    due: HashMap<Uuid, Vec<Due>>,
}

/// A ranking with all that is told about it.
#[derive(Debug)]
pub struct Standings {
    /// The ranking: as it was frozen, else as the records say now.
    pub ranking: Ranking<Uuid>,
    /// When it was frozen.
    pub frozen_at: Option<DateTime<Utc>>,
    live: Live,
    visible: Option<BTreeSet<Uuid>>,
}

impl Standings {
    /// Ranks a group: at most ten statements, whatever its size.
    pub async fn read(db: &impl ConnectionTrait, scope: &Scope, ask: &Ask) -> Result<Self> {
        let mut live = Live::read(db, ask).await?;
        let visible = group::visible(db, scope, ask.peers).await?;
        let mut frozen = Frozen::read(db, ask).await?;
        if let Some((before, _)) = frozen.take(ask.period.previous()) {
            live.before = before;
        }
        let (ranking, frozen_at) = match frozen.take(ask.period) {
            Some((ranking, at)) => (ranking, Some(at)),
            None => (live.ranking.clone(), None),
        };
        Ok(Self {
            ranking,
            frozen_at,
            live,
            visible,
        })
    }

    /// The places the viewer may see, the best first.
    pub fn visible(&self) -> impl Iterator<Item = &Place<Uuid>> {
        let sees = |key| {
            self.visible
                .as_ref()
                .is_none_or(|visible| visible.contains(key))
        };
        self.ranking
            .places()
            .iter()
            .filter(move |place| sees(&place.key))
    }

    /// What changed for one against the period before.
    pub fn delta(&self, subject: Uuid) -> Option<Delta> {
        self.ranking.since(&self.live.before, subject)
    }

    /// What came in after the period was frozen.
    pub fn late(&self, subject: Uuid) -> Option<rust_decimal::Decimal> {
        self.frozen_at?;
        self.ranking.late(&self.live.ranking, subject)
    }

    /// The customers that fell due for one, where coverage is measured.
    pub(super) fn due(&self, subject: Uuid) -> &[Due] {
        self.live.due.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// The parts of a score as the records say now; none where no scorecard is ranked.
    pub fn score(&self, subject: Uuid) -> Option<&Score> {
        self.live.scores.get(&subject)
    }
}

impl Live {
    /// Ranks a group by the records of now, in both periods.
    pub(super) async fn read(db: &impl ConnectionTrait, ask: &Ask) -> Result<Self> {
        let instants = ask.period.instants(ask.calendar.zone);
        let group = Group::read(db, ask.peers, &instants).await?;
        let question = Question {
            calendar: ask.calendar,
            period: ask.period,
            metrics: &ask.measure.metrics(),
            group: &group,
            now: ask.now,
        };
        let figures = Figures::read(db, &question).await?;
        let rank = |span| {
            Ranking::of(
                group
                    .subjects
                    .iter()
                    .map(|subject| entry(ask, &figures, span, *subject)),
            )
        };
        let scores = group
            .subjects
            .iter()
            .filter_map(|subject| Some((*subject, score(ask, &figures, Span::Now, *subject)?)));
        Ok(Self {
            ranking: rank(Span::Now),
            before: rank(Span::Before),
            scores: scores.collect(),
            due: figures.due,
        })
    }
}

fn entry(ask: &Ask, figures: &Figures, span: Span, subject: Uuid) -> Entry<Uuid> {
    let (value, target) = match &ask.measure {
        Measure::Metric(metric) => (
            figures.value(span, *metric, subject),
            figures.target(span, *metric, subject),
        ),
        Measure::Scorecard(..) => (
            score(ask, figures, span, subject).map(|score| score.total),
            None,
        ),
    };
    Entry {
        key: subject,
        value,
        target,
    }
}

fn score(ask: &Ask, figures: &Figures, span: Span, subject: Uuid) -> Option<Score> {
    let Measure::Scorecard(_, card) = &ask.measure else {
        return None;
    };
    Some(card.score(|metric| {
        attainment(
            figures.value(span, metric, subject)?,
            figures.target(span, metric, subject),
        )
    }))
}

/// The frozen results of a period and of the one before.
struct Frozen {
    rows: Vec<frozen_result::Model>,
}

impl Frozen {
    async fn read(db: &impl ConnectionTrait, ask: &Ask) -> Result<Self, DbErr> {
        let starts = [ask.period.previous().first(), ask.period.first()];
        let rows = frozen_result::Entity::visible_to(&Scope::All)
            .filter(frozen_result::Column::Measure.eq(ask.measure.key()))
            .filter(frozen_result::Column::PeriodKind.eq(stored_kind(ask.period.kind())))
            .filter(frozen_result::Column::PeriodStart.is_in(starts))
            .filter(frozen_result::Column::Peers.eq(ask.peers))
            .all(db)
            .await?;
        Ok(Self { rows })
    }

    /// The ranking of one of the periods and when it was frozen; none if it was not.
    fn take(&mut self, period: Period) -> Option<(Ranking<Uuid>, DateTime<Utc>)> {
        let rows = self
            .rows
            .extract_if(.., |row| row.period_start == period.first());
        let rows: Vec<frozen_result::Model> = rows.collect();
        let frozen_at = rows.first()?.frozen_at;
        let place = |row: frozen_result::Model| Place {
            key: row.subject_id,
            rank: row.rank.unsigned_abs(),
            value: Some(row.value.0),
            target: row.target.map(|target| target.0),
        };
        Some((Ranking::frozen(rows.into_iter().map(place)), frozen_at))
    }
}
