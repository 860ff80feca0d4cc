//! Fifteen hundred customers, each with a contact or two, a fence and the rep who calls there.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{geofence::Shape, position::Position};
use entity::{
    customers::{assignment, contact, customer, segment},
    field::{counter, geofence, geofence_version},
    id::{AssignmentId, ContactId, CustomerId, GeofenceId, SegmentId},
};
use rand::{Rng, RngExt};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::demo::{
    city::{FIRST_NAMES, LAST_NAMES, SHOPS},
    company::{HISTORY_DAYS, Rep, Shop, people::People, rows::insert},
    place::Place,
};

/// Customers a rep: fifteen hundred for sixty.
const PER_REP: usize = 25;
/// Two customers are never nearer to each other than this, in metres.
const APART_M: f64 = 110.0;
/// Of a hundred fences so many are polygons.
const POLYGONS: u32 = 30;

/// The rows, before they are written.
#[derive(Default)]
struct Rows {
    customers: Vec<customer::Model>,
    contacts: Vec<contact::Model>,
    assignments: Vec<assignment::Model>,
    geofences: Vec<geofence::Model>,
    versions: Vec<geofence_version::Model>,
}

/// Writes the customers.
pub(super) async fn win(
    connection: &impl ConnectionTrait,
    random: &mut impl Rng,
    people: &People,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<Shop>> {
    let founded = now - TimeDelta::days(HISTORY_DAYS);
    let segments: Vec<segment::Model> = SHOPS
        .iter()
        .map(|(name, ..)| segment::Model {
            id: SegmentId::new(),
            name: (*name).to_owned(),
        })
        .collect();
    let mut rows = Rows::default();
    let mut shops: Vec<Shop> = Vec::new();
    for (rep, team) in people.reps.iter().zip(&people.team_of) {
        let region = people.teams[*team].region;
        for _ in 0..PER_REP {
            let kind = random.random_range(0..SHOPS.len());
            let place = free_place(rep, &shops, random);
            let number = shops.len() + 1;
            let owner = LAST_NAMES[random.random_range(0..LAST_NAMES.len())];
            let is_prospect = random.random_range(0..10) == 0;
            let street = region.streets[random.random_range(0..region.streets.len())];
            let row = customer::Model {
                id: CustomerId::new(),
                code: format!("C{number:05}"),
                name: format!("{} {owner}", SHOPS[kind].1),
                segment_id: Some(segments[kind].id),
                address: Some(format!(
                    "{street} {}, {}",
                    random.random_range(1..180),
                    rep.district
                )),
                city: Some(region.city.to_owned()),
                latitude: Some(place.latitude),
                longitude: Some(place.longitude),
                status: if is_prospect {
                    customer::Status::Prospect
                } else {
                    customer::Status::Active
                },
                became_customer_at: None,
                created_at: founded,
                archived_at: None,
            };
            shops.push(Shop {
                id: row.id,
                name: row.name.clone(),
                place,
                rep: rep.id,
                is_prospect,
            });
            rows.assignments.push(assignment(&row, rep, SHOPS[kind].2));
            contacts(&row, owner, random, &mut rows.contacts);
            fence(&row, place, random, &mut rows)?;
            rows.customers.push(row);
        }
    }
    insert::<segment::ActiveModel>(connection, segments).await?;
    save(connection, rows).await?;
    Ok(shops)
}

/// A place in the rep's patch, apart from every other customer.
fn free_place(rep: &Rep, shops: &[Shop], random: &mut impl Rng) -> Place {
    let mut spread_m = 420.0;
    loop {
        let place = rep.home.jittered(random, spread_m);
        if shops
            .iter()
            .all(|shop| shop.place.distance_m(place) >= APART_M)
        {
            return place;
        }
        spread_m += 10.0;
    }
}

fn assignment(row: &customer::Model, rep: &Rep, due_every_days: i32) -> assignment::Model {
    assignment::Model {
        id: AssignmentId::new(),
        customer_id: row.id,
        user_id: Some(rep.id),
        team_id: None,
        due_every_days: Some(due_every_days),
        valid_from: row.created_at,
        valid_to: None,
        assigned_by: None,
    }
}

fn contacts(
    row: &customer::Model,
    owner: &str,
    random: &mut impl Rng,
    contacts: &mut Vec<contact::Model>,
) {
    for index in 0..random.random_range(1..=2) {
        let first = FIRST_NAMES[random.random_range(0..FIRST_NAMES.len())];
        contacts.push(contact::Model {
            id: ContactId::new(),
            customer_id: row.id,
            name: format!("{first} {owner}"),
            title: Some(if index == 0 { "Owner" } else { "Purchasing" }.to_owned()),
            phone: Some(format!(
                "+49 30 {:07}",
                random.random_range(1_000_000..9_999_999)
            )),
            email: None,
            is_primary: index == 0,
            created_at: row.created_at,
        });
    }
}

fn fence(
    row: &customer::Model,
    place: Place,
    random: &mut impl Rng,
    rows: &mut Rows,
) -> anyhow::Result<()> {
    let is_polygon = random.random_range(0..100) < POLYGONS;
    let radius_m = random.random_range(45.0_f64..80.0).round();
    let geojson = is_polygon.then(|| outline(place, radius_m, random));
    let shape = match &geojson {
        Some(geojson) => Shape::from_geojson(geojson)?,
        None => Shape::circle(Position::new(place.latitude, place.longitude)?, radius_m)?,
    };
    let geofence_id = GeofenceId::new();
    rows.geofences.push(geofence::Model {
        id: geofence_id,
        customer_id: row.id,
        name: None,
        created_at: row.created_at,
        retired_at: None,
    });
    rows.versions.push(geofence_version::Model {
        geofence_id,
        version: 1,
        valid_from: row.created_at,
        valid_to: None,
        kind: if is_polygon {
            geofence_version::Kind::Polygon
        } else {
            geofence_version::Kind::Circle
        },
        latitude: (!is_polygon).then_some(place.latitude),
        longitude: (!is_polygon).then_some(place.longitude),
        radius_m: (!is_polygon).then_some(radius_m),
        geojson,
        area_m2: shape.area_m2(),
        created_by: None,
        created_at: row.created_at,
    });
    Ok(())
}

/// An uneven outline of five to nine corners round the place, counter-clockwise.
fn outline(place: Place, radius_m: f64, random: &mut impl Rng) -> Value {
    let corners = random.random_range(5..=9);
    let mut ring: Vec<[f64; 2]> = (0..corners)
        .map(|corner| {
            let turn = f64::from(corner) / f64::from(corners) * std::f64::consts::TAU;
            let reach = radius_m * random.random_range(0.8..1.3);
            let at = place.moved(reach * turn.cos(), reach * turn.sin());
            [
                (at.longitude * 1e7).round() / 1e7,
                (at.latitude * 1e7).round() / 1e7,
            ]
        })
        .collect();
    ring.push(ring[0]);
    json!({ "type": "Polygon", "coordinates": [ring] })
}

async fn save(connection: &impl ConnectionTrait, rows: Rows) -> anyhow::Result<()> {
    insert::<customer::ActiveModel>(connection, rows.customers).await?;
    insert::<contact::ActiveModel>(connection, rows.contacts).await?;
    insert::<assignment::ActiveModel>(connection, rows.assignments).await?;
    insert::<geofence::ActiveModel>(connection, rows.geofences).await?;
    insert::<geofence_version::ActiveModel>(connection, rows.versions).await?;
    // Whoever holds the fences in memory looks at this counter.
    let counted = counter::ActiveModel {
        name: sea_orm::Set("fences".to_owned()),
        value: sea_orm::Set(1),
    };
    sea_orm::ActiveModelTrait::update(counted, connection).await?;
    Ok(())
}
