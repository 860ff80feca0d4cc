// The live map: where the reps of one's own teams are, and beside it the same as a list.
import type { Map as MapLibre } from "maplibre-gl";
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { MapView } from "../../shared/map";
import { boundsOf } from "../../shared/map/shape";
import { placingOf } from "../../shared/map/tiles";
import { useSignedIn } from "../../shared/session/context";
import { ui } from "../../shared/ui";
import { ActivityControl, useActivity } from "./activity";
import { useChoice } from "./choice";
import { ConnectionBar } from "./connection";
import { useFences } from "./fences";
import { Filters } from "./filters";
import { addGround } from "./ground";
import { RepList } from "./list";
import css from "./map.module.css";
import { addMarks } from "./marks";
import { SelectedRep } from "./selected";
import { chosen } from "./sifting";
import { useLive } from "./use-live";
import { useMarks, useSelection } from "./use-marks";

export function LiveMap() {
  const { t } = useTranslation("map");
  const { company } = useSignedIn();
  const place = useMemo(() => placingOf(company), [company]);
  const [choice, change] = useChoice();
  const { live, now } = useLive(choice.team);
  const [map, setMap] = useState<MapLibre | null>(null);
  const all = useMemo(() => [...live.reps.values()], [live.reps]);
  const reps = useDeferredValue(useMemo(() => chosen(all, choice), [all, choice]));
  const isLive = live.connection === "live";
  const bounds = useMemo(
    () => boundsOf(reps.flatMap((rep) => (rep.position ? [place.toMap(rep.position)] : []))),
    [reps, place],
  );
  const select = useCallback((rep: string | null) => change({ rep }), [change]);
  const selected = choice.rep === null ? undefined : live.reps.get(choice.rep);
  useEffect(() => {
    document.title = `${t("title")} · Fieldhub`;
  }, [t]);
  const onReady = useCallback((map: MapLibre, dark: boolean) => {
    addGround(map, dark);
    addMarks(map, dark);
    setMap(map);
    return () => setMap(null);
  }, []);
  useMarks(map, { reps, place, isLive, now });
  useSelection(map, selected, place, select);
  useFences(map, place);
  const activity = useActivity(map, place, choice.activity);
  const fit = () => bounds && map?.fitBounds(bounds, { padding: 60, maxZoom: 15 });
  const shown = { now, isLive };
  return (
    <div className={css.page}>
      <h1 className={ui.hiddenText}>{t("title")}</h1>
      <section className={css.side} aria-label={t("title")}>
        <ConnectionBar live={live} />
        <Filters all={all} choice={choice} change={change} />
        {selected && <SelectedRep rep={selected} {...shown} onClose={() => select(null)} />}
        <RepList reps={reps} {...shown} selected={choice.rep} onSelect={select} />
      </section>
      <div className={css.map} data-lost={live.connection === "lost" || undefined}>
        <MapView label={t("mapLabel")} bounds={bounds} onReady={onReady} />
        <ActivityControl choice={choice} change={change} activity={activity} onFit={fit} />
      </div>
    </div>
  );
}
