//! What rows refer to by a name: people of the company, teams, and customers.

use std::collections::{BTreeMap, HashMap};

use entity::customers::customer;
use entity::id::{CustomerId, TeamId, UserId};
use entity::people::{team, user};
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::ImportError;
use super::labels::Field;
use super::row::{Fault, Row};
use crate::filter::one_of;

/// The people of the company whose account is open.
pub(super) struct People {
    /// By e-mail address, by what stands before its `@`, by name, and by what a mapping file calls
    /// them, all in lower case; none where two are called so.
    called: Called,
}

type Called = HashMap<String, Option<UserId>>;

impl People {
    /// Reads them; `aliases` are other systems' names, each with an e-mail address.
    pub(super) async fn of(
        txn: &DatabaseTransaction,
        aliases: &BTreeMap<String, String>,
    ) -> Result<Self, ImportError> {
        let users = user::Entity::visible_to(&Scope::All)
            .filter(user::Column::DeactivatedAt.is_null())
            .all(txn)
            .await?;
        let (mut names, mut accounts) = (Called::new(), Called::new());
        let mut by_address = HashMap::new();
        for user in users {
            let address = user.email.to_lowercase();
            let account = address.split('@').next().unwrap_or_default().to_owned();
            by_address.insert(address, user.id);
            for (called, one) in [
                (&mut names, user.name.to_lowercase()),
                (&mut accounts, account),
            ] {
                called
                    .entry(one)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(user.id));
            }
        }
        // Somebody's name is never taken from them by another's account.
        let mut called = accounts;
        called.extend(names);
        for (alias, address) in aliases {
            let user = by_address.get(&address.to_lowercase());
            called.extend(user.map(|user| (alias.to_lowercase(), Some(*user))));
        }
        called.extend(
            by_address
                .into_iter()
                .map(|(address, id)| (address, Some(id))),
        );
        Ok(Self { called })
    }

    /// The owner that a row names, if it names one.
    pub(super) fn find(&self, row: &Row) -> Result<Option<UserId>, Fault> {
        self.named(row, Field::Owner)
    }

    /// The owner that a row must name.
    pub(super) fn needed(&self, row: &Row) -> Result<UserId, Fault> {
        self.find(row)?
            .ok_or_else(|| row.fault(Field::Owner, "is empty"))
    }

    /// Whom a row names in a field, if anybody.
    pub(super) fn named(&self, row: &Row, field: Field) -> Result<Option<UserId>, Fault> {
        let Some(called) = row.text(field) else {
            return Ok(None);
        };
        let user = self.called(called);
        user.map(Some).map_err(|reason| row.fault(field, reason))
    }

    /// Who is called so; else why nobody.
    pub(super) fn called(&self, called: &str) -> Result<UserId, String> {
        match self.called.get(&called.to_lowercase()) {
            Some(Some(user)) => Ok(*user),
            Some(None) => Err(format!(
                "two people are called {called:?}; write the e-mail address"
            )),
            None => Err(format!(
                "nobody is called {called:?}; import users first, or name them in [people] of a \
                 mapping file"
            )),
        }
    }
}

/// Whose something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Rep(UserId),
    Team(TeamId),
}

impl Holder {
    /// The rep, if it is one.
    pub(super) fn rep(self) -> Option<UserId> {
        match self {
            Self::Rep(rep) => Some(rep),
            Self::Team(_) => None,
        }
    }

    /// The team, if it is one.
    pub(super) fn team(self) -> Option<TeamId> {
        match self {
            Self::Rep(_) => None,
            Self::Team(team) => Some(team),
        }
    }
}

/// The people and the teams of the company.
pub(super) struct Holders {
    pub(super) people: People,
    /// By name; none where two have it.
    teams: HashMap<String, Option<TeamId>>,
}

impl Holders {
    pub(super) async fn of(
        txn: &DatabaseTransaction,
        aliases: &BTreeMap<String, String>,
    ) -> Result<Self, ImportError> {
        let teams = team::Entity::visible_to(&Scope::All)
            .filter(team::Column::ArchivedAt.is_null())
            .all(txn)
            .await?;
        let mut called = HashMap::new();
        for team in teams {
            called
                .entry(team.name)
                .and_modify(|known| *known = None)
                .or_insert(Some(team.id));
        }
        Ok(Self {
            people: People::of(txn, aliases).await?,
            teams: called,
        })
    }

    /// The rep or the team that a row must name.
    pub(super) fn find(&self, row: &Row) -> Result<Holder, Fault> {
        let rep = self.people.find(row)?;
        let Some(called) = row.text(Field::Team) else {
            let rep = rep.map(Holder::Rep);
            return rep.ok_or_else(|| row.fault(Field::Owner, "neither a rep nor a team is named"));
        };
        if rep.is_some() {
            return Err(row.fault(Field::Team, "name a rep or a team, not both"));
        }
        match self.teams.get(called) {
            Some(Some(team)) => Ok(Holder::Team(*team)),
            Some(None) => {
                let reason = format!("two teams are called {called:?}; rename one of them");
                Err(row.fault(Field::Team, reason))
            }
            None => {
                let reason = format!("no team is called {called:?}; import teams first");
                Err(row.fault(Field::Team, reason))
            }
        }
    }
}

/// The customers that a chunk of rows names.
pub(super) struct NamedCustomers {
    by_code: HashMap<String, CustomerId>,
    /// None where two have the name.
    by_name: HashMap<String, Option<CustomerId>>,
}

impl NamedCustomers {
    pub(super) async fn of(txn: &DatabaseTransaction, rows: &[Row]) -> Result<Self, ImportError> {
        let texts = |field: Field| -> Vec<String> {
            let texts = rows.iter().filter_map(|row| row.text(field));
            texts.map(str::to_owned).collect()
        };
        let backend = txn.get_database_backend();
        let found = async |column: customer::Column, texts: Vec<String>| {
            customer::Entity::visible_to(&Scope::All)
                .filter(one_of(backend, column, &texts))
                .all(txn)
                .await
        };
        let coded = found(customer::Column::Code, texts(Field::CustomerCode)).await?;
        let called = found(customer::Column::Name, texts(Field::Customer)).await?;
        let mut by_name: HashMap<String, Option<CustomerId>> = HashMap::new();
        for customer in called {
            by_name
                .entry(customer.name)
                .and_modify(|known| *known = None)
                .or_insert(Some(customer.id));
        }
        Ok(Self {
            by_code: coded.into_iter().map(|one| (one.code, one.id)).collect(),
            by_name,
        })
    }

    /// The customer that a row must name, by its code or else by its name.
    pub(super) fn find(&self, row: &Row) -> Result<CustomerId, Fault> {
        if let Some(code) = row.text(Field::CustomerCode) {
            let found = self.by_code.get(code).copied();
            let reason = format!("no customer has the code {code:?}; import customers first");
            return found.ok_or_else(|| row.fault(Field::CustomerCode, reason));
        }
        let Some(name) = row.text(Field::Customer) else {
            return Err(row.fault(Field::Customer, "is empty"));
        };
        match self.by_name.get(name) {
            Some(Some(customer)) => Ok(*customer),
            Some(None) => {
                let reason = format!("two customers are called {name:?}; write the code");
                Err(row.fault(Field::Customer, reason))
            }
            None => {
                let reason = format!("no customer is called {name:?}; import customers first");
                Err(row.fault(Field::Customer, reason))
            }
        }
    }
}
