//! The past of the company, through the same intake and worker as everyone's.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::position::Position;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use ingest::{Incoming, Intake, Reading};

use crate::demo::{
    company::{Company, Rep, Shop},
    history::{self, PastPoint},
};

/// Reps whose days are taken in at once.
const AT_ONCE: usize = 8;

/// Takes in the days of every rep; tells how many check-ins there were.
pub(crate) async fn take_in(
    intake: &Intake,
    company: &Company,
    now: DateTime<Utc>,
    progress: &ProgressBar,
) -> anyhow::Result<usize> {
    let mut shops: HashMap<_, Vec<&Shop>> = HashMap::new();
    for shop in &company.shops {
        shops.entry(shop.rep).or_default().push(shop);
    }
    progress.set_length(company.reps.len() as u64);
    let days = history::days(now);
    let taking = company.reps.iter().zip(0..).map(|(rep, number)| {
        let points: Vec<PastPoint> = shops.get(&rep.id).map_or_else(Vec::new, |shops| {
            days.iter()
                .flat_map(|day| history::day_of(rep, number, shops, *day))
                .collect()
        });
        take_in_rep(intake, rep, points, progress)
    });
    let counts: Vec<usize> = stream::iter(taking)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(counts.into_iter().sum())
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
    Incoming::new(format!("past-{place}"), Vec::new(), reading)
}
