// Which ranking is looked at.
import { useMemo } from "react";

import type { Metric, Peers, PeriodKind } from "../../graphql";
import { useAddress } from "../../shared/address";
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
  const [params, change] = useAddress();
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
