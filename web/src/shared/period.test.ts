// Periods and their neighbours.
import { expect, test } from "vitest";

import { moved } from "./period";

test.each([
  ["DAY", "2026-03-01", -1, "2026-02-28"],
  ["WEEK", "2026-11-27", 1, "2026-12-04"],
  ["MONTH", "2026-03-31", -1, "2026-02-01"],
  ["MONTH", "2026-12-15", 1, "2027-01-01"],
  ["QUARTER", "2026-11-27", -1, "2026-08-01"],
  ["YEAR", "2026-02-28", 1, "2027-02-01"],
] as const)("a %s from %s by %d is that of %s", (kind, date, steps, expected) => {
  expect(moved(kind, date, steps)).toBe(expected);
});
