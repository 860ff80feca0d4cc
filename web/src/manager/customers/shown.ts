// The customer and its fences on the map, as they stand.
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";

import type { CustomerFenceFragment } from "../../graphql";
import type { Placing } from "../../shared/map/datum";
import { outlineOf } from "../../shared/map/shape";
import { palette } from "../../shared/map/style";

const [FENCES, CUSTOMER] = ["customer-fences", "customer"] as const;

export function addFences(map: MapLibre, dark: boolean): void {
  const colours = palette(dark);
  const colour = colours.states["AT_CUSTOMER"]!;
  const data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
  map.addSource(FENCES, { type: "geojson", data });
  map.addSource(CUSTOMER, { type: "geojson", data });
  map.addLayer({
    id: FENCES,
    type: "fill",
    source: FENCES,
    paint: { "fill-color": colour, "fill-opacity": 0.18 },
  });
  map.addLayer({
    id: "customer-fence-edges",
    type: "line",
    source: FENCES,
    paint: { "line-color": colour, "line-width": 2 },
  });
  map.addLayer({
    id: CUSTOMER,
    type: "circle",
    source: CUSTOMER,
    paint: {
      "circle-radius": 6,
      "circle-color": colours.ink,
      "circle-stroke-color": colours.halo,
      "circle-stroke-width": 2,
    },
  });
}

export function showCustomer(
  map: MapLibre,
  fences: CustomerFenceFragment[],
  position: { latitude: number; longitude: number } | null,
  place: Placing,
): void {
  const outlines = fences.flatMap((fence) => outlineOf(fence.current?.geojson, place) ?? []);
  show(map, FENCES, outlines);
  show(map, CUSTOMER, position ? [{ type: "Point", coordinates: place.toMap(position) }] : []);
}

function show(map: MapLibre, source: string, geometries: GeoJSON.Geometry[]): void {
  const features = geometries.map(
    (geometry): GeoJSON.Feature => ({ type: "Feature", properties: {}, geometry }),
  );
  void map.getSource<GeoJSONSource>(source)?.setData({ type: "FeatureCollection", features });
}
