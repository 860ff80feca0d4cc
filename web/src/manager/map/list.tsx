// The list beside the map: every rep with state, customer and age, within reach of the keyboard.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useWriting } from "../../shared/session/context";
import { Button, Empty } from "../../shared/ui";
import type { Seen } from "./live";
import css from "./map.module.css";

/** So many are listed at first, and more with each press. */
const STEP = 100;

interface RepListProps {
  reps: Seen[];
  now: number;
  isLive: boolean;
  selected: string | null;
  onSelect: (rep: string) => void;
}

export function RepList({ reps, selected, onSelect, ...rest }: RepListProps) {
  const { t } = useTranslation(["map", "shared"]);
  const [length, setLength] = useState(STEP);
  return (
    <div className={css.list}>
      <p className={css.count}>{t("reps", { count: reps.length })}</p>
      {reps.length === 0 && <Empty>{t("nobody")}</Empty>}
      <ul>
        {reps.slice(0, length).map((rep) => (
          <li key={rep.rep.id}>
            <button
              type="button"
              className={css.rep}
              data-state={rep.state}
              aria-current={rep.rep.id === selected}
              onClick={() => onSelect(rep.rep.id)}
            >
              <RepLine rep={rep} {...rest} />
            </button>
          </li>
        ))}
      </ul>
      {reps.length > length && (
        <Button onClick={() => setLength(length + STEP)}>{t("shared:more")}</Button>
      )}
    </div>
  );
}

function RepLine({ rep, now, isLive }: { rep: Seen; now: number; isLive: boolean }) {
  const { t } = useTranslation(["map", "shared"]);
  const writing = useWriting();
  const age =
    rep.heardAt === null
      ? t("noSign")
      : t("ago", { age: writing.duration((now - rep.heardAt) / 1000) });
  return (
    <>
      <span className={css.mark} aria-hidden="true" />
      <span className={css.who}>
        <bdi className={css.name}>{rep.rep.name}</bdi>
        <span className={css.what}>
          {t(`shared:state.${isLive || !rep.position ? rep.state : "STALE"}`)}
          {rep.customer && (
            <>
              {": "}
              <bdi>{rep.customer.name}</bdi>
            </>
          )}
        </span>
      </span>
      <span className={css.age}>{age}</span>
    </>
  );
}
