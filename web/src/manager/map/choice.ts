// What the reader has chosen to see on the map.
import { useCallback, useMemo } from "react";

import type { PeriodKind, PresenceState } from "../../graphql";
import { useAddress } from "../../shared/address";

export interface MapChoice {
  text: string;
  team: string | null;
  /** None means all. */
  states: PresenceState[];
  rep: string | null;
  /** The period whose activity is shown as hexagons; null hides them. */
  activity: PeriodKind | null;
}

const NAMES: { [Key in keyof MapChoice]: string } = {
  text: "q",
  team: "team",
  states: "state",
  rep: "rep",
  activity: "activity",
};

export function useChoice(): [MapChoice, (change: Partial<MapChoice>) => void] {
  const [params, write] = useAddress();
  const choice = useMemo<MapChoice>(
    () => ({
      text: params.get(NAMES.text) ?? "",
      team: params.get(NAMES.team),
      states: (params.get(NAMES.states)?.split(",") ?? []) as PresenceState[],
      rep: params.get(NAMES.rep),
      activity: params.get(NAMES.activity) as PeriodKind | null,
    }),
    [params],
  );
  const change = useCallback(
    (change: Partial<MapChoice>) => {
      const named = Object.entries(change).map(([key, value]) => [
        NAMES[key as keyof MapChoice],
        Array.isArray(value) ? value.join(",") : value,
      ]);
      write(Object.fromEntries(named), { replace: true });
    },
    [write],
  );
  return [choice, change];
}
