//! Setting and removing targets.

use async_graphql::{ID, InputObject};
use chrono::Utc;
use domain::metric::{Metric as Measured, Unit};
use domain::money::Money;
use domain::period::Period;
use entity::Database;
use entity::decimal::Exact;
use entity::id::{TargetId, TeamId, UserId};
use entity::people::{team, user};
use entity::performance::frozen_result::{self, Peers};
use entity::performance::target;
use entity::viewer::{Role, Scope, Viewer};
use rust_decimal::Decimal as Number;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ModelTrait, PaginatorTrait,
    QueryFilter,
};

use super::calendar::Calendar;
use super::measure::stored_kind;
use super::words::{Metric, PeriodInput};
use crate::error::{Error, Result};
use crate::input;
use crate::scalar::Decimal;

/// A number to reach; for a rep or for a team.
#[derive(Clone, Debug, InputObject)]
pub struct SetTargetInput {
    /// What is measured.
    pub metric: Metric,
    /// When it is to be reached.
    pub period: PeriodInput,
    /// The rep; give either a rep or a team.
    pub rep_id: Option<ID>,
    /// The team; give either a rep or a team.
    pub team_id: Option<ID>,
    /// The value to reach, above 0; of money in the main unit of the company's currency.
    pub value: Decimal,
}

/// Which target is to be removed.
#[derive(Clone, Debug, InputObject)]
pub struct RemoveTargetInput {
    /// The target.
    pub id: ID,
}

/// The greatest value of a target: 10 to the power of 15.
const GREATEST: Number = Number::from_parts(0xA4C6_8000, 0x0003_8D7E, 0, false, 0);
/// The most digits of a target's value after the point.
const MOST_DIGITS: u32 = 6;

/// Whose a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Rep(UserId),
    Team(TeamId),
}

/// Sets a target, or replaces the value of the one that is set already.
pub(super) async fn set(
    db: &Database,
    viewer: &Viewer,
    asked: SetTargetInput,
) -> Result<target::Model> {
    let txn = db.begin().await?;
    let calendar = Calendar::read(&txn).await?;
    let holder = holder(&txn, viewer, &asked).await?;
    let period = asked
        .period
        .read(&calendar)
        .map_err(|error| Error::refuse("INVALID", "period.of", error.message().to_owned()))?;
    check_value(asked.metric.into(), asked.value.0, &calendar)
        .map_err(|message| Error::refuse("INVALID", "value", message))?;
    let is_team = matches!(holder, Holder::Team(_));
    if is_frozen(&txn, asked.metric.into(), period, is_team).await? {
        let message = "the results of this period are frozen, a target no longer counts";
        return Err(Error::refuse("PERIOD_FROZEN", "period", message));
    }
    let (user_id, team_id, key) = match holder {
        Holder::Rep(rep) => (Some(rep), None, target::Column::UserId),
        Holder::Team(team) => (None, Some(team), target::Column::TeamId),
    };
    let same = OnConflict::columns([
        key,
        target::Column::Metric,
        target::Column::PeriodKind,
        target::Column::PeriodStart,
    ])
    .target_and_where(key.is_not_null())
    .update_columns([
        target::Column::Value,
        target::Column::CreatedBy,
        target::Column::CreatedAt,
    ])
    .to_owned();
    let target = target::ActiveModel {
        id: Set(TargetId::new()),
        metric: Set(asked.metric.into()),
        period_kind: Set(stored_kind(period.kind())),
        period_start: Set(period.first()),
        user_id: Set(user_id),
        team_id: Set(team_id),
        value: Set(Exact(asked.value.0.normalize())),
        created_by: Set(viewer.user),
        created_at: Set(crate::scalar::whole_millis(Utc::now())),
    };
    let insert = target::Entity::insert(target).on_conflict(same);
    let target = insert.exec_with_returning(&txn).await?;
    txn.commit().await?;
    Ok(target)
}

