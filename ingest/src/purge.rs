//! Forgets what is older than the retention: check-ins by whole months; receipts, photos, points
//! kept aside and messages of webhooks by age.
//!
//! A month that goes is sealed first, so that no late point is taken into it. Its visits stay with
//! their evidence, which is a summary without positions from the start.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, SubsecRound, TimeDelta, Utc};
use entity::Database;
use entity::id::UserId;
use presence::Presence;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use crate::personal::erase;
use crate::photos::{PhotoError, Photos};

/// How long things are kept, by default 60 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Check-ins: at least this long, then to the end of their month.
    pub check_ins: TimeDelta,
    /// Receipts, photos, points kept aside and messages of webhooks.
    pub receipts: TimeDelta,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            check_ins: TimeDelta::days(60),
            receipts: TimeDelta::days(60),
        }
    }
}

/// What a purge has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// The months whose check-ins are gone, by their first day.
    pub months: Vec<NaiveDate>,
    /// Months that wait because some of their check-ins have not been derived.
    pub waiting: Vec<NaiveDate>,
    /// Receipts, points kept aside and messages of webhooks that are gone.
    pub receipts: u64,
    /// Photos that are gone.
    pub photos: u64,
}

/// The purge; the process decides when.
#[derive(Clone, Debug)]
pub struct Purge {
    database: Database,
    photos: Photos,
    presence: Presence,
    retention: Retention,
}

impl Purge {
    /// A purge of a database.
    pub fn new(
        database: Database,
        photos: Photos,
        presence: Presence,
        retention: Retention,
    ) -> Purge {
        Purge {
            database,
            photos,
            presence,
            retention,
        }
    }

    /// Purges what is too old at `now`. What a broken purge left is taken up by the next.
    pub async fn once(&self, now: DateTime<Utc>) -> Result<Purged, PhotoError> {
        let mut purged = Purged::default();
        let end = first_of_month(now - self.retention.check_ins);
        for month in self.months_before(end).await? {
            self.seal(month, now).await?;
            if self.is_waited_for(after(month)).await? {
                purged.waiting.push(month);
                continue;
            }
            self.drop_month(month).await?;
            purged.months.push(month);
        }
        if !purged.months.is_empty() {
            self.drop_states(end).await?;
        }
        let end = now - self.retention.receipts;
        purged.receipts = self.drop_receipts(end).await?;
        purged.photos = self.drop_photos(end).await?;
        self.erase_again().await?;
        Ok(purged)
    }

