//! Customers, by their code, with who looks after them.

use std::collections::{HashMap, HashSet};

use domain::datum::Datum;
use domain::position::Position;
use entity::customers::customer::Status;
use entity::customers::{assignment, customer, segment};
use entity::id::{AssignmentId, CustomerId, SegmentId, UserId};
use entity::keys;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use super::labels::Field;
use super::lookup::People;
use super::report::Report;
use super::row::{Fault, Row};
use super::touched::Touched;
use super::write::{insert, update};
use super::{Became, ImportError, Plan, fences};
use crate::filter::one_of;
use crate::scalar::now;

pub(super) struct Customers {
    datum: Datum,
    fence_radius_m: Option<f64>,
    people: People,
    segments: HashMap<String, SegmentId>,
    seen: HashSet<String>,
    /// The customers who got a circle.
    fenced: Touched,
}

/// What a row says.
struct Said {
    code: String,
    name: String,
    segment: Option<String>,
    address: Option<String>,
    city: Option<String>,
    place: Option<Position>,
    status: Option<Status>,
    owner: Option<UserId>,
}

impl Customers {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        let segments = segment::Entity::visible_to(&Scope::All).all(txn).await?;
        Ok(Self {
            datum: plan.datum,
            fence_radius_m: plan.fence_radius_m,
            people: People::of(txn, plan.mapping.people()).await?,
            segments: segments.into_iter().map(|one| (one.name, one.id)).collect(),
            seen: HashSet::new(),
            fenced: Touched::default(),
        })
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let said = report.understood(rows, |row| self.read(row));
        let codes: Vec<String> = said.iter().map(|one| one.code.clone()).collect();
        let known = customer::Entity::visible_to(&Scope::All)
            .filter(one_of(
                txn.get_database_backend(),
                customer::Column::Code,
                &codes,
            ))
            .all(txn)
            .await?;
        let owned = owned(txn, &known).await?;
        let mut known: HashMap<String, customer::Model> = known
            .into_iter()
            .map(|customer| (customer.code.clone(), customer))
            .collect();
        let (mut new, mut given, mut placed) = (Vec::new(), Vec::new(), Vec::new());
        for one in said {
            let segment = match &one.segment {
                Some(name) => Some(self.segment(txn, name).await?),
                None => None,
            };
            let (owner, place) = (one.owner, one.place);
            let (customer, became) = match known.remove(&one.code) {
                Some(before) => change(txn, before, one, segment).await?,
                None => {
                    let made = made(one, segment);
                    new.push(made.clone());
                    (made.id, Became::New)
                }
            };
            let owner = owner.filter(|owner| !owned.contains(&(customer, *owner)));
            given.extend(owner.map(|owner| (customer, owner)));
            placed.extend(place.map(|place| (customer, place)));
            report.count(match (became, owner) {
                (Became::Unchanged, Some(_)) => Became::Changed,
                (became, _) => became,
            });
        }
        insert(txn, new).await?;
        assign(txn, given).await?;
        match self.fence_radius_m {
            Some(radius_m) => fences::circles(txn, placed, radius_m, &mut self.fenced).await,
            None => Ok(()),
        }
    }

    /// Tells the workers of the circles that were drawn.
    pub(super) async fn finish(self, txn: &DatabaseTransaction) -> Result<(), ImportError> {
        self.fenced.tell(txn).await
    }

    fn read(&mut self, row: &Row) -> Result<Said, Fault> {
        let code = row.needed(Field::Code)?;
        if !self.seen.insert(code.clone()) {
            return Err(row.fault(Field::Code, "stands in a line above already"));
        }
        let status = row.text(Field::Status).map(str::to_uppercase);
        let status = match status.as_deref() {
            None => None,
            Some("PROSPECT") => Some(Status::Prospect),
            Some("ACTIVE") => Some(Status::Active),
            Some("CLOSED") => Some(Status::Closed),
            Some(_) => return Err(row.fault(Field::Status, "must be PROSPECT, ACTIVE or CLOSED")),
        };
        let address = match (row.short(Field::District)?, row.short(Field::Address)?) {
            (Some(district), Some(address)) if !address.contains(&district) => {
                Some(format!("{district}{address}"))
            }
            (district, address) => address.or(district),
        };
        Ok(Said {
            code,
            name: row.needed(Field::Name)?,
            segment: row.short(Field::Segment)?,
            address,
            city: row.short(Field::City)?,
            place: self.place(row)?,
            status,
            owner: self.people.find(row)?,
        })
    }

    fn place(&self, row: &Row) -> Result<Option<Position>, Fault> {
        let latitude = row.read(Field::Latitude, "number of degrees")?;
        let longitude = row.read(Field::Longitude, "number of degrees")?;
        let (latitude, longitude) = match (latitude, longitude) {
            (None, None) => return Ok(None),
            (Some(latitude), Some(longitude)) => (latitude, longitude),
            (None, Some(_)) => return Err(row.fault(Field::Latitude, "is empty")),
            (Some(_), None) => return Err(row.fault(Field::Longitude, "is empty")),
        };
        let place = Position::new(latitude, longitude)
            .map_err(|error| row.fault(Field::Latitude, error.to_string()))?;
        Ok(Some(self.datum.to_wgs84(place)))
    }

    /// The segment of a name, made if it is not there.
    async fn segment(
        &mut self,
        txn: &DatabaseTransaction,
        name: &str,
    ) -> Result<SegmentId, ImportError> {
        if let Some(segment) = self.segments.get(name) {
            return Ok(*segment);
        }
        let made = segment::Model {
            id: SegmentId::new(),
            name: name.to_owned(),
        };
        let id = made.id;
        insert(txn, vec![made]).await?;
        self.segments.insert(name.to_owned(), id);
        Ok(id)
    }
}

