// The duty as the rep last left it: what they pressed counts at once, the hub's word follows. Pure.
import type { DutyState } from "../../graphql";
import type { Entry, Kind } from "../queue/entry";

const AFTER: Partial<Record<Kind, DutyState>> = {
  SHIFT_START: "ON_DUTY",
  RESUME: "ON_DUTY",
  PAUSE: "PAUSED",
  SHIFT_END: "OFF_DUTY",
};

/**
 * `told` is what the hub said; `keptAt` is when, where it is an old word. A press that the hub has
 * not answered for, or that is later than an old word, is newer than it.
 */
export function dutyAfter(
  told: DutyState | null,
  entries: Entry[],
  keptAt: number | null,
): DutyState | null {
  const pressed = entries.findLast(
    ({ kind, receipt, recordedAt }) =>
      kind in AFTER && (receipt === null || (keptAt !== null && Date.parse(recordedAt) > keptAt)),
  );
  return (pressed && AFTER[pressed.kind]) ?? told;
}
