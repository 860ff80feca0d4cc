// One customer: how to reach them, and the two buttons: arrived, left.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { useSignedIn } from "../../shared/session/context";
import { Button, Card, Empty, Field, Loading, Note } from "../../shared/ui";
import { useDay } from "../frame";
import { batteryPct, readFix } from "../here/position";
import css from "../pocket.module.css";
import { EntryLine } from "../activity/entry-line";
import { PhotoStrip, TakePhoto } from "../photos";
import { useEntries, usePhotos, useQueue } from "../queue/context";
import { stopsOf, type Stop } from "./stops";

export function CustomerSheet() {
  const { t } = useTranslation(["pocket", "shared"]);
  const { id = "" } = useParams();
  const { today, here } = useDay();
  const { writing } = useSignedIn();
  const fix = here && "fix" in here ? here.fix : null;
  if (!today.data) return <Loading />;
  const stop = stopsOf(today.data, fix).find(({ customer }) => customer.id === id);
  if (!stop) return <Empty>{t("gone")}</Empty>;
  const { customer } = stop;
  return (
    <section className={css.part}>
      <Link to="/" className={css.back}>
        ‹ {t("today")}
      </Link>
      <h1>
        <bdi>{customer.name}</bdi>
      </h1>
      <p className={css.small}>
        <bdi>{[customer.address, customer.city].filter(Boolean).join(", ")}</bdi>
        {stop.awayM !== null && ` · ${t("away", { distance: writing.metres(stop.awayM) })}`}
      </p>
      {stop.note && (
        <Note>
          <bdi>{stop.note}</bdi>
        </Note>
      )}
      <Buttons stop={stop} />
      {customer.contacts.nodes.length > 0 && (
        <Card title={t("contacts")}>
          <ul className={css.rows}>
            {customer.contacts.nodes.map((contact) => (
              <li key={contact.id}>
                <span>
                  <bdi>{contact.name}</bdi>{" "}
                  <span className={css.small}>
                    <bdi>{contact.title}</bdi>
                  </span>
                </span>
                {contact.phone && (
                  <a className={css.call} href={`tel:${contact.phone}`}>
                    {contact.phone}
                  </a>
                )}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {stop.due?.lastVisitOn && (
        <p className={css.small}>{t("lastVisit", { day: writing.date(stop.due.lastVisitOn) })}</p>
      )}
    </section>
  );
}

function Buttons({ stop }: { stop: Stop }) {
  const { t } = useTranslation("pocket");
  const { viewer } = useSignedIn();
  const { today } = useDay();
  const queue = useQueue();
  const entries = useEntries();
  const [note, setNote] = useState("");
  const [isReading, setReading] = useState(false);
  const [hasNoFix, setNoFix] = useState(false);
  const { id, name } = stop.customer;
  const isThere = today.data?.viewer?.visits.nodes[0]?.customer?.id === id;
  const last = entries.findLast(({ customer }) => customer?.id === id);

  // A photo of somebody who has arrived belongs to their arrival, else to what is pressed next.
  const isStaying = last?.kind === "ARRIVE";
  const taken = usePhotos({ entry: last?.id ?? "" });
  const drafts = usePhotos({ customer: id });

  const press = async (kind: "ARRIVE" | "DEPART") => {
    setReading(true);
    const recordedAt = new Date().toISOString();
    const [fix, battery] = await Promise.all([readFix(), batteryPct()]);
    setReading(false);
    setNoFix(fix === null);
    if (fix === null) return;
    await queue.add({
      rep: viewer.id,
      kind,
      recordedAt,
      fix,
      customer: { id, name },
      note: note.trim() || null,
      batteryPct: battery,
    });
    setNote("");
    setTimeout(today.again, 2_500);
  };

  return (
    <Card>
      {last && (
        <div role="status">
          <EntryLine entry={last} />
        </div>
      )}
      <Field label={t("note")}>
        {(control) => (
          <textarea
            {...control}
            rows={2}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      <PhotoStrip photos={drafts} />
      <TakePhoto
        customer={id}
        entry={isStaying ? last.id : null}
        count={isStaying ? taken.length : drafts.length}
      />
      {hasNoFix && <Note tone="warning">{t("noFix")}</Note>}
      <div className={css.buttons}>
        <Button
          look={isThere ? undefined : "primary"}
          className={css.big}
          disabled={isReading}
          onClick={() => void press("ARRIVE")}
        >
          {isReading ? t("reading") : t("arrive")}
        </Button>
        <Button
          look={isThere ? "primary" : undefined}
          className={css.big}
          disabled={isReading}
          onClick={() => void press("DEPART")}
        >
          {t("leave")}
        </Button>
      </div>
    </Card>
  );
}
