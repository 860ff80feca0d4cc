//! The peer group of a ranking: every rep or every team, and who counts for whom.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use chrono::{DateTime, Utc};
use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::performance::frozen_result::Peers;
use entity::viewer::{Role, Scope};
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait,
};
use uuid::Uuid;

/// Those who are compared, and whose work counts for them.
///
/// Reps are the users with that role who were not deactivated before the period. Teams are those
/// with at least one such rep as a direct member and not archived before the period; the teams
/// above, which hold no reps of their own, are not compared with the teams below them. A team's
/// figures are those of all its direct members, whatever their role, at the time of asking.
#[derive(Debug)]
pub(super) struct Group {
    /// Reps or teams.
    pub(super) peers: Peers,
    /// The reps' or teams' ids.
    pub(super) subjects: BTreeSet<Uuid>,
    /// For whom a user's work counts.
    pub(super) counts_for: HashMap<UserId, Uuid>,
}

#[derive(FromQueryResult)]
struct Member {
    id: UserId,
    role: Role,
    deactivated_at: Option<DateTime<Utc>>,
    team_id: Option<TeamId>,
    archived_at: Option<DateTime<Utc>>,
}

impl Group {
    /// Reads the group of a period, with one statement.
    pub(super) async fn read(
        db: &impl ConnectionTrait,
        peers: Peers,
        period: &Range<DateTime<Utc>>,
    ) -> Result<Self, DbErr> {
        let members = user::Entity::visible_to(&Scope::All)
            .select_only()
            .columns([
                user::Column::Id,
                user::Column::Role,
                user::Column::DeactivatedAt,
                user::Column::TeamId,
            ])
            .column(team::Column::ArchivedAt)
            .join(JoinType::LeftJoin, user::Relation::Team.def())
            .into_model::<Member>()
            .all(db)
            .await?;
        let is_over = |end: Option<DateTime<Utc>>| end.is_some_and(|end| end <= period.start);
        let is_rep = |member: &&Member| member.role == Role::Rep && !is_over(member.deactivated_at);
        let reps = members.iter().filter(is_rep);
        let subject = |member: &Member| match peers {
            Peers::Reps => Some(member.id.uuid()),
            Peers::Teams if is_over(member.archived_at) => None,
            Peers::Teams => member.team_id.map(TeamId::uuid),
        };
        let subjects: BTreeSet<Uuid> = reps.filter_map(subject).collect();
        let counts_for = members.iter().filter_map(|member| {
            let subject = subject(member).filter(|subject| subjects.contains(subject))?;
            Some((member.id, subject))
        });
        Ok(Self {
            peers,
            counts_for: counts_for.collect(),
            subjects,
        })
    }
}

/// The reps or teams whose results a viewer may see; none means all of them. One statement at most.
pub(super) async fn visible(
    db: &impl ConnectionTrait,
    scope: &Scope,
    peers: Peers,
) -> Result<Option<BTreeSet<Uuid>>, DbErr> {
    if matches!(scope, Scope::All) {
        return Ok(None);
    }
    let select = match peers {
        Peers::Reps => {
            user::Entity::visible_to(scope)
                .select_only()
                .column(user::Column::Id)
                .into_tuple()
                .all(db)
                .await?
        }
        Peers::Teams => {
            team::Entity::visible_to(scope)
                .filter(scope.managed_teams(team::Column::Id))
                .select_only()
                .column(team::Column::Id)
                .into_tuple()
                .all(db)
                .await?
        }
    };
    let ids: Vec<Uuid> = select;
    Ok(Some(ids.into_iter().collect()))
}
