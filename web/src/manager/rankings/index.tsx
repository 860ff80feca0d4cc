// Who stands where: reps or teams by a metric or scorecard over a period, with targets.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";

import { RankingChoicesDocument, RankingsDocument, type RankingsQuery } from "../../graphql";
import { Bars } from "../../shared/chart";
import { usePages } from "../../shared/pages";
import { moved, PERIOD_KINDS } from "../../shared/period";
import { useWriting } from "../../shared/session/context";
import { Badge, Button, Card, Choice, Page } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { askedOf, METRICS, useRankingChoice, type RankingChoice } from "./choice";
import { Explained } from "./explained";
import css from "./rankings.module.css";
import { RankingTable } from "./table";
import { useValueWords } from "./value";

export type Ranking = RankingsQuery["ranking"];

export function Rankings() {
  const { t } = useTranslation(["rankings", "shared"]);
  const [choice, change] = useRankingChoice();
  const { of, kind, day, by } = choice;
  const asked = useMemo(() => askedOf({ of, kind, day, by, explain: null }), [of, kind, day, by]);
  const [{ data }] = useQuery({ query: RankingsDocument, variables: asked });
  const pages = usePages(RankingsDocument, asked, ({ ranking }) => ranking.entries);
  const ranking = data?.ranking;
  return (
    <Page title={t("title")}>
      <Choices choice={choice} change={change} />
      {ranking && <PeriodLine ranking={ranking} />}
      <div className={css.columns} data-explained={choice.explain !== null || undefined}>
        <div className={css.column}>
          {ranking && pages.nodes.length > 0 && (
            <RankingTable
              ranking={ranking}
              entries={pages.nodes}
              choice={choice}
              onExplain={(explain) => change({ explain })}
              onChanged={pages.readAgain}
            />
          )}
          <More pages={pages} />
        </div>
        {choice.explain !== null ? (
          <Explained
            asked={asked}
            entry={choice.explain}
            onClose={() => change({ explain: null })}
          />
        ) : (
          ranking && pages.nodes.length > 0 && <Chart ranking={ranking} entries={pages.nodes} />
        )}
      </div>
    </Page>
  );
}

function Choices(props: {
  choice: RankingChoice;
  change: (change: Partial<RankingChoice>) => void;
}) {
  const { t } = useTranslation(["rankings", "shared"]);
  const { choice, change } = props;
  const writing = useWriting();
  const [{ data }] = useQuery({ query: RankingChoicesDocument });
  const scorecards = data?.scorecards.nodes ?? [];
  const step = (steps: number) => change({ day: moved(choice.kind, choice.day, steps) });
  return (
    <div className={css.choices}>
      <Choice
        label={t("of")}
        value={choice.of}
        options={[
          { value: "REPS", label: t("reps") },
          { value: "TEAMS", label: t("teams") },
        ]}
        onChange={(of) => change({ of, explain: null })}
      />
      <Choice
        label={t("by")}
        value={choice.by}
        options={[
          ...METRICS.map((value) => ({ value: value as string, label: t(`shared:metric.${value}`) })),
          ...scorecards.map(({ id, name }) => ({ value: id, label: t("scorecard", { name }) })),
        ]}
        onChange={(by) => change({ by })}
      />
      <Choice
        label={t("period")}
        value={choice.kind}
        options={PERIOD_KINDS.map((value) => ({ value, label: t(`shared:period.${value}`) }))}
        onChange={(kind) => change({ kind })}
      />
      <Button onClick={() => step(-1)}>{t("before")}</Button>
      <Button
        onClick={() => step(1)}
        disabled={moved(choice.kind, choice.day, 1) > writing.dateOf(new Date())}
      >
        {t("after")}
      </Button>
    </div>
  );
}

function PeriodLine({ ranking }: { ranking: Ranking }) {
  const { t } = useTranslation("rankings");
  const writing = useWriting();
  const { first, last, isClosed } = ranking.period;
  return (
    <p className={css.period}>
      <b>
        {first === last ? writing.date(first) : t("span", { first: writing.date(first), last: writing.date(last) })}
      </b>{" "}
      {ranking.frozenAt ? (
        <Badge tone="accent">{t("frozen", { at: writing.dayAndTime(ranking.frozenAt) })}</Badge>
      ) : (
        <Badge>{t(isClosed ? "closed" : "running")}</Badge>
      )}{" "}
      <span>{t("group", { shown: ranking.entries.totalCount, all: ranking.groupSize })}</span>
    </p>
  );
}

/** The first of them as bars, the targets dashed. */
function Chart({ ranking, entries }: { ranking: Ranking; entries: Ranking["entries"]["nodes"] }) {
  const { t } = useTranslation("rankings");
  const value = useValueWords(ranking.unit, ranking.currency);
  const bars = useMemo(
    () =>
      entries.slice(0, 20).map((entry) => ({
        name: entry.rep?.name ?? entry.team?.name ?? "",
        value: Number(entry.value ?? 0),
        target: entry.target === null ? null : Number(entry.target),
      })),
    [entries],
  );
  return (
    <Card title={t("chart")}>
      <Bars label={t("chartLabel")} bars={bars} format={value} />
    </Card>
  );
}
