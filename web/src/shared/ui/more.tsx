// The foot of a list that grows: loading, fault, nothing, or a button for the next page.
import { useTranslation } from "react-i18next";

import type { Pages } from "../pages";
import { Button, Empty, Loading } from ".";
import { Fault } from "./fault";

export function More({ pages, nothing }: { pages: Pages<unknown>; nothing?: string }) {
  const { t } = useTranslation();
  if (pages.error) return <Fault error={pages.error} onRetry={pages.readAgain} />;
  if (pages.isReading) return <Loading />;
  if (pages.nodes.length === 0) return <Empty>{nothing}</Empty>;
  if (!pages.hasMore) return null;
  return <Button onClick={pages.readMore}>{t("more")}</Button>;
}
