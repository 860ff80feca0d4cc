// The rep's own standing: rank and targets, courses due, who looked at them.
import { useTranslation } from "react-i18next";

import { PocketMeDocument, type PocketMeQuery, type PocketPlaceFragment } from "../../graphql";
import { useSession, useSignedIn, useWriting } from "../../shared/session/context";
import { Preferences } from "../../shared/session/preferences";
import { Badge, Button, Card, Empty, Fault, Loading } from "../../shared/ui";
import css from "../pocket.module.css";
import { useEntries } from "../queue/context";
import { useRemembered } from "../remembered";

export function Me() {
  const { t } = useTranslation(["pocket", "shared"]);
  const session = useSession();
  const { viewer, writing } = useSignedIn();
  const variables = { period: { kind: "MONTH" as const, of: writing.dateOf(new Date()) } };
  const me = useRemembered(`me:${viewer.id}`, PocketMeDocument, variables);
  const waiting = useEntries().some(({ receipt }) => receipt === null);
  return (
    <section className={css.part}>
      <h1>
        <bdi>{viewer.name}</bdi>
      </h1>
      {!me.data && (me.error ? <Fault error={me.error} onRetry={me.again} /> : <Loading />)}
      {me.data && (
        <>
          <div className={css.places}>
            <Place title={t("shared:metric.REVENUE")} place={me.data.revenue} />
            <Place title={t("shared:metric.VISITS")} place={me.data.visits} />
          </div>
          <Courses standings={me.data.viewer?.courseStandings.nodes ?? []} />
          <Looks looks={me.data.accessLog.nodes} />
        </>
      )}
      <Card title={t("settings")}>
        <Preferences />
        {waiting && <p className={css.small}>{t("signOutKeeps")}</p>}
        <Button className={css.touch} onClick={() => void session.signOut()}>
          {t("shared:signIn.out")}
        </Button>
      </Card>
    </section>
  );
}

function Place({ title, place }: { title: string; place: PocketPlaceFragment }) {
  const { t } = useTranslation("pocket");
  const writing = useWriting();
  const { entry, groupSize, unit, currency } = place;
  const value = (of: string) => (unit === "MONEY" ? writing.money(of, currency) : writing.number(of));
  return (
    <Card title={title}>
      {entry ? (
        <>
          <p className={css.figure}>{entry.value === null ? "—" : value(entry.value)}</p>
          <p className={css.small}>
            {t("rank", { rank: entry.rank, of: groupSize })}
            {entry.rankDelta ? ` (${entry.rankDelta > 0 ? "▲" : "▼"}${Math.abs(entry.rankDelta)})` : ""}
          </p>
          {entry.target !== null && entry.attainment !== null && (
            <p className={css.small}>
              {t("target", { target: value(entry.target), attained: writing.percent(entry.attainment) })}
            </p>
          )}
        </>
      ) : (
        <Empty />
      )}
    </Card>
  );
}

type Standing = NonNullable<PocketMeQuery["viewer"]>["courseStandings"]["nodes"][number];

function Courses({ standings }: { standings: Standing[] }) {
  const { t } = useTranslation(["pocket", "shared"]);
  const writing = useWriting();
  const pressing = standings.filter(({ state }) => state !== "PASSED");
  return (
    <Card title={t("courses")}>
      {pressing.length === 0 && <p>{t("noCourses")}</p>}
      <ul className={css.rows}>
        {pressing.map((standing) => (
          <li key={standing.course?.id}>
            <bdi>{standing.course?.title}</bdi>
            <Badge tone={standing.state === "DUE" ? "warn" : "bad"}>
              {t(`shared:course.${standing.state}`)}
              {standing.dueAt && ` · ${writing.day(standing.dueAt)}`}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Looks({ looks }: { looks: PocketMeQuery["accessLog"]["nodes"] }) {
  const { t } = useTranslation("pocket");
  const writing = useWriting();
  return (
    <Card title={t("looks")}>
      {looks.length === 0 && <p>{t("noLooks")}</p>}
      <ul className={css.rows}>
        {looks.map((look) => (
          <li key={look.id}>
            <span>
              <b>
                <bdi>{look.viewerName}</bdi>
              </b>{" "}
              <span className={css.small}>
                <bdi>{look.purpose}</bdi>
              </span>
            </span>
            <span className={css.small}>{writing.dayAndTime(look.firstAt)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
