//! Step 2, continued: reads what was known around the claimed tracks, as the derivation asks it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::duty::Duty;
use domain::visit::{Assignment, Correction, Decision, Plan, RuleVersion, VisitRule, World};
use domain::zone;
use entity::Database;
use entity::field::arrival_decision;
use entity::id::UserId;
use entity::keys::any_of_text;
use rustc_hash::FxHashMap;
use sea_orm::DbErr;
use uuid::Uuid;

use super::load::{Track, query, reps};
use crate::intake::known;

/// What holds for every rep.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) zone: Tz,
    pub(crate) rules: Vec<RuleVersion<Uuid>>,
}

/// What a person has entered about one rep.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entered {
    pub(crate) plans: Vec<Plan<Uuid>>,
    pub(crate) corrections: Vec<Correction<Uuid>>,
    pub(crate) tracking: Vec<(DateTime<Utc>, Uuid)>,
    /// By check-in; the newest word counts.
    pub(crate) decisions: FxHashMap<Uuid, Decision>,
}

/// Reads the company's time zone and rules.
pub(crate) async fn company(database: &Database) -> Result<Company, DbErr> {
    let text = "SELECT time_zone FROM company WHERE id = 1".to_owned();
    let rows = query(&database.read, text, []).await?;
    let zone: Option<String> = rows
        .first()
        .map(|row| row.try_get_by_index(0))
        .transpose()?;
    let text = "SELECT id, segment_id, valid_from, min_dwell_s, max_accuracy_m, exit_margin_m,
        silence_s, max_sample_gap_s, max_speed_mps FROM visit_rule"
        .to_owned();
    let mut rules = Vec::new();
    for row in query(&database.read, text, []).await? {
        let seconds = |index| {
            row.try_get_by_index::<i32>(index)
                .map(|n| TimeDelta::seconds(n.into()))
        };
        rules.push(RuleVersion {
            id: row.try_get_by_index(0)?,
            segment: row.try_get_by_index(1)?,
            valid_from: row.try_get_by_index(2)?,
            rule: VisitRule {
                min_dwell: seconds(3)?,
                max_accuracy_m: row.try_get_by_index(4)?,
                exit_margin_m: row.try_get_by_index(5)?,
                silence: seconds(6)?,
                max_sample_gap: seconds(7)?,
                max_speed_mps: row.try_get_by_index(8)?,
            },
        });
    }
    let zone = zone.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
    Ok(Company { zone, rules })
}

/// Reads what people have entered about the reps of some tracks.
pub(crate) async fn entered(
    database: &Database,
    tracks: &[Track],
    zone: Tz,
) -> Result<FxHashMap<UserId, Entered>, DbErr> {
    let reps = reps(tracks);
    let since = tracks.iter().map(Track::since).min().flatten();
    let mut entered = FxHashMap::default();
    plans(database, &reps, since, zone, &mut entered).await?;
    corrections(database, &reps, &mut entered).await?;
    tracking(database, &reps, &mut entered).await?;
    decisions(database, &reps, since, &mut entered).await?;
    Ok(entered)
}

type ByRep = FxHashMap<UserId, Entered>;

async fn plans(
    database: &Database,
    reps: &[UserId],
    since: Option<DateTime<Utc>>,
    zone: Tz,
    entered: &mut ByRep,
) -> Result<(), DbErr> {
    let (condition, reps) = any_of_text(database.backend(), "rep_id", "$1", reps);
    let text = format!(
        "SELECT rep_id, id, customer_id, day, created_at, cancelled_at FROM planned_visit
        WHERE {condition} AND day >= $2"
    );
    // A stay that was in progress at the checkpoint may have begun on an earlier day, but its plan
    // was chosen when it opened and stands in the checkpoint, if it is open.
    let first = since.map_or(NaiveDate::MIN, |since| zone::day_of(since, zone));
    let first = first
        .checked_sub_days(Days::new(1))
        .unwrap_or_else(|| DateTime::UNIX_EPOCH.date_naive());
    for row in query(&database.read, text, [reps, first.into()]).await? {
        let day: NaiveDate = row.try_get_by_index(3)?;
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        entered
            .entry(row.try_get_by_index(0)?)
            .or_default()
            .plans
            .push(Plan {
                id: row.try_get_by_index(1)?,
                customer: row.try_get_by_index(2)?,
                from: zone::start_of(day, zone),
                until: zone::start_of(next, zone),
                made_at: row.try_get_by_index(4)?,
                cancelled_at: row.try_get_by_index(5)?,
            });
    }
    Ok(())
}