    /// The months before an instant that hold check-ins.
    async fn months_before(&self, end: DateTime<Utc>) -> Result<Vec<NaiveDate>, DbErr> {
        let month = month_of(self.database.backend(), "recorded_at");
        let text = format!(
            "SELECT DISTINCT {month} AS month FROM check_in WHERE recorded_at < $1 ORDER BY month"
        );
        let rows = self.query(text, [end.into()]).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    async fn seal(&self, month: NaiveDate, now: DateTime<Utc>) -> Result<(), DbErr> {
        let text =
            "INSERT INTO segment_seal (month, sealed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.execute(text.to_owned(), [month.into(), now.trunc_subsecs(3).into()])
            .await?;
        Ok(())
    }

    /// Whether the worker has yet to read check-ins before an instant. A track that was set aside
    /// is not waited for.
    async fn is_waited_for(&self, end: DateTime<Utc>) -> Result<bool, DbErr> {
        let text = "SELECT 1 FROM track_dirty JOIN track ON track.rep_id = track_dirty.rep_id
            WHERE track.set_aside_at IS NULL AND track_dirty.earliest < $1 LIMIT 1";
        Ok(!self.query(text.to_owned(), [end.into()]).await?.is_empty())
    }

    async fn drop_month(&self, month: NaiveDate) -> Result<(), DbErr> {
        if self.database.backend() == DbBackend::Postgres {
            let transaction = self.database.begin().await?;
            let name = format!("check_in_{}", month.format("%Y_%m"));
            // Every writer waits behind who waits for this lock: rather try again next night.
            transaction
                .execute_unprepared(&format!(
                    "SET LOCAL lock_timeout = '2s'; DROP TABLE IF EXISTS {name}"
                ))
                .await?;
            transaction.commit().await?;
        }
        // A rep at a time: nobody is kept from writing for long.
        for rep in self.reps().await? {
            let text = "DELETE FROM check_in
                WHERE rep_id = $1 AND recorded_at >= $2 AND recorded_at < $3";
            let values = [rep.into(), start_of(month).into(), after(month).into()];
            self.execute(text.to_owned(), values).await?;
        }
        Ok(())
    }

    /// Checkpoints before the oldest check-in that is kept lead nowhere, and hold positions, as do
    /// the facts of reps of whom nothing is left.
    async fn drop_states(&self, end: DateTime<Utc>) -> Result<(), DbErr> {
        let text = "DELETE FROM track_checkpoint WHERE at < $1";
        self.execute(text.to_owned(), [end.into()]).await?;
        let text = "UPDATE track SET live = NULL WHERE live IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM check_in WHERE check_in.rep_id = track.rep_id)";
        self.execute(text.to_owned(), []).await?;
        Ok(())
    }

    async fn drop_receipts(&self, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let mut dropped = 0;
        for rep in self.reps().await? {
            for (table, at) in [
                ("receipt", "received_at"),
                ("quarantine", "received_at"),
                ("webhook_delivery", "occurred_at"),
            ] {
                let text = format!("DELETE FROM {table} WHERE rep_id = $1 AND {at} < $2");
                dropped += self.execute(text, [rep.into(), before.into()]).await?;
            }
        }
        Ok(dropped)
    }

    async fn drop_photos(&self, before: DateTime<Utc>) -> Result<u64, PhotoError> {
        let mut dropped = 0;
        for rep in self.reps().await? {
            dropped += self.photos.remove_before(rep, before).await?;
        }
        Ok(dropped)
    }

    /// What a phone sent while its owner was erased by another process.
    async fn erase_again(&self) -> Result<(), PhotoError> {
        let erased = self
            .query("SELECT user_id FROM erasure".to_owned(), [])
            .await?;
        for row in &erased {
            let person = row.try_get_by_index(0)?;
            erase(&self.database, &self.photos, &self.presence, person).await?;
        }
        Ok(())
    }

    async fn reps(&self) -> Result<Vec<UserId>, DbErr> {
        let rows = self
            .query("SELECT id FROM user_account".to_owned(), [])
            .await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    async fn query(
        &self,
        text: String,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<sea_orm::QueryResult>, DbErr> {
        let statement = Statement::from_sql_and_values(self.database.backend(), text, values);
        self.database.read.query_all_raw(statement).await
    }

    async fn execute(
        &self,
        text: String,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64, DbErr> {
        let statement = Statement::from_sql_and_values(self.database.backend(), text, values);
        Ok(self
            .database
            .write
            .execute_raw(statement)
            .await?
            .rows_affected())
    }
}

/// The first day of the month, in UTC, of a column that holds an instant.
pub(crate) fn month_of(backend: DbBackend, column: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("CAST(date_trunc('month', {column} AT TIME ZONE 'UTC') AS date)")
        }
        _ => format!("substr({column}, 1, 7) || '-01'"),
    }
}

/// The end of the last month that was purged, or NULL.
pub(crate) fn end_of_purged(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "(SELECT (max(month) + interval '1 month') AT TIME ZONE 'UTC' FROM segment_seal)"
        }
        _ => "(SELECT date(max(month), '+1 month') || 'T00:00:00+00:00' FROM segment_seal)",
    }
}

fn start_of(month: NaiveDate) -> DateTime<Utc> {
    month.and_time(NaiveTime::MIN).and_utc()
}

fn after(month: NaiveDate) -> DateTime<Utc> {
    start_of(
        month
            .checked_add_months(Months::new(1))
            .unwrap_or(NaiveDate::MAX),
    )
}

fn first_of_month(instant: DateTime<Utc>) -> DateTime<Utc> {
    let day = instant.date_naive();
    start_of(day.with_day(1).unwrap_or(day))
}
