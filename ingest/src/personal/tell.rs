//! Tells a person everything that is kept of them: a JSON object a line, with the table and the
//! row as it is stored. Photos come with their pictures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::Database;
use entity::field::photo;
use entity::id::UserId;
use entity::viewer::Scope;
use futures_util::stream::{Stream, try_unfold};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, QueryFilter, QueryOrder, Statement};
use serde_json::{Value, json};

use super::{PLACES, Place};
use crate::photos::{PhotoError, Photos};

/// Rows read at once.
const PAGE: usize = 500;
/// What nobody may read, not even whose it is.
const SECRETS: [&str; 3] = ["password_hash", "token_hash", "passphrase"];

/// A person's data.
#[derive(Clone, Debug)]
pub struct Personal {
    database: Database,
    photos: Photos,
    person: UserId,
}

/// How far the telling has come.
#[derive(Clone, Copy, Debug)]
enum At {
    /// In a place, after so many rows.
    Place(usize, usize),
    /// Before the photo of this number.
    Photo(u64),
}

impl Personal {
    /// The data of a person.
    pub fn of(database: Database, photos: Photos, person: UserId) -> Personal {
        Personal {
            database,
            photos,
            person,
        }
    }

    /// All of them, some lines at a time. What changes meanwhile may be told or not.
    pub fn lines(self) -> impl Stream<Item = Result<String, PhotoError>> + Send {
        try_unfold((self, At::Place(0, 0)), async |(personal, at)| {
            let mut at = Some(at);
            while let Some(now) = at {
                let (lines, next) = match now {
                    At::Place(place, skipped) => personal.place(place, skipped).await?,
                    At::Photo(number) => personal.photo(number).await?,
                };
                at = next;
                if !lines.is_empty() {
                    // After the last lines there is a place with nothing left in it.
                    let rest = at.unwrap_or(At::Photo(u64::MAX));
                    return Ok(Some((lines, (personal, rest))));
                }
            }
            Ok(None)
        })
    }

    async fn place(
        &self,
        index: usize,
        skipped: usize,
    ) -> Result<(String, Option<At>), PhotoError> {
        let Some(place) = PLACES.get(index) else {
            return Ok((String::new(), Some(At::Photo(0))));
        };
        let text = self.statement(place, skipped).await?;
        let statement =
            Statement::from_sql_and_values(self.database.backend(), text, [self.person.into()]);
        let rows = self.database.read.query_all_raw(statement).await?;
        let mut lines = String::new();
        for row in &rows {
            let row: String = row.try_get_by_index(0)?;
            let row: Value =
                serde_json::from_str(&row).map_err(|error| DbErr::Json(error.to_string()))?;
            lines += &json!({"table": place.table, "row": row}).to_string();
            lines.push('\n');
        }
        let next = match rows.len() < PAGE {
            true => At::Place(index + 1, 0),
            false => At::Place(index, skipped + PAGE),
        };
        Ok((lines, Some(next)))
    }

    /// Reads a page of rows, each as a JSON object.
    async fn statement(&self, place: &Place, skipped: usize) -> Result<String, DbErr> {
        let Place {
            table,
            column,
            order,
            ..
        } = place;
        let row = match self.database.backend() {
            DbBackend::Postgres => {
                let without: Vec<String> = SECRETS
                    .iter()
                    .map(|secret| format!("- '{secret}'"))
                    .collect();
                format!("(to_jsonb(t) {})::text", without.join(" "))
            }
            _ => self.row(table).await?,
        };
        Ok(format!(
            "SELECT {row} FROM {table} AS t WHERE t.{column} = $1
            ORDER BY {order} LIMIT {PAGE} OFFSET {skipped}"
        ))
    }

    /// A row of SQLite as a JSON object; ids and bytes in hexadecimal.
    async fn row(&self, table: &str) -> Result<String, DbErr> {
        let text = format!("SELECT name FROM pragma_table_info('{table}')");
        let statement = Statement::from_string(self.database.backend(), text);
        let mut fields = Vec::new();
        for row in self.database.read.query_all_raw(statement).await? {
            let name: String = row.try_get_by_index(0)?;
            if !SECRETS.contains(&name.as_str()) {
                fields.push(format!(
                    "'{name}', CASE typeof(t.{name}) WHEN 'blob' THEN lower(hex(t.{name})) ELSE t.{name} END"
                ));
            }
        }
        Ok(format!("json_object({})", fields.join(", ")))
    }

    async fn photo(&self, number: u64) -> Result<(String, Option<At>), PhotoError> {
        use sea_orm::QuerySelect;
        let photo = photo::Entity::visible_to(&Scope::All)
            .filter(photo::Column::RepId.eq(self.person))
            .filter(photo::Column::StoredAt.is_not_null())
            .order_by_asc(photo::Column::Id)
            .offset(number.min(i64::MAX.unsigned_abs()))
            .limit(1)
            .one(&self.database.read)
            .await?;
        let Some(photo) = photo else {
            return Ok((String::new(), None));
        };
        let picture = self.photos.picture(&photo).await?;
        let picture = picture.map(|picture| STANDARD.encode(picture));
        let line = json!({"picture": {"of": photo.id.to_string(), "jpeg": picture}});
        Ok((format!("{line}\n"), Some(At::Photo(number + 1))))
    }
}
