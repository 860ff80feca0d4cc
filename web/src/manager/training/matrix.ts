// The training matrix as a table of cells. Pure.
import type { CourseState, StandingFragment, TrainingMatrixQuery, UserFilter } from "../../graphql";

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

interface Wanted {
  team: string | null;
  course: string | null;
  state: CourseState | null;
}

/** Reps of a team, who stand so with a course; of any where nothing is wanted. */
export function filterOf({ team, course, state }: Wanted): UserFilter {
  const standing = {
    ...(state ? { state: [state] } : {}),
    ...(course ? { courseId: course } : {}),
  };
  return {
    role: ["REP"],
    deactivatedAt: { isNull: true },
    ...(team ? { teamId: { eq: team } } : {}),
    ...(state || course ? { courseStanding: standing } : {}),
  };
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
