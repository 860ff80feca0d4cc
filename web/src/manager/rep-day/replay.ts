// Where a rep was at an instant of the day, as far as the track tells. Pure.
import type { LngLat } from "../../shared/map/datum";
import { distanceM } from "../../shared/map/circle";

/** A reading of the phone: milliseconds since 1970, and where. */
export interface Reading {
  at: number;
  point: LngLat;
}

/** Between readings further apart nobody knows where they were (the rule's longest sample gap). */
const LONGEST_GAP_MS = 15 * 60_000;

/** Readings in time order, cut where nothing is known between. */
export function stretchesOf(readings: Reading[]): Reading[][] {
  const stretches: Reading[][] = [];
  for (const reading of readings) {
    const stretch = stretches.at(-1);
    const last = stretch?.at(-1);
    if (stretch && last && reading.at - last.at <= LONGEST_GAP_MS) stretch.push(reading);
    else stretches.push([reading]);
  }
  return stretches;
}

/** Where they were, and whether that is known: in a gap it is where they were last seen. */
export function placeAt(readings: Reading[], at: number): { point: LngLat; isKnown: boolean } | null {
  const next = firstAfter(readings, at);
  const [before, after] = [readings[next - 1], readings[next]];
  if (!before) return null;
  if (!after) return { point: before.point, isKnown: before.at === at };
  if (after.at - before.at > LONGEST_GAP_MS) return { point: before.point, isKnown: before.at === at };
  const share = (at - before.at) / (after.at - before.at);
  const [lng, lat] = before.point;
  const [toLng, toLat] = after.point;
  return { point: [lng + (toLng - lng) * share, lat + (toLat - lat) * share], isKnown: true };
}

/** Metres along the track, gaps left out. */
export function lengthOf(readings: Reading[]): number {
  let metres = 0;
  for (const stretch of stretchesOf(readings)) {
    stretch.slice(1).forEach((reading, i) => {
      metres += distanceM(stretch[i]!.point, reading.point);
    });
  }
  return metres;
}

/** The index of the first reading later than the instant. */
function firstAfter(readings: Reading[], at: number): number {
  let [low, high] = [0, readings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (readings[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
