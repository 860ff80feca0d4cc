//! The map of activity: how much went on in each hexagon.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use domain::bounds::Bounds;
use domain::hexagon::{Cell, boundary, cell, centre, roughly};
use domain::position;
use entity::customers::customer;
use entity::field::{check_in, visit};
use entity::id::{CustomerId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use crate::context::Request;
use crate::datum::Datum;
use crate::error::{Error, Result};
use crate::people::access::recorded_looks;
use crate::place::lies_in;
use crate::scalar::Position;

/// The finest resolution of the grid.
const FINEST: u8 = 15;
/// The most cells of one map.
const MOST_CELLS: usize = 2_000;
/// The most cells that a rectangle may have, those without anything too.
const MOST_POSSIBLE: f64 = 100_000.0;
/// The most rows that one map is counted from.
const MOST_ROWS: u64 = 100_000;
/// The edge of a cell of resolution 0, in metres; that of the next is √7 times shorter.
const EDGE_M: f64 = 1_281_256.0;
/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_320.0;

/// What went on in one cell of the H3 grid.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct ActivityCell {
    /// The cell's id in the H3 grid, hexadecimal.
    pub cell: String,
    #[graphql(skip)]
    middle: Position,
    #[graphql(skip)]
    corners: Vec<Position>,
    /// Check-ins with a position in it. Those near its edge may be counted in the next cell.
    pub check_ins: i32,
    /// Visits at customers in it, by their arrival.
    pub visits: i32,
    /// Customers in it.
    pub customers: i32,
    /// Reps with a check-in in it.
    pub reps: i32,
}

#[ComplexObject]
impl ActivityCell {
    /// Its middle.
    async fn centre(&self, datum: Option<Datum>) -> Position {
        self.middle.in_datum(datum)
    }

    /// Its corners against the clock, the first not repeated.
    async fn boundary(&self, datum: Option<Datum>) -> Vec<Position> {
        let corners = self.corners.iter();
        corners.map(|corner| corner.in_datum(datum)).collect()
    }
}

/// Which map.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) bounds: Bounds,
    pub(super) resolution: u8,
    pub(super) time: Range<DateTime<Utc>>,
}

/// Check-ins of one rep about one place.
struct Spot {
    rep: UserId,
    place: position::Position,
    check_ins: i64,
}

/// A customer and how often it was visited.
struct Place {
    place: position::Position,
    visits: i64,
}

#[derive(Default)]
struct Counts {
    check_ins: i64,
    visits: i64,
    customers: i64,
    reps: HashSet<UserId>,
}

/// A rectangle and a resolution that one map may have, judged before anything is read.
pub(super) fn possible(bounds: Bounds, resolution: i32) -> Result<(Bounds, u8)> {
    let level = u8::try_from(resolution).ok();
    let level = level.filter(|level| *level <= FINEST);
    let level = level.ok_or_else(|| Error::bad_input("resolution must be from 0 to 15"))?;
    let cells = |level| roughly(&bounds, level).unwrap_or(f64::INFINITY);
    if cells(level) > MOST_POSSIBLE {
        let fits = |level: &u8| cells(*level) <= MOST_POSSIBLE;
        let message = format!(
            "the rectangle has about {:.0} cells of resolution {level}, at most {MOST_POSSIBLE:.0} \
             are looked at: choose a smaller rectangle or a resolution up to {}",
            cells(level),
            (0..level).rfind(fits).unwrap_or(0),
        );
        return Err(Error::bad_input(message));
    }
    Ok((bounds, level))
}

/// Counts what the viewer may see. The looks at the people whose check-ins are counted are
/// recorded.
pub(super) async fn activity(ctx: &Context<'_>, asked: Asked) -> Result<Vec<ActivityCell>> {
    let (spots, places) = futures_util::try_join!(spots(ctx, &asked), places(ctx, &asked))?;
    let reps: HashSet<UserId> = spots.iter().map(|spot| spot.rep).collect();
    let reps: Vec<UserId> = reps.into_iter().collect();
    let looks = recorded_looks(ctx)?;
    looks.record(ctx.db()?, ctx.viewer()?, &reps).await?;
    let counted = tokio::task::spawn_blocking(move || count(&asked, spots, places)).await;
    counted.map_err(Error::internal)?
}

