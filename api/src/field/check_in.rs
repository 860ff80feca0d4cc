//! Check-ins as clients see them: what a phone sent, and what became of it.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::customers::customer;
use entity::field::{arrival_decision, check_in, quarantine, receipt};
use entity::people::{device, user};

use super::photo::{self, Photo};
use super::stored;
use super::verdict::{self, Verdict};
use super::words::{
    ArrivalOutcome, ArrivalVerdict, CheckInKind, CheckInStatus, QuarantineResolution,
};
use crate::customers::Customer;
use crate::datum::Datum;
use crate::error::Result;
use crate::loader;
use crate::page::Connection;
use crate::people::access::record_look;
use crate::people::{Device, User};
use crate::scalar::Position;
use entity::field::receipt_key::ReceiptKey;

/// A point that a phone sent, with what became of it. Of a point that was ignored only its
/// receipt is known.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct CheckIn {
    /// Its id.
    pub id: ID,
    /// The point's id, as the device chose it.
    pub client_id: String,
    /// What became of it.
    pub status: CheckInStatus,
    /// The stable code of the reason; null if it was accepted.
    pub reason: Option<String>,
    /// When the hub received it.
    pub received_at: DateTime<Utc>,
    /// When it was recorded, by the phone's clock; null unless it was accepted.
    pub recorded_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: receipt::Model,
}

impl From<receipt::Model> for CheckIn {
    fn from(row: receipt::Model) -> Self {
        Self {
            id: ReceiptKey::of(&row).global().into(),
            client_id: row.client_id.clone(),
            status: row.status.into(),
            reason: row.reason.clone(),
            received_at: row.received_at,
            recorded_at: row.recorded_at,
            row,
        }
    }
}

/// A resolver's nullable field of the stored check-in: null without one, an error on failure.
macro_rules! of_stored {
    ($self:ident, $ctx:ident, $field:expr) => {
        match $self.stored($ctx).await {
            Ok(Some(row)) => {
                let field: fn(check_in::Model) -> Option<_> = $field;
                field(row).map(Ok)
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        }
    };
}

#[ComplexObject]
impl CheckIn {
    /// Who sent it.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.rep_id)).await
    }

    /// The phone it came from.
    async fn device(&self, ctx: &Context<'_>) -> Option<Result<Device>> {
        loader::link(ctx, device::Entity::visible_to, Some(self.row.device_id)).await
    }

    /// What it says; null unless it was accepted.
    async fn kind(&self, ctx: &Context<'_>) -> Option<Result<CheckInKind>> {
        of_stored!(self, ctx, |row| Some(row.kind.into()))
    }

    /// Where the phone was; null if it did not know.
    async fn position(&self, ctx: &Context<'_>, datum: Option<Datum>) -> Option<Result<Position>> {
        let place: Option<Result<Position>> = of_stored!(self, ctx, |row| stored::position(&row));
        place.map(|place| Ok(place?.in_datum(datum)))
    }

    /// The radius in metres within which the phone was with 68 % certainty.
    async fn accuracy_m(&self, ctx: &Context<'_>) -> Option<Result<f64>> {
        of_stored!(self, ctx, |row| row.accuracy_m)
    }

    /// Metres above the ellipsoid.
    async fn altitude_m(&self, ctx: &Context<'_>) -> Option<Result<f64>> {
        of_stored!(self, ctx, |row| row.altitude_m)
    }

    /// Metres a second.
    async fn speed_mps(&self, ctx: &Context<'_>) -> Option<Result<f64>> {
        of_stored!(self, ctx, |row| row.speed_mps)
    }

    /// Degrees clockwise from north.
    async fn heading_deg(&self, ctx: &Context<'_>) -> Option<Result<f64>> {
        of_stored!(self, ctx, |row| row.heading_deg)
    }

    /// The charge of the phone's battery, from 0 to 100.
    async fn battery_pct(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        of_stored!(self, ctx, |row| row.battery_pct.map(i32::from))
    }

    /// Whether the phone says that the position was set by an app.
    async fn is_mock(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        of_stored!(self, ctx, |row| Some(row.is_mock))
    }

    /// What the rep wrote.
    async fn note(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        of_stored!(self, ctx, |row| row.note)
    }

    /// The customer that the rep named.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        let named = match self.stored(ctx).await {
            Ok(row) => row?.customer_id(),
            Err(error) => return Some(Err(error)),
        };
        loader::link(ctx, customer::Entity::visible_to, named).await
    }

    /// How an arrival stood to the customer's fences; null of other kinds, and until the worker
    /// has judged it.
    async fn outcome(&self, ctx: &Context<'_>) -> Option<Result<ArrivalOutcome>> {
        of_stored!(self, ctx, |row| row.outcome.map(ArrivalOutcome::from))
    }

    /// What a manager last decided on an arrival out of range; null if nobody has.
    async fn decision(&self, ctx: &Context<'_>) -> Option<Result<ArrivalDecision>> {
        let check_in = self.row.check_in_id?;
        let decision = stored::decision(ctx, check_in).await.transpose()?;
        Some(decision.map(ArrivalDecision::from))
    }

    /// How it stood to the fences around it, as they were then, the nearest first; with a button
    /// also to all fences of the customer it names. Null unless it was accepted.
    async fn verdicts(&self, ctx: &Context<'_>) -> Option<Result<Vec<Verdict>>> {
        match self.stored(ctx).await {
            Ok(row) => Some(verdict::verdicts(ctx, &row?).await),
            Err(error) => Some(Err(error)),
        }
    }

    /// What the rep photographed there.
    async fn photos(&self, ctx: &Context<'_>) -> Option<Result<Vec<Photo>>> {
        Some(photo::of_check_in(ctx, &self.row).await)
    }

    /// Why it was kept aside; null unless it was.
    async fn quarantine(&self, ctx: &Context<'_>) -> Option<Result<Quarantine>> {
        loader::link(ctx, quarantine::Entity::visible_to, self.row.quarantine_id).await
    }
}