fn made(said: Said, segment: Option<SegmentId>) -> customer::Model {
    customer::Model {
        id: CustomerId::new(),
        code: said.code,
        name: said.name,
        segment_id: segment,
        address: said.address,
        city: said.city,
        latitude: said.place.map(Position::latitude),
        longitude: said.place.map(Position::longitude),
        status: said.status.unwrap_or(Status::Prospect),
        became_customer_at: None,
        created_at: now(),
        archived_at: None,
    }
}

/// A cell that is empty leaves what is there.
async fn change(
    txn: &DatabaseTransaction,
    before: customer::Model,
    said: Said,
    segment: Option<SegmentId>,
) -> Result<(CustomerId, Became), ImportError> {
    let id = before.id;
    let after = customer::Model {
        name: said.name,
        segment_id: segment.or(before.segment_id),
        address: said.address.or_else(|| before.address.clone()),
        city: said.city.or_else(|| before.city.clone()),
        latitude: said.place.map(Position::latitude).or(before.latitude),
        longitude: said.place.map(Position::longitude).or(before.longitude),
        status: said.status.unwrap_or(before.status),
        ..before.clone()
    };
    Ok((id, update(txn, before, after).await?))
}

/// Who looks after which of these customers now.
async fn owned(
    txn: &DatabaseTransaction,
    customers: &[customer::Model],
) -> Result<HashSet<(CustomerId, UserId)>, ImportError> {
    let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id).collect();
    let column = assignment::Column::CustomerId.into_expr();
    let assignments = assignment::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(txn.get_database_backend(), column, &ids))
        .filter(assignment::Column::ValidTo.is_null())
        .all(txn)
        .await?;
    let owned = assignments
        .into_iter()
        .filter_map(|one| Some((one.customer_id, one.user_id?)));
    Ok(owned.collect())
}

/// Gives customers to reps from now on.
async fn assign(
    txn: &DatabaseTransaction,
    given: Vec<(CustomerId, UserId)>,
) -> Result<(), ImportError> {
    if given.is_empty() {
        return Ok(());
    }
    let valid_from = now();
    let mut reps: Vec<UserId> = given.iter().map(|(_, rep)| *rep).collect();
    reps.sort_unstable();
    reps.dedup();
    let rows = given
        .into_iter()
        .map(|(customer_id, rep)| assignment::Model {
            id: AssignmentId::new(),
            customer_id,
            user_id: Some(rep),
            team_id: None,
            due_every_days: None,
            valid_from,
            valid_to: None,
            assigned_by: None,
        });
    insert(txn, rows.collect()).await?;
    ingest::verbs::mark_dirty(txn, &reps, valid_from).await?;
    Ok(())
}
