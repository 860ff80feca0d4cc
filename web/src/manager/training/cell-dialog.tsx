// One person and one course: what is known, and what can be done about it.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import {
  CancelEnrolmentDocument,
  EnrolDocument,
  RecordTrainingDocument,
  type TrainingResult,
} from "../../graphql";
import { useSignedIn, useWriting } from "../../shared/session/context";
import { addDays, type Writing } from "../../shared/time";
import { Badge, Button, Choice, DateField, Dialog, Fault, Field, ui } from "../../shared/ui";
import { refusalOf, useVerb } from "../../shared/verb";
import type { Cell } from ".";
import css from "./training.module.css";

const RESULTS: TrainingResult[] = ["PASSED", "FAILED"];

interface CellDialogProps {
  cell: Cell;
  onClose: () => void;
  onDone: () => void;
}

export function CellDialog({ cell, onClose, onDone }: CellDialogProps) {
  const { t } = useTranslation(["training", "shared"]);
  const writing = useWriting();
  const { viewer } = useSignedIn();
  const { person, course, standing } = cell;
  const done = () => {
    onClose();
    onDone();
  };
  const facts = [
    standing?.dueAt && t("dueAt", { day: writing.day(standing.dueAt) }),
    standing?.trainingRecord &&
      t("lastTry", {
        day: writing.day(standing.trainingRecord.completedAt),
        score: standing.trainingRecord.score ?? "—",
      }),
    standing?.expiresAt && t("expiresAt", { day: writing.day(standing.expiresAt) }),
  ].filter(Boolean);
  return (
    <Dialog title={`${person.name}: ${course.title}`} onClose={onClose}>
      {standing && (
        <p>
          <Badge>{t(`shared:course.${standing.state}`)}</Badge> {facts.join(" · ")}
        </p>
      )}
      {viewer.role !== "REP" && (
        <>
          <RecordForm cell={cell} onDone={done} />
          {standing?.enrolment ? (
            <CancelForm enrolment={standing.enrolment.id} onDone={done} />
          ) : (
            <EnrolForm cell={cell} onDone={done} />
          )}
        </>
      )}
      <Button onClick={onClose}>{t("shared:close")}</Button>
    </Dialog>
  );
}

function RecordForm({ cell, onDone }: { cell: Cell; onDone: () => void }) {
  const { t } = useTranslation(["training", "shared"]);
  const writing = useWriting();
  const [score, setScore] = useState("");
  const [result, setResult] = useState<TrainingResult>("PASSED");
  const hasScores = cell.course.passScore !== null;
  const [day, setDay] = useState(writing.dateOf(new Date()));
  const verb = useVerb(RecordTrainingDocument);
  const submit = async () => {
    const completedAt = new Date(Math.min(Date.now(), endOf(day, writing))).toISOString();
    const outcome = hasScores ? { score } : { result };
    const input = { userId: cell.person.id, courseId: cell.course.id, completedAt, ...outcome };
    if (await verb.run({ input })) onDone();
  };
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <DateField
        label={t("day")}
        fault={refusalOf(verb.refusals, "completedAt")}
        required
        value={day}
        max={writing.dateOf(new Date())}
        onChange={setDay}
      />
      {hasScores ? (
        <Field label={t("score")} fault={refusalOf(verb.refusals, "score")}>
          {(control) => (
            <input
              {...control}
              inputMode="decimal"
              required
              value={score}
              onChange={(event) => setScore(event.target.value)}
            />
          )}
        </Field>
      ) : (
        <Choice
          label={t("result")}
          value={result}
          options={RESULTS.map((value) => ({ value, label: t(`shared:course.${value}`) }))}
          onChange={setResult}
        />
      )}
      <Button look="primary" type="submit" disabled={verb.isRunning}>
        {t("record")}
      </Button>
      <Refusals verb={verb} besides={["completedAt", "score"]} />
    </form>
  );
}

function EnrolForm({ cell, onDone }: { cell: Cell; onDone: () => void }) {
  const { t } = useTranslation("training");
  const writing = useWriting();
  const [day, setDay] = useState("");
  const verb = useVerb(EnrolDocument);
  const submit = async () => {
    const dueAt = day ? new Date(endOf(day, writing)).toISOString() : null;
    const input = { courseId: cell.course.id, userIds: [cell.person.id], dueAt };
    if (await verb.run({ input })) onDone();
  };
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <DateField
        label={t("dueDay")}
        fault={refusalOf(verb.refusals, "dueAt")}
        value={day}
        onChange={setDay}
      />
      <Button type="submit" disabled={verb.isRunning}>
        {t("enrol")}
      </Button>
      <Refusals verb={verb} besides={["dueAt"]} />
    </form>
  );
}

function CancelForm({ enrolment, onDone }: { enrolment: string; onDone: () => void }) {
  const { t } = useTranslation("training");
  const verb = useVerb(CancelEnrolmentDocument);
  const cancel = async () => {
    if (await verb.run({ id: enrolment })) onDone();
  };
  return (
    <div className={css.form}>
      <Button look="danger" disabled={verb.isRunning} onClick={() => void cancel()}>
        {t("cancelEnrolment")}
      </Button>
      <Refusals verb={verb} besides={[]} />
    </div>
  );
}

/** The last second of a day in the company's zone, in milliseconds since 1970. */
function endOf(day: string, writing: Writing): number {
  return Date.parse(writing.startOf(addDays(day, 1))) - 1_000;
}

/** What was refused of no field that is shown, and what failed. */
function Refusals(props: {
  verb: Pick<ReturnType<typeof useVerb>, "refusals" | "error">;
  besides: string[];
}) {
  const others = props.verb.refusals.filter(({ field }) => !field || !props.besides.includes(field));
  return (
    <>
      {others.map(({ message }) => (
        <p key={message} className={ui.fieldFault} role="alert">
          {message}
        </p>
      ))}
      {props.verb.error && <Fault error={props.verb.error} />}
    </>
  );
}
