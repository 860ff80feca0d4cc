//! Check-ins that a file tells of, taken in within the transaction of whatever else it says: the
//! same reader, the same judgement, the same receipts as for a phone's.

use entity::field::receipt::Status;
use entity::id::{DeviceId, UserId};
use sea_orm::{ConnectionTrait, DbErr};

use super::judge::Ignored;
use super::plan::{Answer, plan};
use super::reason::Fault;
use super::row::{Author, Row};
use super::store::{self, Outcome};
use super::{known, now, tally};
use crate::wire::point;

/// One check-in of a file.
#[derive(Clone, Debug)]
pub struct Told {
    /// Whose.
    pub rep: UserId,
    /// The device that stands for where the file is from.
    pub device: DeviceId,
    /// The point as `POST /v1/check-ins` takes it, with an id that it has in every file.
    pub point: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Filed {
    /// It is stored.
    New,
    /// Its id was settled before, whatever the line says now, or the same fix is there.
    Known,
    /// It is not kept: the rep was off duty or had paused.
    Ignored(Ignored),
    /// It is kept aside, with a reason.
    Quarantined(Fault),
}

/// Takes check-ins in and tells what became of each, in the same order. Customers that they name
/// are known to exist. The workers hear of them once the transaction is committed.
pub async fn file(txn: &impl ConnectionTrait, told: Vec<Told>) -> Result<Vec<Filed>, DbErr> {
    let received_at = now();
    let rows: Vec<Row> = told
        .into_iter()
        .map(|one| {
            let author = Author {
                rep: one.rep,
                device: one.device,
            };
            let incoming = point::read_raw(one.point.into_bytes().into());
            Row::new(author, incoming, true, received_at)
        })
        .collect();
    let existing = store::existing(txn, &rows).await?;
    let is_settled = |row: &Row| {
        let before = existing.get(&row.key);
        before.is_some_and(|stored| stored.status != Status::Quarantined)
    };
    let places: Vec<bool> = rows.iter().map(is_settled).collect();
    let open: Vec<Row> = rows.into_iter().filter(|row| !is_settled(row)).collect();
    let known = known::load(txn, &open).await?;
    let plan = plan(&open, &open, &known, &existing);
    let Outcome::Written(duplicates) = store::write(txn, &plan, &open).await? else {
        let message = "another import takes the same check-ins in; run this one again";
        return Err(DbErr::Custom(message.to_owned()));
    };
    tally::count(&plan.answers, &duplicates);
    let mut answers = plan.answers.into_iter().map(|answer| match answer {
        Answer::New(fix) if duplicates.contains_key(&fix) => Filed::Known,
        Answer::New(_) => Filed::New,
        Answer::Accepted | Answer::Duplicate => Filed::Known,
        Answer::Ignored(ignored) => Filed::Ignored(ignored),
        Answer::Quarantined(fault) => Filed::Quarantined(fault),
    });
    let filed = places.into_iter().map(|is_settled| match is_settled {
        true => Some(Filed::Known),
        false => answers.next(),
    });
    Ok(filed.flatten().collect())
}
