import { useTranslation } from "react-i18next";

import { Page } from "../../shared/ui";

export function LiveMap() {
  const { t } = useTranslation("map");
  return <Page title={t("title")}>{null}</Page>;
}
