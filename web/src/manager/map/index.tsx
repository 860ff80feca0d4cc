// The live map: where the reps of one's own teams are, and beside it the same as a list.
import type { Map as MapLibre } from "maplibre-gl";
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSignedIn } from "../../shared/session/context";
import { MapView } from "../../shared/map";
import { boundsOf } from "../../shared/map/shape";
import { placingOf } from "../../shared/map/tiles";
import { ui } from "../../shared/ui";
import { ActivityControl, useActivity } from "./activity";
import { useChoice } from "./choice";
import { ConnectionBar } from "./connection";
import { useFences } from "./fences";
import { Filters } from "./filters";
import { addGround } from "./ground";
import { RepList } from "./list";
import css from "./map.module.css";
import { addMarks, marksOf, markSelected, onMarkPressed, showMarks } from "./marks";
import { SelectedRep } from "./selected";
import { chosen } from "./sifting";
import { useLive } from "./use-live";

export function LiveMap() {
  const { t } = useTranslation("map");
  const { company } = useSignedIn();
  const place = useMemo(() => placingOf(company), [company]);
  const [choice, change] = useChoice();
  const { live, now } = useLive(choice.team);
  const [map, setMap] = useState<MapLibre | null>(null);
  const all = useMemo(() => [...live.reps.values()], [live.reps]);
  const shown = useDeferredValue(useMemo(() => chosen(all, choice), [all, choice]));
  const isLive = live.connection === "live";
  const bounds = useMemo(
    () => boundsOf(shown.flatMap((rep) => (rep.position ? [place.toMap(rep.position)] : []))),
    [shown, place],
  );
  const age = useAge();
  const select = useCallback((rep: string | null) => change({ rep }), [change]);

  useEffect(() => {
    document.title = `${t("title")} · Fieldhub`;
  }, [t]);

  const onReady = useCallback((map: MapLibre, dark: boolean) => {
    addGround(map, dark);
    addMarks(map, dark);
    setMap(map);
    return () => setMap(null);
  }, []);

  useEffect(() => {
    if (map) onMarkPressed(map, (rep) => select(rep));
  }, [map, select]);

  useEffect(() => {
    if (!map) return;
    const label = (rep: { rep: { name: string }; heardAt: number | null }) => {
      const old = rep.heardAt === null ? "" : age(rep.heardAt, now);
      return old ? `${rep.rep.name}\n${old}` : rep.rep.name;
    };
    showMarks(map, marksOf(shown, place, isLive, label));
  }, [map, shown, place, isLive, now, age]);

  const selected = choice.rep === null ? undefined : live.reps.get(choice.rep);
  const selectedPlace = selected?.position ? place.toMap(selected.position) : null;
  useEffect(() => {
    if (map) markSelected(map, choice.rep);
    if (map && selectedPlace) map.easeTo({ center: selectedPlace, zoom: Math.max(map.getZoom(), 15) });
    // Going to a rep is one move: the map does not follow them.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, choice.rep]);

  useFences(map, place);
  const activity = useActivity(map, place, choice.activity);
  const fit = () => bounds && map?.fitBounds(bounds, { padding: 60, maxZoom: 15 });

  return (
    <div className={css.page}>
      <h1 className={ui.hiddenText}>{t("title")}</h1>
      <section className={css.side} aria-label={t("title")}>
        <ConnectionBar live={live} />
        <Filters all={all} choice={choice} change={change} />
        {selected && (
          <SelectedRep rep={selected} now={now} isLive={isLive} onClose={() => select(null)} />
        )}
        <RepList reps={shown} now={now} isLive={isLive} selected={choice.rep} onSelect={select} />
      </section>
      <div className={css.map} data-lost={live.connection === "lost" || undefined}>
        <MapView label={t("mapLabel")} bounds={bounds} onReady={onReady} />
        <ActivityControl choice={choice} change={change} activity={activity} onFit={fit} />
      </div>
    </div>
  );
}

/** "3 min", of what was heard more than a minute ago; what is fresh needs no word. */
function useAge(): (heardAt: number, now: number) => string {
  const { writing } = useSignedIn();
  return useCallback(
    (heardAt, now) => (now - heardAt < 60_000 ? "" : writing.duration((now - heardAt) / 1000)),
    [writing],
  );
}
