//! Who is in an area: Redis names the candidates, the facts decide.

use entity::id::UserId;

use super::{Redis, parse};
use crate::facts::{is_in, rep};
use crate::{Area, Result, keys};

/// The largest latitude that a geo set holds, in degrees.
const MAP_EDGE: f64 = 85.05;
/// Metres of a degree of latitude, with a margin for the geo set's sphere and its rounding.
const METRES: f64 = 111_320.0 * 1.01;
/// Wider than this, in degrees, every rep on the map is a candidate: the box search of a geo set is
/// meant for towns.
const WIDE: f64 = 20.0;

/// The latitude under which a place stands in the geo set, whose map ends before the poles do.
pub(super) fn on_the_map(latitude: f64) -> f64 {
    latitude.clamp(-MAP_EDGE, MAP_EDGE)
}

impl Redis {
    pub(crate) async fn near(&self, area: Area) -> Result<Vec<UserId>> {
        let candidates = self.candidates(area).await?;
        let facts = self.read(&candidates).await?;
        let found = facts
            .into_iter()
            .flatten()
            .filter(|facts| is_in(facts, area));
        Ok(found.map(|facts| rep(&facts)).collect())
    }

    async fn candidates(&self, area: Area) -> Result<Vec<UserId>> {
        let [_, _, _, places, _] = keys::feed();
        let command = match search(area) {
            Some(search) => {
                let mut command = redis::cmd("GEOSEARCH");
                command
                    .arg(places)
                    .arg("FROMLONLAT")
                    .arg(search.longitude)
                    .arg(search.latitude);
                command
                    .arg("BYBOX")
                    .arg(search.width_m)
                    .arg(search.height_m)
                    .arg("m");
                command
            }
            None => {
                let mut command = redis::cmd("ZRANGE");
                command.arg(places).arg(0).arg(-1);
                command
            }
        };
        let reps: Vec<String> = self.connection.command(command).await?;
        Ok(parse(&reps))
    }
}

/// A box of the geo set that covers an area.
#[derive(Debug, PartialEq)]
struct Search {
    longitude: f64,
    latitude: f64,
    width_m: f64,
    height_m: f64,
}

/// None when the area is too wide, or crosses the antimeridian or the edge of the map.
fn search(area: Area) -> Option<Search> {
    let is_town = area.width() <= WIDE && area.north - area.south <= WIDE;
    let is_on_map = area.south.abs() < MAP_EDGE && area.north.abs() < MAP_EDGE;
    if !is_town || !is_on_map || area.west > area.east {
        return None;
    }
    let widest = if area.south <= 0.0 && area.north >= 0.0 {
        0.0
    } else {
        area.south.abs().min(area.north.abs())
    };
    Some(Search {
        longitude: f64::midpoint(area.west, area.east),
        latitude: f64::midpoint(area.south, area.north),
        width_m: area.width() * METRES * widest.to_radians().cos() + 10.0,
        height_m: (area.north - area.south).max(0.0) * METRES + 10.0,
    })
}
