// Places on maps of either datum, and circles of metres.
import { expect, test } from "vitest";

import { circlePolygon, distanceM } from "./circle";
import { placing, type LngLat } from "./datum";

const SHANGHAI = { latitude: 31.2304, longitude: 121.4737 };
const point: LngLat = [SHANGHAI.longitude, SHANGHAI.latitude];

test("on tiles in WGS-84 a position stands where it is", () => {
  const place = placing("WGS84");
  expect(place.toMap(SHANGHAI)).toEqual(point);
  expect(place.fromMap(point)).toEqual(point);
});

test("on tiles in GCJ-02 a position is shifted, and comes back to within a metre", () => {
  const place = placing("GCJ02");
  const shown = place.toMap(SHANGHAI);
  expect(distanceM(shown, point)).toBeGreaterThan(300);
  expect(distanceM(place.fromMap(shown), point)).toBeLessThan(1);
});

test("a shape is shifted corner by corner, and the original is left as it was", () => {
  const shape: GeoJSON.Polygon = { type: "Polygon", coordinates: [[point, [121.48, 31.24], point]] };
  const kept = structuredClone(shape);
  const shown = placing("GCJ02").geometryToMap(shape);
  expect(shape).toEqual(kept);
  expect(shown.coordinates[0]?.[0]).toEqual(placing("GCJ02").toMap(SHANGHAI));
});

test("a circle's corners are all as far from the centre as its radius", () => {
  for (const corner of circlePolygon(point, 250).coordinates[0]!) {
    expect(distanceM(corner as LngLat, point)).toBeCloseTo(250, 3);
  }
});
