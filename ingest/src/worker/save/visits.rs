//! Writes visits, and the feed of what happened to them.

use chrono::{DateTime, Utc};
use domain::visit::{Amendment, Change, Event, Visit};
use entity::field::counter;
use entity::id::{CustomerId, UserId, VisitId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};
use serde_json::Value as Json;
use uuid::Uuid;

use super::sums::Move;
use super::{json, run};
use crate::rows::{self, Column, Rows};
use crate::webhooks::shown_instant;
use crate::worker::derive::Derived;
use crate::worker::stored::{end_word, opened_by_word};

/// What writing the visits leaves to be done.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) news: Vec<News>,
    /// How the sums of visits move.
    pub(crate) moves: Vec<Move>,
}

/// One row of the feed.
pub(crate) struct News {
    pub(super) rep: UserId,
    visit: VisitId,
    pub(super) event: Event,
    revision: i32,
    reason: Option<&'static str>,
    /// The visit as it is now, for other systems.
    pub(super) shown: Json,
}

const COLUMNS: [(&str, Column); 18] = [
    ("id", Column::Id),
    ("rep_id", Column::Id),
    ("customer_id", Column::Id),
    ("geofence_id", Column::Id),
    ("geofence_version", Column::Whole),
    ("visit_rule_id", Column::Id),
    ("planned_visit_id", Column::Id),
    ("arrived_at", Column::Instant),
    ("left_at", Column::Instant),
    ("end_reason", Column::Text),
    ("opened_by", Column::Text),
    ("confidence", Column::Real),
    ("revision", Column::Whole),
    ("reason", Column::Text),
    ("evidence", Column::Json),
    ("withdrawn_at", Column::Instant),
    ("created_at", Column::Instant),
    ("updated_at", Column::Instant),
];

/// Writes the changed visits; the feed is told of them at the end of the transaction.
pub(crate) async fn write(
    transaction: &DatabaseTransaction,
    ours: &[&Derived],
    now: DateTime<Utc>,
) -> Result<Written, DbErr> {
    let mut written = Written::default();
    let mut given = Rows::default();
    for derived in ours {
        for change in &derived.changes {
            let row = Row::of(derived, change);
            row.tell(change, &mut written);
            given.push(row.values(now)?);
        }
    }
    if given.is_empty() {
        return Ok(written);
    }
    let source = rows::unpacked(transaction.get_database_backend(), "$1", &COLUMNS);
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let read: Vec<String> = names.iter().map(|name| format!("v.{name}")).collect();
    let kept = ["id", "rep_id", "created_at"];
    let set: Vec<String> = names
        .iter()
        .filter(|name| !kept.contains(name))
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    let text = format!(
        "INSERT INTO visit ({}) SELECT {} FROM {source} WHERE TRUE
        ON CONFLICT (id) DO UPDATE SET {}",
        names.join(", "),
        read.join(", "),
        set.join(", ")
    );
    run(transaction, text, [given.into_parameter()]).await?;
    Ok(written)
}

/// A visit about to be written.
struct Row<'a> {
    id: VisitId,
    rep: UserId,
    visit: &'a Visit<Uuid>,
    /// As it is stored, if it is.
    before: Option<&'a Visit<Uuid>>,
    /// The revision before the events.
    revision: i32,
    reason: Option<&'a str>,
    is_withdrawn: bool,
    events: &'a [Event],
}

