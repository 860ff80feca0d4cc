//! Geofences, known by their customer and their name: circles, WKT and GeoJSON.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use domain::datum::Datum;
use domain::geofence::Shape;
use domain::position::Position;
use entity::field::{geofence, geofence_version};
use entity::id::{CustomerId, GeofenceId};
use entity::keys;
use entity::viewer::Scope;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction,
    IntoActiveModel, QueryFilter,
};
use serde_json::{Value as Json, json};
use wkt::Wkt;
use wkt::types::{Coord, Polygon};

use super::labels::Field;
use super::lookup::NamedCustomers;
use super::report::Report;
use super::row::{Fault, Row};
use super::touched::Touched;
use super::write::insert;
use super::{Became, ImportError};
use crate::datum::moved;
use crate::field::fences::version;
use crate::scalar::{self, now};

pub(super) struct Geofences {
    datum: Datum,
    seen: HashSet<(CustomerId, Option<String>)>,
    touched: Touched,
}

/// What a row says.
struct Said {
    customer: CustomerId,
    name: Option<String>,
    shape: Shape,
}

/// A fence that counts, with its newest version.
type Known = HashMap<(CustomerId, Option<String>), (geofence::Model, geofence_version::Model)>;

impl Geofences {
    pub(super) fn new(datum: Datum) -> Self {
        Self {
            datum,
            seen: HashSet::new(),
            touched: Touched::default(),
        }
    }

    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        let customers = NamedCustomers::of(txn, &rows).await?;
        let said = report.understood(rows, |row| self.read(row, &customers));
        let ids: Vec<CustomerId> = said.iter().map(|one| one.customer).collect();
        let mut known = known(txn, &ids).await?;
        let mut new = Vec::new();
        for one in said {
            let customer = one.customer;
            let became = match known.remove(&(customer, one.name.clone())) {
                Some((fence, newest)) => change(txn, &fence, newest, &one.shape).await?,
                None => {
                    new.push(new_fence(customer, one.name, &one.shape));
                    Became::New
                }
            };
            if became != Became::Unchanged {
                self.touched.add(customer);
            }
            report.count(became);
        }
        draw(txn, new).await
    }

    /// Tells the workers.
    pub(super) async fn finish(self, txn: &DatabaseTransaction) -> Result<(), ImportError> {
        self.touched.tell(txn).await
    }

    fn read(&mut self, row: &Row, customers: &NamedCustomers) -> Result<Said, Fault> {
        let customer = customers.find(row)?;
        let name = row.short(Field::Name)?;
        if !self.seen.insert((customer, name.clone())) {
            let reason = "its customer has a fence of this name in a line above already";
            return Err(row.fault(Field::CustomerCode, reason));
        }
        Ok(Said {
            customer,
            name,
            shape: self.shape(row)?,
        })
    }

    /// A polygon, or a circle about a point.
    fn shape(&self, row: &Row) -> Result<Shape, Fault> {
        let radius: Option<f64> = row.read(Field::Radius, "number of metres")?;
        if let Some(text) = row.text(Field::Geojson) {
            let wrong = |_| row.fault(Field::Geojson, "is no GeoJSON");
            let geojson: Json = serde_json::from_str(text).map_err(wrong)?;
            return self.drawn(row, Field::Geojson, &geojson, radius);
        }
        if let Some(text) = row.text(Field::Wkt) {
            let geojson = geojson_of_wkt(text).map_err(|why| row.fault(Field::Wkt, why))?;
            return self.drawn(row, Field::Wkt, &geojson, radius);
        }
        let (latitude, longitude) = (
            row.read(Field::Latitude, "number of degrees")?,
            row.read(Field::Longitude, "number of degrees")?,
        );
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
            return Err(row.fault(Field::Latitude, "neither a shape nor a centre is there"));
        };
        self.circle(row, Field::Latitude, (latitude, longitude), radius)
    }

    fn drawn(
        &self,
        row: &Row,
        field: Field,
        geojson: &Json,
        radius: Option<f64>,
    ) -> Result<Shape, Fault> {
        if geojson["type"] == "Point" {
            let degrees = |place: usize| geojson["coordinates"][place].as_f64();
            let (Some(longitude), Some(latitude)) = (degrees(0), degrees(1)) else {
                return Err(row.fault(field, "is a point without coordinates"));
            };
            return self.circle(row, field, (latitude, longitude), radius);
        }
        let stored = moved(geojson, &|place| self.stored(place));
        Shape::from_geojson(&stored).map_err(|fault| row.fault(field, fault.to_string()))
    }

    fn circle(
        &self,
        row: &Row,
        field: Field,
        (latitude, longitude): (f64, f64),
        radius: Option<f64>,
    ) -> Result<Shape, Fault> {
        let Some(radius) = radius else {
            return Err(row.fault(Field::Radius, "a point needs a radius"));
        };
        let centre = Position::new(latitude, longitude)
            .map_err(|error| row.fault(field, error.to_string()))?;
        Shape::circle(self.datum.to_wgs84(centre), radius)
            .map_err(|fault| row.fault(Field::Radius, fault.to_string()))
    }

    fn stored(&self, place: scalar::Position) -> scalar::Position {
        match Position::new(place.latitude, place.longitude) {
            Ok(given) => self.datum.to_wgs84(given).into(),
            Err(_) => place,
        }
    }
}