async fn corrections(
    database: &Database,
    reps: &[UserId],
    entered: &mut ByRep,
) -> Result<(), DbErr> {
    let (condition, reps) = any_of_text(database.backend(), "rep_id", "$1", reps);
    let text = format!(
        "SELECT rep_id, instant, customer_id, decided_at FROM correction WHERE {condition}"
    );
    for row in query(&database.read, text, [reps]).await? {
        entered
            .entry(row.try_get_by_index(0)?)
            .or_default()
            .corrections
            .push(Correction {
                at: row.try_get_by_index(1)?,
                customer: row.try_get_by_index(2)?,
                decided_at: row.try_get_by_index(3)?,
            });
    }
    Ok(())
}

async fn tracking(database: &Database, reps: &[UserId], entered: &mut ByRep) -> Result<(), DbErr> {
    let (condition, reps) = any_of_text(database.backend(), "user_id", "$1", reps);
    let text =
        format!("SELECT user_id, valid_from, device_id FROM tracking_device WHERE {condition}");
    for row in query(&database.read, text, [reps]).await? {
        let since = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        entered
            .entry(row.try_get_by_index(0)?)
            .or_default()
            .tracking
            .push(since);
    }
    Ok(())
}

async fn decisions(
    database: &Database,
    reps: &[UserId],
    since: Option<DateTime<Utc>>,
    entered: &mut ByRep,
) -> Result<(), DbErr> {
    let (condition, reps) = any_of_text(database.backend(), "rep_id", "$1", reps);
    let text = format!(
        "SELECT rep_id, check_in_id, decision FROM arrival_decision
        WHERE {condition} AND recorded_at >= $2 ORDER BY decided_at, id"
    );
    let since = since.unwrap_or(DateTime::UNIX_EPOCH);
    for row in query(&database.read, text, [reps, since.into()]).await? {
        let decision = match row.try_get_by_index(2)? {
            arrival_decision::Decision::Accepted => Decision::Accepted,
            arrival_decision::Decision::Refused => Decision::Refused,
        };
        let rep = entered.entry(row.try_get_by_index(0)?).or_default();
        rep.decisions.insert(row.try_get_by_index(1)?, decision);
    }
    Ok(())
}

/// Which customers, of those named, are in the care of which rep, and their segments.
#[derive(Clone, Debug, Default)]
pub(crate) struct Care {
    pub(crate) assignments: FxHashMap<UserId, Vec<Assignment<Uuid>>>,
    pub(crate) segments: FxHashMap<Uuid, Uuid>,
}

/// Reads the assignments of some customers to the reps, to their teams and the teams above, and
/// the segments of these customers.
pub(crate) async fn care(
    database: &Database,
    reps: &[UserId],
    customers: &[Uuid],
) -> Result<Care, DbErr> {
    let mut care = Care::default();
    if customers.is_empty() {
        return Ok(care);
    }
    let backend = database.backend();
    let (of_reps, reps_value) = any_of_text(backend, "user_id", "$1", reps);
    let (these_reps, _) = any_of_text(backend, "id", "$1", reps);
    let (of_customers, customers_value) = any_of_text(backend, "a.customer_id", "$2", customers);
    let text = format!(
        "WITH RECURSIVE above (rep_id, team_id) AS (
            SELECT id, team_id FROM user_account WHERE {these_reps} AND team_id IS NOT NULL
            UNION
            SELECT above.rep_id, team.parent_id FROM above JOIN team ON team.id = above.team_id
            WHERE team.parent_id IS NOT NULL
        )
        SELECT a.user_id, a.customer_id, a.valid_from, a.valid_to FROM assignment a
        WHERE {of_reps} AND {of_customers}
        UNION ALL
        SELECT above.rep_id, a.customer_id, a.valid_from, a.valid_to
        FROM above JOIN assignment a ON a.team_id = above.team_id WHERE {of_customers}"
    );
    for row in query(&database.read, text, [reps_value, customers_value]).await? {
        care.assignments
            .entry(row.try_get_by_index(0)?)
            .or_default()
            .push(Assignment {
                customer: row.try_get_by_index(1)?,
                valid_from: row.try_get_by_index(2)?,
                valid_to: row.try_get_by_index(3)?,
            });
    }
    let (condition, value) = any_of_text(backend, "id", "$1", customers);
    let text =
        format!("SELECT id, segment_id FROM customer WHERE segment_id IS NOT NULL AND {condition}");
    for row in query(&database.read, text, [value]).await? {
        care.segments
            .insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    Ok(care)
}

impl Company {
    /// What a rep's derivation asks, but for fences and who cares for whom.
    pub(crate) fn world(&self, entered: Option<&Entered>) -> World<Uuid> {
        let entered = entered.cloned().unwrap_or_default();
        World {
            rules: self.rules.clone(),
            plans: entered.plans,
            corrections: entered.corrections,
            tracking: entered.tracking,
            ..World::empty()
        }
    }
}

/// Reads the reps' duty around now.
pub(crate) async fn duties(
    database: &Database,
    reps: &[UserId],
) -> Result<FxHashMap<UserId, Duty>, DbErr> {
    let duties = known::duties(&database.read, reps, Utc::now()).await?;
    Ok(duties.into_iter().collect())
}
