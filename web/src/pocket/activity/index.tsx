// What this phone has sent and what it still keeps, the newest first.
import { useTranslation } from "react-i18next";

import { Empty } from "../../shared/ui";
import css from "../pocket.module.css";
import { useEntries } from "../queue/context";
import { EntryLine } from "./entry-line";

const MOST = 100;

export function Activity() {
  const { t } = useTranslation("pocket");
  const entries = useEntries();
  const waiting = entries.filter(({ receipt }) => receipt === null).length;
  return (
    <section className={css.part}>
      <h1>{t("activity")}</h1>
      <p role="status">{waiting > 0 ? t("waiting", { count: waiting }) : t("allSent")}</p>
      {entries.length === 0 && <Empty />}
      <ol className={css.entries}>
        {entries
          .toReversed()
          .slice(0, MOST)
          .map((entry) => (
            <li key={entry.id}>
              <EntryLine entry={entry} />
            </li>
          ))}
      </ol>
    </section>
  );
}
