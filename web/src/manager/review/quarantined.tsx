// Points that were kept aside: why, what the phone sent, and whether they count after all.
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import {
  DiscardCheckInDocument,
  ReleaseCheckInDocument,
  ReviewQuarantineDocument,
  type ReviewQuarantineQuery,
} from "../../graphql";
import { usePages } from "../../shared/pages";
import { useQuarantineWords } from "../../shared/quarantine";
import { useWriting } from "../../shared/session/context";
import { Button, Fault, ui } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { useVerb } from "../../shared/verb";
import css from "./review.module.css";

type Point = ReviewQuarantineQuery["checkIns"]["nodes"][number];

export function Quarantined({ onDecided }: { onDecided: () => void }) {
  const { t } = useTranslation("review");
  const variables = useMemo(() => ({}), []);
  const pages = usePages(ReviewQuarantineDocument, variables, (data) => data.checkIns);
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
          .map((point) => (
            <li key={point.id} className={css.card}>
              <PointCard point={point} onDecided={() => decided(point.id)} />
            </li>
          ))}
      </ul>
      <More pages={pages} nothing={t("nothing")} />
    </>
  );
}

function PointCard({ point, onDecided }: { point: Point; onDecided: () => void }) {
  const { t } = useTranslation("review");
  const writing = useWriting();
  const reasonWords = useQuarantineWords();
  const release = useVerb(ReleaseCheckInDocument);
  const discard = useVerb(DiscardCheckInDocument);
  const go = async (verb: typeof release | typeof discard) => {
    if (await verb.run({ id: point.id })) onDecided();
  };
  const { quarantine } = point;
  const isRunning = release.isRunning || discard.isRunning;
  return (
    <>
      <div className={css.facts}>
        <h2>{quarantine && reasonWords(quarantine.reason)}</h2>
        <p>
          <bdi>{point.rep?.name}</bdi>
          <span className={css.quiet}>
            {" · "}
            {t("received", { at: writing.dayAndTime(point.receivedAt) })}
            {" · "}
            <bdi>{point.device?.name}</bdi>
          </span>
        </p>
        {quarantine && (
          <>
            <p className={css.quiet}>{quarantine.message}</p>
            {quarantine.raw && (
              <details>
                <summary>{t("raw")}</summary>
                <pre className={css.raw} tabIndex={0}>
                  {quarantine.raw}
                </pre>
              </details>
            )}
          </>
        )}
      </div>
      <div className={css.decide}>
        <div className={ui.actions}>
          <Button disabled={isRunning} onClick={() => void go(release)}>
            {t("release")}
          </Button>
          <Button look="danger" disabled={isRunning} onClick={() => void go(discard)}>
            {t("discard")}
          </Button>
        </div>
        {[...release.refusals, ...discard.refusals].map((refusal) => (
          <p key={refusal.message} className={ui.fieldFault} role="alert">
            {refusal.message}
          </p>
        ))}
        {release.error && <Fault error={release.error} />}
        {discard.error && <Fault error={discard.error} />}
      </div>
    </>
  );
}
