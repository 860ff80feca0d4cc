// The rows behind one number of a ranking.
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQuery } from "urql";

import { RankingExplainedDocument, type RowsFragment } from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Button, Card, Empty, Fault, Loading, Note } from "../../shared/ui";
import { DueBadge } from "../customers/due";
import type { askedOf } from "./choice";
import css from "./rankings.module.css";
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
      {explained?.explain && <Rows rows={explained.explain} />}
      {explained?.parts && <Parts parts={explained.parts} />}
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
function Parts({ parts }: { parts: Part[] }) {
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
            <Rows rows={part.explain} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function Rows({ rows }: { rows: RowsFragment }) {
  const { t } = useTranslation(["rankings", "shared"]);
  const writing = useWriting();
  const dayOf = (instant: string) => writing.dateOf(new Date(instant));
  return (
    <>
      <Note>{t(`rule.${rows.metric}`, { rule: rows.rule })}</Note>
      <Group list={rows.visits}>
        {(visit) => (
          <li key={visit.id}>
            <Name of={visit.customer} to="customers" />
            <span className={css.quiet}>
              {visit.rep ? (
                <Link to={`/reps/${visit.rep.id}?day=${dayOf(visit.arrivedAt)}`}>
                  {writing.dayAndTime(visit.arrivedAt)}
                </Link>
              ) : (
                writing.dayAndTime(visit.arrivedAt)
              )}{" "}
              <bdi>{visit.rep?.name}</bdi>
            </span>
          </li>
        )}
      </Group>
      <Group list={rows.orders}>
        {(order) => (
          <li key={order.id}>
            <span>
              <Name of={order.customer} to="customers" />{" "}
              <span className={css.quiet}>
                <bdi>{order.number}</bdi> · {writing.day(order.placedAt)} <bdi>{order.rep?.name}</bdi>
              </span>
            </span>
            <b>{writing.money(order.total, order.currency)}</b>
          </li>
        )}
      </Group>
      <Group list={rows.trainingRecords}>
        {(record) => (
          <li key={record.id}>
            <bdi>{record.course?.title}</bdi>
            <span className={css.quiet}>
              {writing.day(record.completedAt)} <bdi>{record.user?.name}</bdi>{" "}
              {record.score !== null && writing.number(record.score, 1)}
            </span>
          </li>
        )}
      </Group>
      <Group list={rows.dueCustomers}>
        {(due) => (
          <li key={`${due.customer?.id} ${due.rep?.id}`}>
            <span>
              <Name of={due.customer} to="customers" />{" "}
              <span className={css.quiet}>
                <bdi>{due.rep?.name}</bdi>
              </span>
            </span>
            <DueBadge standing={due.standing} dueBy={due.dueBy} />
          </li>
        )}
      </Group>
    </>
  );
}

function Group<Node>(props: {
  list: { totalCount: number; nodes: Node[] } | null;
  children: (node: Node) => ReactNode;
}) {
  const { t } = useTranslation("rankings");
  if (!props.list) return null;
  const { totalCount, nodes } = props.list;
  return (
    <>
      <p className={css.quiet}>
        {nodes.length < totalCount
          ? t("firstOf", { shown: nodes.length, all: totalCount })
          : t("rows", { count: totalCount })}
      </p>
      <ul className={css.rows}>{nodes.map(props.children)}</ul>
    </>
  );
}

function Name({ of, to }: { of: { id: string; name: string } | null; to: "customers" }) {
  const { t } = useTranslation("rankings");
  if (!of) return <>{t("unseen")}</>;
  return (
    <Link to={`/${to}/${of.id}`}>
      <bdi>{of.name}</bdi>
    </Link>
  );
}
