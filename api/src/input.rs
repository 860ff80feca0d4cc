//! Checking the inputs of mutations: all faults of an input are named at once.

use async_graphql::ID;
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, Iterable, PrimaryKeyToColumn};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::auth::password;
use crate::error::{Error, Result, UserError};

/// The most characters of a name, a title or a number.
pub const NAME_LENGTH: usize = 200;
/// The most characters of a free text.
pub const TEXT_LENGTH: usize = 4_000;

/// The faults found in one input.
#[derive(Debug, Default)]
pub struct Faults(Vec<UserError>);

impl Faults {
    /// Notes a fault of a field.
    pub fn add(&mut self, code: &str, field: &str, message: impl Into<String>) {
        self.0.push(UserError::new(code, field, message));
    }

    /// A text that must be there: without the space around it, at most `most` characters.
    pub fn required(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.add("REQUIRED", field, format!("{field} must not be empty"));
        }
        self.within(field, text, most)
    }

    /// A text that may be left out or empty, which is the same.
    pub fn optional(&mut self, field: &str, text: Option<&str>, most: usize) -> Option<String> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        Some(self.within(field, text, most))
    }

    fn within(&mut self, field: &str, text: &str, most: usize) -> String {
        if text.chars().count() > most {
            let message = format!("{field} has at most {most} characters");
            self.add("TOO_LONG", field, message);
        }
        if text.contains('\0') {
            self.add("INVALID", field, format!("{field} holds a NUL character"));
        }
        text.to_owned()
    }

    /// Refuses the input if there was any fault.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::refused(self.0))
        }
    }
}

/// A password that may be chosen.
pub fn seen_password(faults: &mut Faults, field: &str, password: &str) {
    let (shortest, longest) = (password::SHORTEST, password::LONGEST);
    let length = password.chars().count();
    if length < shortest {
        let message = format!("a password has at least {shortest} characters");
        faults.add("TOO_SHORT", field, message);
    } else if length > longest {
        let message = format!("a password has at most {longest} characters");
        faults.add("TOO_LONG", field, message);
    }
}

/// The row with this public id within a scope, or NOT_FOUND. `read` reads the id.
///
/// ```text
/// let course = input::seen(db, scope, course::Entity::visible_to, CourseId::from_global, &id, "course").await?;
/// ```
pub async fn seen<E, Id>(
    db: &impl ConnectionTrait,
    scope: &Scope,
    visible: fn(&Scope) -> Select<E>,
    read: fn(&str) -> Option<Id>,
    id: &ID,
    thing: &str,
) -> Result<E::Model>
where
    E: EntityTrait,
    Id: Into<Uuid>,
{
    let known = read(id.as_str()).ok_or_else(|| Error::not_found(thing))?;
    let key = key::<E>()?;
    let row = visible(scope).filter(key.eq(known.into())).one(db).await?;
    row.ok_or_else(|| Error::not_found(thing))
}

/// The column by which a table's rows are known.
pub(crate) fn key<E: EntityTrait>() -> Result<E::Column> {
    let key = E::PrimaryKey::iter().next();
    let key = key.ok_or_else(|| Error::internal("a table without a key"))?;
    Ok(key.into_column())
}
