//! The map that people look at: which tiles lie under the positions.

use async_graphql::{Enum, SimpleObject};

/// In which datum the tiles are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum MapDatum {
    /// As the positions are stored.
    #[default]
    #[graphql(name = "WGS84")]
    Wgs84,
    /// Shifted, as maps of mainland China are.
    #[graphql(name = "GCJ02")]
    Gcj02,
}

/// The tiles that the hub's owner has set.
#[derive(Clone, Debug, SimpleObject)]
pub struct MapTiles {
    /// The address of a raster tile, with `{z}`, `{x}` and `{y}` in it, or of a PMTiles file.
    pub url: String,
    /// The datum of the tiles: positions are shifted to it when they are shown.
    pub datum: MapDatum,
    /// Whom to name beside the map.
    pub attribution: Option<String>,
}
