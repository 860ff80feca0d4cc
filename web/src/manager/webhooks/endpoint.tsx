// One endpoint: what it is told, how it does, and what can be done with it.
import { useState } from "react";
import { useTranslation } from "react-i18next";

import {
  EditEndpointDocument,
  RemoveEndpointDocument,
  RotateEndpointSecretDocument,
  TestEndpointDocument,
  type EndpointFragment,
} from "../../graphql";
import { useWriting } from "../../shared/session/context";
import { Badge, Button, Card, Dialog, Fault, ui } from "../../shared/ui";
import { useVerb } from "../../shared/verb";
import { Messages } from "./messages";
import css from "./webhooks.module.css";

interface EndpointProps {
  endpoint: EndpointFragment;
  onEdit: () => void;
  onSecret: (secret: string | null) => void;
  onChanged: () => void;
}

export function Endpoint({ endpoint, onEdit, onSecret, onChanged }: EndpointProps) {
  const { t } = useTranslation(["webhooks", "shared"]);
  const { id } = endpoint;
  const isEnabled = endpoint.disabledAt === null;
  const [asked, setAsked] = useState<"remove" | "rotate" | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [turn, setTurn] = useState(0);
  const test = useVerb(TestEndpointDocument);
  const edit = useVerb(EditEndpointDocument);
  const verbs = [test, edit];
  const told = () => {
    setOpen(true);
    setTurn(turn + 1);
    onChanged();
  };
  const actions = (
    <>
      <Button
        disabled={test.isRunning || !isEnabled}
        onClick={() => void test.run({ id }).then((done) => done && told())}
      >
        {t("test")}
      </Button>
      <Button onClick={onEdit}>{t("edit")}</Button>
      <Button
        disabled={edit.isRunning}
        onClick={() =>
          void edit.run({ input: { id, isEnabled: !isEnabled } }).then((done) => done && onChanged())
        }
      >
        {t(isEnabled ? "disable" : "enable")}
      </Button>
      <Button onClick={() => setAsked("rotate")}>{t("rotate")}</Button>
      <Button look="danger" onClick={() => setAsked("remove")}>
        {t("remove")}
      </Button>
    </>
  );
  return (
    <Card title={<bdi>{endpoint.name}</bdi>} actions={actions}>
      <Facts endpoint={endpoint} />
      {verbs.flatMap(({ refusals }) => refusals).map(({ message }) => (
        <p key={message} className={ui.fieldFault} role="alert">
          {message}
        </p>
      ))}
      {verbs.map(({ error }, i) => error && <Fault key={i} error={error} />)}
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          {t("messages")}
          {", "}
          {t("waiting", { count: endpoint.waiting.totalCount })}
          {", "}
          {t("failed", { count: endpoint.failed.totalCount })}
        </summary>
        {isOpen && <Messages key={turn} endpoint={id} onChanged={onChanged} />}
      </details>
      {asked === "remove" && (
        <Remove id={id} onClose={() => setAsked(null)} onDone={onChanged} />
      )}
      {asked === "rotate" && (
        <Rotate id={id} onClose={() => setAsked(null)} onSecret={onSecret} />
      )}
    </Card>
  );
}

function Facts({ endpoint }: { endpoint: EndpointFragment }) {
  const { t } = useTranslation("webhooks");
  const writing = useWriting();
  const { disabledAt, disabledReason, failingSince } = endpoint;
  return (
    <>
      <p>
        {disabledAt !== null ? (
          <Badge tone="bad">{t("disabledSince", { at: writing.dayAndTime(disabledAt) })}</Badge>
        ) : failingSince !== null ? (
          <Badge tone="warn">{t("failingSince", { at: writing.dayAndTime(failingSince) })}</Badge>
        ) : (
          <Badge tone="good">{t("enabled")}</Badge>
        )}{" "}
        <code className={css.url}>{endpoint.url}</code>
      </p>
      {disabledReason !== null && <p className={css.quiet}>{disabledReason}</p>}
      <p className={css.quiet}>{endpoint.events.map((event) => t(`event.${event}`)).join(" · ")}</p>
    </>
  );
}

function Remove(props: { id: string; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation(["webhooks", "shared"]);
  const remove = useVerb(RemoveEndpointDocument);
  const go = async () => {
    if (!(await remove.run({ id: props.id }))) return;
    props.onClose();
    props.onDone();
  };
  return (
    <Dialog title={t("remove")} onClose={props.onClose}>
      <p>{t("removeAsk")}</p>
      {remove.error && <Fault error={remove.error} />}
      <div className={ui.actions}>
        <Button look="danger" disabled={remove.isRunning} onClick={() => void go()}>
          {t("remove")}
        </Button>
        <Button onClick={props.onClose}>{t("shared:cancel")}</Button>
      </div>
    </Dialog>
  );
}

function Rotate(props: {
  id: string;
  onClose: () => void;
  onSecret: (secret: string | null) => void;
}) {
  const { t } = useTranslation(["webhooks", "shared"]);
  const rotate = useVerb(RotateEndpointSecretDocument);
  const go = async () => {
    const done = await rotate.run({ id: props.id });
    if (!done) return;
    props.onClose();
    props.onSecret(done.rotateWebhookSecret.secret);
  };
  return (
    <Dialog title={t("rotate")} onClose={props.onClose}>
      <p>{t("rotateAsk")}</p>
      {rotate.error && <Fault error={rotate.error} />}
      <div className={ui.actions}>
        <Button look="primary" disabled={rotate.isRunning} onClick={() => void go()}>
          {t("rotate")}
        </Button>
        <Button onClick={props.onClose}>{t("shared:cancel")}</Button>
      </div>
    </Dialog>
  );
}
