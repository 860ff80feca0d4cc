// A map in one file (PMTiles, https://github.com/protomaps/PMTiles), of which the browser asks for
// the pieces it needs. Pictures are shown as they are; vector tiles of Protomaps' basemap get its
// layers, lettered with the device's own fonts.
import { layers, namedFlavor } from "@protomaps/basemaps";
import { addProtocol, type LayerSpecification } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";

import { FONT, type Ground, type Tiles } from "./style";

const protocol = new Protocol();
addProtocol("pmtiles", protocol.tile);

/** What is drawn of a file, from a source by this name. */
export async function archive(
  source: string,
  { url, attribution }: Tiles,
  dark: boolean,
  language: string,
): Promise<Ground> {
  const file = new PMTiles(url);
  protocol.add(file);
  const { tileType } = await file.getHeader();
  const place = { url: `pmtiles://${url}`, ...(attribution ? { attribution } : {}) };
  if (tileType !== TileType.Mvt) {
    return {
      source: { type: "raster", tileSize: 256, ...place },
      layers: [{ id: "tiles", type: "raster", source }],
    };
  }
  const flavor = namedFlavor(dark ? "dark" : "light");
  const lang = language.startsWith("zh") ? "zh-Hans" : language;
  const drawn = layers(source, flavor, { lang }).map((layer) => ({
    ...lettered(layer),
    // The map has layers of its own.
    id: `${source}-${layer.id}`,
  }));
  return { source: { type: "vector", ...place }, layers: drawn };
}

/** With letters of the device, and without icons: the hub has no pictures for them. */
function lettered(layer: LayerSpecification): LayerSpecification {
  if (layer.type !== "symbol") return layer;
  const layout = { ...layer.layout, ...(layer.layout?.["text-field"] ? { "text-font": FONT } : {}) };
  delete layout["icon-image"];
  return { ...layer, layout };
}
