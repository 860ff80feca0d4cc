// The customers in sight, found by name, city or status, with who covers them and when they are due.
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { CustomersDocument, type CustomerStatus, type CustomersQuery } from "../../graphql";
import { useAddress } from "../../shared/address";
import { usePages } from "../../shared/pages";
import { useWriting } from "../../shared/session/context";
import { Badge, Choice, Field, Page, Table, ui } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { DueBadge } from "./due";
import css from "./customers.module.css";

const STATUSES: CustomerStatus[] = ["ACTIVE", "PROSPECT", "CLOSED"];
/** Typing rests for this long before it is asked for. */
const REST_MS = 250;

export function Customers() {
  const { t } = useTranslation(["customers", "shared"]);
  const [params, change] = useAddress();
  const [text, setText] = useState(params.get("q") ?? "");
  const status = params.get("status") as CustomerStatus | null;
  const asked = params.get("q") ?? "";
  useEffect(() => {
    const resting = setTimeout(() => text !== asked && change({ q: text }, { replace: true }), REST_MS);
    return () => clearTimeout(resting);
  });
  const variables = useMemo(
    () => ({
      filter: {
        archivedAt: { isNull: true },
        ...(asked ? { name: { contains: asked } } : {}),
        ...(status ? { status: [status] } : {}),
      },
    }),
    [asked, status],
  );
  const pages = usePages(CustomersDocument, variables, (data) => data.customers);
  return (
    <Page title={t("title")}>
      <div className={css.filters}>
        <Field label={t("search")}>
          {(control) => (
            <input
              {...control}
              type="search"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Choice
          label={t("status")}
          value={status ?? ""}
          options={[
            { value: "", label: t("anyStatus") },
            ...STATUSES.map((value) => ({ value, label: t(`shared:status.${value}`) })),
          ]}
          onChange={(status) => change({ status }, { replace: true })}
        />
        {pages.totalCount !== null && (
          <p className={css.count} role="status">
            {t("count", { count: pages.totalCount })}
          </p>
        )}
      </div>
      {pages.nodes.length > 0 && <List customers={pages.nodes} />}
      <More pages={pages} />
    </Page>
  );
}

function List({ customers }: { customers: CustomersQuery["customers"]["nodes"] }) {
  const { t } = useTranslation(["customers", "shared"]);
  const writing = useWriting();
  return (
    <Table label={t("title")}>
      <thead>
        <tr>
          <th>{t("name")}</th>
          <th>{t("code")}</th>
          <th>{t("city")}</th>
          <th>{t("status")}</th>
          <th>{t("due")}</th>
          <th>{t("coveredBy")}</th>
          <th>{t("lastVisit")}</th>
        </tr>
      </thead>
      <tbody>
        {customers.map((customer) => {
          const [due] = customer.due.nodes;
          const [visit] = customer.visits.nodes;
          return (
            <tr key={customer.id}>
              <th scope="row">
                <Link to={`/customers/${customer.id}`}>
                  <bdi>{customer.name}</bdi>
                </Link>
                {customer.segment && (
                  <span className={css.quiet}>
                    {" "}
                    <bdi>{customer.segment.name}</bdi>
                  </span>
                )}
              </th>
              <td>
                <bdi>{customer.code}</bdi>
              </td>
              <td>
                <bdi>{customer.city}</bdi>
              </td>
              <td>
                <Badge>{t(`shared:status.${customer.status}`)}</Badge>
              </td>
              <td>{due && <DueBadge standing={due.standing} dueBy={due.dueBy} />}</td>
              <td>
                <bdi>{due?.rep?.name ?? due?.team?.name}</bdi>
              </td>
              <td className={ui.nowrap}>{visit && writing.day(visit.arrivedAt)}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