/// Removes a target.
pub(super) async fn remove(
    db: &Database,
    viewer: &Viewer,
    asked: RemoveTargetInput,
) -> Result<target::Model> {
    let txn = db.begin().await?;
    let (scope, visible) = (&viewer.scope, target::Entity::visible_to);
    let target = input::seen(
        &txn,
        scope,
        visible,
        TargetId::from_global,
        &asked.id,
        "target",
    )
    .await?;
    if let Some(rep) = target.user_id {
        let rows = user::Entity::visible_to(scope).filter(user::Column::Id.eq(rep));
        if let Some(rep) = rows.one(&txn).await? {
            sets_for(viewer, &rep)?;
        }
    }
    target.clone().delete(&txn).await?;
    txn.commit().await?;
    Ok(target)
}

async fn holder(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    asked: &SetTargetInput,
) -> Result<Holder> {
    let scope = &viewer.scope;
    match (&asked.rep_id, &asked.team_id) {
        (Some(id), None) => {
            let visible = user::Entity::visible_to;
            let rep = input::seen(db, scope, visible, UserId::from_global, id, "rep").await?;
            sets_for(viewer, &rep)?;
            Ok(Holder::Rep(rep.id))
        }
        (None, Some(id)) => {
            let visible = team::Entity::visible_to;
            let team = input::seen(db, scope, visible, TeamId::from_global, id, "team").await?;
            manages(viewer, Some(team.id))?;
            Ok(Holder::Team(team.id))
        }
        _ => Err(Error::refuse(
            "REQUIRED",
            "repId",
            "give either a rep or a team",
        )),
    }
}

/// Only administrators set targets of their own.
fn sets_for(viewer: &Viewer, rep: &user::Model) -> Result<()> {
    if viewer.role != Role::Admin && rep.id == viewer.user {
        return Err(Error::forbidden(
            "your own targets are set by whoever manages you",
        ));
    }
    manages(viewer, rep.team_id)
}

fn manages(viewer: &Viewer, team: Option<TeamId>) -> Result<()> {
    let is_managed = match &viewer.scope {
        Scope::All => true,
        Scope::Teams { teams, .. } => team.is_some_and(|team| teams.contains(team)),
        Scope::Own { .. } => false,
    };
    if is_managed {
        return Ok(());
    }
    Err(Error::forbidden(
        "only those who manage the team set its targets",
    ))
}

/// Whether a metric can reach a value; else why not.
pub(crate) fn check_value(
    metric: Measured,
    value: Number,
    calendar: &Calendar,
) -> std::result::Result<(), String> {
    if value <= Number::ZERO || value > GREATEST {
        return Err(format!("a target is above 0 and at most {GREATEST}"));
    }
    let message = match metric.unit() {
        Unit::Money => Money::exactly(value, calendar.currency)
            .err()
            .map(|error| error.to_string()),
        Unit::Count => (!value.is_integer()).then(|| format!("{metric} counts whole things")),
        Unit::Ratio if value > Number::ONE => Some(format!("{metric} is a share, at most 1")),
        Unit::Ratio => (value.normalize().scale() > MOST_DIGITS)
            .then(|| format!("{metric} has at most {MOST_DIGITS} digits after the point")),
    };
    message.map_or(Ok(()), Err)
}

/// Whether the results of a metric and period are frozen, of reps or of teams.
pub(crate) async fn is_frozen(
    db: &impl ConnectionTrait,
    metric: Measured,
    period: Period,
    is_team: bool,
) -> Result<bool> {
    let peers = if is_team { Peers::Teams } else { Peers::Reps };
    let frozen = frozen_result::Entity::visible_to(&Scope::All)
        .filter(frozen_result::Column::Measure.eq(metric.word()))
        .filter(frozen_result::Column::PeriodKind.eq(stored_kind(period.kind())))
        .filter(frozen_result::Column::PeriodStart.eq(period.first()))
        .filter(frozen_result::Column::Peers.eq(peers))
        .count(db)
        .await?;
    Ok(frozen > 0)
}