impl<'a> Row<'a> {
    fn of(derived: &'a Derived, change: &'a Change<VisitId, Uuid>) -> Row<'a> {
        let known = change.id.and_then(|id| derived.known.get(&id));
        let amendment = change.events.iter().rev().find_map(|event| reason(*event));
        Row {
            id: change.id.unwrap_or_else(VisitId::new),
            rep: derived.track.claimed.rep,
            visit: &change.visit,
            before: known.map(|known| &known.stored.visit),
            revision: known.map_or(0, |known| known.revision),
            reason: amendment.or_else(|| known.and_then(|known| known.reason.as_deref())),
            is_withdrawn: change
                .events
                .iter()
                .any(|event| matches!(event, Event::Withdrawn(_))),
            events: &change.events,
        }
    }

    fn tell(&self, change: &Change<VisitId, Uuid>, written: &mut Written) {
        for (event, revision) in change.events.iter().zip(self.revision + 1..) {
            let (rep, visit) = (self.rep, self.id);
            written.news.push(News {
                rep,
                visit,
                event: *event,
                revision,
                reason: reason(*event),
                shown: self.shown(revision, reason(*event)),
            });
        }
        let of = |visit: &Visit<Uuid>, by| Move {
            rep: self.rep,
            customer: visit.customer,
            arrived_at: visit.arrived_at,
            by,
        };
        written
            .moves
            .extend(self.before.map(|before| of(before, -1)));
        if !self.is_withdrawn {
            written.moves.push(of(self.visit, 1));
        }
    }

    fn shown(&self, revision: i32, reason: Option<&str>) -> Json {
        let visit = self.visit;
        serde_json::json!({"visit": {
            "id": self.id.global(),
            "rep": {"id": self.rep.global()},
            "customer": {"id": CustomerId::from(visit.customer).global()},
            "arrivedAt": shown_instant(visit.arrived_at),
            "leftAt": visit.left_at.map(shown_instant),
            "endReason": visit.end.map(end_word),
            "openedBy": opened_by_word(visit.opened_by),
            "confidence": visit.confidence,
            "revision": revision,
            "reason": reason,
        }})
    }

    fn values(&self, now: DateTime<Utc>) -> Result<[(&'static str, Json); 18], DbErr> {
        let visit = self.visit;
        let events = i32::try_from(self.events.len()).unwrap_or(i32::MAX);
        Ok([
            ("id", rows::id(self.id)),
            ("rep_id", rows::id(self.rep)),
            ("customer_id", rows::id(visit.customer)),
            (
                "geofence_id",
                rows::id_or_null(visit.fence.map(|fence| fence.fence)),
            ),
            (
                "geofence_version",
                visit.fence.map(|fence| fence.version).into(),
            ),
            ("visit_rule_id", rows::id_or_null(visit.rule)),
            ("planned_visit_id", rows::id_or_null(visit.plan)),
            ("arrived_at", rows::instant(visit.arrived_at)),
            ("left_at", rows::instant_or_null(visit.left_at)),
            ("end_reason", visit.end.map(end_word).into()),
            ("opened_by", opened_by_word(visit.opened_by).into()),
            ("confidence", visit.confidence.into()),
            ("revision", self.revision.saturating_add(events).into()),
            ("reason", self.reason.into()),
            ("evidence", json(&visit.evidence)?),
            (
                "withdrawn_at",
                rows::instant_or_null(self.is_withdrawn.then_some(now)),
            ),
            ("created_at", rows::instant(now)),
            ("updated_at", rows::instant(now)),
        ])
    }
}

fn word(event: Event) -> &'static str {
    match event {
        Event::Opened => "OPENED",
        Event::Amended(_) => "AMENDED",
        Event::Closed => "CLOSED",
        Event::Withdrawn(_) => "WITHDRAWN",
    }
}

fn reason(event: Event) -> Option<&'static str> {
    let (Event::Amended(amendment) | Event::Withdrawn(amendment)) = event else {
        return None;
    };
    Some(match amendment {
        Amendment::LateData => "LATE_DATA",
        Amendment::FenceChanged => "FENCE_CHANGED",
        Amendment::RuleChanged => "RULE_CHANGED",
        Amendment::AssignmentChanged => "ASSIGNMENT_CHANGED",
        Amendment::PlanChanged => "PLAN_CHANGED",
        Amendment::Corrected => "CORRECTED",
    })
}

/// Adds to the feed. The counter is taken last: until the commit nobody else can take it, so that
/// the order of the sequence is the order of commits.
pub(crate) async fn tell(
    transaction: &DatabaseTransaction,
    news: Vec<News>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if news.is_empty() {
        return Ok(());
    }
    let backend = transaction.get_database_backend();
    let count = i64::try_from(news.len()).unwrap_or(i64::MAX);
    let statement = Statement::from_sql_and_values(
        backend,
        "UPDATE counter SET value = value + $1 WHERE name = $2 RETURNING value",
        [count.into(), counter::CHANGES.into()],
    );
    let row = transaction.query_one_raw(statement).await?;
    let last: i64 = row
        .ok_or_else(|| DbErr::RecordNotFound("counter of changes".to_owned()))?
        .try_get_by_index(0)?;
    let mut given = Rows::default();
    for (news, seq) in news.into_iter().zip(last - count + 1..) {
        given.push([
            ("seq", seq.into()),
            ("rep_id", rows::id(news.rep)),
            ("visit_id", rows::id(news.visit)),
            ("kind", word(news.event).into()),
            ("revision", news.revision.into()),
            ("reason", news.reason.into()),
            ("at", rows::instant(now)),
        ]);
    }
    let columns = [
        ("seq", Column::Whole),
        ("rep_id", Column::Id),
        ("visit_id", Column::Id),
        ("kind", Column::Text),
        ("revision", Column::Whole),
        ("reason", Column::Text),
        ("at", Column::Instant),
    ];
    let source = rows::unpacked(backend, "$1", &columns);
    let text = format!(
        "INSERT INTO change (seq, rep_id, visit_id, kind, revision, reason, at)
        SELECT v.seq, v.rep_id, v.visit_id, v.kind, v.revision, v.reason, v.at FROM {source}"
    );
    run(transaction, text, [given.into_parameter()]).await
}
