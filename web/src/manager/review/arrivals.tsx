// Arrivals that a rep pressed too far from the customer: a manager says whether they count.
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import {
  AcceptArrivalDocument,
  RefuseArrivalDocument,
  ReviewArrivalsDocument,
  type ArrivalFragment,
} from "../../graphql";
import { usePages } from "../../shared/pages";
import { Photos } from "../../shared/photo";
import { useWriting } from "../../shared/session/context";
import { Badge, Button, Fault, Field, ui } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { useVerb } from "../../shared/verb";
import css from "./review.module.css";

export function Arrivals(props: { isDecided: boolean; onDecided: () => void }) {
  const { t } = useTranslation("review");
  const { isDecided, onDecided } = props;
  const variables = useMemo(
    () => ({ filter: { outcome: ["OUT_OF_RANGE" as const], isDecided } }),
    [isDecided],
  );
  const pages = usePages(ReviewArrivalsDocument, variables, (data) => data.checkIns);
  const [gone, setGone] = useState<string[]>([]);
  const decided = (id: string) => {
    setGone([...gone, id]);
    onDecided();
  };
  return (
    <>
      <ul className={css.cards}>
        {pages.nodes
          .filter(({ id }) => !gone.includes(id))
          .map((arrival) => (
            <li key={arrival.id} className={css.card}>
              <ArrivalFacts arrival={arrival} />
              {arrival.decision ? (
                <Decided decision={arrival.decision} />
              ) : (
                <Decide arrival={arrival} onDecided={() => decided(arrival.id)} />
              )}
            </li>
          ))}
      </ul>
      <More pages={pages} nothing={t("nothing")} />
    </>
  );
}

function ArrivalFacts({ arrival }: { arrival: ArrivalFragment }) {
  const { t } = useTranslation("review");
  const writing = useWriting();
  const { rep, customer, recordedAt } = arrival;
  const distances = arrival.verdicts
    ?.filter((verdict) => verdict.customer.id === customer?.id)
    .map(({ distanceM }) => distanceM);
  const nearest = distances?.length ? Math.min(...distances) : null;
  return (
    <div className={css.facts}>
      <h2>
        <bdi>{rep?.name}</bdi>
        {" → "}
        {customer ? (
          <Link to={`/customers/${customer.id}`}>
            <bdi>{customer.name}</bdi>
          </Link>
        ) : (
          t("unseen")
        )}
      </h2>
      <p>
        {nearest !== null && <b>{t("away", { distance: writing.metres(nearest) })}</b>}{" "}
        {arrival.accuracyM !== null && (
          <span className={css.quiet}>{t("accuracy", { radius: writing.metres(arrival.accuracyM) })}</span>
        )}{" "}
        {arrival.isMock && <Badge tone="bad">{t("mock")}</Badge>}
      </p>
      {arrival.note && (
        <blockquote className={css.note}>
          <bdi>{arrival.note}</bdi>
        </blockquote>
      )}
      <Photos photos={arrival.photos} />
      {recordedAt && rep && (
        <p>
          <Link to={`/reps/${rep.id}?day=${writing.dateOf(new Date(recordedAt))}`}>
            {writing.dayAndTime(recordedAt)}
          </Link>
        </p>
      )}
    </div>
  );
}

function Decided({ decision }: { decision: NonNullable<ArrivalFragment["decision"]> }) {
  const { t } = useTranslation("review");
  const writing = useWriting();
  const isAccepted = decision.decision === "ACCEPTED";
  return (
    <p>
      <Badge tone={isAccepted ? "good" : "bad"}>{t(isAccepted ? "accepted" : "refused")}</Badge>{" "}
      {writing.dayAndTime(decision.decidedAt)} <bdi>{decision.decidedBy?.name}</bdi>
      {decision.reason && (
        <>
          {": "}
          <bdi>{decision.reason}</bdi>
        </>
      )}
    </p>
  );
}

function Decide({ arrival, onDecided }: { arrival: ArrivalFragment; onDecided: () => void }) {
  const { t } = useTranslation("review");
  const [reason, setReason] = useState("");
  const accept = useVerb(AcceptArrivalDocument);
  const refuse = useVerb(RefuseArrivalDocument);
  const variables = { id: arrival.id, reason: reason.trim() || null };
  const go = async (verb: typeof accept | typeof refuse) => {
    if (await verb.run(variables)) onDecided();
  };
  const isRunning = accept.isRunning || refuse.isRunning;
  const refusals = [...accept.refusals, ...refuse.refusals];
  const error = accept.error ?? refuse.error;
  return (
    <div className={css.decide}>
      <Field label={t("reason")} fault={refusals[0]?.message}>
        {(control) => (
          <input {...control} value={reason} onChange={(event) => setReason(event.target.value)} />
        )}
      </Field>
      <div className={ui.actions}>
        <Button look="primary" disabled={isRunning} onClick={() => void go(accept)}>
          {t("accept")}
        </Button>
        <Button look="danger" disabled={isRunning} onClick={() => void go(refuse)}>
          {t("refuse")}
        </Button>
      </div>
      {error && <Fault error={error} />}
    </div>
  );
}
