// The endpoints of other systems that are told what happens, and what became of their messages.
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { EndpointsDocument, type EndpointFragment } from "../../graphql";
import { usePages } from "../../shared/pages";
import { useSignedIn } from "../../shared/session/context";
import { Button, Empty, Note, Page, ui } from "../../shared/ui";
import { More } from "../../shared/ui/more";
import { Endpoint } from "./endpoint";
import { EndpointForm } from "./form";
import { Secret } from "./secret";
import css from "./webhooks.module.css";

export function Webhooks() {
  const { t } = useTranslation("webhooks");
  const { viewer } = useSignedIn();
  if (viewer.role === "ADMIN") return <Endpoints />;
  return (
    <Page title={t("title")}>
      <Empty>{t("adminsOnly")}</Empty>
    </Page>
  );
}

function Endpoints() {
  const { t } = useTranslation("webhooks");
  const variables = useMemo(() => ({}), []);
  const pages = usePages(EndpointsDocument, variables, (data) => data.webhooks);
  const [edited, setEdited] = useState<EndpointFragment | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const add = (
    <Button look="primary" onClick={() => setEdited("new")}>
      {t("add")}
    </Button>
  );
  return (
    <Page title={t("title")} actions={add}>
      <Note>{t("whatFor")}</Note>
      <ul className={css.endpoints}>
        {pages.nodes.map((endpoint) => (
          <li key={endpoint.id}>
            <Endpoint
              endpoint={endpoint}
              onEdit={() => setEdited(endpoint)}
              onSecret={setSecret}
              onChanged={pages.readAgain}
            />
          </li>
        ))}
      </ul>
      <More pages={pages} nothing={t("none")} />
      {edited !== null && (
        <EndpointForm
          endpoint={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
          onDone={(secret) => {
            setEdited(null);
            setSecret(secret);
            pages.readAgain();
          }}
        />
      )}
      {secret !== null && <Secret secret={secret} onClose={() => setSecret(null)} />}
      <p className={ui.hiddenText} role="status">
        {pages.totalCount !== null && t("count", { count: pages.totalCount })}
      </p>
    </Page>
  );
}
