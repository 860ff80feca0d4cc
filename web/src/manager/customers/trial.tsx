// What a geofence, as it is drawn or without it, would have changed: tried on the last two weeks.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useClient, type CombinedError } from "urql";

import {
  TryFenceDocument,
  type SimulateRuleInput,
  type TriedVisitFragment,
  type TryFenceQuery,
} from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Badge, Button, Fault, Note, Table, ui, type Tone } from "../../shared/ui";
import css from "./customers.module.css";

/** The fences that would stand otherwise. */
export type Otherwise = Pick<SimulateRuleInput, "draw" | "edit" | "retire">;

type Answer = TryFenceQuery["simulateRule"];

const DAYS = 14;
const DAY_MS = 86_400_000;

/** Give it a key that changes with the fences, so that no answer outlives its question. */
export function Trial({ otherwise }: { otherwise: Otherwise }) {
  const { t } = useTranslation(["customers", "shared"]);
  const client = useClient();
  const [isRunning, setRunning] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<CombinedError | undefined>();
  const go = async () => {
    setRunning(true);
    const until = Date.now();
    const period = {
      from: new Date(until - DAYS * DAY_MS).toISOString(),
      until: new Date(until).toISOString(),
    };
    const input = { ...otherwise, ...period };
    const { data, error } = await client.query(TryFenceDocument, { input }).toPromise();
    setRunning(false);
    setAnswer(data?.simulateRule ?? null);
    setError(error);
  };
  return (
    <div className={css.facts}>
      <div className={ui.actions}>
        <Button disabled={isRunning} onClick={() => void go()}>
          {t("try", { count: DAYS })}
        </Button>
      </div>
      {error && <Fault error={error} />}
      <div role="status">{answer && <Tried answer={answer} />}</div>
    </div>
  );
}

function Tried({ answer }: { answer: Answer }) {
  const { t } = useTranslation("customers");
  const { addedCount, lostCount, movedCount, unchangedCount, repCount } = answer;
  const isSame = addedCount + lostCount + movedCount === 0;
  const counts = { added: addedCount, lost: lostCount, moved: movedCount };
  const rows = [
    ...answer.added.map((after) => ({ kind: "added" as const, after })),
    ...answer.lost.map((before) => ({ kind: "lost" as const, before })),
    ...answer.moved.map(({ before, after }) => ({ kind: "moved" as const, before, after })),
  ];
  return (
    <>
      <Note>
        {isSame ? t("triedSame") : t("tried", counts)}{" "}
        {t("triedOf", { reps: t("reps", { count: repCount }), count: unchangedCount })}
      </Note>
      {rows.length > 0 && <Changes rows={rows} />}
    </>
  );
}

interface Change {
  kind: "added" | "lost" | "moved";
  before?: TriedVisitFragment;
  after?: TriedVisitFragment;
}

const TONES: Record<Change["kind"], Tone> = { added: "good", lost: "bad", moved: "warn" };

function Changes({ rows }: { rows: Change[] }) {
  const { t } = useTranslation("customers");
  const writing = useWriting();
  const day = (instant: string) => writing.dateOf(new Date(instant));
  return (
    <Table label={t("triedList")}>
      <tbody>
        {rows.map(({ kind, before, after }, i) => {
          const visit = (before ?? after)!;
          return (
            <tr key={i}>
              <td>
                <Badge tone={TONES[kind]}>{t(`change.${kind}`)}</Badge>
              </td>
              <td>
                <bdi>{visit.customer?.name}</bdi>
              </td>
              <td>
                {visit.rep && (
                  <Link to={`/reps/${visit.rep.id}?day=${day(visit.arrivedAt)}`}>
                    <bdi>{visit.rep.name}</bdi>
                  </Link>
                )}
              </td>
              <td>
                <Span visit={visit} toTheSecond={kind === "moved"} />
                {before && after && (
                  <>
                    {" "}
                    <Span lead="→ " visit={after} toTheSecond />
                  </>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

interface SpanProps {
  lead?: string;
  visit: TriedVisitFragment;
  /** A visit may move by less than a minute. */
  toTheSecond: boolean;
}

function Span({ lead = "", visit, toTheSecond }: SpanProps) {
  const { t } = useTranslation("customers");
  const writing = useWriting();
  const time = toTheSecond ? writing.timeWithSeconds : writing.time;
  const end = visit.leftAt === null ? t("open") : time(visit.leftAt);
  return (
    <span className={ui.nowrap}>
      {lead}
      {writing.day(visit.arrivedAt)}, {time(visit.arrivedAt)} – {end}
    </span>
  );
}
