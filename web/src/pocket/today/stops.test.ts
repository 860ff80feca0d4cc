// Today's customers: their order and what is known of each.
import { expect, test } from "vitest";

import { ordered, stopsOf } from "./stops";

const customer = (id: string, latitude: number | null) => ({
  id,
  name: id,
  address: null,
  city: null,
  position: latitude === null ? null : { latitude, longitude: 13 },
  contacts: { nodes: [] },
});
const today = {
  viewer: {
    id: "ann",
    duty: null,
    plannedVisits: { nodes: [{ id: "p", note: "prices", customer: { id: "far" } }] },
    dueCustomers: {
      nodes: [
        { dueBy: "2026-11-30", standing: "PENDING" as const, lastVisitOn: null, customer: { id: "near" } },
        { dueBy: "2026-11-20", standing: "MISSED" as const, lastVisitOn: null, customer: { id: "mid" } },
      ],
    },
    visits: { nodes: [] },
  },
  customers: {
    nodes: [customer("nowhere", null), customer("mid", 52.01), customer("far", 52.1), customer("near", 52.001)],
  },
};
const here = { latitude: 52, longitude: 13 };
const names = (order: "near" | "due") =>
  ordered(stopsOf(today, here), order).map((stop) => stop.customer.id);

test("what is planned comes first, then the nearest, and what has no place last", () => {
  expect(names("near")).toEqual(["far", "near", "mid", "nowhere"]);
});

test("by due day, what is late comes first", () => {
  expect(names("due")).toEqual(["far", "mid", "near", "nowhere"]);
});

test("a stop knows its distance, its plan and its due day", () => {
  const [far] = ordered(stopsOf(today, here), "near");
  expect(far?.note).toBe("prices");
  expect(far?.awayM).toBeCloseTo(11_119.5, 0);
  expect(stopsOf(today, null)[1]?.awayM).toBeNull();
});
