//! What rows refer to by a name: people of the company, and customers.

use std::collections::HashMap;

use entity::customers::customer;
use entity::id::{CustomerId, UserId};
use entity::people::user;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::ImportError;
use super::mapping::Field;
use super::row::{Fault, Row};
use crate::filter::one_of;

/// The people of the company whose account is open.
pub(super) struct People {
    /// By e-mail address and by name, both in lower case; none where two have the name.
    called: HashMap<String, Option<UserId>>,
}

impl People {
    pub(super) async fn of(txn: &DatabaseTransaction) -> Result<Self, ImportError> {
        let users = user::Entity::visible_to(&Scope::All)
            .filter(user::Column::DeactivatedAt.is_null())
            .all(txn)
            .await?;
        let mut called: HashMap<String, Option<UserId>> = HashMap::new();
        for user in users {
            called.insert(user.email.to_lowercase(), Some(user.id));
            called
                .entry(user.name.to_lowercase())
                .and_modify(|known| *known = None)
                .or_insert(Some(user.id));
        }
        Ok(Self { called })
    }

    /// The owner that a row names, if it names one.
    pub(super) fn find(&self, row: &Row) -> Result<Option<UserId>, Fault> {
        let Some(called) = row.text(Field::Owner) else {
            return Ok(None);
        };
        match self.called.get(&called.to_lowercase()) {
            Some(Some(owner)) => Ok(Some(*owner)),
            Some(None) => {
                let reason = format!("two people are called {called:?}; write the e-mail address");
                Err(row.fault(Field::Owner, reason))
            }
            None => {
                let reason = format!("nobody is called {called:?}; import users first");
                Err(row.fault(Field::Owner, reason))
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

    /// The customer that a row names, by its code or else by its name.
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