impl CheckIn {
    /// The check-in that the point became, or whose duplicate it is.
    pub(super) async fn stored(&self, ctx: &Context<'_>) -> Result<Option<check_in::Model>> {
        match self.row.check_in_id.zip(self.row.recorded_at) {
            Some(key) => stored::check_in(ctx, key).await,
            None => Ok(None),
        }
    }
}

/// Records the look at the people of a page of check-ins.
pub(super) async fn looked(
    ctx: &Context<'_>,
    page: Connection<CheckIn>,
) -> Result<Connection<CheckIn>> {
    let looks = page
        .nodes()
        .iter()
        .map(|point| record_look(ctx, point.row.rep_id));
    futures_util::future::try_join_all(looks).await?;
    Ok(page)
}

/// A manager's decision on an arrival out of range.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct ArrivalDecision {
    /// Whether it counts.
    pub decision: ArrivalVerdict,
    /// Why.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) row: arrival_decision::Model,
}

impl From<arrival_decision::Model> for ArrivalDecision {
    fn from(row: arrival_decision::Model) -> Self {
        Self {
            decision: row.decision.into(),
            reason: row.reason.clone(),
            decided_at: row.decided_at,
            row,
        }
    }
}

#[ComplexObject]
impl ArrivalDecision {
    /// Who decided; null if nobody in your sight.
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.row.decided_by)).await
    }
}

/// A check-in that was not believed: kept as it came, for a person to decide.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct Quarantine {
    /// The stable code of the reason.
    pub reason: String,
    /// The reason, for people.
    pub message: String,
    /// What was decided.
    pub resolution: QuarantineResolution,
    /// When.
    pub resolved_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    pub(crate) row: quarantine::Model,
}

impl From<quarantine::Model> for Quarantine {
    fn from(row: quarantine::Model) -> Self {
        Self {
            reason: row.reason.clone(),
            message: row.message.clone(),
            resolution: row.resolution.into(),
            resolved_at: row.resolved_at,
            row,
        }
    }
}

#[ComplexObject]
impl Quarantine {
    /// The point as it came; what is not UTF-8 is replaced.
    async fn raw(&self) -> String {
        String::from_utf8_lossy(&self.row.raw).into_owned()
    }

    /// Who decided; null if a repeat of the point passed, or nobody in your sight.
    async fn resolved_by(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, self.row.resolved_by).await
    }
}
