// A number of a ranking as people read it: money, a share, a count, or the points of a scorecard.
import { useCallback } from "react";

import type { MetricUnit } from "../../graphql";
import { useWriting } from "../../shared/session/context";

export function useValueWords(unit: MetricUnit | null, currency: string) {
  const writing = useWriting();
  return useCallback(
    (value: number | string): string => {
      switch (unit) {
        case "MONEY":
          return writing.money(value, currency);
        case "RATIO":
          return writing.percent(value);
        case "COUNT":
          return writing.number(value);
        case null:
          return writing.number(value, 1);
      }
    },
    [writing, unit, currency],
  );
}
