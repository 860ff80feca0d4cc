//! The past of the company, through the same intake and worker as everyone's.

use chrono::{DateTime, Utc};
use domain::{position::Position, zone};
use entity::field::check_in::Kind;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use ingest::{Incoming, Intake, Photos, Reading};

use crate::demo::{
    city::TIME_ZONE,
    company::{Company, Rep, Shop},
    history::{self, PastPoint},
    shelf,
};

/// Reps whose days are taken in at once.
const AT_ONCE: usize = 8;
/// Reps who take photos: those whom the demo's manager sees.
const PHOTOGRAPHERS: u64 = 16;

/// Takes in the days of every rep; tells how many check-ins there were.
pub(crate) async fn take_in(
    intake: &Intake,
    company: &Company,
    now: DateTime<Utc>,
    progress: &ProgressBar,
) -> anyhow::Result<usize> {
    progress.set_length(company.reps.len() as u64);
    let taking = company.reps.iter().zip(0..).map(|(rep, number)| {
        let points = points_of(company, rep, number, now);
        take_in_rep(intake, rep, points, progress)
    });
    let counts: Vec<usize> = stream::iter(taking)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(counts.into_iter().sum())
}

/// What the first reps photographed at their arrivals of the last day.
pub(crate) async fn photograph(
    photos: &Photos,
    company: &Company,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let Some(day) = history::days(now).pop() else {
        return Ok(());
    };
    for (rep, number) in company.reps.iter().zip(0..PHOTOGRAPHERS) {
        let points = points_of(company, rep, number, now);
        let arrivals = points.iter().enumerate().filter(|(_, point)| {
            point.kind == Kind::Arrive && zone::day_of(point.at, TIME_ZONE) == day
        });
        for (place, _) in arrivals.step_by(2) {
            let jpeg = shelf::photo(number * 1_000 + place as u64)?;
            let name = client_id(place);
            photos
                .take(rep.id, Some(rep.device), &name, "shelf", jpeg.into())
                .await?;
        }
    }
    Ok(())
}

/// A rep's check-ins of all days.
fn points_of(company: &Company, rep: &Rep, number: u64, now: DateTime<Utc>) -> Vec<PastPoint> {
    let shops = company.shops.iter().filter(|shop| shop.rep == rep.id);
    let shops: Vec<&Shop> = shops.collect();
    if shops.is_empty() {
        return Vec::new();
    }
    let days = history::days(now);
    days.iter()
        .flat_map(|day| history::day_of(rep, number, &shops, *day))
        .collect()
}

async fn take_in_rep(
    intake: &Intake,
    rep: &Rep,
    points: Vec<PastPoint>,
    progress: &ProgressBar,
) -> anyhow::Result<usize> {
    let incoming: Vec<Incoming> = points
        .iter()
        .enumerate()
        .map(|(place, point)| incoming(place, point))
        .collect();
    let count = incoming.len();
    intake.import(rep.id, rep.device, incoming).await?;
    progress.inc(1);
    Ok(count)
}

fn incoming(place: usize, point: &PastPoint) -> Incoming {
    let position = point
        .reading
        .and_then(|reading| Position::new(reading.place.latitude, reading.place.longitude).ok());
    let mut reading = Reading::new(point.kind, point.at, position);
    reading.customer = point.customer;
    reading.accuracy_m = point.reading.map(|reading| reading.accuracy_m);
    reading.speed_mps = point.reading.map(|reading| reading.speed_mps);
    reading.heading_deg = point.reading.map(|reading| reading.heading_deg);
    Incoming::new(client_id(place), Vec::new(), reading)
}

/// How a rep's phone names its check-in by its place among all of theirs.
fn client_id(place: usize) -> String {
    format!("past-{place}")
}
