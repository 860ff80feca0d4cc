// Drawing a geofence: what is sent, what is seen, what is not taken apart.
import { expect, test } from "vitest";

import type { LngLat } from "../../shared/map/datum";
import { draftOf, preview, shapeInput, withNewCorner, withoutCorner, type Shape } from "./draft";

const polygon = (...corners: LngLat[]): Shape => ({ kind: "polygon", corners });
const triangle = polygon([0, 0], [1, 0], [1, 1]);

test("a polygon is sent as a closed ring, once it has three corners", () => {
  expect(shapeInput(polygon([0, 0], [1, 0]))).toBeNull();
  const coordinates = [[[0, 0], [1, 0], [1, 1], [0, 0]]];
  expect(shapeInput(triangle)).toEqual({ polygon: { type: "Polygon", coordinates } });
});

test("a circle is sent once it has a centre", () => {
  expect(shapeInput({ kind: "circle", centre: null, radiusM: 80 })).toBeNull();
  const circle = { longitude: 13, latitude: 52, radiusM: 80 };
  expect(shapeInput({ kind: "circle", centre: [13, 52], radiusM: 80 })).toEqual({ circle });
});

test("a corner goes where it was put, and away", () => {
  const square = withNewCorner(triangle, 1, [0.5, -1]);
  expect(square).toEqual(polygon([0, 0], [0.5, -1], [1, 0], [1, 1]));
  expect(withoutCorner(square, 1)).toEqual(triangle);
});

test("the edge of a shape without area is seen", () => {
  const bowTie = polygon([0, 0], [1, 1], [1, 0], [0, 1]);
  expect(preview(bowTie).map(({ type }) => type)).toEqual(["Polygon", "LineString"]);
});

const fence = (geojson: unknown) => ({
  id: "f",
  name: null,
  current: { version: 1, kind: "POLYGON" as const, validFrom: "", areaM2: 1, geojson, circle: null },
});

test("a fence with holes or several parts is not taken apart by drawing", () => {
  const ring = [[0, 0], [3, 0], [3, 3], [0, 0]];
  const hole = [[1, 0.5], [2, 0.5], [2, 1], [1, 0.5]];
  expect(draftOf(fence({ type: "Polygon", coordinates: [ring] }))?.shape).toEqual(
    polygon([0, 0], [3, 0], [3, 3]),
  );
  expect(draftOf(fence({ type: "Polygon", coordinates: [ring, hole] }))).toBeNull();
  expect(draftOf(fence({ type: "MultiPolygon", coordinates: [[ring], [hole]] }))).toBeNull();
});
