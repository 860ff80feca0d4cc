// What the reader has chosen to see; it stands in the address, so that it can be sent to others.
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import type { PeriodKind, PresenceState } from "../../graphql";

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
  const [params, setParams] = useSearchParams();
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
      setParams(
        (params) => {
          for (const [key, value] of Object.entries(change)) {
            const text = Array.isArray(value) ? value.join(",") : value;
            if (text) params.set(NAMES[key as keyof MapChoice], text);
            else params.delete(NAMES[key as keyof MapChoice]);
          }
          return params;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  return [choice, change];
}
