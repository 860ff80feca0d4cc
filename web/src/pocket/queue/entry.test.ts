// What is decided about a check-in on its way.
import { expect, test } from "vitest";

import { forgettable, nextBatch, outcomeOf, verdictOf, wireOf, type Entry, type Receipt } from "./entry";

const entry = (id: string, more: Partial<Entry> = {}): Entry => ({
  id,
  rep: "ann",
  kind: "TRAIL",
  recordedAt: "2026-11-27T09:00:00.000Z",
  fix: null,
  customer: null,
  note: null,
  batteryPct: null,
  receipt: null,
  ...more,
});
const accepted: Receipt = { status: "ACCEPTED" };

test("a batch holds what has no receipt, the oldest first, of one rep", () => {
  const entries = [
    entry("late", { recordedAt: "2026-11-27T10:00:00.000Z" }),
    entry("early"),
    entry("sent", { receipt: accepted }),
    entry("other", { rep: "bob", recordedAt: "2026-11-27T09:30:00.000Z" }),
  ];
  expect(nextBatch(entries).map(({ id }) => id)).toEqual(["early", "late"]);
});

test("what is unknown is left out of what is sent", () => {
  const fix = { latitude: 52, longitude: 13, accuracyM: 9, speedMps: null, headingDeg: null };
  expect(wireOf(entry("a", { fix }))).toEqual({
    id: "a",
    kind: "TRAIL",
    recordedAt: "2026-11-27T09:00:00.000Z",
    latitude: 52,
    longitude: 13,
    accuracyM: 9,
  });
});

test("receipts are kept by id", () => {
  const outcome = outcomeOf(202, null, { receipts: [{ id: "a", status: "DUPLICATE" }] }, 0);
  expect(outcome).toEqual({ next: "keep", receipts: new Map([["a", { status: "DUPLICATE" }]]) });
});

test.each([
  [503, "7", 0, 7_000],
  [429, "30", 2, 30_000],
  [500, null, 0, 2_000],
  [500, null, 3, 16_000],
  [500, null, 20, 60_000],
])("after %d with Retry-After %s and %d failures it waits %d ms", (status, after, tries, ms) => {
  expect(outcomeOf(status, after, null, tries)).toEqual({ next: "wait", ms });
});

test("a refused credential is renewed, a batch too large is sent in parts", () => {
  expect(outcomeOf(401, null, null, 0)).toEqual({ next: "enrol" });
  expect(outcomeOf(413, null, null, 0)).toEqual({ next: "split" });
});

test("what has no receipt, or a photo on its way, is never forgotten; the rest after a week", () => {
  const now = Date.parse("2026-12-05T09:00:00.000Z");
  const entries = [
    entry("waiting"),
    entry("old", { receipt: accepted }),
    entry("new", { receipt: accepted, recordedAt: "2026-12-04T09:00:00.000Z" }),
    entry("pictured", { receipt: accepted }),
  ];
  const photos = [
    { entry: "pictured", state: "WAITING" as const },
    { entry: "old", state: "SENT" as const },
  ];
  expect(forgettable(entries, photos, now).map(({ id }) => id)).toEqual(["old"]);
});

test("of several fences the nearest one of the customer is told", () => {
  const verdicts = [
    { customerId: "other", state: "INSIDE" as const, distanceM: -50 },
    { customerId: "acme", state: "OUTSIDE" as const, distanceM: 90 },
    { customerId: "acme", state: "INSIDE" as const, distanceM: -14 },
  ];
  const customer = { id: "acme", name: "Acme" };
  const arrived = entry("a", { customer, receipt: { status: "ACCEPTED", verdicts } });
  expect(verdictOf(arrived)?.distanceM).toBe(-14);
  expect(verdictOf(entry("b", { customer }))).toBeNull();
});
