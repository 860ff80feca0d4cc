//! What waits for a manager in the demo: arrivals out of range, and points that were kept aside.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::{position::Position, zone};
use entity::field::check_in::Kind;
use ingest::{Incoming, Intake, Photos, Reading};
use serde_json::json;

use crate::demo::{
    city::TIME_ZONE,
    company::{Company, Rep, Shop},
    history,
    place::Place,
    shelf,
};

/// An arrival that a manager has to decide on.
struct FarArrival {
    rep: usize,
    east_m: f64,
    minutes: i64,
    note: &'static str,
}

const FAR_ARRIVALS: [FarArrival; 4] = [
    FarArrival {
        rep: 1,
        east_m: 260.0,
        minutes: 11 * 60 + 20,
        note: "Talked to the owner at their warehouse",
    },
    FarArrival {
        rep: 4,
        east_m: 430.0,
        minutes: 14 * 60 + 5,
        note: "The street is closed, parked at the next corner",
    },
    FarArrival {
        rep: 9,
        east_m: 310.0,
        minutes: 10 * 60 + 40,
        note: "",
    },
    FarArrival {
        rep: 20,
        east_m: 1_250.0,
        minutes: 13 * 60,
        note: "Met them at the trade fair",
    },
];

/// A faulty point of a phone: whose, when from now, and where.
type Fault = (usize, TimeDelta, Option<(f64, f64)>);

const FAULTS: [Fault; 3] = [
    (2, TimeDelta::hours(3), Some((52.531, 13.401))),
    (10, TimeDelta::minutes(-35), None),
    (25, TimeDelta::hours(26), Some((48.137, 11.575))),
];

/// Takes them in as the phones would have sent them; half of the far arrivals with a photo.
pub(crate) async fn take_in(
    intake: &Intake,
    photos: &Photos,
    company: &Company,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    for (number, arrival) in FAR_ARRIVALS.iter().enumerate() {
        let Some((rep, shop)) = customer_of(company, arrival.rep) else {
            continue;
        };
        let Some(point) = far_arrival(number, arrival, shop, now) else {
            continue;
        };
        intake.import(rep.id, rep.device, vec![point]).await?;
        if number % 2 == 0 {
            let jpeg = shelf::photo(number as u64)?;
            let name = client_id(number);
            photos
                .take(rep.id, Some(rep.device), &name, "shelf", jpeg.into())
                .await?;
        }
    }
    for (number, (rep, after, place)) in FAULTS.iter().enumerate() {
        if let Some(rep) = company.reps.get(*rep) {
            let point = faulty(number, now + *after, *place);
            intake.import(rep.id, rep.device, vec![point]).await?;
        }
    }
    Ok(())
}

fn customer_of(company: &Company, rep: usize) -> Option<(&Rep, &Shop)> {
    let rep = company.reps.get(rep)?;
    let shop = company.shops.iter().find(|shop| shop.rep == rep.id)?;
    Some((rep, shop))
}

fn far_arrival(
    number: usize,
    arrival: &FarArrival,
    shop: &Shop,
    now: DateTime<Utc>,
) -> Option<Incoming> {
    let day = *history::days(now).last()?;
    let midnight = zone::instant_of(day.and_time(NaiveTime::MIN), TIME_ZONE);
    let at = midnight + TimeDelta::minutes(arrival.minutes);
    let Place {
        latitude,
        longitude,
    } = shop.place.moved(arrival.east_m, 0.0);
    let position = Position::new(latitude, longitude).ok()?;
    let mut reading = Reading::new(Kind::Arrive, at, Some(position));
    reading.customer = Some(shop.id);
    reading.accuracy_m = Some(9.0);
    reading.note = Some(arrival.note.to_owned()).filter(|note| !note.is_empty());
    Some(Incoming::new(client_id(number), Vec::new(), reading))
}

fn client_id(number: usize) -> String {
    format!("far-{number}")
}

fn faulty(number: usize, at: DateTime<Utc>, place: Option<(f64, f64)>) -> Incoming {
    let id = format!("fault-{number}");
    let (latitude, longitude) = place.unzip();
    let raw = json!({ "id": id, "kind": "TRAIL", "recordedAt": at,
        "latitude": latitude, "longitude": longitude, "accuracyM": 12 });
    let position = place.and_then(|(latitude, longitude)| Position::new(latitude, longitude).ok());
    let mut reading = Reading::new(Kind::Trail, at, position);
    reading.accuracy_m = Some(12.0);
    Incoming::new(id, raw.to_string().into_bytes(), reading)
}
