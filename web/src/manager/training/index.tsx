import { useTranslation } from "react-i18next";

import { Page } from "../../shared/ui";

export function Training() {
  const { t } = useTranslation("training");
  return <Page title={t("title")}>{null}</Page>;
}
