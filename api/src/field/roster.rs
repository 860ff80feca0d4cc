//! Who works where, as subscriptions need it: read anew while anybody listens, so that a change of
//! teams or roles changes what a running subscription shows.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::Database;
use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::{Role, Scope, TeamNode, scope_of};
use sea_orm::DbBackend;

use crate::error::Result;

/// Everybody who may sign in, and the tree of teams.
#[derive(Debug)]
pub(super) struct Roster {
    backend: DbBackend,
    people: HashMap<UserId, Person>,
    tree: Vec<TeamNode>,
    pub(super) read_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug)]
struct Person {
    role: Role,
    team: Option<TeamId>,
}

impl Roster {
    pub(super) async fn read(database: &Database) -> Result<Self> {
        let everybody = Scope::All;
        let (people, teams) = futures_util::try_join!(
            user::Entity::visible_to(&everybody).all(&database.read),
            team::Entity::visible_to(&everybody).all(&database.read),
        )?;
        let people = people
            .into_iter()
            .filter(|row| row.deactivated_at.is_none());
        let people = people.map(|row| {
            let person = Person {
                role: row.role,
                team: row.team_id,
            };
            (row.id, person)
        });
        let tree = teams.into_iter().map(|row| TeamNode {
            id: row.id,
            parent: row.parent_id,
            manager: row.manager_id,
        });
        Ok(Self {
            backend: database.backend(),
            people: people.collect(),
            tree: tree.collect(),
            read_at: Utc::now(),
        })
    }

    /// Which rows somebody may see now; none if they may not sign in any more.
    pub(super) fn scope_of(&self, viewer: UserId) -> Option<Scope> {
        let person = self.people.get(&viewer)?;
        let Person { role, team } = *person;
        Some(scope_of(self.backend, viewer, role, team, &self.tree))
    }

    /// The reps within a scope, of one team and those below it if a team is given. Others than
    /// reps are among them as far as `is_known` knows of them.
    pub(super) fn seen(
        &self,
        scope: &Scope,
        team: Option<TeamId>,
        is_known: impl Fn(UserId) -> bool,
    ) -> HashSet<UserId> {
        let teams = team.map(|team| self.below(team));
        let is_in_team = |person: &Person| match &teams {
            Some(teams) => person.team.is_some_and(|team| teams.contains(&team)),
            None => true,
        };
        let seen = self.people.iter().filter(|(id, person)| {
            is_in_team(person)
                && scope.sees(**id, person.team)
                && (person.role == Role::Rep || is_known(**id))
        });
        seen.map(|(id, _)| *id).collect()
    }

    /// A team and all below it.
    fn below(&self, team: TeamId) -> HashSet<TeamId> {
        let mut below = HashSet::from([team]);
        let mut before = 0;
        while before < below.len() {
            before = below.len();
            for node in &self.tree {
                if node.parent.is_some_and(|parent| below.contains(&parent)) {
                    below.insert(node.id);
                }
            }
        }
        below
    }
}
