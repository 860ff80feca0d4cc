// Whose word on the duty counts.
import { expect, test } from "vitest";

import type { Entry, Kind, Receipt } from "../queue/entry";
import { dutyAfter } from "./duty";

const pressed = (kind: Kind, recordedAt: string, receipt: Receipt | null = null): Entry => ({
  id: kind,
  rep: "ann",
  kind,
  recordedAt,
  fix: null,
  customer: null,
  note: null,
  batteryPct: null,
  receipt,
});
const nine = "2026-11-27T09:00:00.000Z";

test("without a press the hub's word counts", () => {
  expect(dutyAfter("ON_DUTY", [], null)).toBe("ON_DUTY");
  expect(dutyAfter(null, [], null)).toBeNull();
});

test("a press that is not yet sent counts at once", () => {
  expect(dutyAfter("ON_DUTY", [pressed("PAUSE", nine)], null)).toBe("PAUSED");
});

test("of several presses the last counts, positions don't", () => {
  const entries = [pressed("PAUSE", nine), pressed("RESUME", nine), pressed("TRAIL", nine)];
  expect(dutyAfter("PAUSED", entries, null)).toBe("ON_DUTY");
});

test("a sent press counts against an older word, not against a fresh one", () => {
  const entries = [pressed("SHIFT_END", nine, { status: "ACCEPTED" })];
  expect(dutyAfter("ON_DUTY", entries, null)).toBe("ON_DUTY");
  expect(dutyAfter("ON_DUTY", entries, Date.parse(nine) - 1)).toBe("OFF_DUTY");
  expect(dutyAfter("ON_DUTY", entries, Date.parse(nine) + 1)).toBe("ON_DUTY");
});
