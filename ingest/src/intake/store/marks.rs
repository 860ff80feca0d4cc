//! What check-ins leave for others: the words on duty, and the note to the worker.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use entity::id::UserId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use super::{Duplicates, run};
use crate::intake::bulk::{Column, Holds, Rows};
use crate::intake::plan::Plan;
use crate::intake::words;

const DUTY_EVENT: [Column; 3] = [
    ("user_id", Holds::Uuid),
    ("recorded_at", Holds::Instant),
    ("kind", Holds::Text),
];

pub(super) async fn duty_events(
    db: &impl ConnectionTrait,
    plan: &Plan,
    duplicates: &Duplicates,
) -> Result<(), DbErr> {
    let mut given = Rows::new(&DUTY_EVENT);
    for key in plan.check_ins.keys() {
        if words::duty_event(key.kind).is_some() && !duplicates.contains_key(key) {
            given.push([
                key.rep.into(),
                key.recorded_at.into(),
                words::kind(key.kind).into(),
            ]);
        }
    }
    let names = Rows::<3>::names(&DUTY_EVENT);
    let done = run(db, given, |given| {
        format!(
            "INSERT INTO duty_event ({names}) SELECT {names} FROM {given} WHERE TRUE \
             ON CONFLICT DO NOTHING"
        )
    });
    done.await.map(drop)
}

const DIRTY: [Column; 4] = [
    ("rep_id", Holds::Uuid),
    ("earliest", Holds::Instant),
    ("latest", Holds::Instant),
    ("queued_at", Holds::Instant),
];

/// Leaves the worker a note a rep, and a track to claim.
pub(super) async fn dirty(
    db: &impl ConnectionTrait,
    plan: &Plan,
    duplicates: &Duplicates,
) -> Result<(), DbErr> {
    let mut touched: BTreeMap<UserId, (DateTime<Utc>, DateTime<Utc>)> = BTreeMap::new();
    for key in plan.check_ins.keys() {
        if !duplicates.contains_key(key) {
            let at = key.recorded_at;
            let (earliest, latest) = touched.entry(key.rep).or_insert((at, at));
            *earliest = at.min(*earliest);
            *latest = at.max(*latest);
        }
    }
    let now = Utc::now().trunc_subsecs(3);
    let given = || {
        let mut given = Rows::new(&DIRTY);
        for (rep, (earliest, latest)) in &touched {
            let (earliest, latest) = ((*earliest).into(), (*latest).into());
            given.push([(*rep).into(), earliest, latest, now.into()]);
        }
        given
    };
    let track = "INSERT INTO track (rep_id, revision, tries) SELECT rep_id, 0, 0 FROM";
    let names = Rows::<4>::names(&DIRTY);
    if db.get_database_backend() == DbBackend::Postgres {
        let done = run(db, given(), |given| {
            format!(
                "WITH marks AS (SELECT {names} FROM {given}), \
                 tracks AS ({track} marks ON CONFLICT DO NOTHING) \
                 INSERT INTO track_dirty ({names}) SELECT {names} FROM marks"
            )
        });
        return done.await.map(drop);
    }
    let done = run(db, given(), |given| {
        format!("{track} {given} WHERE TRUE ON CONFLICT DO NOTHING")
    });
    done.await?;
    let done = run(db, given(), |given| {
        format!("INSERT INTO track_dirty ({names}) SELECT {names} FROM {given}")
    });
    done.await.map(drop)
}
