//! Where a rep was over time.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use entity::field::check_in;
use entity::id::UserId;
use entity::viewer::Scope;
use entity::{Database, keys};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, FromQueryResult, QueryFilter, QueryTrait};

use super::stored;
use super::words::CheckInKind;
use crate::context::Request;
use crate::datum::Datum;
use crate::error::{Error, Result};
use crate::loader::Load;
use crate::people::access::record_look;
use crate::scalar::Position;

/// The most positions of one track.
const MOST_POSITIONS: i32 = 1_000;
/// The longest time of one track.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// A rep's positions over a time.
#[derive(Clone, Debug, SimpleObject)]
pub struct Track {
    /// The positions in order of time: at most the first one of each stretch of `everyS` seconds.
    pub points: Vec<TrackPoint>,
    /// How the time is divided, in seconds, so that no more positions come than were asked for.
    pub every_s: i32,
}

/// A position in time.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct TrackPoint {
    /// When, by the phone's clock.
    pub recorded_at: DateTime<Utc>,
    #[graphql(skip)]
    pub(crate) place: Position,
    /// The radius in metres within which the phone was with 68 % certainty.
    pub accuracy_m: Option<f64>,
    /// Metres a second.
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from north.
    pub heading_deg: Option<f64>,
    /// What the check-in says.
    pub kind: CheckInKind,
}

#[ComplexObject]
impl TrackPoint {
    /// Where.
    async fn position(&self, datum: Option<Datum>) -> Position {
        self.place.in_datum(datum)
    }
}

/// The time of a track, checked.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Span {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    every_s: i32,
}

impl Span {
    /// A time of at most 31 days, divided so that at most `most` positions come.
    pub(crate) fn new(from: DateTime<Utc>, to: DateTime<Utc>, most: i32) -> Result<Self> {
        if !(1..=MOST_POSITIONS).contains(&most) {
            let message = format!("first must be from 1 to {MOST_POSITIONS}, it is {most}");
            return Err(Error::bad_input(message));
        }
        if from >= to || to - from > LONGEST {
            let message = "a track begins before it ends and is at most 31 days long";
            return Err(Error::bad_input(message));
        }
        let length_s = to.timestamp() - from.timestamp() + 1;
        let every_s = (length_s + i64::from(most) - 1) / i64::from(most);
        Ok(Self {
            from,
            to,
            every_s: i32::try_from(every_s).unwrap_or(i32::MAX),
        })
    }

    /// The rep's track in this time; the look at it is recorded first.
    pub(crate) async fn track_of(self, ctx: &Context<'_>, rep: UserId) -> Result<Track> {
        record_look(ctx, rep).await?;
        let (database, scope) = (ctx.db()?.clone(), ctx.scope()?.clone());
        let tracks = || Tracks {
            database,
            scope,
            span: self,
        };
        // One field of a fragment may stand below days that differ.
        let mut apart = DefaultHasher::new();
        self.hash(&mut apart);
        let rows = ctx
            .loaders()?
            .load_for_field(ctx, apart.finish(), tracks, rep);
        let rows = rows.await?;
        let points = rows.iter().flat_map(|rows| rows.iter()).filter_map(point);
        Ok(Track {
            points: points.collect(),
            every_s: self.every_s,
        })
    }
}

fn point(row: &check_in::Model) -> Option<TrackPoint> {
    Some(TrackPoint {
        recorded_at: row.recorded_at,
        place: stored::position(row)?,
        accuracy_m: row.accuracy_m,
        speed_mps: row.speed_mps,
        heading_deg: row.heading_deg,
        kind: row.kind.into(),
    })
}

/// The tracks of many reps, thinned by the database.
struct Tracks {
    database: Database,
    scope: Scope,
    span: Span,
}

impl Load for Tracks {
    type Key = UserId;
    type Value = Arc<Vec<check_in::Model>>;

    async fn load(&self, reps: Vec<UserId>) -> Result<HashMap<UserId, Self::Value>> {
        use check_in::Column;

        let Span { from, to, every_s } = self.span;
        let backend = self.database.backend();
        let from_s = from.timestamp();
        let stretch = match backend {
            DbBackend::Postgres => {
                format!("floor((extract(epoch FROM recorded_at) - {from_s}) / {every_s})")
            }
            _ => format!("(unixepoch(recorded_at) - {from_s}) / {every_s}"),
        };
        let place = format!(
            "row_number() OVER (PARTITION BY rep_id, {stretch} ORDER BY recorded_at, device_id)"
        );
        let mut rows = check_in::Entity::visible_to(&self.scope)
            .filter(keys::any_of(backend, Column::RepId.into_expr(), &reps))
            .filter(Column::RecordedAt.gte(from))
            .filter(Column::RecordedAt.lt(to))
            .filter(Column::LatitudeE6.ne(check_in::NO_POSITION))
            .into_query();
        rows.expr_as(Expr::cust(place), "place");
        let thinned = Query::select()
            .expr(Expr::cust("thinned.*"))
            .from_subquery(rows, "thinned")
            .and_where(Expr::cust("thinned.place").eq(1))
            .order_by_expr(Expr::cust("thinned.recorded_at"), sea_orm::Order::Asc)
            .to_owned();
        let mut tracks: HashMap<UserId, Vec<check_in::Model>> = HashMap::new();
        for row in self.database.read.query_all(&thinned).await? {
            let row = check_in::Model::from_query_result(&row, "")?;
            tracks.entry(row.rep_id).or_default().push(row);
        }
        let tracks = tracks.into_iter().map(|(rep, rows)| (rep, Arc::new(rows)));
        Ok(tracks.collect())
    }
}
