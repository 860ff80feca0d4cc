//! People at customers, known by their customer and their name.

use std::collections::{HashMap, HashSet};

use entity::customers::contact;
use entity::id::{ContactId, CustomerId};
use entity::keys;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::NamedCustomers;
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError};
use crate::scalar::now;

#[derive(Default)]
pub(super) struct Contacts {
    seen: HashSet<(CustomerId, String)>,
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
        let named = NamedCustomers::of(txn, &rows).await?;
        let said = report.understood(rows, |row| self.read(row, &named));
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
                    new.push(made(one));
                    report.count(Became::New);
                }
            }
        }
        insert(txn, new).await
    }

    fn read(&mut self, row: &Row, named: &NamedCustomers) -> Result<Said, Fault> {
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
    update(txn, before, after).await
}
