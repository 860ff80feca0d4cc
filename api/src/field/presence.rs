//! Where a rep is and what is going on, judged from the newest facts at the moment of asking.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::{DateTime, TimeDelta, Utc};
use domain::presence::{Facts, Presence as Judged, Reason, judge};
use entity::customers::customer;
use entity::field::track;
use entity::id::{CustomerId, UserId};
use entity::people::user;
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use super::words::{PresenceReason, PresenceSource, PresenceState};
use crate::context::Request;
use crate::customers::Customer;
use crate::datum::Datum;
use crate::error::{Error, Result};
use crate::loader::{self, Load};
use crate::people::User;
use crate::people::access::record_look;
use crate::scalar::Position;

/// The newest believable state of a rep.
#[derive(Clone, Debug)]
pub struct Presence {
    pub(super) rep: UserId,
    pub(super) judged: Judged<Uuid>,
    pub(super) source: PresenceSource,
    /// The look at the rep is in the access log already.
    pub(super) is_recorded: bool,
}

impl Presence {
    /// The presence of a rep now, from the live state.
    pub(crate) async fn of(ctx: &Context<'_>, rep: UserId) -> Result<Self> {
        let (presence, database) = (live(ctx)?.clone(), ctx.db()?.clone());
        let newest = || FactsOf { presence, database };
        let newest = ctx.loaders()?.load(newest, rep).await?;
        let (facts, source) = newest.unwrap_or((None, PresenceSource::Live));
        let now = Utc::now();
        let judged = match facts {
            Some(facts) => judge(&*facts, now),
            None => judge(&Facts::none(rep.uuid()), now),
        };
        Ok(Self {
            rep,
            judged,
            source,
            is_recorded: false,
        })
    }

    /// Writes down that the viewer learns where the rep is, before they do.
    async fn look(&self, ctx: &Context<'_>) -> Result<()> {
        match self.is_recorded {
            true => Ok(()),
            false => record_look(ctx, self.rep).await,
        }
    }
}

/// The live state of the hub.
pub(crate) fn live<'a>(ctx: &Context<'a>) -> Result<&'a presence::Presence> {
    ctx.data_opt()
        .ok_or_else(|| Error::internal("the schema lacks the live state"))
}

/// What a client is told when the live state cannot be read.
pub(super) fn away(error: &presence::Error) -> Error {
    tracing::warn!(%error, "the live state could not be read");
    Error::unavailable("the live positions are away, try again")
}

/// The newest believable state of a rep.
#[Object]
impl Presence {
    /// Whose it is.
    async fn rep(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        loader::link(ctx, user::Entity::visible_to, Some(self.rep)).await
    }

    /// What the rep is doing.
    async fn state(&self) -> PresenceState {
        self.judged.state.into()
    }

    /// Since when at least; null where nothing is known.
    async fn since(&self) -> Option<DateTime<Utc>> {
        self.judged.since
    }

    /// How old the position is, in seconds; without one, how old the newest sign of life is.
    async fn age(&self) -> Option<i32> {
        let age = self.judged.age?.num_seconds();
        Some(i32::try_from(age).unwrap_or(i32::MAX))
    }

    /// Where the rep is; null when nothing is known, off duty and in a pause.
    async fn position(&self, ctx: &Context<'_>, datum: Option<Datum>) -> Option<Result<Position>> {
        let position = Position::from(self.judged.position?).in_datum(datum);
        Some(self.look(ctx).await.map(|()| position))
    }

    /// The radius in metres around the position that holds the truth with 68 %.
    async fn error_radius_m(&self) -> Option<f64> {
        self.judged.error_radius_m
    }

    /// The charge of the phone's battery, from 0 to 100.
    async fn battery_pct(&self) -> Option<i32> {
        self.judged.battery_pct.map(i32::from)
    }

