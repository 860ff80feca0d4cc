// Which ranking is looked at; it stands in the address.
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import type { Metric, Peers, PeriodKind } from "../../graphql";
import { useWriting } from "../../shared/session/context";

export const METRICS: Metric[] = [
  "REVENUE",
  "ORDERS",
  "NEW_CUSTOMERS",
  "VISITS",
  "CUSTOMERS_VISITED",
  "COVERAGE",
  "TRAINING_COMPLETED",
];

export interface RankingChoice {
  of: Peers;
  kind: PeriodKind;
  /** A day within the period. */
  day: string;
  /** A metric's name, or a scorecard's id. */
  by: string;
  /** The rep or team whose number is explained. */
  explain: string | null;
}

export function useRankingChoice(): [RankingChoice, (change: Partial<RankingChoice>) => void] {
  const [params, setParams] = useSearchParams();
  const writing = useWriting();
  const choice = useMemo<RankingChoice>(
    () => ({
      of: params.get("of") === "TEAMS" ? "TEAMS" : "REPS",
      kind: (params.get("kind") as PeriodKind | null) ?? "MONTH",
      day: params.get("day") ?? writing.dateOf(new Date()),
      by: params.get("by") ?? "REVENUE",
      explain: params.get("explain"),
    }),
    [params, writing],
  );
  const change = useCallback(
    (change: Partial<RankingChoice>) =>
      setParams((params) => {
        for (const [key, value] of Object.entries(change)) {
          if (value === null) params.delete(key);
          else params.set(key, value);
        }
        return params;
      }),
    [setParams],
  );
  return [choice, change];
}

/** As the graph takes it: a metric or a scorecard, not both. */
export function askedOf({ of, kind, day, by }: RankingChoice) {
  const isMetric = METRICS.some((metric) => metric === by);
  return {
    of,
    period: { kind, of: day },
    metric: isMetric ? (by as Metric) : null,
    scorecard: isMetric ? null : by,
  };
}
