// Today's customers, the planned ones first, with distance and due state.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useWriting } from "../../shared/session/context";
import { Badge, Button, Empty, Fault, Field, Loading, Note } from "../../shared/ui";
import { useDay } from "../frame";
import css from "../pocket.module.css";
import { ordered, stopsOf, type Order, type Stop } from "./stops";

/** So many are shown at first. */
const STEP = 30;

export function Today() {
  const { t } = useTranslation(["pocket", "shared"]);
  const { today, here } = useDay();
  const [text, setText] = useState("");
  const [order, setOrder] = useState<Order>("near");
  const [length, setLength] = useState(STEP);
  if (!today.data) {
    return today.error ? <Fault error={today.error} onRetry={today.again} /> : <Loading />;
  }
  const fix = here && "fix" in here ? here.fix : null;
  const wanted = text.trim().toLocaleLowerCase();
  const stops = ordered(stopsOf(today.data, fix), order).filter(({ customer }) =>
    customer.name.toLocaleLowerCase().includes(wanted),
  );
  const [open] = today.data.viewer?.visits.nodes ?? [];
  return (
    <section className={css.part}>
      <h1>{t("today")}</h1>
      {here && "problem" in here && <Note tone="warning">{t(`position.${here.problem}`)}</Note>}
      {open?.customer && <OpenVisit customer={open.customer} since={open.arrivedAt} />}
      <div className={css.search}>
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
        {(["near", "due"] as const).map((each) => (
          <Button
            key={each}
            className={css.touch}
            aria-pressed={order === each}
            onClick={() => setOrder(each)}
          >
            {t(`order.${each}`)}
          </Button>
        ))}
      </div>
      {stops.length === 0 && <Empty />}
      <ul className={css.stops}>
        {stops.slice(0, length).map((stop) => (
          <li key={stop.customer.id}>
            <StopLink stop={stop} />
          </li>
        ))}
      </ul>
      {stops.length > length && (
        <Button className={css.touch} onClick={() => setLength(length + STEP)}>
          {t("shared:more")}
        </Button>
      )}
    </section>
  );
}

function OpenVisit(props: { customer: { id: string; name: string }; since: string }) {
  const { t } = useTranslation("pocket");
  const writing = useWriting();
  return (
    <Link className={css.open} to={`/customers/${props.customer.id}`}>
      <b>
        {t("youAreAt")} <bdi>{props.customer.name}</bdi>
      </b>
      <span>{t("since", { time: writing.time(props.since) })}</span>
    </Link>
  );
}

function StopLink({ stop }: { stop: Stop }) {
  const { t } = useTranslation(["pocket", "shared"]);
  const writing = useWriting();
  const { customer, due } = stop;
  return (
    <Link className={css.stop} to={`/customers/${customer.id}`}>
      <span className={css.stopName}>
        <b>
          <bdi>{customer.name}</bdi>
        </b>
        <span className={css.small}>
          <bdi>{stop.note ?? customer.address}</bdi>
        </span>
        <span className={css.badges}>
          {stop.isPlanned && <Badge tone="accent">{t("planned")}</Badge>}
          {due && (
            <Badge tone={due.standing === "MISSED" ? "bad" : due.standing === "PENDING" ? "warn" : "good"}>
              {t(`shared:due.${due.standing}`)} · {writing.date(due.dueBy)}
            </Badge>
          )}
        </span>
      </span>
      <span className={css.away}>{stop.awayM !== null && writing.metres(stop.awayM)}</span>
    </Link>
  );
}
