//! Visits as rows and as the rules see them.

use chrono::{DateTime, Utc};
use domain::visit::{End, FenceRef, OpenedBy, Stored, Visit};
use entity::Database;
use entity::field::visit;
use entity::id::{UserId, VisitId};
use rustc_hash::FxHashMap;
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

use super::load::{Track, query};
use crate::purge::month_of;
use crate::rows::{self, Column, Rows};

/// A stored visit that is not withdrawn.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) stored: Stored<VisitId, Uuid>,
    pub(crate) revision: i32,
    pub(crate) reason: Option<String>,
}

/// The columns that [`known`] reads.
const VISIT: &str = "t.rep_id, t.id, t.customer_id, t.geofence_id, t.geofence_version,
    t.visit_rule_id, t.planned_visit_id, t.arrived_at, t.left_at, t.end_reason, t.opened_by,
    t.confidence, t.evidence, t.revision, t.reason";

/// Reads the visits that a derivation of each track can change.
pub(crate) async fn read(
    database: &Database,
    tracks: &[Track],
) -> Result<FxHashMap<UserId, Vec<Known>>, DbErr> {
    let mut wanted = Rows::default();
    for track in tracks {
        let frontier = track
            .checkpoint
            .as_ref()
            .and_then(|checkpoint| checkpoint.frontier());
        let since = frontier.map_or(rows::BEGINNING_OF_TIME.into(), rows::instant);
        wanted.push([("rep_id", rows::id(track.claimed.rep)), ("since", since)]);
    }
    let source = rows::unpacked(
        database.backend(),
        "$1",
        &[("rep_id", Column::Id), ("since", Column::Instant)],
    );
    // Visits of purged months stand for ever, unless the derivation begins with one of them open.
    let month = month_of(database.backend(), "t.arrived_at");
    let text = format!(
        "SELECT {VISIT} FROM {source}
        JOIN visit t ON t.rep_id = v.rep_id AND t.arrived_at >= v.since
        WHERE t.withdrawn_at IS NULL AND (
            v.since > $2 OR NOT EXISTS (SELECT 1 FROM segment_seal WHERE month = {month})
        ) ORDER BY t.arrived_at, t.id"
    );
    let values = [wanted.into_parameter(), DateTime::<Utc>::UNIX_EPOCH.into()];
    let mut found: FxHashMap<UserId, Vec<Known>> = FxHashMap::default();
    for row in query(&database.read, text, values).await? {
        found
            .entry(row.try_get_by_index(0)?)
            .or_default()
            .push(known(&row)?);
    }
    Ok(found)
}

fn known(row: &QueryResult) -> Result<Known, DbErr> {
    let fence: Option<Uuid> = row.try_get_by_index(3)?;
    let version: Option<i32> = row.try_get_by_index(4)?;
    let left_at: Option<DateTime<Utc>> = row.try_get_by_index(8)?;
    let end: Option<visit::EndReason> = row.try_get_by_index(9)?;
    let evidence: serde_json::Value = row.try_get_by_index(12)?;
    let visit = Visit {
        customer: row.try_get_by_index(2)?,
        fence: fence
            .zip(version)
            .map(|(fence, version)| FenceRef { fence, version }),
        rule: row.try_get_by_index(5)?,
        plan: row.try_get_by_index(6)?,
        arrived_at: row.try_get_by_index(7)?,
        left_at,
        end: end.map(end_from_row),
        opened_by: opened_by_from_row(row.try_get_by_index(10)?),
        confidence: row.try_get_by_index(11)?,
        evidence: serde_json::from_value(evidence)
            .map_err(|error| DbErr::Json(error.to_string()))?,
    };
    Ok(Known {
        stored: Stored {
            id: row.try_get_by_index(1)?,
            visit,
        },
        revision: row.try_get_by_index(13)?,
        reason: row.try_get_by_index(14)?,
    })
}

fn end_from_row(end: visit::EndReason) -> End {
    match end {
        visit::EndReason::Exit => End::Exit,
        visit::EndReason::Departed => End::Departed,
        visit::EndReason::Silence => End::Silence,
        visit::EndReason::Superseded => End::Superseded,
    }
}

fn opened_by_from_row(opened_by: visit::OpenedBy) -> OpenedBy {
    match opened_by {
        visit::OpenedBy::Trail => OpenedBy::Trail,
        visit::OpenedBy::Arrive => OpenedBy::Arrive,
        visit::OpenedBy::Accepted => OpenedBy::Accepted,
        visit::OpenedBy::NoFence => OpenedBy::NoFence,
        visit::OpenedBy::Correction => OpenedBy::Correction,
    }
}

/// The word that the database keeps for the end of a visit.
pub(crate) fn end_word(end: End) -> &'static str {
    match end {
        End::Exit => "EXIT",
        End::Departed => "DEPARTED",
        End::Silence => "SILENCE",
        End::Superseded => "SUPERSEDED",
    }
}

/// The word that the database keeps for what opened a visit.
pub(crate) fn opened_by_word(opened_by: OpenedBy) -> &'static str {
    match opened_by {
        OpenedBy::Trail => "TRAIL",
        OpenedBy::Arrive => "ARRIVE",
        OpenedBy::Accepted => "ACCEPTED",
        OpenedBy::NoFence => "NO_FENCE",
        OpenedBy::Correction => "CORRECTION",
    }
}
