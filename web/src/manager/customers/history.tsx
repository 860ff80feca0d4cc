// What has happened with a customer: visits and orders, the newest first.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { CustomerOrdersDocument, CustomerVisitsDocument } from "../../graphql";
import { usePages } from "../../shared/pages";
import { Photos } from "../../shared/photo";
import { useWriting } from "../../shared/session/context";
import { Badge, Card, Table, ui } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import css from "./customers.module.css";

export function PastVisits({ customer }: { customer: string }) {
  const { t } = useTranslation(["customers", "shared"]);
  const writing = useWriting();
  const variables = useMemo(() => ({ id: customer }), [customer]);
  const pages = usePages(CustomerVisitsDocument, variables, ({ node }) =>
    node && "visits" in node ? node.visits : null,
  );
  return (
    <Card title={t("visits")} actions={pages.totalCount}>
      {pages.nodes.length > 0 && (
        <Table label={t("visits")}>
          <thead>
            <tr>
              <th>{t("arrived")}</th>
              <th>{t("stayed")}</th>
              <th>{t("rep")}</th>
              <th>{t("how")}</th>
            </tr>
          </thead>
          <tbody>
            {pages.nodes.map((visit) => (
              <tr key={visit.id}>
                <td className={ui.nowrap}>
                  {visit.rep ? (
                    <Link to={`/reps/${visit.rep.id}?day=${writing.dateOf(new Date(visit.arrivedAt))}`}>
                      {writing.dayAndTime(visit.arrivedAt)}
                    </Link>
                  ) : (
                    writing.dayAndTime(visit.arrivedAt)
                  )}
                </td>
                <td className={ui.nowrap}>
                  {visit.leftAt === null
                    ? t("open")
                    : writing.duration((Date.parse(visit.leftAt) - Date.parse(visit.arrivedAt)) / 1000)}
                </td>
                <td>
                  <bdi>{visit.rep?.name}</bdi>
                </td>
                <td>
                  {t(`shared:opening.${visit.openedBy}`)}
                  <Photos photos={visit.photos} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <More pages={pages} />
    </Card>
  );
}

export function Orders({ customer }: { customer: string }) {
  const { t } = useTranslation(["customers", "shared"]);
  const writing = useWriting();
  const variables = useMemo(() => ({ id: customer }), [customer]);
  const pages = usePages(CustomerOrdersDocument, variables, ({ node }) =>
    node && "orders" in node ? node.orders : null,
  );
  return (
    <Card title={t("orders")} actions={pages.totalCount}>
      <ul className={css.rows}>
        {pages.nodes.map((order) => (
          <li key={order.id}>
            <span>
              <b>
                <bdi>{order.number}</bdi>
              </b>{" "}
              <span className={css.quiet}>
                {writing.day(order.placedAt)} <bdi>{order.rep?.name}</bdi>
              </span>
            </span>
            {order.status === "CANCELLED" ? (
              <Badge tone="bad">{t("cancelled")}</Badge>
            ) : (
              <b>{writing.money(order.total, order.currency)}</b>
            )}
          </li>
        ))}
      </ul>
      <More pages={pages} />
    </Card>
  );
}
