// Days and instants in the company's zone.
import { expect, test } from "vitest";

import { writing } from "./time";

test.each([
  ["Asia/Shanghai", "2026-11-27", "2026-11-26T16:00:00.000Z"],
  ["Europe/Berlin", "2026-11-27", "2026-11-26T23:00:00.000Z"],
  ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z"],
  ["Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00.000Z"],
  ["America/New_York", "2026-07-01", "2026-07-01T04:00:00.000Z"],
  ["UTC", "2026-01-01", "2026-01-01T00:00:00.000Z"],
])("in %s the day %s begins at %s", (zone, date, instant) => {
  const there = writing(zone, "en");
  expect(there.startOf(date)).toBe(instant);
  expect(there.dateOf(new Date(instant))).toBe(date);
});
