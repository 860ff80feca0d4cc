// Periods by the calendar: the day that names one, and its neighbours. Pure.
import type { PeriodKind } from "../graphql";
import { addDays } from "./time";

export const PERIOD_KINDS: PeriodKind[] = ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"];

/** A day within the period before (`steps` -1) or after the one that `date` is in. */
export function moved(kind: PeriodKind, date: string, steps: number): string {
  switch (kind) {
    case "DAY":
      return addDays(date, steps);
    case "WEEK":
      return addDays(date, 7 * steps);
    case "MONTH":
      return firstOfMonth(date, steps);
    case "QUARTER":
      return firstOfMonth(date, 3 * steps);
    case "YEAR":
      return firstOfMonth(date, 12 * steps);
  }
}

function firstOfMonth(date: string, months: number): string {
  const [year = 0, month = 1] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}
