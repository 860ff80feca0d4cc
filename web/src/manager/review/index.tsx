import { useTranslation } from "react-i18next";

import { Page } from "../../shared/ui";

export function Review() {
  const { t } = useTranslation("review");
  return <Page title={t("title")}>{null}</Page>;
}
