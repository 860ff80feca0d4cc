// A new endpoint, or another name, address or choice of events for one that is there.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import {
  CreateEndpointDocument,
  EditEndpointDocument,
  type EndpointFragment,
  type WebhookEvent,
} from "../../graphql";
import { Button, Dialog, Fault, Field, ui } from "../../shared/ui";
import { refusalOf, useVerb } from "../../shared/verb";
import css from "./webhooks.module.css";

const EVENTS: WebhookEvent[] = [
  "VISIT_OPENED",
  "VISIT_AMENDED",
  "VISIT_CLOSED",
  "VISIT_WITHDRAWN",
  "CHECK_IN_QUARANTINED",
  "PRESENCE_CHANGED",
];

interface FormProps {
  /** Null makes a new one. */
  endpoint: EndpointFragment | null;
  onClose: () => void;
  /** Given the secret of a new one. */
  onDone: (secret: string | null) => void;
}

export function EndpointForm({ endpoint, onClose, onDone }: FormProps) {
  const { t } = useTranslation(["webhooks", "shared"]);
  const create = useVerb(CreateEndpointDocument);
  const edit = useVerb(EditEndpointDocument);
  const verb = endpoint ? edit : create;
  const [name, setName] = useState(endpoint?.name ?? "");
  const [url, setUrl] = useState(endpoint?.url ?? "https://");
  const [events, setEvents] = useState<WebhookEvent[]>(endpoint?.events ?? EVENTS.slice(0, 4));
  const go = async () => {
    const input = { name, url, events };
    if (endpoint) {
      if (await edit.run({ input: { id: endpoint.id, ...input } })) onDone(null);
      return;
    }
    const done = await create.run({ input });
    if (done) onDone(done.createWebhook.secret);
  };
  const choose = (event: WebhookEvent, isChosen: boolean) =>
    setEvents(EVENTS.filter((each) => (each === event ? isChosen : events.includes(each))));
  const eventsFault = refusalOf(verb.refusals, "events");
  return (
    <Dialog title={t(endpoint ? "edit" : "add")} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <Field label={t("name")} fault={refusalOf(verb.refusals, "name")}>
          {(control) => (
            <input {...control} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label={t("url")} fault={refusalOf(verb.refusals, "url")}>
          {(control) => (
            <input
              {...control}
              inputMode="url"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <fieldset className={css.events}>
          <legend>{t("events")}</legend>
          {EVENTS.map((event) => (
            <label key={event}>
              <input
                type="checkbox"
                checked={events.includes(event)}
                onChange={({ target }) => choose(event, target.checked)}
              />{" "}
              {t(`event.${event}`)}
            </label>
          ))}
          {eventsFault !== undefined && (
            <p className={ui.fieldFault} role="alert">
              {eventsFault}
            </p>
          )}
        </fieldset>
        {verb.error && <Fault error={verb.error} />}
        <div className={ui.actions}>
          <Button look="primary" type="submit" disabled={verb.isRunning}>
            {t("shared:save")}
          </Button>
          <Button onClick={onClose}>{t("shared:cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
