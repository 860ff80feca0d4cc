// The rep's customers today: in which order, how far, and why. Pure.
import type { DueStanding, PocketCustomerFragment, PocketTodayQuery } from "../../graphql";
import { distanceM } from "../../shared/map/circle";

export interface Stop {
  customer: PocketCustomerFragment;
  isPlanned: boolean;
  note: string | null;
  due: { standing: DueStanding; dueBy: string; lastVisitOn: string | null } | null;
  /** Metres from here; null where either place is unknown. */
  awayM: number | null;
}

interface Place {
  latitude: number;
  longitude: number;
}

export function stopsOf(today: PocketTodayQuery, here: Place | null): Stop[] {
  const plans = new Map(today.viewer?.plannedVisits.nodes.map((plan) => [plan.customer?.id, plan]));
  const dues = new Map(today.viewer?.dueCustomers.nodes.map((due) => [due.customer?.id, due]));
  return today.customers.nodes.map((customer) => {
    const [plan, due] = [plans.get(customer.id), dues.get(customer.id)];
    return {
      customer,
      isPlanned: plan !== undefined,
      note: plan?.note ?? null,
      due: due ?? null,
      awayM: here && customer.position && away(here, customer.position),
    };
  });
}

function away(here: Place, there: Place): number {
  return distanceM([here.longitude, here.latitude], [there.longitude, there.latitude]);
}

export type Order = "near" | "due";

/** What is planned comes first, then what is near or what is due. */
export function ordered(stops: Stop[], order: Order): Stop[] {
  const far = Number.POSITIVE_INFINITY;
  const near = (a: Stop, b: Stop) => (a.awayM ?? far) - (b.awayM ?? far) || byName(a, b);
  const due = (a: Stop, b: Stop) =>
    (a.due?.dueBy ?? "9999").localeCompare(b.due?.dueBy ?? "9999") || near(a, b);
  const rest = order === "near" ? near : due;
  return stops.toSorted((a, b) => Number(b.isPlanned) - Number(a.isPlanned) || rest(a, b));
}

function byName(a: Stop, b: Stop): number {
  return a.customer.name.localeCompare(b.customer.name);
}
