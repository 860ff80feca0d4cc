// The map's ground: outlines of the world from a file of ours, tiles only where a setting names them.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";

import type { Datum } from "./datum";

/** Tiles that the hub's owner has set. */
export interface Tiles {
  /** With {z}, {x} and {y}, or of a PMTiles file. */
  url: string;
  datum: Datum;
  attribution: string | null;
}

/** Colours of the map, by meaning; a canvas can't read the style sheet's. */
export interface Palette {
  water: string;
  land: string;
  border: string;
  ink: string;
  halo: string;
  accent: string;
  accentInk: string;
  states: Record<string, string>;
}

const STATES_LIGHT = {
  AT_CUSTOMER: "#11703f",
  MOVING: "#0b5cad",
  STATIONARY: "#8a5200",
  STALE: "#6d7882",
};

const STATES_DARK = {
  AT_CUSTOMER: "#58cf8e",
  MOVING: "#6cb4ff",
  STATIONARY: "#f2b04c",
  STALE: "#97a3af",
};

export function palette(dark: boolean): Palette {
  return dark
    ? {
        water: "#0b0f13",
        land: "#1a222a",
        border: "#3a4753",
        ink: "#e8edf2",
        halo: "#0f1419",
        accent: "#6cb4ff",
        accentInk: "#06203b",
        states: STATES_DARK,
      }
    : {
        water: "#dbe6ee",
        land: "#f7f8f6",
        border: "#c3ccd3",
        ink: "#16202a",
        halo: "#ffffff",
        accent: "#0b5cad",
        accentInk: "#ffffff",
        states: STATES_LIGHT,
      };
}

export const FONT = ["Open Sans"];

/** What tiles are, and how they are drawn. */
export interface Ground {
  source: SourceSpecification;
  layers: LayerSpecification[];
}

export async function groundStyle(
  dark: boolean,
  tiles: Tiles | null,
  language: string,
): Promise<StyleSpecification> {
  const ground = tiles && (await groundOf(tiles, dark, language).catch(() => null));
  const colours = palette(dark);
  const layers: LayerSpecification[] = [
    { id: "water", type: "background", paint: { "background-color": colours.water } },
    { id: "land", type: "fill", source: "world", paint: { "fill-color": colours.land } },
    {
      id: "borders",
      type: "line",
      source: "world",
      paint: { "line-color": colours.border, "line-width": 1 },
    },
  ];
  if (ground) layers.push(...ground.layers);
  return {
    version: 8,
    sources: {
      world: { type: "geojson", data: await outlines(), tolerance: 0.2 },
      ...(ground ? { [TILES]: ground.source } : {}),
    },
    layers,
  };
}

const TILES = "tiles";

/** Fails when a file of tiles can't be reached; the outlines are there without it. */
async function groundOf(tiles: Tiles, dark: boolean, language: string): Promise<Ground> {
  if (new URL(tiles.url).pathname.endsWith(".pmtiles")) {
    const { archive } = await import("./archive");
    return archive(TILES, tiles, dark, language);
  }
  const { url, attribution } = tiles;
  const place = { tiles: [url], ...(attribution ? { attribution } : {}) };
  return {
    source: { type: "raster", tileSize: 256, ...place },
    layers: [{ id: TILES, type: "raster", source: TILES }],
  };
}

let world: Promise<GeoJSON.GeoJSON> | null = null;

/** Countries at 1:50 million (Natural Earth, by world-atlas). */
function outlines(): Promise<GeoJSON.GeoJSON> {
  world ??= import("world-atlas/countries-50m.json").then((file) => {
    const topology = file.default as unknown as Topology;
    return feature(topology, topology.objects["countries"]!);
  });
  return world;
}
