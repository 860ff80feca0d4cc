//! Reps with phones, and what the phones recorded.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use domain::position::Position;
use entity::Database;
use entity::field::check_in::Kind;
use entity::id::{DeviceId, UserId};
use entity::viewer::{Role, Scope, TeamSet, Viewer};
use ingest::{CheckIn, Incoming, Intake, Reading, Surroundings};
use presence::Presence;
use sea_orm::{ConnectionTrait, Statement, Value};
use tokio_util::sync::CancellationToken;

pub(crate) struct Company {
    pub(crate) db: Database,
    pub(crate) intake: Intake,
    pub(crate) reps: Vec<(UserId, DeviceId)>,
    start: DateTime<Utc>,
}

impl Company {
    /// A company of so many reps, on an empty database, with the committer running.
    pub(crate) async fn found(db: Database, reps: usize) -> Self {
        let now = Utc::now().trunc_subsecs(3);
        let sql = "INSERT INTO company (id, name, time_zone, week_start, currency) \
                   VALUES (1, 'Acme', 'Europe/Helsinki', 1, 'EUR')";
        run(&db, sql, []).await;
        let mut people = Vec::new();
        for n in 0..reps {
            let (user, device) = (UserId::new(), DeviceId::new());
            let sql = "INSERT INTO user_account (id, email, name, role, token_version, created_at) \
                       VALUES ($1, $2, $2, 'REP', 0, $3)";
            let values = [user.into(), format!("rep{n}").into(), now.into()];
            run(&db, sql, values).await;
            let sql = "INSERT INTO device (id, user_id, name, platform, kind, enrolled_at) \
                       VALUES ($1, $2, 'phone', 'android', 'APP', $3)";
            run(&db, sql, [device.into(), user.into(), now.into()]).await;
            people.push((user, device));
        }
        let surroundings = Surroundings::new(|_, _, _, _| Vec::new());
        let (intake, committer) = Intake::new(db.clone(), Presence::local(), surroundings);
        tokio::spawn(committer.run(CancellationToken::new()));
        Self {
            db,
            intake,
            reps: people,
            start: now - TimeDelta::days(1),
        }
    }

    /// The rep with their phone.
    pub(crate) fn viewer(&self, rep: usize) -> Viewer {
        let (user, device) = self.reps[rep];
        Viewer {
            user,
            role: Role::Rep,
            team: None,
            scope: Scope::Own {
                viewer: user,
                team: None,
                teams_above: TeamSet::new(self.db.backend(), []),
            },
            device: Some(device),
            expires_at: None,
            purpose: "bench".to_owned(),
        }
    }

    /// The points of a rep's nth batch of this size, as values.
    pub(crate) fn incoming(&self, rep: usize, n: usize, size: usize) -> Vec<Incoming> {
        (n * size..(n + 1) * size)
            .map(|point| {
                let place = Position::from_e6(60_170_000 + point as i32, 24_940_000).unwrap();
                let recorded_at = self.start + TimeDelta::milliseconds(500 * point as i64);
                let mut reading = Reading::new(Kind::Trail, recorded_at, Some(place));
                reading.accuracy_m = Some(12.0);
                reading.speed_mps = Some(1.2);
                reading.battery_pct = Some(81);
                Incoming::new(format!("{rep}-{point}"), "", reading)
            })
            .collect()
    }

    /// The same as a phone writes them.
    pub(crate) fn check_ins(&self, rep: usize, n: usize, size: usize) -> Vec<CheckIn> {
        (n * size..(n + 1) * size)
            .map(|point| {
                let recorded_at = self.start + TimeDelta::milliseconds(500 * point as i64);
                CheckIn {
                    id: format!("{rep}-{point}"),
                    kind: "TRAIL".to_owned(),
                    recorded_at: recorded_at.to_rfc3339(),
                    latitude: Some(60.17 + point as f64 * 1e-6),
                    longitude: Some(24.94),
                    accuracy_m: Some(12.0),
                    speed_mps: Some(1.2),
                    battery_pct: Some(81.0),
                    ..CheckIn::default()
                }
            })
            .collect()
    }
}

async fn run<const N: usize>(db: &Database, sql: &str, values: [Value; N]) {
    let statement = Statement::from_sql_and_values(db.backend(), sql, values);
    db.write.execute_raw(statement).await.unwrap();
}
