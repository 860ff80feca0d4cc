//! People at customers, known by their customer and their name.

use std::collections::{HashMap, HashSet};

use entity::customers::{contact, customer};
use entity::id::{ContactId, CustomerId};
use entity::keys;
use entity::viewer::Scope;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction,
    EntityTrait, IntoActiveModel, QueryFilter,
};

use super::mapping::Field;
use super::report::Report;
use super::row::{Fault, Row};
use super::{Became, ImportError};
use crate::filter::one_of;
use crate::scalar::now;

#[derive(Default)]
pub(super) struct Contacts {
    seen: HashSet<(CustomerId, String)>,
}

/// The customers that a chunk names: none where two have the name.
struct Named {
    by_code: HashMap<String, CustomerId>,
    by_name: HashMap<String, Option<CustomerId>>,
}

/// What a row says.
struct Said {
    customer: CustomerId,
    name: String,
    title: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

impl Contacts {
    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let named = Named::of(txn, &rows).await?;
        let mut said = Vec::with_capacity(rows.len());
        for row in rows {
            match self.read(&row, &named) {
                Ok(one) => said.push(one),
                Err(fault) => report.refuse(row.line, fault),
            }
        }
        let customers: Vec<CustomerId> = said.iter().map(|one| one.customer).collect();
        let column = contact::Column::CustomerId.into_expr();
        let known = contact::Entity::visible_to(&Scope::All)
            .filter(keys::any_of(txn.get_database_backend(), column, &customers))
            .all(txn)
            .await?;
        let mut known: HashMap<(CustomerId, String), contact::Model> = known
            .into_iter()
            .map(|contact| ((contact.customer_id, contact.name.clone()), contact))
            .collect();
        let mut new = Vec::new();
        for one in said {
            match known.remove(&(one.customer, one.name.clone())) {
                Some(before) => report.count(change(txn, before, one).await?),
                None => {
                    new.push(made(one).into_active_model());
                    report.count(Became::New);
                }
            }
        }
        if !new.is_empty() {
            contact::Entity::insert_many(new)
                .exec_without_returning(txn)
                .await?;
        }
        Ok(())
    }

    fn read(&mut self, row: &Row, named: &Named) -> Result<Said, Fault> {
        let customer = named.find(row)?;
        let name = match row.short(Field::Name)? {
            Some(name) => name,
            None => {
                let first = row.short(Field::FirstName)?;
                let last = row.needed(Field::LastName)?;
                first.map_or(last.clone(), |first| format!("{first} {last}"))
            }
        };
        if !self.seen.insert((customer, name.clone())) {
            return Err(row.fault(Field::Name, "stands in a line above already"));
        }
        Ok(Said {
            customer,
            name,
            title: row.short(Field::Title)?,
            phone: row.short(Field::Mobile)?.or(row.short(Field::Phone)?),
            email: row.short(Field::Email)?,
        })
    }
}

impl Named {
    async fn of(txn: &DatabaseTransaction, rows: &[Row]) -> Result<Self, ImportError> {
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

    fn find(&self, row: &Row) -> Result<CustomerId, Fault> {
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

fn made(said: Said) -> contact::Model {
    contact::Model {
        id: ContactId::new(),
        customer_id: said.customer,
        name: said.name,
        title: said.title,
        phone: said.phone,
        email: said.email,
        is_primary: false,
        created_at: now(),
    }
}

/// A cell that is empty leaves what is there.
async fn change(
    txn: &DatabaseTransaction,
    before: contact::Model,
    said: Said,
) -> Result<Became, ImportError> {
    let after = contact::Model {
        title: said.title.or_else(|| before.title.clone()),
        phone: said.phone.or_else(|| before.phone.clone()),
        email: said.email.or_else(|| before.email.clone()),
        ..before.clone()
    };
    if after == before {
        return Ok(Became::Unchanged);
    }
    let mut changed = before.into_active_model();
    changed.title = Set(after.title);
    changed.phone = Set(after.phone);
    changed.email = Set(after.email);
    changed.update(txn).await?;
    Ok(Became::Changed)
}