/// A circle about each of these customers that has no fence yet.
pub(super) async fn circles(
    txn: &DatabaseTransaction,
    customers: Vec<(CustomerId, Position)>,
    radius_m: f64,
    touched: &mut Touched,
) -> Result<(), ImportError> {
    let ids: Vec<CustomerId> = customers.iter().map(|(customer, _)| *customer).collect();
    let column = geofence::Column::CustomerId.into_expr();
    let fenced = geofence::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(txn.get_database_backend(), column, &ids))
        .all(txn)
        .await?;
    let fenced: HashSet<CustomerId> = fenced.into_iter().map(|fence| fence.customer_id).collect();
    let mut new = Vec::new();
    for (customer, place) in customers {
        if !fenced.contains(&customer)
            && let Ok(shape) = Shape::circle(place, radius_m)
        {
            new.push(new_fence(customer, None, &shape));
            touched.add(customer);
        }
    }
    draw(txn, new).await
}

/// The centres of circles about these customers.
pub(super) async fn centres(
    txn: &DatabaseTransaction,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Position>, ImportError> {
    let fences = known(txn, customers).await?.into_iter();
    let centres = fences.filter_map(|((customer, _), (_, version))| {
        let (latitude, longitude) = version.latitude.zip(version.longitude)?;
        Some((customer, Position::new(latitude, longitude).ok()?))
    });
    Ok(centres.collect())
}

async fn known(txn: &DatabaseTransaction, customers: &[CustomerId]) -> Result<Known, ImportError> {
    let backend = txn.get_database_backend();
    let column = geofence::Column::CustomerId.into_expr();
    let fences = geofence::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(backend, column, customers))
        .filter(geofence::Column::RetiredAt.is_null())
        .all(txn)
        .await?;
    let ids: Vec<GeofenceId> = fences.iter().map(|fence| fence.id).collect();
    let column = geofence_version::Column::GeofenceId.into_expr();
    let newest = geofence_version::Entity::visible_to(&Scope::All)
        .filter(keys::any_of(backend, column, &ids))
        .filter(geofence_version::Column::ValidTo.is_null())
        .all(txn)
        .await?;
    let mut newest: HashMap<GeofenceId, geofence_version::Model> = newest
        .into_iter()
        .map(|version| (version.geofence_id, version))
        .collect();
    let known = fences.into_iter().filter_map(|fence| {
        let version = newest.remove(&fence.id)?;
        Some(((fence.customer_id, fence.name.clone()), (fence, version)))
    });
    Ok(known.collect())
}

/// A new fence and its first version.
type Drawn = (geofence::Model, geofence_version::Model);

fn new_fence(customer_id: CustomerId, name: Option<String>, shape: &Shape) -> Drawn {
    let fence = geofence::Model {
        id: GeofenceId::new(),
        customer_id,
        name,
        created_at: now(),
        retired_at: None,
    };
    let first = version(fence.id, 1, now(), shape, None);
    (fence, first)
}

async fn draw(txn: &DatabaseTransaction, new: Vec<Drawn>) -> Result<(), ImportError> {
    let (fences, versions) = new.into_iter().unzip();
    insert(txn, fences).await?;
    insert(txn, versions).await
}

/// Another shape is a new version, from now on.
async fn change(
    txn: &DatabaseTransaction,
    fence: &geofence::Model,
    newest: geofence_version::Model,
    shape: &Shape,
) -> Result<Became, ImportError> {
    let at = now();
    let next = version(fence.id, newest.version + 1, at, shape, None);
    let shape_of = |row: &geofence_version::Model| {
        (
            row.latitude,
            row.longitude,
            row.radius_m,
            row.geojson.clone(),
        )
    };
    if shape_of(&next) == shape_of(&newest) || newest.valid_from >= at {
        return Ok(Became::Unchanged);
    }
    let mut newest = newest.into_active_model();
    newest.valid_to = Set(Some(at));
    newest.update(txn).await?;
    next.into_active_model().insert(txn).await?;
    Ok(Became::Changed)
}

/// A polygon, multipolygon or point of WKT
/// (<https://www.ogc.org/standards/sfa/>) as GeoJSON; else why it is none.
pub fn geojson_of_wkt(text: &str) -> Result<Json, String> {
    let geometry = Wkt::<f64>::from_str(text).map_err(|why| format!("is no WKT: {why}"))?;
    geojson_of(geometry).ok_or_else(|| "is no polygon and no point".to_owned())
}

fn geojson_of(geometry: Wkt<f64>) -> Option<Json> {
    let place = |coord: &Coord<f64>| json!([coord.x, coord.y]);
    let rings = |polygon: &Polygon<f64>| -> Json {
        let rings = polygon.rings().iter();
        rings
            .map(|ring| ring.coords().iter().map(place).collect::<Json>())
            .collect()
    };
    match geometry {
        Wkt::Polygon(polygon) => Some(json!({
            "type": "Polygon", "coordinates": rings(&polygon),
        })),
        Wkt::MultiPolygon(polygons) => {
            let parts: Json = polygons.polygons().iter().map(rings).collect();
            Some(json!({ "type": "MultiPolygon", "coordinates": parts }))
        }
        Wkt::Point(point) => Some(json!({
            "type": "Point", "coordinates": place(point.coord()?),
        })),
        _ => None,
    }
}
