import { useTranslation } from "react-i18next";

import { Page } from "../../shared/ui";

export function AccessLog() {
  const { t } = useTranslation("accessLog");
  return <Page title={t("title")}>{null}</Page>;
}
