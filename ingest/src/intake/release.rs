//! A point kept aside, judged anew because somebody says so.

use entity::field::quarantine;
use entity::id::UserId;
use entity::viewer::Scope;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::row::{Author, Row};
use super::{AcceptError, Intake, Name, Receipt, Status, found, now, unavailable};
use crate::wire::point;

impl Intake {
    /// Judges a point anew as if its device had sent it again now, except that the customer it
    /// names need only exist. If it passes it is stored, and the release is put down to `by`. A
    /// point whose client id belongs to another fix never passes.
    pub async fn release(
        &self,
        kept: &quarantine::Model,
        by: UserId,
    ) -> Result<Receipt, AcceptError> {
        let database = &self.inner.database;
        let mut incoming = point::read_raw(kept.raw.clone().into());
        incoming.name = Name::Client(kept.client_id.clone());
        let points = [incoming];
        let customers = found::visible(&database.read, &Scope::All, &points)
            .await
            .map_err(|error| unavailable(&error))?;
        let author = Author {
            rep: kept.rep_id,
            device: kept.device_id,
        };
        let rows = points
            .into_iter()
            .map(|point| {
                let is_customer_known = found::is_known(&point, &customers);
                Row::new(author, point, is_customer_known, now())
            })
            .collect();
        let room = self.room(1)?;
        let answers = self.commit(author, rows, room).await?;
        let answer = answers.into_iter().next().ok_or(AcceptError::Unavailable)?;
        let receipt = Receipt::new(kept.client_id.clone(), answer, Vec::new());
        if matches!(receipt.status, Status::Accepted | Status::Duplicate) {
            put_down(&database.write, kept, by)
                .await
                .map_err(|error| unavailable(&error))?;
        }
        Ok(receipt)
    }
}

async fn put_down(
    db: &impl ConnectionTrait,
    kept: &quarantine::Model,
    by: UserId,
) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "UPDATE quarantine SET resolved_by = $1 \
         WHERE id = $2 AND resolution = 'RELEASED' AND resolved_by IS NULL",
        [by.into(), kept.id.into()],
    );
    db.execute_raw(statement).await.map(drop)
}
