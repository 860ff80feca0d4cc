// Always in sight: whether positions are kept now, until when, and what changes it.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { DutyState } from "../../graphql";
import { useSignedIn } from "../../shared/session/context";
import { Button, Dialog, ui } from "../../shared/ui";
import { useFaultWords } from "../../shared/ui/fault";
import { useDay } from "../frame";
import css from "../pocket.module.css";
import { useEntries, useQueue } from "../queue/context";
import type { Entry, Kind } from "../queue/entry";
import { dutyAfter } from "./duty";
import { useTracking, type Tracking } from "./use-tracking";

const CHANGES: Record<DutyState, Kind[]> = {
  OFF_DUTY: ["SHIFT_START"],
  ON_DUTY: ["PAUSE", "SHIFT_END"],
  PAUSED: ["RESUME", "SHIFT_END"],
};

export function DutyBar() {
  const { t } = useTranslation(["pocket", "shared"]);
  const { viewer, writing } = useSignedIn();
  const { today } = useDay();
  const entries = useEntries();
  const queue = useQueue();
  const duty = today.data?.viewer?.duty ?? null;
  const state = dutyAfter(duty?.state ?? null, entries, today.keptAt);
  const tracking = useTracking(state === "ON_DUTY");
  const press = async (kind: Kind) => {
    const nothing = { fix: null, customer: null, note: null, batteryPct: null };
    const recordedAt = new Date().toISOString();
    await queue.add({ rep: viewer.id, kind, recordedAt, ...nothing });
    setTimeout(today.again, 1_000);
  };
  const until = duty?.state === state && duty?.until;
  return (
    <header className={css.duty} data-duty={state ?? undefined}>
      <div>
        <b role="status">{state ? t(`duty.${state}`) : t("shared:loading")}</b>
        <p className={css.small}>
          {state === "ON_DUTY" && t(tracking.isOn ? "trackedHere" : "notTrackedHere")}
          {until && ` ${t("until", { time: writing.time(until) })}`}
          {state !== null && state !== "ON_DUTY" && t("nothingKept")}
        </p>
      </div>
      <div className={ui.actions}>
        {state === "ON_DUTY" && <TrackingSwitch tracking={tracking} />}
        {state &&
          CHANGES[state].map((kind) => (
            <Button key={kind} className={css.touch} onClick={() => void press(kind)}>
              {t(`press.${kind as "PAUSE"}`)}
            </Button>
          ))}
      </div>
      <Offline entries={entries} keptAt={today.keptAt} />
    </header>
  );
}

/** Tracking begins with a plain question. */
function TrackingSwitch({ tracking }: { tracking: Tracking }) {
  const { t } = useTranslation(["pocket", "shared"]);
  const faultWords = useFaultWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button
        className={css.touch}
        aria-pressed={tracking.isOn}
        onClick={() => (tracking.isOn ? tracking.turn(false) : setAsking(true))}
      >
        {t("track")}
      </Button>
      {tracking.error && <p role="alert">{faultWords(tracking.error)}</p>}
      {isAsking && (
        <Dialog title={t("track")} onClose={() => setAsking(false)}>
          <p>{t("trackAsk")}</p>
          <div className={ui.actions}>
            <Button
              look="primary"
              className={css.touch}
              onClick={() => {
                tracking.turn(true);
                setAsking(false);
              }}
            >
              {t("trackYes")}
            </Button>
            <Button className={css.touch} onClick={() => setAsking(false)}>
              {t("shared:cancel")}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Offline({ entries, keptAt }: { entries: Entry[]; keptAt: number | null }) {
  const { t } = useTranslation("pocket");
  const { writing } = useSignedIn();
  const waiting = entries.filter(({ receipt }) => receipt === null).length;
  if (waiting === 0 && keptAt === null) return null;
  return (
    <p className={css.offline} role="status">
      {waiting > 0 && t("waiting", { count: waiting })}{" "}
      {keptAt !== null && t("old", { time: writing.dayAndTime(new Date(keptAt).toISOString()) })}
    </p>
  );
}
