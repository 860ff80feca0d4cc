//! People of the company, by their e-mail address. Nobody gets a password by an import, and nobody
//! who is there loses their role or team by a cell that is empty.

use std::collections::{HashMap, HashSet};

use entity::id::{TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::{Role, Scope};
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::report::Report;
use super::row::{Fault, Row};
use super::teams::founded;
use super::write::{insert, update};
use super::{Became, ImportError};
use crate::filter::one_of;
use crate::scalar::now;

pub(super) struct Users {
    teams: HashMap<String, TeamId>,
    seen: HashSet<String>,
}

/// What a row says.
struct Said {
    row: Row,
    email: String,
    name: String,
    phone: Option<String>,
    role: Option<Role>,
    team: Option<TeamId>,
}

impl Users {
    pub(super) async fn new(txn: &DatabaseTransaction) -> Result<Self, ImportError> {
        let teams = team::Entity::visible_to(&Scope::All)
            .filter(team::Column::ArchivedAt.is_null())
            .all(txn)
            .await?;
        Ok(Self {
            teams: teams.into_iter().map(|team| (team.name, team.id)).collect(),
            seen: HashSet::new(),
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let understood = report.understood(rows, |row| self.read(row));
        let mut said = Vec::with_capacity(understood.len());
        for (mut one, team) in understood {
            if let Some(name) = team {
                one.team = Some(self.team(txn, name).await?);
            }
            said.push(one);
        }
        let emails: Vec<String> = said.iter().map(|one| one.email.clone()).collect();
        let backend = sea_orm::ConnectionTrait::get_database_backend(txn);
        let known = user::Entity::visible_to(&Scope::All)
            .filter(one_of(backend, user::Column::Email, &emails))
            .all(txn)
            .await?;
        let mut known: HashMap<String, user::Model> = known
            .into_iter()
            .map(|user| (user.email.clone(), user))
            .collect();
        let mut new = Vec::new();
        for one in said {
            let known = known.remove(&one.email);
            if let Some(fault) = fault(known.as_ref(), &one) {
                report.refuse(one.row.line, fault);
                continue;
            }
            match known {
                Some(user) => report.count(change(txn, user, one).await?),
                None => {
                    new.push(made(one));
                    report.count(Became::New);
                }
            }
        }
        insert(txn, new).await
    }

    /// What a row says, and the name of the team.
    fn read(&mut self, row: &Row) -> Result<(Said, Option<String>), Fault> {
        let email = row.needed(Field::Email)?.to_lowercase();
        if !email.contains('@') {
            let reason = format!("{email:?} is no e-mail address");
            return Err(row.fault(Field::Email, reason));
        }
        if !self.seen.insert(email.clone()) {
            return Err(row.fault(Field::Email, "stands in a line above already"));
        }
        let role = row.text(Field::Role).map(str::to_uppercase);
        let role = match role.as_deref() {
            None => None,
            Some("REP") => Some(Role::Rep),
            Some("MANAGER") => Some(Role::Manager),
            Some("ADMIN") => Some(Role::Admin),
            Some(_) => return Err(row.fault(Field::Role, "must be REP, MANAGER or ADMIN")),
        };
        let said = Said {
            row: row.clone(),
            email,
            name: row.needed(Field::Name)?,
            phone: row.short(Field::Phone)?,
            role,
            team: None,
        };
        Ok((said, row.short(Field::Team)?))
    }

    /// The team of a name; one that is not there is founded, below no other.
    async fn team(
        &mut self,
        txn: &DatabaseTransaction,
        name: String,
    ) -> Result<TeamId, ImportError> {
        if let Some(team) = self.teams.get(&name) {
            return Ok(*team);
        }
        let founded = founded(name.clone());
        let id = founded.id;
        insert(txn, vec![founded]).await?;
        self.teams.insert(name, id);
        Ok(id)
    }
}

/// What an import may not do: leave a rep without a team, or change what somebody may do, which
/// ends their sessions and is decided one by one.
fn fault(known: Option<&user::Model>, said: &Said) -> Option<Fault> {
    let role = said
        .role
        .or(known.map(|user| user.role))
        .unwrap_or(Role::Rep);
    let team = said.team.or(known.and_then(|user| user.team_id));
    if known.is_some_and(|user| user.role != role) {
        let reason = "they have another role already; an import does not change it";
        return Some(said.row.fault(Field::Role, reason));
    }
    let is_lost = role == Role::Rep && team.is_none();
    is_lost.then(|| said.row.fault(Field::Team, "a rep belongs to a team"))
}

fn made(said: Said) -> user::Model {
    user::Model {
        id: UserId::new(),
        email: said.email,
        name: said.name,
        phone: said.phone,
        role: said.role.unwrap_or(Role::Rep),
        team_id: said.team,
        password_hash: None,
        subject: None,
        token_version: 0,
        created_at: now(),
        deactivated_at: None,
    }
}

async fn change(
    txn: &DatabaseTransaction,
    before: user::Model,
    said: Said,
) -> Result<Became, ImportError> {
    let after = user::Model {
        name: said.name,
        phone: said.phone.or_else(|| before.phone.clone()),
        team_id: said.team.or(before.team_id),
        ..before.clone()
    };
    if after.team_id != before.team_id {
        // The team's customers are theirs now.
        ingest::verbs::mark_dirty(txn, &[after.id], now()).await?;
    }
    update(txn, before, after).await
}
