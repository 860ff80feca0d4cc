//! What is done every night, once for all processes of a deployment.

use std::fmt;

use anyhow::Context;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::zone;
use entity::{Database, field::counter, people::company};
use ingest::{Photos, Purge, Purged, Retention};
use presence::Presence;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tokio_util::sync::CancellationToken;

/// The local hour at which the night's work is done.
const HOUR: i64 = 3;
/// The wait for the night is measured anew this often: the company may change its time zone.
const LONGEST_NAP: TimeDelta = TimeDelta::minutes(10);
/// The counter that holds the last day whose night's work was begun, as days since year 1.
const COUNTER: &str = "maintained";

/// The night's work, with the settings it needs.
#[derive(Clone)]
pub(crate) struct Maintenance {
    pub(crate) database: Database,
    pub(crate) photos: Photos,
    pub(crate) presence: Presence,
    pub(crate) check_in_retention_days: u32,
}

/// What one run did.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Rows of closed periods that were written.
    pub(crate) frozen: u64,
    /// Months that got a partition.
    pub(crate) partitions: usize,
    /// What was older than its retention.
    pub(crate) purged: Purged,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            frozen,
            partitions,
            purged,
        } = self;
        write!(
            f,
            "{frozen} results of closed periods frozen, {partitions} partitions made, {} months of check-ins, {} receipts and {} photos purged",
            purged.months.len(),
            purged.receipts,
            purged.photos
        )
    }
}

impl Maintenance {
    /// Works every night until `halting`; of several processes the first one does the night's work.
    pub(crate) async fn run(self, halting: CancellationToken) {
        loop {
            let now = Utc::now();
            let wait = match self.zone().await {
                Ok(zone) => Some(next_run(now, zone) - now),
                Err(error) => {
                    tracing::warn!(%error, "the company's time zone cannot be read");
                    None
                }
            };
            let nap = wait.unwrap_or(LONGEST_NAP).min(LONGEST_NAP);
            let nap = tokio::time::sleep(nap.to_std().unwrap_or_default());
            if halting.run_until_cancelled(nap).await.is_none() {
                return;
            }
            if wait.is_none_or(|wait| wait > LONGEST_NAP) {
                continue;
            }
            if let Err(error) = self.work_if_first(Utc::now()).await {
                tracing::error!(%error, "the night's work failed");
            }
        }
    }

    async fn work_if_first(&self, now: DateTime<Utc>) -> anyhow::Result<()> {
        let today = zone::day_of(now, self.zone().await?);
        if self.claim(today).await? {
            let report = self.work(now).await?;
            tracing::info!(?report, "the night's work is done");
        }
        Ok(())
    }

    /// Takes a day's work; `false` when another process has it.
    async fn claim(&self, day: NaiveDate) -> anyhow::Result<bool> {
        use chrono::Datelike;

        let number = i64::from(day.num_days_from_ce());
        let unclaimed = counter::ActiveModel {
            name: Set(COUNTER.to_owned()),
            value: Set(0),
        };
        counter::Entity::insert(unclaimed)
            .on_conflict_do_nothing()
            .exec_without_returning(&self.database.write)
            .await?;
        let claimed = counter::Entity::update_many()
            .col_expr(counter::Column::Value, Expr::value(number))
            .filter(counter::Column::Name.eq(COUNTER))
            .filter(counter::Column::Value.lt(number))
            .exec(&self.database.write)
            .await?;
        Ok(claimed.rows_affected == 1)
    }

    /// Does the night's work now. Each part is done though another failed; the first failure is
    /// told at the end.
    pub(crate) async fn work(&self, now: DateTime<Utc>) -> anyhow::Result<Report> {
        let partitions = self.make_partitions(now).await;
        let frozen = api::performance::freeze_closed(&self.database, now)
            .await
            .map_err(|error| anyhow::anyhow!("closed periods cannot be frozen: {error:?}"));
        let purged = self.purge(now).await;
        Ok(Report {
            frozen: frozen?,
            partitions: partitions?,
            purged: purged?,
        })
    }

    async fn make_partitions(&self, now: DateTime<Utc>) -> anyhow::Result<usize> {
        let partitions = migration::ensure_partitions(&self.database.write, now.date_naive())
            .await
            .context("the partitions of check-ins cannot be made")?;
        for month in &partitions.skipped {
            tracing::warn!(
                month,
                "check-ins of the month stay in the default partition"
            );
        }
        Ok(partitions.made.len())
    }

    async fn purge(&self, now: DateTime<Utc>) -> anyhow::Result<Purged> {
        let days = TimeDelta::days(self.check_in_retention_days.into());
        let retention = Retention {
            check_ins: days,
            receipts: days,
        };
        Purge::new(
            self.database.clone(),
            self.photos.clone(),
            self.presence.clone(),
            retention,
        )
        .once(now)
        .await
        .context("old check-ins cannot be purged")
    }

    async fn zone(&self) -> anyhow::Result<Tz> {
        #[expect(clippy::disallowed_methods, reason = "the company is nobody's row")]
        let company = company::Entity::find().one(&self.database.read).await?;
        let company = company.context("the company has no row")?;
        company
            .time_zone
            .parse()
            .context("the company's time zone is unknown")
    }
}

/// The next local night after an instant.
fn next_run(after: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let today = zone::day_of(after, zone);
    let at = |day: NaiveDate| {
        zone::instant_of(day.and_time(NaiveTime::MIN) + TimeDelta::hours(HOUR), zone)
    };
    if after < at(today) {
        return at(today);
    }
    at(today.checked_add_days(Days::new(1)).unwrap_or(today))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(after: &str) -> String {
        let after = after.parse().unwrap();
        next_run(after, chrono_tz::Europe::Berlin)
            .format("%m-%dT%H:%M")
            .to_string()
    }

    #[test]
    fn the_night_is_the_companys() {
        assert_eq!(next("2026-07-01T00:30:00Z"), "07-01T01:00");
        assert_eq!(next("2026-07-01T01:00:00Z"), "07-02T01:00");
        assert_eq!(next("2026-01-01T12:00:00Z"), "01-02T02:00");
    }

    #[tokio::test]
    async fn of_two_processes_one_does_the_work() {
        for test in testbed::databases().await.unwrap() {
            let folder = tempfile::tempdir().unwrap();
            let store = ingest::PhotoStore::folder(folder.path()).unwrap();
            let work = Maintenance {
                database: test.db.clone(),
                photos: Photos::new(test.db.clone(), store),
                presence: Presence::local(),
                check_in_retention_days: 60,
            };
            let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
            let claims = futures_util::future::join_all((0..4).map(|_| work.claim(day))).await;
            assert_eq!(
                claims
                    .into_iter()
                    .filter(|claim| matches!(claim, Ok(true)))
                    .count(),
                1
            );
            let next = day.succ_opt().unwrap();
            assert!(work.claim(next).await.unwrap());
            assert!(!work.claim(day).await.unwrap(), "an earlier day is over");
        }
    }
}
