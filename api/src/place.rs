//! Rectangles of the map as clients give them.

use async_graphql::InputObject;
use domain::bounds::Bounds;
use sea_orm::{ColumnTrait, Condition, Value};

use crate::error::{Error, Result};

/// A rectangle of the map in degrees of WGS-84, its edges included. A west edge east of the east
/// edge means that it lies across the antimeridian.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct BoundsInput {
    /// The southern edge.
    pub south: f64,
    /// The western edge.
    pub west: f64,
    /// The northern edge, not south of the southern.
    pub north: f64,
    /// The eastern edge.
    pub east: f64,
}

impl BoundsInput {
    /// The rectangle, if it is one; a fault names the argument that held it.
    pub(crate) fn read(self, argument: &str) -> Result<Bounds> {
        if self.south > self.north {
            let fault = format!("{argument}: south is north of north");
            return Err(Error::bad_input(fault));
        }
        Bounds::new(self.south, self.west, self.north, self.east)
            .map_err(|error| Error::bad_input(format!("{argument}: {error}")))
    }
}

/// True of rows whose place lies in the rectangle; `scale` is how many units of the columns make a
/// degree.
pub(crate) fn lies_in<V: Into<Value>>(
    bounds: &Bounds,
    latitude: impl ColumnTrait,
    longitude: impl ColumnTrait,
    scale: impl Fn(f64) -> V,
) -> Condition {
    let (west, east) = (scale(bounds.west()), scale(bounds.east()));
    let between = match bounds.crosses_antimeridian() {
        true => Condition::any()
            .add(longitude.gte(west))
            .add(longitude.lte(east)),
        false => Condition::all()
            .add(longitude.gte(west))
            .add(longitude.lte(east)),
    };
    Condition::all()
        .add(latitude.gte(scale(bounds.south())))
        .add(latitude.lte(scale(bounds.north())))
        .add(between)
}
