// What is decided about a photo on its way.
import { expect, test } from "vitest";

import type { Entry } from "./entry";
import { fitted, nextPhoto, outcomeOfPhoto, type Photo } from "./photo";

const photo = (id: string, more: Partial<Photo> = {}): Photo => ({
  id,
  rep: "ann",
  customer: "acme",
  entry: "arrived",
  takenAt: "2026-11-29T09:00:00.000Z",
  picture: new Blob(),
  thumbnail: new Blob(),
  state: "WAITING",
  code: null,
  ...more,
});

const entry = (id: string, isReceived: boolean): Entry => ({
  id,
  rep: "ann",
  kind: "ARRIVE",
  recordedAt: "2026-11-29T09:00:00.000Z",
  fix: null,
  customer: null,
  note: null,
  batteryPct: null,
  receipt: isReceived ? { status: "ACCEPTED" } : null,
});

test("a photo goes after its check-in, the oldest first", () => {
  const photos = [
    photo("late", { takenAt: "2026-11-29T10:00:00.000Z" }),
    photo("early"),
    photo("draft", { entry: null, takenAt: "2026-11-29T08:00:00.000Z" }),
    photo("sent", { state: "SENT", takenAt: "2026-11-29T07:00:00.000Z" }),
  ];
  expect(nextPhoto(photos, [entry("arrived", true)])?.id).toBe("early");
  expect(nextPhoto(photos, [entry("arrived", false)])).toBeNull();
});

test.each([
  [200, { next: "sent" }],
  [201, { next: "sent" }],
  [401, { next: "enrol" }],
  [404, { next: "refused", code: "NOT_FOUND" }],
  [409, { next: "refused", code: "NOT_FOUND" }],
  [503, { next: "wait", ms: 30_000 }],
])("after %d comes %o", (status, outcome) => {
  expect(outcomeOfPhoto(status, "30", { code: "NOT_FOUND" }, 0)).toEqual(outcome);
});

test("a picture is made to fit, and never made larger", () => {
  expect(fitted(4000, 3000, 2048)).toEqual([2048, 1536]);
  expect(fitted(3000, 4000, 2048)).toEqual([1536, 2048]);
  expect(fitted(640, 480, 2048)).toEqual([640, 480]);
  expect(fitted(10_000, 1, 2048)).toEqual([2048, 1]);
});
