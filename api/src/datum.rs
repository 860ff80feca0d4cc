//! Positions in the datum a client asks for or gives: storage is WGS-84, Chinese maps are not.

use async_graphql::Enum;
use domain::datum;
use domain::position;
use serde_json::{Value as Json, json};

use crate::scalar::Position;

/// A coordinate system of maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "datum::Datum")]
pub enum Datum {
    /// GPS, as positions are stored.
    #[default]
    Wgs84,
    /// The datum of most maps of mainland China; elsewhere the same as WGS84.
    Gcj02,
    /// The datum of Baidu's maps; outside mainland China the same as WGS84.
    Bd09,
}

impl Position {
    /// A stored position in a datum; WGS-84 when none is asked for.
    pub fn in_datum(self, datum: Option<Datum>) -> Self {
        match datum {
            None | Some(Datum::Wgs84) => self,
            Some(datum) => self.moved(|position| datum::Datum::from(datum).from_wgs84(position)),
        }
    }

    /// A position given in a datum, as it is stored.
    pub fn stored_from(self, datum: Option<Datum>) -> Self {
        match datum {
            None | Some(Datum::Wgs84) => self,
            Some(datum) => self.moved(|position| datum::Datum::from(datum).to_wgs84(position)),
        }
    }

    /// What is no position stays as it is, for its own fault to be told.
    fn moved(self, how: impl Fn(position::Position) -> position::Position) -> Self {
        match position::Position::new(self.latitude, self.longitude) {
            Ok(position) => how(position).into(),
            Err(_) => self,
        }
    }
}

impl From<position::Position> for Position {
    fn from(position: position::Position) -> Self {
        Self {
            latitude: position.latitude(),
            longitude: position.longitude(),
        }
    }
}

/// GeoJSON with every position of it moved; anything else in it stays.
pub fn moved(geojson: &Json, how: &impl Fn(Position) -> Position) -> Json {
    match geojson {
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| match name.as_str() {
                "coordinates" => (name.clone(), coordinates(value, how)),
                "properties" => (name.clone(), value.clone()),
                _ => (name.clone(), moved(value, how)),
            })
            .collect(),
        Json::Array(items) => items.iter().map(|item| moved(item, how)).collect(),
        other => other.clone(),
    }
}

/// A position is an array whose first two elements are numbers, longitude first (RFC 7946).
fn coordinates(value: &Json, how: &impl Fn(Position) -> Position) -> Json {
    let Json::Array(items) = value else {
        return value.clone();
    };
    match items.as_slice() {
        [longitude, latitude, rest @ ..] if longitude.is_number() && latitude.is_number() => {
            let given = Position {
                latitude: latitude.as_f64().unwrap_or(f64::NAN),
                longitude: longitude.as_f64().unwrap_or(f64::NAN),
            };
            let moved = how(given);
            let mut place = vec![json!(moved.longitude), json!(moved.latitude)];
            place.extend_from_slice(rest);
            Json::Array(place)
        }
        _ => items.iter().map(|item| coordinates(item, how)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHANGHAI: Position = Position {
        latitude: 31.2304,
        longitude: 121.4737,
    };

    #[test]
    fn a_position_comes_back_from_every_datum() {
        for datum in [Datum::Wgs84, Datum::Gcj02, Datum::Bd09] {
            let shown = SHANGHAI.in_datum(Some(datum));
            assert_eq!(shown == SHANGHAI, datum == Datum::Wgs84);
            let back = shown.stored_from(Some(datum));
            assert!((back.latitude - SHANGHAI.latitude).abs() < 1e-6);
            assert!((back.longitude - SHANGHAI.longitude).abs() < 1e-6);
        }
    }

    #[test]
    fn every_corner_of_a_shape_is_moved_and_nothing_else() {
        let shape = json!({"type": "Feature", "properties": {"coordinates": [1, 2], "radiusM": 5},
            "geometry": {"type": "MultiPolygon", "coordinates": [[[[1.0, 2.0, 9], [3, 4]]]]}});
        let shifted = moved(&shape, &|place| Position {
            latitude: place.latitude + 1.0,
            longitude: place.longitude + 2.0,
        });
        assert_eq!(
            shifted,
            json!({"type": "Feature", "properties": {"coordinates": [1, 2], "radiusM": 5},
                "geometry": {"type": "MultiPolygon",
                    "coordinates": [[[[3.0, 3.0, 9], [5.0, 5.0]]]]}})
        );
    }
}
