//! Who is asking, and which part of the company they may see.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::Utc;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{DbBackend, Value};
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, TeamId, UserId};
use crate::keys;

/// What a user may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Sees and changes everything.
    #[sea_orm(string_value = "ADMIN")]
    Admin,
    /// Sees the teams under them.
    #[sea_orm(string_value = "MANAGER")]
    Manager,
    /// Sees their own data.
    #[sea_orm(string_value = "REP")]
    Rep,
}

/// Whoever sent a request, once they have proved who they are.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The user who signed in, or whose device it is.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
    /// The team they belong to.
    pub team: Option<TeamId>,
    /// Which rows they may see.
    pub scope: Scope,
    /// The device they came with, when they came with a device's credential.
    pub device: Option<DeviceId>,
    /// When their credential ends; none means not by itself.
    pub expires_at: Option<chrono::DateTime<Utc>>,
    /// Why they look, as written into the access log.
    pub purpose: String,
}

/// Which rows a viewer may see.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Every row.
    All,
    /// The rows of a manager's teams.
    Teams {
        /// The manager.
        viewer: UserId,
        /// The teams they manage and all below.
        teams: TeamSet,
        /// The teams above those, up to the root: their names and their customers are visible,
        /// their members are not.
        teams_above: TeamSet,
    },
    /// The viewer's own rows.
    Own {
        /// The rep.
        viewer: UserId,
        /// The team they belong to.
        team: Option<TeamId>,
        /// The teams above it, up to the root.
        teams_above: TeamSet,
    },
}

/// Some teams, ready to be asked for in either database.
#[derive(Clone, Debug)]
pub struct TeamSet {
    backend: DbBackend,
    teams: Arc<[TeamId]>,
}

impl TeamSet {
    /// A set to be used in statements for `backend`.
    pub fn new(backend: DbBackend, teams: impl IntoIterator<Item = TeamId>) -> Self {
        Self {
            backend,
            teams: teams.into_iter().collect(),
        }
    }

    /// Whether the team is one of them.
    pub fn contains(&self, team: TeamId) -> bool {
        self.teams.contains(&team)
    }

    /// The teams, in no particular order.
    pub fn ids(&self) -> &[TeamId] {
        &self.teams
    }

    /// True where `column` is one of them.
    pub fn any_of(&self, column: impl Into<SimpleExpr>) -> SimpleExpr {
        keys::any_of(self.backend, column, &self.teams)
    }

    /// The same condition for a statement written by hand, with its parameter as `$n`.
    pub(crate) fn any_of_text(&self, column: &str, n: usize) -> (String, Value) {
        keys::any_of_text(self.backend, column, &format!("${n}"), &self.teams)
    }
}

/// One team's place in the tree, as far as scopes need it.
#[derive(Clone, Copy, Debug)]
pub struct TeamNode {
    /// The team.
    pub id: TeamId,
    /// The team directly above it.
    pub parent: Option<TeamId>,
    /// Who manages it.
    pub manager: Option<UserId>,
}

/// Which rows a user may see, given the whole tree of teams.
///
/// A manager who manages no team sees only their own rows.
pub fn scope_of(
    backend: DbBackend,
    viewer: UserId,
    role: Role,
    team: Option<TeamId>,
    tree: &[TeamNode],
) -> Scope {
    match role {
        Role::Admin => Scope::All,
        Role::Manager => {
            let teams = managed(tree, viewer);
            let mut above = ancestors(tree, teams.iter().copied().chain(team));
            above.extend(team);
            above.retain(|team| !teams.contains(team));
            Scope::Teams {
                viewer,
                teams: TeamSet::new(backend, teams),
                teams_above: TeamSet::new(backend, above),
            }
        }
        Role::Rep => Scope::Own {
            viewer,
            team,
            teams_above: TeamSet::new(backend, ancestors(tree, team)),
        },
    }
}

/// The teams that a user manages, and all below them.
pub fn managed(tree: &[TeamNode], manager: UserId) -> HashSet<TeamId> {
    let mut found: HashSet<TeamId> = tree
        .iter()
        .filter(|team| team.manager == Some(manager))
        .map(|team| team.id)
        .collect();
    let mut before = 0;
    while before < found.len() {
        before = found.len();
        for team in tree {
            if team.parent.is_some_and(|parent| found.contains(&parent)) {
                found.insert(team.id);
            }
        }
    }
    found
}

/// The teams above the given ones, up to the root; of the given ones only those that stand above
/// another.
pub fn ancestors(tree: &[TeamNode], teams: impl IntoIterator<Item = TeamId>) -> HashSet<TeamId> {
    let parent = |team: TeamId| tree.iter().find(|node| node.id == team)?.parent;
    let mut found = HashSet::new();
    for team in teams {
        let mut next = parent(team);
        while let Some(above) = next.filter(|above| found.insert(*above)) {
            next = parent(above);
        }
    }
    found
}
