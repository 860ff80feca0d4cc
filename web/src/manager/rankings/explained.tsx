// The rows behind one number of a ranking.
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";

import { RankingExplainedDocument, type RowsFragment } from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Button, Card, Empty, Fault, Loading } from "../../shared/ui";
import type { askedOf } from "./choice";
import css from "./rankings.module.css";
import { Rows } from "./rows";
import { useValueWords } from "./value";

interface ExplainedProps {
  asked: ReturnType<typeof askedOf>;
  entry: string;
  onClose: () => void;
}

export function Explained({ asked, entry, onClose }: ExplainedProps) {
  const { t } = useTranslation(["rankings", "shared"]);
  const variables = { ...asked, entry };
  const [{ data, error, fetching }, again] = useQuery({ query: RankingExplainedDocument, variables });
  const ranking = data?.ranking;
  const explained = ranking?.entry;
  const value = useValueWords(ranking?.unit ?? null, ranking?.currency ?? "EUR");
  return (
    <Card
      title={
        <>
          <bdi>{explained?.rep?.name ?? explained?.team?.name}</bdi>{" "}
          {explained && explained.value !== null && value(explained.value)}
        </>
      }
      actions={<Button onClick={onClose}>{t("shared:close")}</Button>}
    >
      {error && <Fault error={error} onRetry={() => again()} />}
      {fetching && !data && <Loading />}
      {data && !explained && <Empty />}
      {explained?.explain && <Rows first={explained.explain} asked={asked} entry={entry} />}
      {explained?.parts && <Parts parts={explained.parts} asked={asked} entry={entry} />}
    </Card>
  );
}

type Part = {
  metric: RowsFragment["metric"];
  weight: string;
  cap: string;
  attainment: string | null;
  points: string;
  explain: RowsFragment;
};

/** A score is the sum of its parts: weight times attainment, up to the cap. */
function Parts({ parts, ...of }: { parts: Part[] } & Pick<ExplainedProps, "asked" | "entry">) {
  const { t } = useTranslation(["rankings", "shared"]);
  const writing = useWriting();
  return (
    <ul className={css.column}>
      {parts.map((part) => (
        <li key={part.metric}>
          <details className={css.part}>
            <summary>
              <b>{t(`shared:metric.${part.metric}`)}</b>{" "}
              {t("part", {
                weight: writing.number(part.weight, 1),
                attainment: part.attainment === null ? "—" : writing.percent(part.attainment),
                cap: writing.percent(part.cap),
                points: writing.number(part.points, 1),
              })}
            </summary>
            <Rows first={part.explain} {...of} />
          </details>
        </li>
      ))}
    </ul>
  );
}
