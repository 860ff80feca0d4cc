// All that is known of the rep who was pressed.
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useWriting } from "../../shared/session/context";
import { Button, ui } from "../../shared/ui";
import type { Seen } from "./live";
import css from "./map.module.css";

interface SelectedRepProps {
  rep: Seen;
  now: number;
  isLive: boolean;
  onClose: () => void;
}

export function SelectedRep({ rep, now, isLive, onClose }: SelectedRepProps) {
  const { t } = useTranslation(["map", "shared"]);
  const writing = useWriting();
  const facts = [
    rep.since && t("since", { time: writing.time(rep.since) }),
    t(`shared:reason.${rep.reason}`),
    rep.heardAt !== null && t("ago", { age: writing.duration((now - rep.heardAt) / 1000) }),
    rep.errorRadiusM !== null && t("within", { radius: writing.metres(rep.errorRadiusM) }),
    rep.batteryPct !== null && t("battery", { percent: rep.batteryPct }),
  ].filter(Boolean);
  return (
    <article className={css.selected} aria-label={rep.rep.name}>
      <div className={ui.head}>
        <h2>
          <bdi>{rep.rep.name}</bdi>
        </h2>
        <Button look="plain" onClick={onClose}>
          {t("unselect")}
        </Button>
      </div>
      {rep.rep.team && (
        <p className={css.what}>
          <bdi>{rep.rep.team.name}</bdi>
        </p>
      )}
      <p>
        <b>{t(`shared:state.${isLive || !rep.position ? rep.state : "STALE"}`)}</b>
        {rep.customer && (
          <>
            {": "}
            <Link to={`/customers/${rep.customer.id}`}>
              <bdi>{rep.customer.name}</bdi>
            </Link>
          </>
        )}
      </p>
      <p className={css.what}>{facts.join(" · ")}</p>
      <Link className={ui.button} to={`/reps/${rep.rep.id}`}>
        {t("day")}
      </Link>
    </article>
  );
}
