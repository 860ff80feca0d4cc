// The training matrix: who is due, who has expired, who has passed.
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";

import {
  TrainingChoicesDocument,
  TrainingCountsDocument,
  TrainingMatrixDocument,
  type CourseState,
  type StandingFragment,
  type TrainingCountsQuery,
} from "../../graphql";
import { useAddress } from "../../shared/address";
import { usePages } from "../../shared/pages";
import { useWriting } from "../../shared/session/context";
import { Choice, Page, Table, ui } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { CellDialog } from "./cell-dialog";
import { filterOf, pressingFirst, standingIn, STATES, type Course, type Person } from "./matrix";
import css from "./training.module.css";

/** A cell that was pressed. */
export interface Cell {
  person: Person;
  course: Course;
  standing: StandingFragment | undefined;
}

export function Training() {
  const { t } = useTranslation(["training", "shared"]);
  const [params, change] = useAddress();
  const [cell, setCell] = useState<Cell | null>(null);
  const [{ data }] = useQuery({ query: TrainingChoicesDocument });
  const [team, wanted] = [params.get("team"), params.get("course")];
  const state = params.get("state") as CourseState | null;
  const filter = useMemo(() => filterOf({ team, course: state && wanted, state }), [team, wanted, state]);
  const variables = useMemo(() => ({ filter }), [filter]);
  const pages = usePages(TrainingMatrixDocument, variables, ({ users }) => users);
  const courses = (data?.courses.nodes ?? []).filter(({ id }) => !wanted || id === wanted);
  const people = useMemo(() => pressingFirst(pages.nodes), [pages.nodes]);
  const [counts, countAgain] = useCounts(team, wanted);
  const done = () => {
    pages.readAgain();
    countAgain();
  };
  return (
    <Page title={t("title")}>
      <div className={css.filters}>
        <Choice
          label={t("team")}
          value={team ?? ""}
          options={[
            { value: "", label: t("allTeams") },
            ...(data?.teams.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(team) => change({ team })}
        />
        <Choice
          label={t("course")}
          value={wanted ?? ""}
          options={[
            { value: "", label: t("allCourses") },
            ...(data?.courses.nodes ?? []).map(({ id, title }) => ({ value: id, label: title })),
          ]}
          onChange={(course) => change({ course })}
        />
        <Counts counts={counts} state={state} onChange={(state) => change({ state })} />
      </div>
      {people.length > 0 && <Matrix people={people} courses={courses} onPress={setCell} />}
      <More pages={pages} />
      {cell && (
        <CellDialog cell={cell} onClose={() => setCell(null)} onDone={done} />
      )}
    </Page>
  );
}

/** How many people stand so with some course, or with the one that is looked at. */
function useCounts(
  team: string | null,
  course: string | null,
): [TrainingCountsQuery | undefined, () => void] {
  const variables = useMemo(() => {
    const of = (state: CourseState) => filterOf({ team, course, state });
    return {
      overdue: of("OVERDUE"),
      expired: of("EXPIRED"),
      failed: of("FAILED"),
      due: of("DUE"),
      passed: of("PASSED"),
    };
  }, [team, course]);
  const [{ data }, again] = useQuery({ query: TrainingCountsDocument, variables });
  return [data, () => again({ requestPolicy: "network-only" })];
}

function Counts(props: {
  counts: TrainingCountsQuery | undefined;
  state: CourseState | null;
  onChange: (state: CourseState | null) => void;
}) {
  const { t } = useTranslation(["training", "shared"]);
  return (
    <div className={css.counts} role="group" aria-label={t("states")}>
      {STATES.map((state) => (
        <button
          key={state}
          type="button"
          className={css.count}
          data-course={state}
          aria-pressed={props.state === state}
          onClick={() => props.onChange(props.state === state ? null : state)}
        >
          <b>{props.counts?.[state].totalCount ?? "–"}</b> {t(`shared:course.${state}`)}
        </button>
      ))}
    </div>
  );
}

function Matrix(props: { people: Person[]; courses: Course[]; onPress: (cell: Cell) => void }) {
  const { t } = useTranslation("training");
  return (
    <Table label={t("title")}>
      <thead>
        <tr>
          <th className={css.first}>{t("rep")}</th>
          {props.courses.map((course) => (
            <th key={course.id} className={css.course}>
              <bdi>{course.title}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.people.map((person) => (
          <tr key={person.id}>
            <th scope="row" className={css.first}>
              <bdi>{person.name}</bdi>
              {person.team && (
                <span className={css.quiet}>
                  <bdi>{person.team.name}</bdi>
                </span>
              )}
            </th>
            {props.courses.map((course) => {
              const standing = standingIn(person, course.id);
              return (
                <td key={course.id} className={css.cell}>
                  <CellButton
                    standing={standing}
                    name={`${person.name}, ${course.title}`}
                    onPress={() => props.onPress({ person, course, standing })}
                  />
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const SIGNS: Record<CourseState, string> = {
  OVERDUE: "!",
  EXPIRED: "⌛",
  FAILED: "✗",
  DUE: "…",
  PASSED: "✓",
};

function CellButton(props: {
  standing: StandingFragment | undefined;
  name: string;
  onPress: () => void;
}) {
  const { t } = useTranslation(["training", "shared"]);
  const writing = useWriting();
  const { standing, name } = props;
  if (!standing) {
    return (
      <button
        type="button"
        className={css.standing}
        onClick={props.onPress}
      >
        <span aria-hidden="true">–</span>
        <span className={ui.hiddenText}>{t("notAsked", { name })}</span>
      </button>
    );
  }
  const { state, dueAt, expiresAt, trainingRecord } = standing;
  const date = (state === "DUE" || state === "OVERDUE" ? dueAt : expiresAt) ?? trainingRecord?.completedAt;
  return (
    <button
      type="button"
      className={css.standing}
      data-course={state}
      onClick={props.onPress}
    >
      <span className={ui.hiddenText}>{name}:</span>
      <span>
        <span aria-hidden="true">{SIGNS[state]}</span> {t(`shared:course.${state}`)}
      </span>
      {date && <span className={css.date}>{writing.date(writing.dateOf(new Date(date)))}</span>}
    </button>
  );
}
