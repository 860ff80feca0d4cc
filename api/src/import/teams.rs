//! Teams, by their name, with the team above them and who manages them.

use std::collections::{HashMap, HashSet};

use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::{Role, Scope};
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::People;
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError, Plan};
use crate::scalar::now;

pub(super) struct Teams {
    people: People,
    managers: HashSet<UserId>,
    /// By name; none where two have it.
    known: HashMap<String, Option<team::Model>>,
    seen: HashSet<String>,
}

/// What a row says.
struct Said {
    row: Row,
    name: String,
    parent: Option<String>,
    manager: Option<UserId>,
}

impl Teams {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        let managers = user::Entity::visible_to(&Scope::All)
            .filter(user::Column::Role.ne(Role::Rep))
            .all(txn)
            .await?;
        let teams = team::Entity::visible_to(&Scope::All)
            .filter(team::Column::ArchivedAt.is_null())
            .all(txn)
            .await?;
        let mut known = HashMap::new();
        for team in teams {
            known
                .entry(team.name.clone())
                .and_modify(|known| *known = None)
                .or_insert(Some(team));
        }
        Ok(Self {
            people: People::of(txn, plan.mapping.people()).await?,
            managers: managers.into_iter().map(|user| user.id).collect(),
            known,
            seen: HashSet::new(),
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        for said in report.understood(rows, |row| self.read(row)) {
            let is_new = !self.known.contains_key(&said.name);
            let team = self.named(txn, &said.name).await?;
            let parent = match &said.parent {
                Some(name) => self.named(txn, name).await?,
                None => None,
            };
            let (Some(team), true) = (team, said.parent.is_none() || parent.is_some()) else {
                let reason = "two teams are called so; rename one of them";
                report.refuse(said.row.line, said.row.fault(Field::Team, reason));
                continue;
            };
            let parent = parent.map(|parent| parent.id);
            if parent.is_some_and(|parent| self.is_above(team.id, parent)) {
                let fault = said
                    .row
                    .fault(Field::Parent, "a team cannot be above itself");
                report.refuse(said.row.line, fault);
                continue;
            }
            let became = self.change(txn, team, parent, said.manager).await?;
            report.count(if is_new { Became::New } else { became });
        }
        Ok(())
    }

    fn read(&mut self, row: &Row) -> Result<Said, Fault> {
        let name = row.needed(Field::Team)?;
        if !self.seen.insert(name.clone()) {
            return Err(row.fault(Field::Team, "stands in a line above already"));
        }
        let manager = self.people.named(row, Field::Manager)?;
        if manager.is_some_and(|manager| !self.managers.contains(&manager)) {
            let reason = "a team is managed by a manager or an administrator";
            return Err(row.fault(Field::Manager, reason));
        }
        Ok(Said {
            row: row.clone(),
            name,
            parent: row.short(Field::Parent)?,
            manager,
        })
    }

    /// The team of a name, founded if it is not there; none where two have it.
    async fn named(
        &mut self,
        txn: &DatabaseTransaction,
        name: &str,
    ) -> Result<Option<team::Model>, ImportError> {
        if let Some(known) = self.known.get(name) {
            return Ok(known.clone());
        }
        let founded = founded(name.to_owned());
        insert(txn, vec![founded.clone()]).await?;
        self.known.insert(name.to_owned(), Some(founded.clone()));
        Ok(Some(founded))
    }

    /// Whether a team is the other, or above it.
    fn is_above(&self, team: TeamId, mut other: TeamId) -> bool {
        let teams = self.known.values().flatten();
        let parents: HashMap<TeamId, TeamId> = teams
            .filter_map(|team| Some((team.id, team.parent_id?)))
            .collect();
        for _ in 0..=parents.len() {
            if other == team {
                return true;
            }
            match parents.get(&other) {
                Some(parent) => other = *parent,
                None => return false,
            }
        }
        true
    }

    /// A cell that is empty leaves what is there.
    async fn change(
        &mut self,
        txn: &DatabaseTransaction,
        before: team::Model,
        parent: Option<TeamId>,
        manager: Option<UserId>,
    ) -> Result<Became, ImportError> {
        let after = team::Model {
            parent_id: parent.or(before.parent_id),
            manager_id: manager.or(before.manager_id),
            ..before.clone()
        };
        if after.parent_id != before.parent_id {
            // Customers of the teams above are candidates for the visits of the members.
            ingest::verbs::team_changed(txn, after.id, now()).await?;
        }
        self.known.insert(after.name.clone(), Some(after.clone()));
        update(txn, before, after).await
    }
}

/// A team of this name, below no other.
pub(super) fn founded(name: String) -> team::Model {
    team::Model {
        id: TeamId::new(),
        parent_id: None,
        name,
        manager_id: None,
        created_at: now(),
        archived_at: None,
        presence_shared_at: None,
    }
}
