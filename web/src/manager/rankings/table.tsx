// The ranking as a table; each number leads to the rows behind it.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { SetTargetDocument, type RankingRowFragment } from "../../graphql";
import { useSignedIn, useWriting } from "../../shared/session/context";
import { Button, Dialog, Fault, Field, Table, ui } from "../../shared/ui";
import { refusalOf, useVerb } from "../../shared/verb";
import type { Ranking } from ".";
import { askedOf, type RankingChoice } from "./choice";
import css from "./rankings.module.css";
import { useValueWords } from "./value";

interface RankingTableProps {
  ranking: Ranking;
  entries: RankingRowFragment[];
  choice: RankingChoice;
  onExplain: (id: string) => void;
  onChanged: () => void;
}

export function RankingTable({ ranking, entries, choice, onExplain, onChanged }: RankingTableProps) {
  const { t } = useTranslation("rankings");
  const { viewer } = useSignedIn();
  const [target, setTarget] = useState<RankingRowFragment | null>(null);
  // A scorecard has no target of its own, and a rep sets none.
  const maySetTarget = ranking.metric !== null && viewer.role !== "REP";
  return (
    <>
      <Table label={t("title")}>
        <thead>
          <tr>
            <th data-number>{t("rank")}</th>
            <th>{t(choice.of === "REPS" ? "rep" : "team")}</th>
            <th data-number>{t("value")}</th>
            <th data-number>{t("delta")}</th>
            <th data-number>{t("target")}</th>
            <th>{t("attainment")}</th>
            {ranking.frozenAt && <th data-number>{t("late")}</th>}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row
              key={entry.rep?.id ?? entry.team?.id}
              entry={entry}
              ranking={ranking}
              isExplained={choice.explain === (entry.rep?.id ?? entry.team?.id)}
              onExplain={onExplain}
              onTarget={maySetTarget ? () => setTarget(entry) : undefined}
            />
          ))}
        </tbody>
      </Table>
      {target && (
        <TargetDialog
          entry={target}
          choice={choice}
          onClose={() => setTarget(null)}
          onDone={onChanged}
        />
      )}
    </>
  );
}

interface RowProps {
  entry: RankingRowFragment;
  ranking: Ranking;
  isExplained: boolean;
  onExplain: (id: string) => void;
  onTarget: (() => void) | undefined;
}

function Row({ entry, ranking, isExplained, onExplain, onTarget }: RowProps) {
  const { t } = useTranslation("rankings");
  const value = useValueWords(ranking.unit, ranking.currency);
  const peer = entry.rep ?? entry.team;
  if (!peer) return null;
  const goal = entry.target === null ? "—" : value(entry.target);
  return (
    <tr data-explained={isExplained || undefined}>
      <td data-number className={ui.nowrap}>
        <b>{entry.rank}</b> <Change delta={entry.rankDelta} />
      </td>
      <th scope="row">
        <bdi>{peer.name}</bdi>
      </th>
      <td data-number>
        <Button
          look="plain"
          className={css.number}
          onClick={() => onExplain(peer.id)}
        >
          {entry.value === null ? "—" : value(entry.value)}
          <span className={ui.hiddenText}>{t("explain", { name: peer.name })}</span>
        </Button>
      </td>
      <td data-number className={ui.nowrap}>
        <Signed delta={entry.delta} value={value} />
      </td>
      <td data-number>
        {onTarget ? (
          <Button look="plain" onClick={onTarget}>
            {goal}
            <span className={ui.hiddenText}>{t("setTarget", { name: peer.name })}</span>
          </Button>
        ) : (
          goal
        )}
      </td>
      <td>{entry.attainment !== null && <Attainment ratio={Number(entry.attainment)} />}</td>
      {ranking.frozenAt && (
        <td data-number>
          <Signed delta={entry.lateDelta} value={value} />
        </td>
      )}
    </tr>
  );
}

/** Places won (above 0) or lost since the period before. */
function Change({ delta }: { delta: number | null }) {
  const { t } = useTranslation("rankings");
  if (delta === null || delta === 0) return <span className={css.same} aria-hidden="true" />;
  const isUp = delta > 0;
  return (
    <span className={isUp ? css.up : css.down}>
      <span aria-hidden="true">{isUp ? "▲" : "▼"}</span>
      {Math.abs(delta)}
      <span className={ui.hiddenText}>{t(isUp ? "up" : "down")}</span>
    </span>
  );
}

function Signed(props: { delta: string | null; value: (value: number) => string }) {
  if (props.delta === null) return <>—</>;
  const delta = Number(props.delta);
  if (delta === 0) return <>±0</>;
  return (
    <span className={delta > 0 ? css.up : css.down}>
      {delta > 0 ? "+" : "−"}
      {props.value(Math.abs(delta))}
    </span>
  );
}

function Attainment({ ratio }: { ratio: number }) {
  const writing = useWriting();
  return (
    <span className={css.attainment}>
      <progress max={1} value={Math.min(1, ratio)} data-reached={ratio >= 1 || undefined} aria-hidden="true" />
      {writing.percent(ratio)}
    </span>
  );
}

function TargetDialog(props: {
  entry: RankingRowFragment;
  choice: RankingChoice;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation(["rankings", "shared"]);
  const { entry, choice } = props;
  const [value, setValue] = useState(entry.target ?? "");
  const verb = useVerb(SetTargetDocument);
  const { metric, period } = askedOf(choice);
  const submit = async () => {
    if (!metric) return;
    const whose = { repId: entry.rep?.id ?? null, teamId: entry.team?.id ?? null };
    if (!(await verb.run({ input: { metric, period, value, ...whose } }))) return;
    props.onClose();
    props.onDone();
  };
  return (
    <Dialog
      title={t("setTarget", { name: entry.rep?.name ?? entry.team?.name ?? "" })}
      onClose={props.onClose}
    >
      <form
        className={css.column}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t("target")} fault={refusalOf(verb.refusals, "value")}>
          {(control) => (
            <input
              {...control}
              inputMode="decimal"
              required
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
        {verb.error && <Fault error={verb.error} />}
        <div className={ui.actions}>
          <Button look="primary" type="submit" disabled={verb.isRunning}>
            {t("shared:save")}
          </Button>
          <Button onClick={props.onClose}>{t("shared:cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
