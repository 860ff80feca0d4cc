//! Settings of the map that people look at.

use api::people::MapTiles;
use clap::Args;

use crate::config::{SettingError, Sources, setting, value};

/// The tiles under the positions; without any the map has the outlines of the world alone.
#[derive(Debug, Default, Args)]
pub(crate) struct MapArgs {
    /// Address of the map's raster tiles, with {z}, {x} and {y}, or of a .pmtiles file [default:
    /// none, the outlines of the world are shown]
    #[arg(long, env = "FIELDHUB_MAP_TILES", value_name = "URL")]
    pub(crate) map_tiles: Option<String>,
    /// Datum in which the tiles are drawn: WGS84 or GCJ02 [default: WGS84]
    #[arg(long, env = "FIELDHUB_MAP_DATUM", value_name = "DATUM")]
    pub(crate) map_datum: Option<String>,
    /// Whom the map names as the source of its tiles [default: nobody]
    #[arg(long, env = "FIELDHUB_MAP_ATTRIBUTION", value_name = "TEXT")]
    pub(crate) map_attribution: Option<String>,
}

impl MapArgs {
    /// Understands the map; none without tiles.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<Option<MapTiles>, SettingError> {
        let tiles = sources.value(&setting::MAP_TILES, self.map_tiles.as_deref());
        let datum = sources.value(&setting::MAP_DATUM, self.map_datum.as_deref());
        let attribution = sources.value(&setting::MAP_ATTRIBUTION, self.map_attribution.as_deref());
        let url = tiles.map(|raw| raw.parse(value::tiles)).transpose()?;
        let datum = datum.map(|raw| raw.parse(value::map_datum)).transpose()?;
        let attribution = attribution
            .map(|raw| raw.parse(|text| Ok::<_, String>(text.to_owned())))
            .transpose()?;
        let is_alone = url.is_none() && (datum.is_some() || attribution.is_some());
        if is_alone {
            let needed = "FIELDHUB_MAP_DATUM and FIELDHUB_MAP_ATTRIBUTION speak of tiles";
            return Err(setting::MAP_TILES.missing(needed));
        }
        Ok(url.map(|url| MapTiles {
            url,
            datum: datum.unwrap_or_default(),
            attribution,
        }))
    }
}
