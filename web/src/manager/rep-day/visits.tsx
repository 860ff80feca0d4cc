// The visits of the day, and why each opened, closed or was amended.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { DayVisitFragment } from "../../graphql";
import { Photos } from "../../shared/photo";
import { useWriting } from "../../shared/session/context";
import { Badge, Empty } from "../../shared/ui";
import type { DayOfRep } from ".";
import css from "./day.module.css";

interface VisitsProps {
  day: DayOfRep;
  chosen: string | null;
  onChoose: (visit: string) => void;
}

export function Visits({ day, chosen, onChoose }: VisitsProps) {
  const { t } = useTranslation("repDay");
  const missed = day.plannedVisits.nodes.filter((plan) => plan.visits.nodes.length === 0);
  return (
    <div className={css.visits}>
      {day.visits.nodes.length === 0 && <Empty />}
      <ol className={css.visitList}>
        {day.visits.nodes.map((visit) => (
          <li key={visit.id}>
            <VisitCard
              visit={visit}
              isChosen={visit.id === chosen}
              onChoose={() => onChoose(visit.id)}
            />
          </li>
        ))}
      </ol>
      {missed.length > 0 && (
        <section>
          <h2>{t("missed")}</h2>
          <ul>
            {missed.map((plan) => (
              <li key={plan.id}>
                <CustomerName customer={plan.customer} />
                {plan.note && (
                  <>
                    {": "}
                    <bdi>{plan.note}</bdi>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

interface VisitCardProps {
  visit: DayVisitFragment;
  isChosen: boolean;
  onChoose: () => void;
}

function VisitCard({ visit, isChosen, onChoose }: VisitCardProps) {
  const { t } = useTranslation(["repDay", "shared"]);
  const writing = useWriting();
  const reasonText = useReasonText(visit);
  const card = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (isChosen) card.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const from = writing.time(visit.arrivedAt);
  return (
    <details
      ref={card}
      className={css.visit}
      data-chosen={isChosen || undefined}
      onToggle={(event) => event.currentTarget.open && onChoose()}
    >
      <summary>
        <b>
          <bdi>{visit.customer?.name ?? t("unseen")}</bdi>
        </b>
        <span className={css.when}>
          {visit.leftAt === null
            ? t("open", { from })
            : t("from", { from, to: writing.time(visit.leftAt) })}
          {visit.leftAt !== null && ` · ${writing.duration(lengthOf(visit.arrivedAt, visit.leftAt))}`}
        </span>
        <span className={css.badges}>
          <Badge tone={visit.confidence >= 0.7 ? "good" : "warn"}>
            {t("sure", { percent: writing.percent(visit.confidence) })}
          </Badge>
          <Badge>{t("opened", { how: t(`shared:opening.${visit.openedBy}`) })}</Badge>
          {visit.endReason && (
            <Badge>{t("closed", { how: t(`shared:ending.${visit.endReason}`) })}</Badge>
          )}
          {visit.plannedVisit && <Badge tone="accent">{t("planned")}</Badge>}
          {visit.revision > 1 && <Badge>{t("revision", { number: visit.revision })}</Badge>}
        </span>
      </summary>
      <p>
        <CustomerName customer={visit.customer} />
      </p>
      <Photos photos={visit.photos} />
      <h3>{t("why")}</h3>
      <ul className={css.reasons}>
        {visit.explain?.map((reason, i) => <li key={i}>{reasonText(reason)}</li>)}
        {visit.reason && <li>{t("amended", { reason: visit.reason })}</li>}
      </ul>
    </details>
  );
}

function CustomerName({ customer }: { customer: DayVisitFragment["customer"] }) {
  const { t } = useTranslation("repDay");
  if (!customer) return <>{t("unseen")}</>;
  return (
    <Link to={`/customers/${customer.id}`}>
      <bdi>{customer.name}</bdi>
    </Link>
  );
}

/** A reason in the reader's language. */
function useReasonText(visit: DayVisitFragment) {
  const { t } = useTranslation(["repDay", "shared"]);
  const writing = useWriting();
  type Reason = NonNullable<DayVisitFragment["explain"]>[number];
  return (reason: Reason): string =>
    t(`reason.${reason.code}`, {
      context: reason.distanceM === null ? undefined : "measured",
      sentence: reason.sentence,
      at: reason.at === null ? "" : writing.dayAndTime(reason.at),
      duration: writing.duration(reason.seconds ?? 0),
      distance: writing.metres(reason.distanceM ?? 0),
      count: reason.count ?? 0,
      customers: reason.customers.map(({ name }) => name).join("、") || t("unseen"),
      opening: t(`shared:opening.${visit.openedBy}`),
      ending: visit.endReason ? t(`shared:ending.${visit.endReason}`) : "",
    });
}

const lengthOf = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
