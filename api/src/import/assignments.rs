//! Who looks after a customer: a rep or a team, how often, from when to when.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use entity::customers::assignment::{self, Model};
use entity::id::{AssignmentId, CustomerId, TeamId, UserId};
use entity::keys;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::{Holder, Holders, NamedCustomers};
use super::report::Report;
use super::row::{Fault, Row};
use super::write::{insert, update};
use super::{Became, ImportError, Plan};
use crate::customers::assigning::RAREST;
use crate::performance::calendar::Calendar;
use crate::scalar::now;

pub(super) struct Assignments {
    zone: Tz,
    now: DateTime<Utc>,
    holders: Holders,
    seen: HashSet<(CustomerId, Holder, Option<DateTime<Utc>>)>,
    /// Those that this table began.
    made: HashSet<AssignmentId>,
}

/// What a row says.
struct Said {
    row: Row,
    customer: CustomerId,
    holder: Holder,
    due_every_days: Option<i32>,
    valid_from: Option<DateTime<Utc>>,
    valid_to: Option<DateTime<Utc>>,
}

/// All assignments of a customer to the same rep or team, in order of time.
type Known = HashMap<(CustomerId, Holder), Vec<Model>>;
/// From when on the tracks of a rep, or of a team's members, are to be derived anew.
type Touched = BTreeMap<(Option<UserId>, Option<TeamId>), DateTime<Utc>>;

/// What a row comes to.
enum Step {
    /// The one that is there, perhaps with other values.
    Change(Model),
    /// A new one; an older one may have to end first.
    Begin { ended: Option<Model>, begun: Model },
}

