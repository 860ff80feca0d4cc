import { useTranslation } from "react-i18next";

import { Page } from "../../shared/ui";

export function RepDay() {
  const { t } = useTranslation("repDay");
  return <Page title={t("title")}>{null}</Page>;
}
