//! What a user sees: the scope that follows from their role and the tree of teams.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::Database;
use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::{Role, Scope, TeamSet, Viewer};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

/// A user as a viewer who needs no credential: whoever is at the machine's own command line.
pub async fn at_the_console(
    database: &Database,
    user: &user::Model,
    purpose: &str,
) -> Result<Viewer, DbErr> {
    let tree = TeamTree::read(&database.read).await?;
    Ok(tree.viewer(user, None, purpose))
}

/// The tree of teams.
#[derive(Debug)]
pub(super) struct TeamTree {
    backend: DbBackend,
    parents: HashMap<TeamId, Option<TeamId>>,
    children: HashMap<TeamId, Vec<TeamId>>,
    managed: HashMap<UserId, Vec<TeamId>>,
}

impl TeamTree {
    pub(super) async fn read(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        // The tree decides what people see, so it is read whole.
        let teams = team::Entity::visible_to(&Scope::All).all(db).await?;
        let mut tree = Self {
            backend: db.get_database_backend(),
            parents: HashMap::with_capacity(teams.len()),
            children: HashMap::new(),
            managed: HashMap::new(),
        };
        for team in teams {
            tree.parents.insert(team.id, team.parent_id);
            if let Some(parent) = team.parent_id {
                tree.children.entry(parent).or_default().push(team.id);
            }
            if let Some(manager) = team.manager_id {
                tree.managed.entry(manager).or_default().push(team.id);
            }
        }
        Ok(tree)
    }

    /// The user as a viewer, until their credential ends.
    pub(super) fn viewer(
        &self,
        user: &user::Model,
        expires_at: Option<DateTime<Utc>>,
        purpose: &str,
    ) -> Viewer {
        Viewer {
            user: user.id,
            role: user.role,
            team: user.team_id,
            scope: self.scope_of(user),
            device: None,
            expires_at,
            purpose: purpose.to_owned(),
        }
    }

    /// Which rows the user may see.
    fn scope_of(&self, user: &user::Model) -> Scope {
        match user.role {
            Role::Admin => Scope::All,
            Role::Manager => {
                let managed = self.managed.get(&user.id).cloned().unwrap_or_default();
                let above = managed.iter().chain(&user.team_id);
                let above: HashSet<TeamId> = above.flat_map(|team| self.above(*team)).collect();
                let own = user.team_id;
                let teams = self.below(managed);
                let above = above.into_iter().chain(own);
                let teams_above: HashSet<TeamId> =
                    above.filter(|team| !teams.contains(team)).collect();
                Scope::Teams {
                    viewer: user.id,
                    teams: TeamSet::new(self.backend, teams),
                    teams_above: TeamSet::new(self.backend, teams_above),
                }
            }
            Role::Rep => {
                let above = user.team_id.map(|team| self.above(team));
                Scope::Own {
                    viewer: user.id,
                    team: user.team_id,
                    teams_above: TeamSet::new(self.backend, above.unwrap_or_default()),
                }
            }
        }
    }

    /// The teams and all below them.
    fn below(&self, mut teams: Vec<TeamId>) -> HashSet<TeamId> {
        let mut below = HashSet::new();
        while let Some(team) = teams.pop() {
            if below.insert(team) {
                teams.extend(self.children.get(&team).into_iter().flatten());
            }
        }
        below
    }

    /// The teams above one, the nearest first.
    fn above(&self, team: TeamId) -> Vec<TeamId> {
        let mut above = Vec::new();
        let mut at = team;
        while let Some(parent) = self.parents.get(&at).copied().flatten() {
            if above.contains(&parent) || parent == team {
                break;
            }
            above.push(parent);
            at = parent;
        }
        above
    }
}
