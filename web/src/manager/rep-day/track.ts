// The day on the map: the way, its gaps, the fences of the visits, and where the replay stands.
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";

import type { DayVisitFragment } from "../../graphql";
import type { LngLat, Placing } from "../../shared/map/datum";
import { outlineOf } from "../../shared/map/shape";
import { FONT, palette } from "../../shared/map/style";
import { stretchesOf, type Reading } from "./replay";

const [WAY, VISITS, HERE] = ["way", "visits", "here"];

const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features,
});

export function addDay(map: MapLibre, dark: boolean): void {
  const colours = palette(dark);
  const atCustomer = colours.states["AT_CUSTOMER"]!;
  for (const id of [VISITS, WAY, HERE]) map.addSource(id, { type: "geojson", data: collection([]) });
  map.addLayer({
    id: VISITS,
    type: "fill",
    source: VISITS,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": atCustomer, "fill-opacity": ["case", ["get", "isChosen"], 0.4, 0.15] },
  });
  map.addLayer({
    id: "visit-edges",
    type: "line",
    source: VISITS,
    paint: { "line-color": atCustomer, "line-width": ["case", ["get", "isChosen"], 3, 1.5] },
  });
  map.addLayer({
    id: WAY,
    type: "line",
    source: WAY,
    filter: ["!", ["get", "isGap"]],
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colours.accent, "line-width": 3 },
  });
  map.addLayer({
    id: "gaps",
    type: "line",
    source: WAY,
    filter: ["get", "isGap"],
    paint: { "line-color": colours.states["STALE"]!, "line-width": 2, "line-dasharray": [1, 2] },
  });
  map.addLayer({
    id: "visit-names",
    type: "symbol",
    source: VISITS,
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-optional": true },
    paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.5 },
  });
  map.addLayer({
    id: HERE,
    type: "circle",
    source: HERE,
    paint: {
      "circle-radius": 9,
      "circle-color": ["case", ["get", "isKnown"], colours.accent, colours.halo],
      "circle-stroke-color": ["case", ["get", "isKnown"], colours.halo, colours.accent],
      "circle-stroke-width": 3,
    },
  });
}

export function showWay(map: MapLibre, readings: Reading[]): void {
  const stretches = stretchesOf(readings);
  const line = (points: LngLat[], isGap: boolean): GeoJSON.Feature => ({
    type: "Feature",
    properties: { isGap },
    geometry: { type: "LineString", coordinates: points },
  });
  const way = stretches
    .filter((stretch) => stretch.length > 1)
    .map((stretch) => line(stretch.map(({ point }) => point), false));
  const gaps = stretches
    .slice(1)
    .map((stretch, i) => line([stretches[i]!.at(-1)!.point, stretch[0]!.point], true));
  void map.getSource<GeoJSONSource>(WAY!)?.setData(collection([...way, ...gaps]));
}

export function showVisits(
  map: MapLibre,
  visits: DayVisitFragment[],
  chosen: string | null,
  place: Placing,
): void {
  const features = visits.flatMap((visit): GeoJSON.Feature[] => {
    const outline = visit.geofenceVersion && outlineOf(visit.geofenceVersion.geojson, place);
    if (!outline) return [];
    const properties = { isChosen: visit.id === chosen, name: visit.customer?.name.slice(0, 40) ?? "" };
    return [{ type: "Feature", properties, geometry: outline }];
  });
  void map.getSource<GeoJSONSource>(VISITS!)?.setData(collection(features));
}

export function showHere(map: MapLibre, here: { point: LngLat; isKnown: boolean } | null): void {
  const features: GeoJSON.Feature[] = here
    ? [
        {
          type: "Feature",
          properties: { isKnown: here.isKnown },
          geometry: { type: "Point", coordinates: here.point },
        },
      ]
    : [];
  void map.getSource<GeoJSONSource>(HERE!)?.setData(collection(features));
}
