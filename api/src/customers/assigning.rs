//! How customers are given to reps and teams, and taken back.

use async_graphql::{Context, ID};
use chrono::{DateTime, Utc};
use entity::customers::{assignment, customer};
use entity::id::{AssignmentId, CustomerId, TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::Scope;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set,
};

use super::mutation::{AssignCustomerInput, AssigneeInput};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input;
use crate::scalar::whole_millis;

/// The rarest due frequency, in days.
pub(crate) const RAREST: i32 = 3_650;

pub(super) async fn assign(
    ctx: &Context<'_>,
    input: AssignCustomerInput,
) -> Result<assignment::Model> {
    let txn = ctx.db()?.begin().await?;
    let (scope, visible) = (ctx.scope()?, customer::Entity::visible_to);
    let read = CustomerId::from_global;
    let customer = input::seen(&txn, scope, visible, read, &input.customer_id, "customer").await?;
    if customer.archived_at.is_some() {
        let message = "the customer is archived";
        return Err(Error::refuse("ARCHIVED", "customerId", message));
    }
    let valid_from = whole_millis(input.valid_from.unwrap_or_else(Utc::now));
    let assignment = begin(ctx, &txn, customer.id, &input.assignee, valid_from).await?;
    txn.commit().await?;
    Ok(assignment)
}

pub(super) async fn end(
    ctx: &Context<'_>,
    id: &ID,
    valid_to: Option<DateTime<Utc>>,
) -> Result<assignment::Model> {
    let txn = ctx.db()?.begin().await?;
    let (scope, visible) = (ctx.scope()?, assignment::Entity::visible_to);
    let assignment = input::seen(
        &txn,
        scope,
        visible,
        AssignmentId::from_global,
        id,
        "assignment",
    )
    .await?;
    if !is_managed(ctx, &txn, &assignment).await? {
        return Err(Error::forbidden(
            "you do not manage who looks after the customer by this assignment",
        ));
    }
    let valid_to = whole_millis(valid_to.unwrap_or_else(Utc::now));
    if valid_to <= assignment.valid_from {
        let message = format!(
            "it holds from {} on, it cannot end before",
            assignment.valid_from
        );
        return Err(Error::refuse("OUT_OF_RANGE", "validTo", message));
    }
    let earliest = assignment
        .valid_to
        .map_or(valid_to, |before| before.min(valid_to));
    let mut assignment = assignment.into_active_model();
    assignment.valid_to = Set(Some(valid_to));
    let assignment = assignment.update(&txn).await?;
    changed(&txn, &assignment, earliest).await?;
    txn.commit().await?;
    Ok(assignment)
}

/// Begins an assignment; an older one of the same rep or team ends where this one begins.
pub(super) async fn begin(
    ctx: &Context<'_>,
    txn: &impl ConnectionTrait,
    customer_id: CustomerId,
    assignee: &AssigneeInput,
    valid_from: DateTime<Utc>,
) -> Result<assignment::Model> {
    let (user_id, team_id) = who(ctx, txn, assignee).await?;
    if assignee
        .due_every_days
        .is_some_and(|days| !(1..=RAREST).contains(&days))
    {
        let message = format!("a visit is due every 1 to {RAREST} days");
        return Err(Error::refuse("OUT_OF_RANGE", "dueEveryDays", message));
    }
    let same = assignment::Entity::visible_to(&Scope::All)
        .filter(assignment::Column::CustomerId.eq(customer_id))
        .filter(match (user_id, team_id) {
            (Some(user), _) => assignment::Column::UserId.eq(user),
            (None, team) => assignment::Column::TeamId.eq(team),
        })
        .filter(
            Condition::any()
                .add(assignment::Column::ValidTo.is_null())
                .add(assignment::Column::ValidTo.gt(valid_from)),
        )
        .all(txn)
        .await?;
    for older in same {
        if older.valid_from >= valid_from {
            let message = format!("they look after it from {} on already", older.valid_from);
            return Err(Error::refuse("OVERLAPS", "validFrom", message));
        }
        let mut older = older.into_active_model();
        older.valid_to = Set(Some(valid_from));
        older.update(txn).await?;
    }
    let assignment = assignment::Model {
        id: AssignmentId::new(),
        customer_id,
        user_id,
        team_id,
        due_every_days: assignee.due_every_days,
        valid_from,
        valid_to: None,
        assigned_by: Some(ctx.viewer()?.user),
    };
    let assignment = assignment.into_active_model().insert(txn).await?;
    changed(txn, &assignment, valid_from).await?;
    Ok(assignment)
}

/// The rep or the team; a manager's own and those below.
async fn who(
    ctx: &Context<'_>,
    txn: &impl ConnectionTrait,
    assignee: &AssigneeInput,
) -> Result<(Option<UserId>, Option<TeamId>)> {
    let scope = ctx.scope()?;
    match (&assignee.rep_id, &assignee.team_id) {
        (Some(id), None) => {
            let (visible, read) = (user::Entity::visible_to, UserId::from_global);
            let user = input::seen(txn, scope, visible, read, id, "user").await?;
            if user.deactivated_at.is_some() {
                let message = "the account is closed";
                return Err(Error::refuse("CLOSED", "assignee.repId", message));
            }
            Ok((Some(user.id), None))
        }
        (None, Some(id)) => {
            let (visible, read) = (team::Entity::visible_to, TeamId::from_global);
            let team = input::seen(txn, scope, visible, read, id, "team").await?;
            if !manages(scope, team.id) {
                return Err(Error::forbidden("you do not manage this team"));
            }
            if team.archived_at.is_some() {
                let message = "the team is archived";
                return Err(Error::refuse("ARCHIVED", "assignee.teamId", message));
            }
            Ok((None, Some(team.id)))
        }
        _ => Err(Error::refuse(
            "INVALID",
            "assignee",
            "name a rep or a team, not both",
        )),
    }
}

fn manages(scope: &Scope, team: TeamId) -> bool {
    match scope {
        Scope::All => true,
        Scope::Teams { teams, .. } => teams.contains(team),
        Scope::Own { .. } => false,
    }
}

/// Whether the viewer manages the rep or the team of an assignment. They see those of others too,
/// where both look after a customer.
async fn is_managed(
    ctx: &Context<'_>,
    txn: &impl ConnectionTrait,
    assignment: &assignment::Model,
) -> Result<bool> {
    let scope = ctx.scope()?;
    let Some(rep) = assignment.user_id else {
        return Ok(assignment.team_id.is_some_and(|team| manages(scope, team)));
    };
    let rep = user::Entity::visible_to(scope).filter(user::Column::Id.eq(rep));
    Ok(rep.count(txn).await? > 0)
}

async fn changed(
    txn: &impl ConnectionTrait,
    assignment: &assignment::Model,
    earliest: DateTime<Utc>,
) -> Result<()> {
    if let Some(rep) = assignment.user_id {
        ingest::verbs::mark_dirty(txn, &[rep], earliest).await?;
    }
    if let Some(team) = assignment.team_id {
        ingest::verbs::team_changed(txn, team, earliest).await?;
    }
    Ok(())
}
