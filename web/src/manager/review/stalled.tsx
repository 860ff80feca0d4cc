// Tracks that could not be derived and were set aside; an administrator tries them again.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { RetryTrackDocument, ReviewStalledDocument } from "../../graphql";
import { usePages } from "../../shared/pages";
import { useWriting } from "../../shared/session/context";
import { Button, Fault } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { useVerb } from "../../shared/verb";
import css from "./review.module.css";

export function Stalled() {
  const { t } = useTranslation(["review", "shared"]);
  const writing = useWriting();
  const variables = useMemo(() => ({}), []);
  const pages = usePages(ReviewStalledDocument, variables, (data) => data.stalledTracks);
  const retry = useVerb(RetryTrackDocument);
  const go = async (repId: string) => {
    if (await retry.run({ repId })) pages.readAgain();
  };
  return (
    <>
      <ul className={css.cards}>
        {pages.nodes.map((track) => (
          <li key={track.rep?.id} className={css.card}>
            <div className={css.facts}>
              <h2>
                <bdi>{track.rep?.name}</bdi>
              </h2>
              <p>{t("tries", { count: track.tries })}</p>
              <p className={css.quiet}>{track.lastError}</p>
              {track.retryAt && <p>{t("retryAt", { at: writing.dayAndTime(track.retryAt) })}</p>}
            </div>
            {track.rep && (
              <Button disabled={retry.isRunning} onClick={() => void go(track.rep!.id)}>
                {t("shared:retry")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {retry.error && <Fault error={retry.error} />}
      <More pages={pages} />
    </>
  );
}
