//! Drives a recorded track through the public endpoint of a hub, as a phone would have.

use std::{io::Write, path::PathBuf, process::ExitCode, str::FromStr, time::Duration};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use indicatif::ProgressBar;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use crate::{
    demo::{
        persist::{Tally, persist},
        phone::{Endpoint, Phone, Point, WireReading},
    },
    recording::{self, Fix, Recording},
};

/// Points sent together when nobody waits for the time between them.
const BATCH: usize = 500;
/// Lines that are no fix are told up to this many.
const MOST_TOLD: usize = 20;

/// How fast time passes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Speed {
    /// So many times as fast as it was.
    Times(f64),
    /// As fast as the hub takes it.
    Max,
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse() {
            Ok(times) if (0.001..=1e6).contains(&times) => Ok(Self::Times(times)),
            _ => Err("a speed is a number from 0.001 to 1000000, or max".to_owned()),
        }
    }
}

/// What `replay` is told.
pub(crate) struct Replay {
    pub(crate) file: PathBuf,
    pub(crate) url: String,
    pub(crate) token: Option<String>,
    pub(crate) speed: Speed,
    /// When the first fix is said to have been; as recorded if none.
    pub(crate) begin: Option<DateTime<Utc>>,
    /// Whose fixes, of a file with several.
    pub(crate) who: Option<String>,
    pub(crate) skips_bad: bool,
    pub(crate) is_dry: bool,
}

/// Replays a file, and says how the hub took it.
pub(crate) async fn run(replay: Replay, bar: &ProgressBar) -> anyhow::Result<ExitCode> {
    let recording = recording::read(&replay.file)?;
    let mut out = std::io::stdout();
    let shown = replay.file.display();
    for refused in recording.refused.iter().take(MOST_TOLD) {
        writeln!(out, "{shown}:{}: {}", refused.line, refused.reason)?;
    }
    let bad = recording.refused.len();
    ensure!(
        bad == 0 || replay.skips_bad || replay.is_dry,
        "{bad} lines of {shown} are no fixes; mend them, or leave them out with --skip-bad"
    );
    let points = points(&recording, &replay)?;
    let span = |end: Option<&(DateTime<Utc>, Point)>| {
        end.map_or(String::new(), |(_, p)| p.recorded_at.clone())
    };
    writeln!(
        out,
        "{} fixes from {} to {}, {bad} bad lines",
        points.len(),
        span(points.first()),
        span(points.last()),
    )?;
    if replay.is_dry {
        return Ok(ExitCode::SUCCESS);
    }
    let token = replay
        .token
        .context("give the device's credential with --token or FIELDHUB_TOKEN")?;
    bar.set_length(points.len() as u64);
    let phone = Phone::new(Endpoint::new(&replay.url)?, token);
    let tally = match replay.speed {
        Speed::Max => at_once(phone, points, bar).await?,
        Speed::Times(times) => in_time(phone, points, times, bar).await?,
    };
    bar.finish_and_clear();
    writeln!(out, "{tally}")?;
    Ok(ExitCode::SUCCESS)
}

/// The points to send, in order of time, each with the instant of its fix.
fn points(recording: &Recording, replay: &Replay) -> anyhow::Result<Vec<(DateTime<Utc>, Point)>> {
    let whose = recording.whose();
    let who = match (&replay.who, whose.len()) {
        (Some(who), _) if whose.contains_key(who.as_str()) => who.as_str(),
        (None, 0 | 1) => whose.keys().next().copied().unwrap_or_default(),
        _ => {
            let names: Vec<&str> = whose.keys().copied().take(MOST_TOLD).collect();
            bail!(
                "say with --who whose fixes to take; the file has {}",
                names.join(", ")
            );
        }
    };
    let own = recording.fixes.iter();
    let own = own.filter(|fix| fix.who.as_deref().unwrap_or_default() == who);
    let mut fixes: Vec<(DateTime<Utc>, &Fix)> = Vec::new();
    for fix in own {
        let at = fix.at.context("a fix without a time cannot be replayed")?;
        fixes.push((at, fix));
    }
    fixes.sort_by_key(|(at, _)| *at);
    let first = fixes.first().map(|(at, _)| *at);
    let shift = replay
        .begin
        .zip(first)
        .map_or(TimeDelta::zero(), |(begin, first)| begin - first);
    Ok(fixes
        .into_iter()
        .map(|(at, fix)| (at, point(at + shift, fix)))
        .collect())
}

/// The check-in of a fix; the same fix has the same id, so that a second replay adds nothing.
fn point(at: DateTime<Utc>, fix: &Fix) -> Point {
    let recorded_at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let known = json!([recorded_at, fix.latitude, fix.longitude]).to_string();
    let digest = blake3::hash(known.as_bytes()).to_hex();
    Point {
        id: format!("replay-{}", &digest[..24]),
        kind: "TRAIL",
        recorded_at,
        customer_id: None,
        reading: Some(WireReading {
            latitude: fix.latitude,
            longitude: fix.longitude,
            datum: None,
            accuracy_m: fix.accuracy_m,
            altitude_m: fix.altitude_m,
            speed_mps: fix.speed_mps,
            heading_deg: fix.heading_deg.map(|degrees| degrees.rem_euclid(360.0)),
        }),
    }
}

async fn at_once(
    mut phone: Phone,
    points: Vec<(DateTime<Utc>, Point)>,
    bar: &ProgressBar,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut points = points.into_iter().map(|(_, point)| point).peekable();
    while points.peek().is_some() {
        points
            .by_ref()
            .take(BATCH)
            .for_each(|point| phone.keep(point));
        persist(&mut phone, &mut tally, bar).await?;
    }
    Ok(tally)
}

async fn in_time(
    mut phone: Phone,
    points: Vec<(DateTime<Utc>, Point)>,
    times: f64,
    bar: &ProgressBar,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let begun = Instant::now();
    let first = points.first().map(|(at, _)| *at).unwrap_or_default();
    for (at, point) in points {
        sleep_until(begun + Duration::from_secs_f64((at - first).as_seconds_f64() / times)).await;
        phone.keep(point);
        persist(&mut phone, &mut tally, bar).await?;
    }
    Ok(tally)
}
