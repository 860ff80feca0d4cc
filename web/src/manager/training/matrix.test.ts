// The training matrix: who is asked for, order, cells.
import { expect, test } from "vitest";

import type { CourseState } from "../../graphql";
import { filterOf, pressingFirst, standingIn, type Person } from "./matrix";

const person = (name: string, ...states: CourseState[]): Person => ({
  id: name,
  name,
  team: null,
  courseStandings: {
    nodes: states.map((state, i) => ({
      state,
      dueAt: null,
      expiresAt: null,
      course: { id: `c${i}`, code: "", title: "" },
      enrolment: null,
      trainingRecord: null,
    })),
  },
});

test("whoever has most overdue comes first, then whoever has most expired", () => {
  const people = [person("a", "PASSED"), person("b", "EXPIRED"), person("c", "OVERDUE"), person("d", "DUE")];
  expect(pressingFirst(people).map(({ name }) => name)).toEqual(["c", "b", "a", "d"]);
});

test("who is wanted is asked of the hub, not picked from what is loaded", () => {
  const reps = { role: ["REP"], deactivatedAt: { isNull: true } };
  expect(filterOf({ team: null, course: null, state: null })).toEqual(reps);
  expect(filterOf({ team: "north", course: "safety", state: "DUE" })).toEqual({
    ...reps,
    teamId: { eq: "north" },
    courseStanding: { state: ["DUE"], courseId: "safety" },
  });
});

test("a course nobody asked for has no cell", () => {
  expect(standingIn(person("a", "PASSED"), "c0")?.state).toBe("PASSED");
  expect(standingIn(person("a", "PASSED"), "c1")).toBeUndefined();
});
