// Circles of metres, drawn as polygons; the map has no circle of its own that grows with the zoom.
import type { LngLat } from "./datum";

/** Mean radius of the earth in metres (IUGG). */
const EARTH_M = 6_371_008.8;
const CORNERS = 64;

/** Great-circle distance in metres (haversine). */
export function distanceM([lngA, latA]: LngLat, [lngB, latB]: LngLat): number {
  const [a, b] = [radians(latA), radians(latB)];
  const half = (angle: number) => Math.sin(angle / 2) ** 2;
  const h = half(b - a) + Math.cos(a) * Math.cos(b) * half(radians(lngB - lngA));
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The point that lies so many metres from the centre, at a bearing clockwise from north. */
export function pointAt([lng, lat]: LngLat, metres: number, bearingDeg: number): LngLat {
  const [angle, bearing, from] = [metres / EARTH_M, radians(bearingDeg), radians(lat)];
  const to = Math.asin(
    Math.sin(from) * Math.cos(angle) + Math.cos(from) * Math.sin(angle) * Math.cos(bearing),
  );
  const east = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(from),
    Math.cos(angle) - Math.sin(from) * Math.sin(to),
  );
  return [lng + degrees(east), degrees(to)];
}

/** A closed ring around the centre, against the clock as GeoJSON wants it. */
export function circlePolygon(centre: LngLat, radiusM: number): GeoJSON.Polygon {
  const ring = Array.from({ length: CORNERS }, (_, corner) =>
    pointAt(centre, radiusM, -(corner * 360) / CORNERS),
  );
  return { type: "Polygon", coordinates: [[...ring, ring[0]!]] };
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const degrees = (radians: number) => (radians * 180) / Math.PI;
