// What waits for a manager: arrivals out of range, points kept aside, tracks that fail.
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useQuery } from "urql";

import { ReviewCountsDocument } from "../../graphql";
import { useSignedIn } from "../../shared/session/context";
import { Page, ui } from "../../shared/ui";
import { Arrivals } from "./arrivals";
import { Quarantined } from "./quarantined";
import { Stalled } from "./stalled";

const TABS = ["arrivals", "quarantine", "decided", "stalled"] as const;
type Tab = (typeof TABS)[number];

export function Review() {
  const { t } = useTranslation("review");
  const [params] = useSearchParams();
  const { viewer } = useSignedIn();
  const tab = TABS.find((tab) => tab === params.get("tab")) ?? "arrivals";
  const [{ data }, recount] = useQuery({ query: ReviewCountsDocument });
  const counts: Partial<Record<Tab, number>> = {
    arrivals: data?.arrivals.totalCount,
    quarantine: data?.quarantined.totalCount,
  };
  const again = () => recount({ requestPolicy: "network-only" });
  const tabs = TABS.filter((tab) => tab !== "stalled" || viewer.role === "ADMIN");
  return (
    <Page title={t("title")}>
      <nav className={ui.tabs} aria-label={t("title")}>
        {tabs.map((each) => (
          <Link
            key={each}
            className={ui.tab}
            to={`?tab=${each}`}
            aria-current={each === tab ? "page" : undefined}
          >
            {t(`tab.${each}`)} {counts[each] !== undefined && `(${counts[each]})`}
          </Link>
        ))}
      </nav>
      {tab === "arrivals" && <Arrivals key="open" isDecided={false} onDecided={again} />}
      {tab === "decided" && <Arrivals key="decided" isDecided onDecided={again} />}
      {tab === "quarantine" && <Quarantined onDecided={again} />}
      {tab === "stalled" && <Stalled />}
    </Page>
  );
}
