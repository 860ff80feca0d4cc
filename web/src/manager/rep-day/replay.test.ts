// Where a rep was at an instant, and where nobody knows.
import { expect, test } from "vitest";

import { lengthOf, placeAt, stretchesOf, type Reading } from "./replay";

const MINUTE = 60_000;
const reading = (minute: number, lng: number): Reading => ({ at: minute * MINUTE, point: [lng, 0] });

test("between two readings the rep is on the straight line", () => {
  const readings = [reading(0, 10), reading(10, 20)];
  expect(placeAt(readings, 5 * MINUTE)).toEqual({ point: [15, 0], isKnown: true });
});

test("in a gap the rep stays where they were last seen, and it is said to be unknown", () => {
  const readings = [reading(0, 10), reading(16, 20)];
  expect(placeAt(readings, 8 * MINUTE)).toEqual({ point: [10, 0], isKnown: false });
});

test("before the first reading nothing is known, after the last one the last place", () => {
  const readings = [reading(1, 10), reading(2, 20)];
  expect(placeAt(readings, 0)).toBeNull();
  expect(placeAt(readings, 2 * MINUTE)).toEqual({ point: [20, 0], isKnown: true });
  expect(placeAt(readings, 3 * MINUTE)).toEqual({ point: [20, 0], isKnown: false });
});

test("a gap of more than 15 minutes cuts the track, one of 15 does not", () => {
  const readings = [reading(0, 0), reading(15, 0), reading(31, 0)];
  expect(stretchesOf(readings).map((stretch) => stretch.length)).toEqual([2, 1]);
});

test("the way through a gap is not counted", () => {
  const oneDegree = 111_195;
  expect(lengthOf([reading(0, 0), reading(10, 1), reading(60, 5)])).toBeCloseTo(oneDegree, -1);
});
