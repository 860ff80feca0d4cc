//! Devices whose positions seem to be in two datums.

use std::collections::HashMap;

use async_graphql::{Context, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use domain::datum::{Suspicion, suspicion};
use domain::position::Position;
use entity::field::check_in::NO_POSITION;
use entity::id::{DeviceId, UserId};
use entity::{Database, keys};
use sea_orm::{ConnectionTrait, Statement};

use crate::context::Request;
use crate::datum::Datum;
use crate::error::Result;
use crate::loader::Load;

/// Positions that are looked at: the newest of a device, not older than this.
const LOOKED_AT: i64 = 500;
const LOOK_BACK: TimeDelta = TimeDelta::days(7);

/// Some of a device's positions look as if they were in another datum than they are said to be:
/// they hop there and back by its shift. The hub corrects nothing by it; see what the app sends.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct DatumSuspicion {
    /// The datum that some of them seem to be in.
    pub datum: Datum,
    /// How often they hopped, among the newest 500 of a week.
    pub hop_count: i32,
    /// When they did last.
    pub last_at: DateTime<Utc>,
}

/// What is to be suspected of a device that the viewer sees.
pub(crate) async fn of_device(
    ctx: &Context<'_>,
    owner: UserId,
    device: DeviceId,
) -> Result<Option<DatumSuspicion>> {
    let database = ctx.db()?.clone();
    let found = ctx
        .loaders()?
        .load(|| Suspicions(database), (owner, device));
    Ok(found.await?.map(|found| DatumSuspicion {
        datum: found.datum.into(),
        hop_count: i32::try_from(found.hops).unwrap_or(i32::MAX),
        last_at: found.last_at,
    }))
}

struct Suspicions(Database);

impl Load for Suspicions {
    type Key = (UserId, DeviceId);
    type Value = Suspicion;

    async fn load(&self, devices: Vec<Self::Key>) -> Result<HashMap<Self::Key, Suspicion>> {
        let backend = self.0.backend();
        let (reps, ids): (Vec<UserId>, Vec<DeviceId>) = devices.iter().copied().unzip();
        let (of_reps, reps) = keys::any_of_text(backend, "rep_id", "$1", &reps);
        let (of_devices, ids) = keys::any_of_text(backend, "device_id", "$2", &ids);
        let text = format!(
            "SELECT rep_id, device_id, recorded_at, latitude_e6, longitude_e6 FROM (
                SELECT rep_id, device_id, recorded_at, latitude_e6, longitude_e6,
                    row_number() OVER (PARTITION BY device_id ORDER BY recorded_at DESC) AS place
                FROM check_in WHERE {of_reps} AND {of_devices} AND recorded_at >= $3
                    AND latitude_e6 <> {NO_POSITION}
            ) AS newest WHERE place <= {LOOKED_AT} ORDER BY recorded_at"
        );
        let values = [reps, ids, (Utc::now() - LOOK_BACK).into()];
        let statement = Statement::from_sql_and_values(backend, text, values);
        let mut fixes: HashMap<Self::Key, Vec<(DateTime<Utc>, Position)>> = HashMap::new();
        for row in self.0.read.query_all_raw(statement).await? {
            let key = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let (latitude, longitude) = (row.try_get_by_index(3)?, row.try_get_by_index(4)?);
            if let Ok(position) = Position::from_e6(latitude, longitude) {
                let at = row.try_get_by_index(2)?;
                fixes.entry(key).or_default().push((at, position));
            }
        }
        let found = fixes.into_iter();
        Ok(found
            .filter_map(|(key, fixes)| Some((key, suspicion(&fixes)?)))
            .collect())
    }
}
