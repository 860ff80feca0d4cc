//! Working hours: when positions are kept.

use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use domain::duty::hours::{self, HoursError, Weekly};
use entity::id::{TeamId, UserId, WorkingHoursId};
use entity::people::{team, user, working_hours};
use entity::viewer::{Role, Scope};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};

use super::accounts::seen_user;
use super::teams::seen_team;
use super::types::{Team, User};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::Faults;
use crate::loader;
use crate::scalar::{now, whole_millis};

/// The hours of a week in which positions are kept.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct WorkingHours {
    /// Its id.
    pub id: ID,
    /// From when on they hold, until the next version for the same user, team or company.
    pub valid_from: DateTime<Utc>,
    /// The stretches of a week; none means that nobody works by the clock.
    pub weekly: Vec<Stretch>,
    #[graphql(skip)]
    pub(crate) row: working_hours::Model,
}

/// A stretch of work in a week.
#[derive(Clone, Debug, SimpleObject)]
pub struct Stretch {
    /// The day it begins: 1 Monday to 7 Sunday.
    pub day: i32,
    /// The clock time it begins, in the company's time zone.
    pub from: String,
    /// The clock time it ends; not later than `from` means on the next day.
    pub to: String,
}

impl From<working_hours::Model> for WorkingHours {
    fn from(row: working_hours::Model) -> Self {
        let weekly: Vec<hours::Stretch> =
            serde_json::from_value(row.weekly.clone()).unwrap_or_default();
        let weekly = weekly.into_iter().map(|stretch| Stretch {
            day: stretch.day.into(),
            from: stretch.from,
            to: stretch.to,
        });
        Self {
            id: row.id.global().into(),
            valid_from: row.valid_from,
            weekly: weekly.collect(),
            row,
        }
    }
}

#[ComplexObject]
impl WorkingHours {
    /// The user they hold for.
    async fn user(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.user_id).await
    }

    /// The team they hold for, with all teams below; neither user nor team means the company.
    async fn team(&self, ctx: &Context<'_>) -> Option<Result<Team>> {
        loader::link(ctx, team::Entity::visible_to, self.row.team_id).await
    }
}

/// A stretch of work in a week.
#[derive(Clone, Debug, InputObject)]
pub struct StretchInput {
    /// The day it begins: 1 Monday to 7 Sunday.
    pub day: i32,
    /// The clock time it begins, `00:00` to `23:59`, in the company's time zone.
    pub from: String,
    /// The clock time it ends, up to `24:00`; not later than `from` means on the next day.
    pub to: String,
}

/// Hours for a user, a team and those below it, or the whole company.
#[derive(Clone, Debug, InputObject)]
pub struct SetWorkingHoursInput {
    /// The user they hold for.
    pub user_id: Option<ID>,
    /// The team they hold for, with all teams below.
    pub team_id: Option<ID>,
    /// From when on; now when left out.
    pub valid_from: Option<DateTime<Utc>>,
    /// The stretches of a week; none means that nobody works by the clock.
    pub weekly: Vec<StretchInput>,
}

pub(super) async fn set_working_hours(
    ctx: &Context<'_>,
    input: SetWorkingHoursInput,
) -> Result<working_hours::Model> {
    let weekly = weekly(&input.weekly)?;
    let valid_from = input.valid_from.map_or_else(now, whole_millis);
    let txn = ctx.db()?.begin().await?;
    let (user_id, team_id) = owner(ctx, &txn, &input).await?;
    // One version an instant: the same again replaces it.
    working_hours::Entity::delete_many()
        .filter(is(working_hours::Column::UserId, user_id.map(UserId::uuid)))
        .filter(is(working_hours::Column::TeamId, team_id.map(TeamId::uuid)))
        .filter(working_hours::Column::ValidFrom.eq(valid_from))
        .exec(&txn)
        .await?;
    let hours = working_hours::Model {
        id: WorkingHoursId::new(),
        user_id,
        team_id,
        valid_from,
        weekly: serde_json::to_value(weekly).map_err(Error::internal)?,
    };
    let hours = hours.into_active_model().insert(&txn).await?;
    match (user_id, team_id) {
        (Some(user), _) => ingest::verbs::mark_dirty(&txn, &[user], valid_from).await?,
        (None, Some(team)) => ingest::verbs::team_changed(&txn, team, valid_from).await?,
        (None, None) => ingest::verbs::everybody_changed(&txn, valid_from).await?,
    }
    txn.commit().await?;
    Ok(hours)
}

/// Whose hours they are; the company's are an administrator's to set.
async fn owner(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    input: &SetWorkingHoursInput,
) -> Result<(Option<UserId>, Option<TeamId>)> {
    match (&input.user_id, &input.team_id) {
        (Some(_), Some(_)) => {
            let message = "hours hold for a user or a team, not both";
            Err(Error::refuse("INVALID", "teamId", message))
        }
        (Some(user), None) => Ok((Some(seen_user(ctx, db, user).await?.id), None)),
        (None, Some(team)) => {
            let team = seen_team(ctx, db, team).await?.id;
            match ctx.scope()? {
                Scope::All => {}
                Scope::Teams { teams, .. } if teams.contains(team) => {}
                _ => return Err(Error::forbidden("only who manages a team sets its hours")),
            }
            Ok((None, Some(team)))
        }
        (None, None) if ctx.viewer()?.role == Role::Admin => Ok((None, None)),
        (None, None) => Err(Error::forbidden(
            "only administrators set the hours of the whole company",
        )),
    }
}

/// The hours of a week, or all that is wrong with them; faults name the stretch by its place, from 0.
fn weekly(stretches: &[StretchInput]) -> Result<Weekly> {
    let mut faults = Faults::default();
    let mut checked = Vec::with_capacity(stretches.len());
    for (index, stretch) in stretches.iter().enumerate() {
        let at = |field: &str| format!("weekly.{index}{field}");
        let one = hours::Stretch {
            // No day is 0.
            day: u8::try_from(stretch.day).unwrap_or(0),
            from: stretch.from.clone(),
            to: stretch.to.clone(),
        };
        match Weekly::try_from(vec![one.clone()]) {
            Ok(_) => checked.push(one),
            Err(HoursError::NoSuchDay { .. }) => {
                let day = stretch.day;
                let message = format!("{day} is no day of the week, 1 is Monday and 7 is Sunday");
                faults.add("OUT_OF_RANGE", &at(".day"), message);
            }
            Err(error) => faults.add("INVALID", &at(""), error.to_string()),
        }
    }
    faults.finish()?;
    Weekly::try_from(checked)
        .map_err(|error| Error::refuse("OUT_OF_RANGE", "weekly", error.to_string()))
}

fn is(column: working_hours::Column, id: Option<uuid::Uuid>) -> sea_orm::sea_query::SimpleExpr {
    match id {
        Some(id) => column.eq(id),
        None => column.is_null(),
    }
}
