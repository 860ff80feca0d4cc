// Whether what is seen is live; when not, since when.
import { useTranslation } from "react-i18next";

import { useWriting } from "../../shared/session/context";
import type { Live } from "./live";
import css from "./map.module.css";

export function ConnectionBar({ live }: { live: Live }) {
  const { t } = useTranslation("map");
  const writing = useWriting();
  const time = live.lostAt === null ? "" : writing.timeWithSeconds(new Date(live.lostAt).toISOString());
  return (
    <div className={css.connection} data-connection={live.connection} role="status">
      <span className={css.lamp} aria-hidden="true" />
      <span>
        {t(`connection.${live.connection}`, { time })}
        {live.connection === "lost" && live.problem !== null && ` (${live.problem})`}
      </span>
    </div>
  );
}
