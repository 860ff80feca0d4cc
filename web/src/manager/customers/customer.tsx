// One customer: its fences, who covers it and when it is due, its people, visits and orders.
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useQuery } from "urql";

import { CustomerPageDocument, type CustomerPageQuery } from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Badge, Card, Empty, Fault, Loading, Note, Page } from "../../shared/ui";
import css from "./customers.module.css";
import { DueBadge } from "./due";
import { Fences } from "./fences";
import { Orders, PastVisits } from "./history";

type Node = NonNullable<CustomerPageQuery["node"]>;
type CustomerOfPage = Extract<Node, { code: string }>;

export function Customer() {
  const { t } = useTranslation("customers");
  const { id = "" } = useParams();
  const [{ data, error, fetching }, ask] = useQuery({ query: CustomerPageDocument, variables: { id } });
  const again = () => ask({ requestPolicy: "network-only" });
  const node = data?.node;
  const customer = node && "code" in node ? node : null;
  return (
    <Page title={customer?.name ?? t("title")}>
      {error && <Fault error={error} onRetry={again} />}
      {fetching && !data && <Loading />}
      {data && !customer && !error && <Note>{t("gone")}</Note>}
      {customer && (
        <>
          <Head customer={customer} />
          <div className={css.columns}>
            <div className={css.column}>
              <Fences
                customer={customer.id}
                position={customer.position}
                fences={customer.geofences.nodes}
                onChanged={again}
              />
              <PastVisits customer={customer.id} />
            </div>
            <div className={css.column}>
              <Coverage customer={customer} />
              <Contacts customer={customer} />
              <Orders customer={customer.id} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function Head({ customer }: { customer: CustomerOfPage }) {
  const { t } = useTranslation(["customers", "shared"]);
  const writing = useWriting();
  const where = [customer.address, customer.city].filter(Boolean).join(", ");
  return (
    <>
      {customer.archivedAt && (
        <Note tone="warning">{t("archived", { day: writing.day(customer.archivedAt) })}</Note>
      )}
      <p className={css.quiet}>
        <Badge tone={customer.status === "ACTIVE" ? "good" : "quiet"}>
          {t(`shared:status.${customer.status}`)}
        </Badge>{" "}
        <bdi>{customer.code}</bdi>
        {customer.segment && (
          <>
            {" · "}
            <bdi>{customer.segment.name}</bdi>
          </>
        )}
        {where && (
          <>
            {" · "}
            <bdi>{where}</bdi>
          </>
        )}
        {customer.becameCustomerAt &&
          ` · ${t("since", { day: writing.date(writing.dateOf(new Date(customer.becameCustomerAt))) })}`}
      </p>
    </>
  );
}

/** Who looks after it, and by when they are to come. */
function Coverage({ customer }: { customer: CustomerOfPage }) {
  const { t } = useTranslation("customers");
  const writing = useWriting();
  const due = customer.due.nodes;
  const others = customer.assignments.nodes.filter(({ dueEveryDays }) => dueEveryDays === null);
  return (
    <Card title={t("coveredBy")}>
      {due.length === 0 && others.length === 0 && <Empty>{t("nobody")}</Empty>}
      <ul className={css.rows}>
        {due.map((each, i) => (
          <li key={i}>
            <span>
              <b>
                <bdi>{each.rep?.name ?? each.team?.name}</bdi>
              </b>{" "}
              <span className={css.quiet}>{t("everyDays", { count: each.everyDays })}</span>
            </span>
            <DueBadge standing={each.standing} dueBy={each.dueBy} />
          </li>
        ))}
        {others.map((each) => (
          <li key={each.id}>
            <b>
              <bdi>{each.rep?.name ?? each.team?.name}</bdi>
            </b>
            <span className={css.quiet}>{t("noFrequency")}</span>
          </li>
        ))}
      </ul>
      {customer.plannedVisits.nodes.length > 0 && (
        <>
          <h3>{t("planned")}</h3>
          <ul className={css.rows}>
            {customer.plannedVisits.nodes.map((plan) => (
              <li key={plan.id}>
                <span>
                  {writing.date(plan.day)} <bdi>{plan.note}</bdi>
                </span>
                <bdi>{plan.rep?.name}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function Contacts({ customer }: { customer: CustomerOfPage }) {
  const { t } = useTranslation("customers");
  const contacts = customer.contacts.nodes;
  return (
    <Card title={t("contacts")}>
      {contacts.length === 0 && <Empty />}
      <ul className={css.rows}>
        {contacts.map((contact) => (
          <li key={contact.id}>
            <span>
              <b>
                <bdi>{contact.name}</bdi>
              </b>{" "}
              <span className={css.quiet}>
                <bdi>{contact.title}</bdi>
              </span>{" "}
              {contact.isPrimary && <Badge tone="accent">{t("primary")}</Badge>}
            </span>
            <span>
              {contact.phone && <a href={`tel:${contact.phone}`}>{contact.phone}</a>}{" "}
              {contact.email && <a href={`mailto:${contact.email}`}>{contact.email}</a>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
