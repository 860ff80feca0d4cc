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
    /// How days and money were counted: as when it was frozen, else as now.
    pub calendar: Calendar,
    /// Whether the values can be compared with those of now, and with those of the period before:
    /// money in another currency cannot.
    comparable: Comparable,
    live: Live,
    visible: Option<BTreeSet<Uuid>>,
}

#[derive(Clone, Copy, Debug)]
struct Comparable {
    with_now: bool,
    with_before: bool,
}

impl Standings {
    /// Ranks a group: at most ten statements, whatever its size.
    pub async fn read(db: &impl ConnectionTrait, scope: &Scope, ask: &Ask) -> Result<Self> {
        let mut live = Live::read(db, ask).await?;
        let visible = group::visible(db, scope, ask.peers).await?;
        let mut frozen = Frozen::read(db, ask).await?;
        let mut calendar_before = ask.calendar;
        if let Some(before) = frozen.take(ask, ask.period.previous())? {
            (live.before, calendar_before) = (before.ranking, before.calendar);
        }
        let (ranking, frozen_at, calendar) = match frozen.take(ask, ask.period)? {
            Some(closed) => (closed.ranking, Some(closed.at), closed.calendar),
            None => (live.ranking.clone(), None, ask.calendar),
        };
        let is_like =
            |other: Calendar| !ask.measure.is_money() || other.currency == calendar.currency;
        Ok(Self {
            ranking,
            frozen_at,
            calendar,
            comparable: Comparable {
                with_now: is_like(ask.calendar),
                with_before: is_like(calendar_before),
            },
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
        let mut delta = self.ranking.since(&self.live.before, subject)?;
        delta.value = delta.value.filter(|_| self.comparable.with_before);
        Some(delta)
    }

    /// What came in after the period was frozen.
    pub fn late(&self, subject: Uuid) -> Option<rust_decimal::Decimal> {
        self.frozen_at.filter(|_| self.comparable.with_now)?;
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

/// A ranking as it was frozen.
struct Closed {
    ranking: Ranking<Uuid>,
    at: DateTime<Utc>,
    calendar: Calendar,
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

    /// The ranking of one of the periods; none if it was not frozen.
    fn take(&mut self, ask: &Ask, period: Period) -> Result<Option<Closed>> {
        let rows = self
            .rows
            .extract_if(.., |row| row.period_start == period.first());
        let rows: Vec<frozen_result::Model> = rows.collect();
        let Some(any) = rows.first() else {
            return Ok(None);
        };
        let (at, calendar) = (any.frozen_at, ask.calendar.frozen(any)?);
        let place = |row: frozen_result::Model| Place {
            key: row.subject_id,
            rank: row.rank.unsigned_abs(),
            value: Some(row.value.0),
            target: row.target.map(|target| target.0),
        };
        Ok(Some(Closed {
            ranking: Ranking::frozen(rows.into_iter().map(place)),
            at,
            calendar,
        }))
    }
}
