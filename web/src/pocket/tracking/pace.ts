// When a position is worth sending. Pure.
import { distanceM } from "../../shared/map/circle";
import type { Fix } from "../queue/entry";

/** A phone at rest sends this often. */
const EVERY_MS = 30_000;
const MOVED_M = 50;
/** A fast phone sends no more often. */
const AT_LEAST_MS = 5_000;

export interface Sent {
  at: number;
  fix: Fix;
}

/** After half a minute of rest or 50 metres of way. */
export function isDue(last: Sent | null, fix: Fix, now: number): boolean {
  if (!last) return true;
  if (now - last.at >= EVERY_MS) return true;
  const way = distanceM([last.fix.longitude, last.fix.latitude], [fix.longitude, fix.latitude]);
  return way >= MOVED_M && now - last.at >= AT_LEAST_MS;
}
