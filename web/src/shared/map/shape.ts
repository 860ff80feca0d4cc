// A geofence's shape as the hub sends it, made ready for the map.
import { circlePolygon } from "./circle";
import type { LngLat, Placing } from "./datum";

type Outline = GeoJSON.Polygon | GeoJSON.MultiPolygon;

/** `geojson` is a polygon, or for a circle a feature of a point with `radiusM`. */
export function outlineOf(geojson: unknown, place: Placing): Outline | null {
  const shape = geojson as GeoJSON.Feature<GeoJSON.Point> | Outline | null;
  switch (shape?.type) {
    case "Polygon":
    case "MultiPolygon":
      return place.geometryToMap(shape);
    case "Feature": {
      const [longitude, latitude] = shape.geometry.coordinates as LngLat;
      const radius = Number(shape.properties?.["radiusM"]);
      return place.geometryToMap(circlePolygon([longitude, latitude], radius));
    }
    default:
      return null;
  }
}

/** West, south, east, north. */
type Box = [number, number, number, number];

/** The box around everything given; null of nothing. */
export function boundsOf(points: Iterable<LngLat>): Box | null {
  let bounds: Box | null = null;
  for (const [lng, lat] of points) {
    const [west, south, east, north]: Box = bounds ?? [lng, lat, lng, lat];
    bounds = [Math.min(west, lng), Math.min(south, lat), Math.max(east, lng), Math.max(north, lat)];
  }
  return bounds;
}

export function cornersOf(outline: Outline): LngLat[] {
  const rings = outline.type === "Polygon" ? outline.coordinates : outline.coordinates.flat();
  return rings.flat() as LngLat[];
}
