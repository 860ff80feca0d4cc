// What lies below the reps: the customers' fences at close zoom, the hexagons of activity.
import type { GeoJSONSource, LngLatBounds, Map as MapLibre } from "maplibre-gl";

import type { ActivityMapQuery, BoundsInput, MapFencesQuery } from "../../graphql";
import { boundsOf, cornersOf, outlineOf } from "../../shared/map/shape";
import type { Placing } from "../../shared/map/datum";
import { FONT, palette } from "../../shared/map/style";

/** Fences are shown from this zoom on. */
export const FENCES_FROM_ZOOM = 13;

const FENCES = "fences";
const FENCE_NAMES = "fence-names";
const ACTIVITY = "activity";

const empty = (): GeoJSON.FeatureCollection => ({ type: "FeatureCollection", features: [] });

export function addGround(map: MapLibre, dark: boolean): void {
  const colours = palette(dark);
  map.addSource(ACTIVITY, { type: "geojson", data: empty() });
  map.addSource(FENCES, { type: "geojson", data: empty() });
  map.addSource(FENCE_NAMES, { type: "geojson", data: empty() });
  map.addLayer({
    id: ACTIVITY,
    type: "fill",
    source: ACTIVITY,
    paint: {
      "fill-color": colours.accent,
      "fill-opacity": ["interpolate", ["linear"], ["get", "share"], 0, 0.08, 1, 0.65],
      "fill-outline-color": colours.halo,
    },
  });
  map.addLayer({
    id: FENCES,
    type: "fill",
    source: FENCES,
    minzoom: FENCES_FROM_ZOOM,
    paint: { "fill-color": colours.states["AT_CUSTOMER"]!, "fill-opacity": 0.12 },
  });
  map.addLayer({
    id: "fence-edges",
    type: "line",
    source: FENCES,
    minzoom: FENCES_FROM_ZOOM,
    paint: { "line-color": colours.states["AT_CUSTOMER"]!, "line-width": 1.5 },
  });
  map.addLayer({
    id: FENCE_NAMES,
    type: "symbol",
    source: FENCE_NAMES,
    minzoom: FENCES_FROM_ZOOM + 1,
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": 11,
      "text-max-width": 9,
      "text-optional": true,
    },
    paint: {
      "text-color": colours.states["AT_CUSTOMER"]!,
      "text-halo-color": colours.halo,
      "text-halo-width": 1.5,
    },
  });
}

export function showFences(map: MapLibre, data: MapFencesQuery | null, place: Placing): void {
  const fences = empty();
  const names = empty();
  for (const customer of data?.customers.nodes ?? []) {
    for (const fence of customer.geofences.nodes) {
      const outline = fence.current && outlineOf(fence.current.geojson, place);
      if (!outline) continue;
      fences.features.push({ type: "Feature", properties: {}, geometry: outline });
      const box = boundsOf(cornersOf(outline));
      if (!box) continue;
      const [west, south, east] = box;
      names.features.push({
        type: "Feature",
        properties: { name: shortened(customer.name) },
        geometry: { type: "Point", coordinates: [(west + east) / 2, south] },
      });
    }
  }
  void map.getSource<GeoJSONSource>(FENCES)?.setData(fences);
  void map.getSource<GeoJSONSource>(FENCE_NAMES)?.setData(names);
}

export function showActivity(map: MapLibre, data: ActivityMapQuery | null, place: Placing): void {
  const cells = data?.activityMap ?? [];
  const most = Math.max(1, ...cells.map((cell) => cell.checkIns));
  const features = cells.map((cell): GeoJSON.Feature => {
    const ring = cell.boundary.map(place.toMap);
    return {
      type: "Feature",
      properties: {
        ...{ checkIns: cell.checkIns, visits: cell.visits, reps: cell.reps },
        customers: cell.customers,
        // Few cells hold most of it: the root shows the others too.
        share: Math.sqrt(cell.checkIns / most),
      },
      geometry: { type: "Polygon", coordinates: [[...ring, ring[0]!]] },
    };
  });
  void map.getSource<GeoJSONSource>(ACTIVITY)?.setData({ type: "FeatureCollection", features });
}

/** Tells of the cell below the pointer; null when there is none. */
export function onActivityPointed(
  map: MapLibre,
  pointed: (cell: { checkIns: number; visits: number; reps: number; customers: number } | null) => void,
): void {
  map.on("mousemove", ACTIVITY, (event) => {
    pointed((event.features?.[0]?.properties as never) ?? null);
  });
  map.on("mouseleave", ACTIVITY, () => pointed(null));
}

/** The H3 resolution whose cells are a few dozen pixels wide at a zoom. */
export function resolutionAt(zoom: number): number {
  return Math.max(0, Math.min(9, Math.round(zoom * 0.72 - 1.2)));
}

/** A rectangle of the map in the hub's datum, a little wider where the datums differ. */
export function rectangleOf(bounds: LngLatBounds, place: Placing): BoundsInput {
  const [west, south] = place.fromMap([Math.max(-180, bounds.getWest()), Math.max(-90, bounds.getSouth())]);
  const [east, north] = place.fromMap([Math.min(180, bounds.getEast()), Math.min(90, bounds.getNorth())]);
  return { west, south, east, north };
}

/** A label is no place for 500 characters. */
function shortened(name: string): string {
  return name.length > 40 ? `${name.slice(0, 39)}…` : name;
}
