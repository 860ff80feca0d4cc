// Which reps are shown, and in which order.
import type { PresenceState } from "../../graphql";
import type { MapChoice } from "./choice";
import type { Seen } from "./live";

/** At a customer first, those without a position last. */
export const STATES: PresenceState[] = [
  "AT_CUSTOMER",
  "MOVING",
  "STATIONARY",
  "STALE",
  "PAUSED",
  "OFF_DUTY",
  "UNKNOWN",
];

export function chosen(reps: Seen[], { text, states }: Pick<MapChoice, "text" | "states">): Seen[] {
  const wanted = text.trim().toLocaleLowerCase();
  const passes = (rep: Seen) =>
    (states.length === 0 || states.includes(rep.state)) &&
    (wanted === "" || has(rep.rep.name, wanted) || has(rep.customer?.name ?? "", wanted));
  return reps.filter(passes).sort(inOrder);
}

export function countByState(reps: Seen[]): Map<PresenceState, number> {
  const counts = new Map<PresenceState, number>();
  for (const { state } of reps) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

const has = (name: string, wanted: string) => name.toLocaleLowerCase().includes(wanted);

const collator = new Intl.Collator();

function inOrder(a: Seen, b: Seen): number {
  const byState = STATES.indexOf(a.state) - STATES.indexOf(b.state);
  return byState || collator.compare(a.rep.name, b.rep.name);
}
