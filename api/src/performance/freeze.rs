//! Freezing: the results of a closed period are written down, and late data no longer move them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::metric::Metric;
use domain::period::{Kind, Period};
use entity::Database;
use entity::decimal::Exact;
use entity::id::FrozenResultId;
use entity::performance::frozen_result::{self, Peers};
use entity::performance::scorecard;
use entity::viewer::Scope;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::calendar::Calendar;
use super::measure::{Measure, stored_kind};
use super::standings::{Ask, Live};
use crate::{Error, Result};

/// How long a period is left open for late data before it is frozen by itself.
pub const SETTLING: TimeDelta = TimeDelta::days(2);
/// How far back periods are frozen that were not frozen when their time came.
const REACH: TimeDelta = TimeDelta::days(8);
/// The most rows of one statement: each binds twelve values.
const ROWS_A_STATEMENT: usize = 500;

/// Freezes every period that has been over for [`SETTLING`] and is not frozen yet, as far back as
/// the company may have been without its nightly tasks for a week. Answers how many rows it wrote.
pub async fn freeze_closed(db: &Database, now: DateTime<Utc>) -> Result<u64> {
    let calendar = Calendar::read(&db.read).await?;
    let mut written = 0;
    for kind in Kind::ALL {
        let mut period = calendar
            .period(kind, calendar.day(now - SETTLING))?
            .previous();
        while period.instants(calendar.zone).end > now - SETTLING - REACH {
            written += freeze(db, calendar, period, now).await?;
            period = period.previous();
        }
    }
    Ok(written)
}

/// Freezes all rankings of one closed period: by every metric and by every scorecard in use, of
/// reps and of teams. What was frozen before stays as it is. Answers how many rows it wrote.
pub(super) async fn freeze(
    db: &Database,
    calendar: Calendar,
    period: Period,
    now: DateTime<Utc>,
) -> Result<u64> {
    let frozen = already_frozen(&db.read, period).await?;
    let mut written = 0;
    for measure in measures(&db.read).await? {
        for peers in [Peers::Reps, Peers::Teams] {
            if frozen.contains(&(measure.key(), peers)) {
                continue;
            }
            let measure = measure.clone();
            let ask = Ask {
                calendar,
                measure,
                period,
                peers,
                now,
            };
            written += write(db, &ask).await?;
        }
    }
    Ok(written)
}

async fn already_frozen(db: &impl ConnectionTrait, period: Period) -> Result<Vec<(String, Peers)>> {
    let start: NaiveDate = period.first();
    let frozen = frozen_result::Entity::visible_to(&Scope::All)
        .filter(frozen_result::Column::PeriodKind.eq(stored_kind(period.kind())))
        .filter(frozen_result::Column::PeriodStart.eq(start))
        .select_only()
        .columns([frozen_result::Column::Measure, frozen_result::Column::Peers])
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(frozen)
}

async fn measures(db: &impl ConnectionTrait) -> Result<Vec<Measure>> {
    let mut measures: Vec<Measure> = Metric::ALL.into_iter().map(Measure::Metric).collect();
    let cards = scorecard::Entity::visible_to(&Scope::All)
        .filter(scorecard::Column::ArchivedAt.is_null())
        .all(db)
        .await?;
    for card in cards {
        measures.push(Measure::scorecard(db, card.id).await?);
    }
    Ok(measures)
}

/// Writes one ranking down, in one transaction and in the order of the key, so that of two at once
/// the later finds all written and adds nothing. Who has no value has no result. The company's
/// calendar is held meanwhile: what is written stays for ever, so it is counted by one alone.
async fn write(db: &Database, ask: &Ask) -> Result<u64> {
    let txn = db.begin().await?;
    if Calendar::hold(&txn).await? != ask.calendar {
        let message = "the company's calendar was changed meanwhile, try again";
        return Err(Error::conflict(message));
    }
    let live = Live::read(&txn, ask).await?;
    let mut rows: Vec<frozen_result::ActiveModel> = Vec::with_capacity(live.ranking.len());
    let mut places: Vec<_> = live.ranking.places().to_vec();
    places.sort_by_key(|place| place.key);
    for place in places {
        let (Some(value), Ok(rank)) = (place.value, i32::try_from(place.rank)) else {
            continue;
        };
        rows.push(frozen_result::ActiveModel {
            id: Set(FrozenResultId::new()),
            measure: Set(ask.measure.key()),
            period_kind: Set(stored_kind(ask.period.kind())),
            period_start: Set(ask.period.first()),
            peers: Set(ask.peers),
            subject_id: Set(place.key),
            value: Set(Exact(value)),
            rank: Set(rank),
            target: Set(place.target.map(Exact)),
            frozen_at: Set(ask.now),
            time_zone: Set(ask.calendar.zone.name().to_owned()),
            currency: Set(ask.calendar.currency.code().to_owned()),
        });
    }
    let mut written = 0;
    for rows in rows.chunks(ROWS_A_STATEMENT) {
        let insert = frozen_result::Entity::insert_many(rows.to_vec());
        let insert = insert.on_conflict(OnConflict::new().do_nothing().to_owned());
        written += insert.exec_without_returning(&txn).await?;
    }
    txn.commit().await?;
    Ok(written)
}
