import { useTranslation } from "react-i18next";

import { Page } from "../../shared/ui";

export function Customers() {
  const { t } = useTranslation("customers");
  return <Page title={t("title")}>{null}</Page>;
}
