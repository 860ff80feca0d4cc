// The training matrix as a table of cells. Pure.
import type { CourseState, StandingFragment, TrainingMatrixQuery } from "../../graphql";

export type Person = TrainingMatrixQuery["users"]["nodes"][number];

export interface Course {
  id: string;
  code: string;
  title: string;
  /** The score decides from here on; null of a course without scores. */
  passScore: number | null;
}

/** What is most pressing first. */
export const STATES: CourseState[] = ["OVERDUE", "EXPIRED", "FAILED", "DUE", "PASSED"];

/** How a person stands in a course; undefined where nobody asked and nothing was tried. */
export function standingIn(person: Person, course: string): StandingFragment | undefined {
  return person.courseStandings.nodes.find((standing) => standing.course?.id === course);
}

export function countByState(people: Person[]): Record<CourseState, number> {
  const counts = { OVERDUE: 0, EXPIRED: 0, FAILED: 0, DUE: 0, PASSED: 0 };
  for (const person of people) {
    for (const { state } of person.courseStandings.nodes) counts[state] += 1;
  }
  return counts;
}

/** Those with the most overdue, then expired, first; equals stay in their order. */
export function pressingFirst(people: Person[]): Person[] {
  const count = (person: Person, state: CourseState) =>
    person.courseStandings.nodes.filter((standing) => standing.state === state).length;
  return people.toSorted(
    (a, b) =>
      count(b, "OVERDUE") - count(a, "OVERDUE") || count(b, "EXPIRED") - count(a, "EXPIRED"),
  );
}

export function hasState(person: Person, state: CourseState): boolean {
  return person.courseStandings.nodes.some((standing) => standing.state === state);
}
