// What an endpoint was told, or is still to be told; what failed is sent again by hand.
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import {
  EndpointMessagesDocument,
  RedeliverFailedMessagesDocument,
  RedeliverMessageDocument,
  type EndpointMessagesQuery,
  type WebhookDeliveryState,
} from "../../graphql";
import { usePages } from "../../shared/pages";
import { useWriting } from "../../shared/session/context";
import { Badge, Button, Choice, Fault, Table, ui, type Tone } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { useVerb } from "../../shared/verb";
import css from "./webhooks.module.css";

const STATES: WebhookDeliveryState[] = ["WAITING", "FAILED", "DELIVERED"];
const TONES: Record<WebhookDeliveryState, Tone> = {
  WAITING: "warn",
  FAILED: "bad",
  DELIVERED: "good",
};

type Node = Extract<NonNullable<EndpointMessagesQuery["node"]>, { deliveries: object }>;
type Message = Node["deliveries"]["nodes"][number];

export function Messages({ endpoint, onChanged }: { endpoint: string; onChanged: () => void }) {
  const { t } = useTranslation("webhooks");
  const [state, setState] = useState<WebhookDeliveryState | "">("");
  const variables = useMemo(
    () => ({ id: endpoint, filter: state ? { state: [state] } : null }),
    [endpoint, state],
  );
  const pages = usePages(EndpointMessagesDocument, variables, ({ node }) =>
    node && "deliveries" in node ? node.deliveries : null,
  );
  const all = useVerb(RedeliverFailedMessagesDocument);
  const again = () => {
    pages.readAgain();
    onChanged();
  };
  return (
    <div className={css.messages}>
      <div className={css.filters}>
        <Choice
          label={t("state")}
          value={state}
          options={[
            { value: "", label: t("anyState") },
            ...STATES.map((state) => ({ value: state, label: t(`states.${state}`) })),
          ]}
          onChange={setState}
        />
        <Button onClick={again}>{t("refresh")}</Button>
        <Button
          disabled={all.isRunning}
          onClick={() => void all.run({ id: endpoint }).then((done) => done && again())}
        >
          {t("redeliverAll")}
        </Button>
      </div>
      {all.error && <Fault error={all.error} />}
      {pages.nodes.length > 0 && (
        <Table label={t("messages")}>
          <tbody>
            {pages.nodes.map((message) => (
              <Row key={message.id} message={message} onDone={again} />
            ))}
          </tbody>
        </Table>
      )}
      <More pages={pages} nothing={t("noMessages")} />
    </div>
  );
}

function Row({ message, onDone }: { message: Message; onDone: () => void }) {
  const { t } = useTranslation("webhooks");
  const writing = useWriting();
  const redeliver = useVerb(RedeliverMessageDocument);
  const { state, lastStatus, lastError, nextTryAt } = message;
  const refusal = redeliver.refusals[0]?.message;
  return (
    <tr>
      <td>
        <Badge tone={TONES[state]}>{t(`states.${state}`)}</Badge>
      </td>
      <td>{t(`event.${message.event}`)}</td>
      <td>
        <bdi>{message.rep?.name}</bdi>
      </td>
      <td className={ui.nowrap}>{writing.dayAndTime(message.occurredAt)}</td>
      <td>
        {t("tries", { count: message.tries })}
        {lastStatus !== null && ` · ${lastStatus}`}
        {state !== "DELIVERED" && lastError !== null && (
          <span className={css.quiet}> · {lastError}</span>
        )}
        {state === "WAITING" && nextTryAt !== null && (
          <span className={css.quiet}> · {t("nextTry", { at: writing.time(nextTryAt) })}</span>
        )}
        {refusal !== undefined && (
          <p className={ui.fieldFault} role="alert">
            {refusal}
          </p>
        )}
      </td>
      <td>
        {state !== "WAITING" && (
          <Button
            disabled={redeliver.isRunning}
            onClick={() =>
              void redeliver.run({ id: message.id }).then((done) => done && onDone())
            }
          >
            {t("redeliver")}
          </Button>
        )}
      </td>
    </tr>
  );
}
