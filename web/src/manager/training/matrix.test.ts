// The training matrix: order, counts, cells.
import { expect, test } from "vitest";

import type { CourseState } from "../../graphql";
import { countByState, pressingFirst, standingIn, type Person } from "./matrix";

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

test("cells are counted by state", () => {
  const counts = countByState([person("a", "PASSED", "DUE"), person("b", "PASSED")]);
  expect(counts).toEqual({ OVERDUE: 0, EXPIRED: 0, FAILED: 0, DUE: 1, PASSED: 2 });
});

test("a course nobody asked for has no cell", () => {
  expect(standingIn(person("a", "PASSED"), "c0")?.state).toBe("PASSED");
  expect(standingIn(person("a", "PASSED"), "c1")).toBeUndefined();
});
