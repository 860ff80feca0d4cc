// When a position is worth sending.
import { expect, test } from "vitest";

import { isDue } from "./pace";

const fix = (latitude: number) => ({
  latitude,
  longitude: 13,
  accuracyM: 5,
  speedMps: null,
  headingDeg: null,
});
const last = { at: 0, fix: fix(52) };

test.each([
  ["the first position", null, fix(52), 0, true],
  ["a phone at rest, after 29 s", last, fix(52), 29_000, false],
  ["a phone at rest, after 30 s", last, fix(52), 30_000, true],
  ["60 m on, after 6 s", last, fix(52.00054), 6_000, true],
  ["60 m on, after 4 s", last, fix(52.00054), 4_000, false],
  ["20 m on, after 6 s", last, fix(52.00018), 6_000, false],
])("%s is sent or not", (_, last, fix, now, expected) => {
  expect(isDue(last, fix, now)).toBe(expected);
});