/// The check-ins, by rep and by squares much smaller than a cell.
async fn spots(ctx: &Context<'_>, asked: &Asked) -> Result<Vec<Spot>> {
    use check_in::Column;

    let edge_m = EDGE_M / 7_f64.sqrt().powi(asked.resolution.into());
    let square = ((edge_m / 16.0 / DEGREE_M * 1e6) as i64).max(1);
    let mean = |column: &str| Expr::cust(format!("CAST(avg({column}) AS double precision)"));
    let rows: Vec<(UserId, f64, f64, i64)> = check_in::Entity::visible_to(ctx.scope()?)
        .filter(Column::RecordedAt.gte(asked.time.start))
        .filter(Column::RecordedAt.lt(asked.time.end))
        .filter(lies_in(
            &asked.bounds,
            Column::LatitudeE6,
            Column::LongitudeE6,
            |degrees| (degrees * 1e6).round() as i32,
        ))
        .select_only()
        .column(Column::RepId)
        .expr_as(mean("latitude_e6"), "latitude")
        .expr_as(mean("longitude_e6"), "longitude")
        .expr_as(Expr::cust("count(*)"), "check_ins")
        .group_by(Column::RepId)
        .group_by(Expr::cust(format!("latitude_e6 / {square}")))
        .group_by(Expr::cust(format!("longitude_e6 / {square}")))
        .limit(MOST_ROWS + 1)
        .into_tuple()
        .all(&ctx.db()?.read)
        .await?;
    at_most(rows.len(), "places with check-ins")?;
    let spots = rows
        .into_iter()
        .filter_map(|(rep, latitude, longitude, check_ins)| {
            let place = position::Position::new(latitude / 1e6, longitude / 1e6).ok()?;
            Some(Spot {
                rep,
                place,
                check_ins,
            })
        });
    Ok(spots.collect())
}

/// The customers in the rectangle, with their visits.
async fn places(ctx: &Context<'_>, asked: &Asked) -> Result<Vec<Place>> {
    let db = &ctx.db()?.read;
    let inside = inside(ctx, asked)?;
    let customers = inside
        .clone()
        .select_only()
        .column(customer::Column::Id)
        .column(customer::Column::Latitude)
        .column(customer::Column::Longitude)
        .limit(MOST_ROWS + 1)
        .into_tuple::<(CustomerId, f64, f64)>()
        .all(db);
    let ids = inside.select_only().column(customer::Column::Id);
    let visits = visit::Entity::visible_to(ctx.scope()?)
        .filter(visit::Column::WithdrawnAt.is_null())
        .filter(visit::Column::ArrivedAt.gte(asked.time.start))
        .filter(visit::Column::ArrivedAt.lt(asked.time.end))
        .filter(visit::Column::CustomerId.in_subquery(ids.into_query()))
        .select_only()
        .column(visit::Column::CustomerId)
        .expr_as(Expr::cust("count(*)"), "visits")
        .group_by(visit::Column::CustomerId)
        .into_tuple::<(CustomerId, i64)>()
        .all(db);
    let (customers, visits) = futures_util::try_join!(customers, visits)?;
    at_most(customers.len(), "customers")?;
    let visits: HashMap<CustomerId, i64> = visits.into_iter().collect();
    let places = customers
        .into_iter()
        .filter_map(|(id, latitude, longitude)| {
            Some(Place {
                place: position::Position::new(latitude, longitude).ok()?,
                visits: visits.get(&id).copied().unwrap_or(0),
            })
        });
    Ok(places.collect())
}

fn inside(ctx: &Context<'_>, asked: &Asked) -> Result<Select<customer::Entity>> {
    use customer::Column;

    let degrees = |degrees: f64| degrees;
    Ok(customer::Entity::visible_to(ctx.scope()?)
        .filter(Column::ArchivedAt.is_null())
        .filter(lies_in(
            &asked.bounds,
            Column::Latitude,
            Column::Longitude,
            degrees,
        )))
}

fn at_most(rows: usize, what: &str) -> Result<()> {
    if rows as u64 > MOST_ROWS {
        let message = format!(
            "more than {MOST_ROWS} {what}: choose a smaller rectangle, a shorter period or a \
             coarser resolution"
        );
        return Err(Error::bad_input(message));
    }
    Ok(())
}

fn count(asked: &Asked, spots: Vec<Spot>, places: Vec<Place>) -> Result<Vec<ActivityCell>> {
    let in_cell = |place: position::Position| {
        cell(place, asked.resolution).map_err(|error| Error::bad_input(error.to_string()))
    };
    let mut cells: BTreeMap<Cell, Counts> = BTreeMap::new();
    for spot in spots {
        let counts = cells.entry(in_cell(spot.place)?).or_default();
        counts.check_ins += spot.check_ins;
        counts.reps.insert(spot.rep);
    }
    for place in places {
        let counts = cells.entry(in_cell(place.place)?).or_default();
        counts.customers += 1;
        counts.visits += place.visits;
    }
    if cells.len() > MOST_CELLS {
        let message = format!(
            "the map has {} cells, at most {MOST_CELLS} are given: choose a smaller rectangle or \
             a coarser resolution",
            cells.len()
        );
        return Err(Error::bad_input(message));
    }
    Ok(cells.into_iter().map(drawn).collect())
}

fn drawn((cell, counts): (Cell, Counts)) -> ActivityCell {
    let whole = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    ActivityCell {
        cell: cell.to_string(),
        middle: centre(cell).into(),
        corners: boundary(cell).into_iter().map(Position::from).collect(),
        check_ins: whole(counts.check_ins),
        visits: whole(counts.visits),
        customers: whole(counts.customers),
        reps: i32::try_from(counts.reps.len()).unwrap_or(i32::MAX),
    }
}
