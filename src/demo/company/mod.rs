//! A believable company: the same one for the same seed and day, but for its ids and secrets.

mod customers;
mod learning;
mod people;
mod performance;
mod plans;
mod rows;
mod sales;

use chrono::{DateTime, Utc};
use entity::id::{CustomerId, DeviceId, TeamId, UserId};
use rand::{SeedableRng, rngs::StdRng};
use sea_orm::TransactionTrait;
use serde::{Deserialize, Serialize};

pub(crate) use crate::demo::company::{
    people::{NAME, PASSWORD},
    sales::working_day,
};
use crate::demo::place::Place;

/// What the company is grown from.
const SEED: u64 = 20_261_123;
/// How long the company has existed: orders and assignments reach back this far.
const HISTORY_DAYS: i64 = 120;

/// A rep and the part of the city they work.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rep {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) team: TeamId,
    pub(crate) device: DeviceId,
    /// The credential of the rep's phone, shown once.
    pub(crate) token: String,
    /// The district they work, and the middle of their part of it.
    pub(crate) district: String,
    pub(crate) home: Place,
}

/// A customer with its fence.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Shop {
    pub(crate) id: CustomerId,
    pub(crate) name: String,
    pub(crate) place: Place,
    /// The rep it is assigned to.
    pub(crate) rep: UserId,
    /// It has not ordered yet.
    pub(crate) is_prospect: bool,
}

/// The company, as far as its reps' days need it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Company {
    pub(crate) admin: UserId,
    /// Of a region: sees two teams of eight.
    pub(crate) manager: UserId,
    pub(crate) reps: Vec<Rep>,
    pub(crate) shops: Vec<Shop>,
}

/// Writes the company into an empty database, in one transaction.
pub(crate) async fn found(
    database: &entity::Database,
    now: DateTime<Utc>,
) -> anyhow::Result<Company> {
    let mut random = StdRng::seed_from_u64(SEED);
    let transaction = database.write.begin().await?;
    let people = people::hire(&transaction, &mut random, now).await?;
    let shops = customers::win(&transaction, &mut random, &people, now).await?;
    sales::sell(&transaction, &mut random, &shops, now).await?;
    performance::aim(&transaction, &people, now).await?;
    plans::plan(&transaction, &people, &shops, now).await?;
    learning::teach(&transaction, &mut random, &people, now).await?;
    transaction.commit().await?;
    api::performance::rebuild_sums(database)
        .await
        .map_err(|error| anyhow::anyhow!("the sums cannot be made: {error:?}"))?;
    Ok(Company {
        admin: people.admin.id,
        manager: people.regional_manager(),
        reps: people.reps,
        shops,
    })
}
