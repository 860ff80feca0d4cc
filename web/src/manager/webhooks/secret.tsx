// A secret, shown once: the hub never tells it again.
import { useTranslation } from "react-i18next";

import { Button, Dialog, Note, ui } from "../../shared/ui";
import css from "./webhooks.module.css";

export function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  return (
    <Dialog title={t("secret")} onClose={onClose}>
      <Note tone="warning">{t("secretOnce")}</Note>
      <code className={css.secret} tabIndex={0}>
        {secret}
      </code>
      <div className={ui.actions}>
        <Button look="primary" onClick={onClose}>
          {t("kept")}
        </Button>
      </div>
    </Dialog>
  );
}
