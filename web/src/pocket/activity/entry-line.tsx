// What was pressed, and what the hub said to it, in words.
import { useTranslation } from "react-i18next";

import { useQuarantineWords } from "../../shared/quarantine";
import { useWriting } from "../../shared/session/context";
import { Badge, type Tone } from "../../shared/ui";
import { PhotoStrip } from "../photos";
import css from "../pocket.module.css";
import { usePhotos } from "../queue/context";
import { verdictOf, type Entry } from "../queue/entry";

const TONES: Record<string, Tone> = {
  ACCEPTED: "good",
  DUPLICATE: "good",
  QUARANTINED: "bad",
  IGNORED: "warn",
};

export function EntryLine({ entry }: { entry: Entry }) {
  const { t } = useTranslation(["pocket", "shared"]);
  const writing = useWriting();
  const answer = useAnswerWords()(entry);
  const photos = usePhotos({ entry: entry.id });
  const status = entry.receipt?.status ?? "WAITING";
  return (
    <div className={css.entry}>
      <p>
        <b>{t(`shared:kind.${entry.kind}`)}</b> <bdi>{entry.customer?.name}</bdi>{" "}
        <span className={css.small}>{writing.dayAndTime(entry.recordedAt)}</span>
      </p>
      <p>
        <Badge tone={TONES[status] ?? "quiet"}>{t(`status.${status}`)}</Badge> {answer}
      </p>
      <PhotoStrip photos={photos} />
      {entry.note && (
        <p className={css.small}>
          <bdi>{entry.note}</bdi>
        </p>
      )}
    </div>
  );
}

/** The verdict as a sentence: inside, how far away, kept aside for what. */
function useAnswerWords(): (entry: Entry) => string {
  const { t } = useTranslation(["pocket", "shared"]);
  const writing = useWriting();
  const quarantineWords = useQuarantineWords();
  return (entry) => {
    const { receipt, customer, kind } = entry;
    if (!receipt) return "";
    if (receipt.status === "QUARANTINED") return quarantineWords(receipt.reason ?? "");
    if (receipt.status === "IGNORED") return t(receipt.reason === "PAUSED" ? "ignored.PAUSED" : "ignored.OFF_DUTY");
    if (!customer) return "";
    const verdict = verdictOf(entry);
    const name = customer.name;
    if (!verdict) return kind === "ARRIVE" ? t("verdict.none", { name }) : "";
    const distance = writing.metres(Math.abs(verdict.distanceM));
    if (verdict.state === "OUTSIDE" && kind === "DEPART") return t("verdict.outsideLeft", { name, distance });
    return t(`verdict.${verdict.state}`, { name, distance });
  };
}
