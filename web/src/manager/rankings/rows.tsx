// The rows that were counted for a metric, page by page.
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useClient, type CombinedError } from "urql";

import {
  RankingRowsDocument,
  type RankingRowsQueryVariables,
  type RowsFragment,
} from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Button, Fault, Note } from "../../shared/ui";
import { DueBadge } from "../customers/due";
import type { askedOf } from "./choice";
import css from "./rankings.module.css";

interface RowsProps {
  /** The first page. */
  first: RowsFragment;
  asked: ReturnType<typeof askedOf>;
  entry: string;
}

export function Rows({ first, asked, entry }: RowsProps) {
  const { t } = useTranslation(["rankings", "shared"]);
  const writing = useWriting();
  const { of, period } = asked;
  const more = useMore(first, { of, period, metric: first.metric, entry });
  const dayOf = (instant: string) => writing.dateOf(new Date(instant));
  return (
    <>
      <Note>{t(`rule.${first.metric}`, { rule: first.rule })}</Note>
      <Group of={({ visits }) => visits} more={more}>
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
      <Group of={({ orders }) => orders} more={more}>
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
      <Group of={({ trainingRecords }) => trainingRecords} more={more}>
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
      <Group of={({ dueCustomers }) => dueCustomers} more={more}>
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

interface List<Node> {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: Node[];
}

/** The pages read so far, and how the next one is read. */
function useMore(first: RowsFragment, variables: Omit<RankingRowsQueryVariables, "after">) {
  const client = useClient();
  const [next, setNext] = useState<RowsFragment[]>([]);
  const [error, setError] = useState<CombinedError>();
  useEffect(() => setNext([]), [first]);
  const read = async (after: string | null) => {
    const answer = await client.query(RankingRowsDocument, { ...variables, after });
    const page = answer.data?.ranking?.entry?.explain;
    if (page) setNext((pages) => [...pages, page]);
    setError(answer.error);
  };
  return { pages: [first, ...next], error, read };
}

function Group<Node>(props: {
  of: (page: RowsFragment) => List<Node> | null;
  more: ReturnType<typeof useMore>;
  children: (node: Node) => ReactNode;
}) {
  const { t } = useTranslation(["rankings", "shared"]);
  const { pages, error, read } = props.more;
  const lists = pages.flatMap((page) => props.of(page) ?? []);
  const last = lists.at(-1);
  if (!last) return null;
  const nodes = lists.flatMap((list) => list.nodes);
  const { totalCount, pageInfo } = last;
  return (
    <>
      <p className={css.quiet}>
        {nodes.length < totalCount
          ? t("firstOf", { shown: nodes.length, all: totalCount })
          : t("rows", { count: totalCount })}
      </p>
      <ul className={css.rows}>{nodes.map(props.children)}</ul>
      {error && <Fault error={error} />}
      {pageInfo.hasNextPage && (
        <Button onClick={() => void read(pageInfo.endCursor)}>{t("shared:more")}</Button>
      )}
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