impl Assignments {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        Ok(Self {
            zone: Calendar::read(txn).await?.zone,
            now: now(),
            holders: Holders::of(txn, plan.mapping.people()).await?,
            seen: HashSet::new(),
            made: HashSet::new(),
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
        let mut known = known(txn, said.iter().map(|one| one.customer)).await?;
        let mut touched = Touched::new();
        for one in said {
            let known = known.entry((one.customer, one.holder)).or_default();
            match self.step(&one, known) {
                Err(fault) => report.refuse(one.row.line, fault),
                Ok(Step::Change(after)) => {
                    let before = known.clone();
                    let became = replace(txn, known, after).await?;
                    if became != Became::Unchanged {
                        touch(&mut touched, before.iter().chain(known.iter()));
                    }
                    report.count(became);
                }
                Ok(Step::Begin { ended, begun }) => {
                    if let Some(ended) = ended {
                        replace(txn, known, ended).await?;
                    }
                    touch(&mut touched, [&begun]);
                    insert(txn, vec![begun.clone()]).await?;
                    self.made.insert(begun.id);
                    known.push(begun);
                    report.count(Became::New);
                }
            }
            known.sort_by_key(|one| one.valid_from);
        }
        tell(txn, touched).await
    }

    fn read(&mut self, row: &Row, named: &NamedCustomers) -> Result<Said, Fault> {
        let said = Said {
            row: row.clone(),
            customer: named.find(row)?,
            holder: self.holders.find(row)?,
            due_every_days: row.whole(Field::Every, 1..=RAREST)?,
            valid_from: row.instant(Field::ValidFrom, self.zone)?,
            valid_to: row.instant(Field::ValidTo, self.zone)?,
        };
        if said
            .valid_to
            .is_some_and(|end| end <= said.valid_from.unwrap_or(self.now))
        {
            return Err(row.fault(Field::ValidTo, "ends before it begins"));
        }
        if !self
            .seen
            .insert((said.customer, said.holder, said.valid_from))
        {
            return Err(row.fault(Field::CustomerCode, "stands in a line above already"));
        }
        Ok(said)
    }

    /// What a row comes to, given the assignments that are known in order of time.
    fn step(&self, said: &Said, known: &[Model]) -> Result<Step, Fault> {
        let from = said.valid_from.unwrap_or(self.now);
        let holds_at =
            |one: &&Model, at| one.valid_from <= at && one.valid_to.is_none_or(|end| end > at);
        let same = match said.valid_from {
            Some(from) => known.iter().find(|one| one.valid_from == from),
            None => known.iter().find(|one| {
                holds_at(one, from)
                    && one.due_every_days == said.due_every_days.or(one.due_every_days)
            }),
        };
        if let Some(before) = same {
            return Ok(Step::Change(Model {
                due_every_days: said.due_every_days.or(before.due_every_days),
                valid_to: said.valid_to.or(before.valid_to),
                ..before.clone()
            }));
        }
        let until = |end: Option<DateTime<Utc>>| end.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let later: Vec<&Model> = known
            .iter()
            .filter(|one| one.valid_from > from && one.valid_from < until(said.valid_to))
            .collect();
        let begun = |valid_to| Model {
            id: AssignmentId::new(),
            customer_id: said.customer,
            user_id: said.holder.rep(),
            team_id: said.holder.team(),
            due_every_days: said.due_every_days,
            valid_from: from,
            valid_to,
            assigned_by: None,
        };
        let ended = known.iter().find(|one| holds_at(one, from));
        let ended = ended.map(|older| Model {
            valid_to: Some(from),
            ..older.clone()
        });
        match later.as_slice() {
            [] => Ok(Step::Begin {
                ended,
                begun: begun(said.valid_to),
            }),
            // One that this very table begins later ends what the row begins.
            [next, ..] if self.made.contains(&next.id) => Ok(Step::Begin {
                ended,
                begun: begun(Some(next.valid_from)),
            }),
            // One that is there already began earlier than was known.
            [next] if ended.is_none() => Ok(Step::Change(Model {
                due_every_days: said.due_every_days.or(next.due_every_days),
                valid_from: from,
                valid_to: said.valid_to.or(next.valid_to),
                ..(*next).clone()
            })),
            _ => {
                let reason = "it overlaps other periods in which they look after it";
                Err(said.row.fault(Field::ValidFrom, reason))
            }
        }
    }
}

/// Writes an assignment that is there otherwise.
async fn replace(
    txn: &DatabaseTransaction,
    known: &mut [Model],
    after: Model,
) -> Result<Became, ImportError> {
    let Some(place) = known.iter_mut().find(|one| one.id == after.id) else {
        return Ok(Became::Unchanged);
    };
    let before = std::mem::replace(place, after.clone());
    update(txn, before, after).await
}

async fn known(
    txn: &DatabaseTransaction,
    customers: impl Iterator<Item = CustomerId>,
) -> Result<Known, ImportError> {
    let customers: Vec<CustomerId> = customers.collect();
    let column = assignment::Column::CustomerId.into_expr();
    let rows = assignment::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(txn.get_database_backend(), column, &customers))
        .all(txn)
        .await?;
    let mut known = Known::new();
    for row in rows {
        let rep = row.user_id.map(Holder::Rep);
        if let Some(holder) = rep.or(row.team_id.map(Holder::Team)) {
            known
                .entry((row.customer_id, holder))
                .or_default()
                .push(row);
        }
    }
    for rows in known.values_mut() {
        rows.sort_by_key(|row| row.valid_from);
    }
    Ok(known)
}

fn touch<'a>(touched: &mut Touched, rows: impl IntoIterator<Item = &'a Model>) {
    for row in rows {
        let earliest = touched
            .entry((row.user_id, row.team_id))
            .or_insert(row.valid_from);
        *earliest = row.valid_from.min(*earliest);
    }
}

async fn tell(txn: &DatabaseTransaction, touched: Touched) -> Result<(), ImportError> {
    for ((rep, team), earliest) in touched {
        if let Some(rep) = rep {
            ingest::verbs::mark_dirty(txn, &[rep], earliest).await?;
        }
        if let Some(team) = team {
            ingest::verbs::team_changed(txn, team, earliest).await?;
        }
    }
    Ok(())
}
