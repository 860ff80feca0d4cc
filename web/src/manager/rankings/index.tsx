import { useTranslation } from "react-i18next";

import { Page } from "../../shared/ui";

export function Rankings() {
  const { t } = useTranslation("rankings");
  return <Page title={t("title")}>{null}</Page>;
}