    /// Whose open visit it is.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        let customer = CustomerId::from(self.judged.customer?);
        if let Err(error) = self.look(ctx).await {
            return Some(Err(error));
        }
        loader::link(ctx, customer::Entity::visible_to, Some(customer)).await
    }

    /// Why this state.
    async fn reason(&self) -> PresenceReason {
        match self.judged.reason {
            Reason::VisitOpen => PresenceReason::VisitOpen,
            Reason::Speed { .. } => PresenceReason::Speed,
            Reason::Moved { .. } => PresenceReason::Moved,
            Reason::Still => PresenceReason::Still,
            Reason::OnePosition => PresenceReason::OnePosition,
            Reason::Silent { .. } => PresenceReason::Silent,
            Reason::PositionLost { .. } => PresenceReason::PositionLost,
            Reason::NoPosition => PresenceReason::NoPosition,
            Reason::NeverHeard => PresenceReason::NeverHeard,
            Reason::Duty => PresenceReason::Duty,
        }
    }

    /// The reason in plain English, with its numbers; and if it does not come from the live state,
    /// why not.
    async fn explanation(&self) -> String {
        let reason = sentence(&self.judged.reason);
        match self.source {
            PresenceSource::Live => reason,
            PresenceSource::Database => {
                format!("{reason} The live state is away; this is what the database knows.")
            }
        }
    }

    /// Where it was read. It is as new either way; but while the live state is away, changes of it
    /// are not pushed.
    async fn source(&self) -> PresenceSource {
        self.source
    }
}

fn sentence(reason: &Reason) -> String {
    let minutes = |length: &TimeDelta| length.num_minutes();
    match reason {
        Reason::VisitOpen => "A visit is open.".to_owned(),
        Reason::Speed { mps } => format!("The phone measured {mps:.1} m/s."),
        Reason::Moved { metres } => format!("The last positions are {metres:.0} m apart."),
        Reason::Still => "The last positions are all in one place.".to_owned(),
        Reason::OnePosition => "A single position says nothing of movement.".to_owned(),
        Reason::Silent { length } => {
            format!("Nothing was heard for {} min.", minutes(length))
        }
        Reason::PositionLost { length } => format!(
            "The phone lives but has not known its position for {} min.",
            minutes(length)
        ),
        Reason::NoPosition => "The phone lives but has never sent a position.".to_owned(),
        Reason::NeverHeard => "Nothing was ever heard.".to_owned(),
        Reason::Duty => "Working hours, shifts and pauses say so.".to_owned(),
    }
}

/// The newest facts of a rep, none if nothing is known, and where they were read.
type Newest = (Option<Arc<presence::Facts>>, PresenceSource);

/// The newest facts of many reps in one read.
struct FactsOf {
    presence: presence::Presence,
    database: Database,
}

impl Load for FactsOf {
    type Key = UserId;
    type Value = Newest;

    async fn load(&self, reps: Vec<UserId>) -> Result<HashMap<UserId, Newest>> {
        let (mut found, missing) = match self.live(&reps).await {
            Ok(live) => live,
            Err(error) => {
                tracing::warn!(%error, "the live state is away, the database answers");
                (HashMap::new(), reps)
            }
        };
        if !missing.is_empty() {
            let mut kept = self.kept(&missing).await?;
            found.extend(missing.into_iter().map(|rep| {
                let facts = kept.remove(&rep).map(Arc::new);
                (rep, (facts, PresenceSource::Database))
            }));
        }
        Ok(found)
    }
}

impl FactsOf {
    /// What the live state knows, and of whom it may have lost what the database knows.
    async fn live(
        &self,
        reps: &[UserId],
    ) -> presence::Result<(HashMap<UserId, Newest>, Vec<UserId>)> {
        let facts = self.presence.get(reps).await?;
        let unknown = reps.iter().filter(|rep| !facts.contains_key(rep));
        let unknown: Vec<UserId> = unknown.copied().collect();
        let is_whole = unknown.is_empty() || self.presence.needs_rebuild().await?.is_none();
        let known = facts.into_iter().map(|(rep, facts)| {
            let facts = Some(Arc::new(facts));
            (rep, (facts, PresenceSource::Live))
        });
        let missing = if is_whole { Vec::new() } else { unknown };
        Ok((known.collect(), missing))
    }

    /// The facts that the database keeps.
    async fn kept(&self, reps: &[UserId]) -> Result<HashMap<UserId, presence::Facts>> {
        let column = track::Column::RepId.into_expr();
        let rows = track::Entity::visible_to(&Scope::All)
            .filter(keys::any_of(self.database.backend(), column, reps))
            .all(&self.database.read)
            .await?;
        let kept = rows.into_iter().filter_map(|row| {
            let facts = serde_json::from_value(row.live?).ok()?;
            Some((row.rep_id, facts))
        });
        Ok(kept.collect())
    }
}
