//! Erases a person: their trail, their devices and sessions, their name. What stays is the
//! company's record of its business under an id that leads to nobody.

use chrono::{TimeDelta, Utc};
use entity::Database;
use entity::id::UserId;
use presence::Presence;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};

use super::{Fate, PLACES};
use crate::photos::{PhotoError, Photos};

/// What stands where a name stood.
const NOBODY: &str = "Erased person";

/// Erases a person's data; doing it again erases what has come since. The photos go first, their
/// pictures before their rows: what a broken erasure leaves is found by the next one.
pub async fn erase(
    database: &Database,
    photos: &Photos,
    presence: &Presence,
    person: UserId,
) -> Result<(), PhotoError> {
    // All that there are.
    let tomorrow = Utc::now() + TimeDelta::days(1);
    photos.remove_before(person, tomorrow).await?;
    let transaction = database.begin().await?;
    for place in PLACES {
        let (table, column) = (place.table, place.column);
        let text = match place.fate {
            Fate::Goes => format!("DELETE FROM {table} WHERE {column} = $1"),
            Fate::Loses(lost) => format!("UPDATE {table} SET {lost} = NULL WHERE {column} = $1"),
            Fate::Stays => continue,
        };
        run(&transaction, text, [person.into()]).await?;
    }
    unname(&transaction, person).await?;
    transaction.commit().await?;
    if database.backend() == DbBackend::Sqlite {
        // The log still holds what was deleted.
        let text = "PRAGMA wal_checkpoint(TRUNCATE)";
        database.write.execute_unprepared(text).await?;
    }
    if let Err(error) = presence.forget(person).await {
        // The night's work does it again; until then the live state expires by itself.
        tracing::warn!(%error, "the live state of an erased person is still there");
    }
    Ok(())
}

/// Takes away by what the person could be known.
async fn unname(transaction: &DatabaseTransaction, person: UserId) -> Result<(), DbErr> {
    let text = "UPDATE user_account SET email = $2, name = $3, phone = NULL, subject = NULL,
            password_hash = NULL, token_version = token_version + 1
        WHERE id = $1 AND name <> $3";
    let email = format!("erased-{}@erased.invalid", person.uuid().simple());
    let values = [person.into(), email.into(), NOBODY.into()];
    run(transaction, text.to_owned(), values).await?;
    let text = "UPDATE team SET manager_id = NULL WHERE manager_id = $1";
    run(transaction, text.to_owned(), [person.into()]).await
}

async fn run(
    transaction: &DatabaseTransaction,
    text: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, text, values);
    transaction.execute_raw(statement).await.map(drop)
}
