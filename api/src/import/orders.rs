//! Orders, by their number. All sums are made anew at the end, in the same transaction.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::money::{Currency, Money};
use entity::id::{CustomerId, OrderId, UserId};
use entity::sales::order::{self, Status};
use entity::viewer::Scope;
use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::{NamedCustomers, People};
use super::mapping::Source;
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError, Plan};
use crate::filter::one_of;
use crate::performance::calendar::Calendar;
use crate::performance::rebuild::rebuild;
use crate::scalar::now;

pub(super) struct Orders {
    calendar: Calendar,
    people: People,
    seen: HashSet<String>,
    /// Rows are deals, of which only those that are won are orders.
    are_deals: bool,
    is_changed: bool,
}

/// What a row means.
enum Meaning {
    /// An order.
    Order(Box<Said>),
    /// A deal that is not, or no longer, won, by its number.
    NotWon(String),
}

/// What a row says.
struct Said {
    number: String,
    customer: CustomerId,
    rep: UserId,
    placed_at: DateTime<Utc>,
    total: Money,
    status: Status,
    note: Option<String>,
}

impl Orders {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        // Before anything else, so that nobody sums up by other settings meanwhile.
        let company = Calendar::take(txn).await?;
        Ok(Self {
            calendar: Calendar::of(&company)?,
            people: People::of(txn, plan.mapping.people()).await?,
            seen: HashSet::new(),
            are_deals: plan.mapping.source() == Source::Zoho,
            is_changed: false,
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let named = NamedCustomers::of(txn, &rows).await?;
        let said = report.understood(rows, |row| self.read(row, &named));
        let numbers: Vec<String> = said.iter().map(|one| one.number().to_owned()).collect();
        let backend = txn.get_database_backend();
        let known = order::Entity::visible_to(&Scope::All)
            .filter(one_of(backend, order::Column::Number, &numbers))
            .all(txn)
            .await?;
        let mut known: HashMap<String, order::Model> = known
            .into_iter()
            .map(|order| (order.number.clone(), order))
            .collect();
        let mut new = Vec::new();
        for one in said {
            let became = match (known.remove(one.number()), one) {
                (Some(before), Meaning::Order(said)) => change(txn, before, *said).await?,
                (Some(before), Meaning::NotWon(_)) => cancel(txn, before).await?,
                (None, Meaning::Order(said)) => {
                    new.push(made(*said));
                    Became::New
                }
                (None, Meaning::NotWon(_)) => {
                    report.passed_over += 1;
                    continue;
                }
            };
            self.is_changed |= became != Became::Unchanged;
            report.count(became);
        }
        insert(txn, new).await
    }

    /// Makes the sums say what the orders say.
    pub(super) async fn finish(self, txn: &DatabaseTransaction) -> Result<(), ImportError> {
        if self.is_changed {
            rebuild(txn, self.calendar).await?;
        }
        Ok(())
    }

    fn read(&mut self, row: &Row, named: &NamedCustomers) -> Result<Meaning, Fault> {
        let number = row.needed(Field::Number)?;
        if !self.seen.insert(number.clone()) {
            return Err(row.fault(Field::Number, "stands in a line above already"));
        }
        let is_won = || row.text(Field::Status).is_some_and(is_won);
        if self.are_deals && !is_won() {
            return Ok(Meaning::NotWon(number));
        }
        let rep = self.people.needed(row)?;
        let status = row.text(Field::Status).map(str::to_uppercase);
        let status = match status.as_deref() {
            _ if self.are_deals => Status::Placed,
            None | Some("PLACED") => Status::Placed,
            Some("CANCELLED") => Status::Cancelled,
            Some(_) => return Err(row.fault(Field::Status, "must be PLACED or CANCELLED")),
        };
        Ok(Meaning::Order(Box::new(Said {
            number,
            customer: named.find(row)?,
            rep,
            placed_at: self.placed_at(row)?,
            total: self.total(row)?,
            status,
            note: row
                .text(Field::Note)
                .map(|note| note.chars().take(2_000).collect()),
        })))
    }

    fn placed_at(&self, row: &Row) -> Result<DateTime<Utc>, Fault> {
        let placed_at = row.instant(Field::PlacedAt, self.calendar.zone)?;
        let placed_at = placed_at.ok_or_else(|| row.fault(Field::PlacedAt, "is empty"))?;
        if placed_at > Utc::now() {
            return Err(row.fault(Field::PlacedAt, "is in the future"));
        }
        Ok(placed_at)
    }

    fn total(&self, row: &Row) -> Result<Money, Fault> {
        let currency: Currency = match row.text(Field::Currency) {
            None => self.calendar.currency,
            Some(code) => code.parse().map_err(|error: domain::money::MoneyError| {
                row.fault(Field::Currency, error.to_string())
            })?,
        };
        let text = row.needed(Field::Total)?.replace(',', "");
        let amount = text
            .parse()
            .map_err(|_| row.fault(Field::Total, format!("{text:?} is no amount")))?;
        Money::exactly(amount, currency).map_err(|error| row.fault(Field::Total, error.to_string()))
    }
}

/// Zoho's word for it, with which the names of own stages may begin.
fn is_won(stage: &str) -> bool {
    stage.trim().to_lowercase().starts_with("closed won")
}

impl Meaning {
    fn number(&self) -> &str {
        match self {
            Self::Order(said) => &said.number,
            Self::NotWon(number) => number,
        }
    }
}

/// A deal was won once, and is not any more.
async fn cancel(txn: &DatabaseTransaction, before: order::Model) -> Result<Became, ImportError> {
    let after = order::Model {
        status: Status::Cancelled,
        ..before.clone()
    };
    update(txn, before, after).await
}

fn made(said: Said) -> order::Model {
    order::Model {
        id: OrderId::new(),
        number: said.number,
        customer_id: said.customer,
        rep_id: said.rep,
        placed_at: said.placed_at,
        total_minor: said.total.minor,
        currency: said.total.currency.code().to_owned(),
        status: said.status,
        note: said.note,
        created_at: now(),
    }
}

async fn change(
    txn: &DatabaseTransaction,
    before: order::Model,
    said: Said,
) -> Result<Became, ImportError> {
    let after = order::Model {
        customer_id: said.customer,
        rep_id: said.rep,
        placed_at: said.placed_at,
        total_minor: said.total.minor,
        currency: said.total.currency.code().to_owned(),
        status: said.status,
        note: said.note.or_else(|| before.note.clone()),
        ..before.clone()
    };
    update(txn, before, after).await
}
