// One day of one rep: the way on the map with a replay, the visits, and why each is what it is.
import type { Map as MapLibre } from "maplibre-gl";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { useQuery } from "urql";

import { RepDayDocument, type DayVisitFragment, type RepDayQuery } from "../../graphql";
import { MapView } from "../../shared/map";
import type { Placing } from "../../shared/map/datum";
import { boundsOf, cornersOf, outlineOf } from "../../shared/map/shape";
import { placingOf } from "../../shared/map/tiles";
import { useSignedIn } from "../../shared/session/context";
import { addDays } from "../../shared/time";
import { Button, DateField, Empty, Fault, Loading, Note, Page, ui } from "../../shared/ui";
import css from "./day.module.css";
import { lengthOf, placeAt, type Reading } from "./replay";
import { TimeBar } from "./time-bar";
import { addDay, showHere, showVisits, showWay } from "./track";
import { Visits } from "./visits";

export function RepDay() {
  const { t } = useTranslation("repDay");
  const { id = "" } = useParams();
  const [params, setParams] = useSearchParams();
  const { writing } = useSignedIn();
  const today = writing.dateOf(new Date());
  const date = params.get("day") ?? today;
  const [{ data, error, fetching }, again] = useQuery({
    query: RepDayDocument,
    variables: { id, date },
  });
  const rep = data?.user;
  const go = (day: string) => setParams({ day }, { replace: true });
  return (
    <Page
      title={rep?.name ?? t("title")}
      actions={<DayChooser date={date} today={today} onChange={go} />}
    >
      {rep?.team && (
        <p>
          <Link to={`/?team=${rep.team.id}&rep=${rep.id}`}>
            <bdi>{rep.team.name}</bdi>
          </Link>
        </p>
      )}
      {error && <Fault error={error} onRetry={() => again({ requestPolicy: "network-only" })} />}
      {fetching && !data && <Loading />}
      {data && !rep && <Note>{t("gone")}</Note>}
      {rep?.day && rep.day.date === date && <Day key={date} day={rep.day} />}
    </Page>
  );
}

function DayChooser(props: { date: string; today: string; onChange: (day: string) => void }) {
  const { t } = useTranslation("repDay");
  const { date, today, onChange } = props;
  return (
    <div className={css.chooser}>
      <Button onClick={() => onChange(addDays(date, -1))}>{t("before")}</Button>
      <DateField
        label={t("day")}
        value={date}
        max={today}
        onChange={(day) => day && onChange(day)}
      />
      <Button disabled={date >= today} onClick={() => onChange(addDays(date, 1))}>
        {t("after")}
      </Button>
      <Button disabled={date === today} onClick={() => onChange(today)}>
        {t("today")}
      </Button>
    </div>
  );
}

export type DayOfRep = NonNullable<NonNullable<RepDayQuery["user"]>["day"]>;

function Day({ day }: { day: DayOfRep }) {
  const { t } = useTranslation("repDay");
  const { company } = useSignedIn();
  const place = useMemo(() => placingOf(company), [company]);
  const readings = useMemo<Reading[]>(
    () =>
      (day.track?.points ?? []).map(({ recordedAt, position }) => ({
        at: Date.parse(recordedAt),
        point: place.toMap(position),
      })),
    [day.track, place],
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const here = at === null ? null : placeAt(readings, at);
  if (readings.length === 0 && day.visits.nodes.length === 0 && day.plannedVisits.nodes.length === 0) {
    return <Empty>{t("nothing")}</Empty>;
  }
  return (
    <>
      <Totals day={day} metres={lengthOf(readings)} />
      <TimeBar
        day={day}
        readings={readings}
        at={at}
        isKnown={here?.isKnown ?? true}
        onMove={setAt}
        chosen={chosen}
        onChoose={setChosen}
      />
      <div className={css.columns}>
        <DayMap visits={day.visits.nodes} readings={readings} here={here} chosen={chosen} place={place} />
        <Visits day={day} chosen={chosen} onChoose={setChosen} />
      </div>
    </>
  );
}

interface DayMapProps {
  visits: DayVisitFragment[];
  readings: Reading[];
  here: ReturnType<typeof placeAt>;
  chosen: string | null;
  place: Placing;
}

function DayMap({ visits, readings, here, chosen, place }: DayMapProps) {
  const { t } = useTranslation("repDay");
  const [map, setMap] = useState<MapLibre | null>(null);
  const bounds = useMemo(() => {
    const outlines = visits.map((visit) => outlineOf(visit.geofenceVersion?.geojson, place));
    const corners = outlines.flatMap((outline) => (outline ? cornersOf(outline) : []));
    return boundsOf([...readings.map(({ point }) => point), ...corners]);
  }, [readings, visits, place]);
  const onReady = useCallback((map: MapLibre, dark: boolean) => {
    addDay(map, dark);
    setMap(map);
    return () => setMap(null);
  }, []);
  useEffect(() => {
    if (map) showWay(map, readings);
  }, [map, readings]);
  useEffect(() => {
    if (map) showVisits(map, visits, chosen, place);
  }, [map, visits, chosen, place]);
  useEffect(() => {
    if (map) showHere(map, here);
  });
  return (
    <div className={css.map}>
      <MapView label={t("mapLabel")} bounds={bounds} onReady={onReady} />
    </div>
  );
}

function Totals({ day, metres }: { day: DayOfRep; metres: number }) {
  const { t } = useTranslation("repDay");
  const { writing } = useSignedIn();
  const visits = day.visits.nodes;
  const end = (leftAt: string | null) => (leftAt === null ? Date.now() : Date.parse(leftAt));
  const stayed = visits.reduce(
    (all, visit) => all + Math.max(0, end(visit.leftAt) - Date.parse(visit.arrivedAt)),
    0,
  );
  return (
    <ul className={`${ui.actions} ${css.totals}`}>
      <li>{t("visits", { count: visits.length })}</li>
      <li>{t("atCustomers", { time: writing.duration(stayed / 1000) })}</li>
      <li>{t("travelled", { distance: writing.metres(metres) })}</li>
    </ul>
  );
}
