// The hexagons of activity: a layer that can be put on, for a period up to today.
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "urql";

import { ActivityMapDocument, type PeriodKind } from "../../graphql";
import type { Placing } from "../../shared/map/datum";
import { useSignedIn } from "../../shared/session/context";
import { Button, Fault } from "../../shared/ui";
import type { Failure } from "../../shared/ui/fault";
import type { MapChoice } from "./choice";
import { onActivityPointed, rectangleOf, resolutionAt, showActivity } from "./ground";
import css from "./map.module.css";

const PERIODS: PeriodKind[] = ["DAY", "WEEK", "MONTH"];

export interface Activity {
  cell: { checkIns: number; visits: number; reps: number; customers: number } | null;
  error: Failure | null;
}

export function useActivity(map: MapLibre | null, place: Placing, kind: PeriodKind | null): Activity {
  const client = useClient();
  const { writing } = useSignedIn();
  const [cell, setCell] = useState<Activity["cell"]>(null);
  const [error, setError] = useState<Failure | null>(null);

  useEffect(() => {
    if (map) onActivityPointed(map, setCell);
  }, [map]);

  useEffect(() => {
    if (!map) return;
    if (kind === null) {
      showActivity(map, null, place);
      setError(null);
      return;
    }
    let turn = 0;
    const show = async () => {
      const mine = ++turn;
      const { data, error } = await client.query(ActivityMapDocument, {
        bbox: rectangleOf(map.getBounds(), place),
        period: { kind, of: writing.dateOf(new Date()) },
        resolution: resolutionAt(map.getZoom()),
      });
      if (mine !== turn) return;
      setError(error ?? null);
      if (data) showActivity(map, data, place);
    };
    const rested = () => void show();
    map.on("moveend", rested);
    rested();
    return () => {
      turn = -1;
      map.off("moveend", rested);
    };
  }, [map, place, kind, client, writing]);

  return { cell, error };
}

interface ActivityControlProps {
  choice: MapChoice;
  change: (change: Partial<MapChoice>) => void;
  activity: Activity;
  onFit: () => void;
}

export function ActivityControl({ choice, change, activity, onFit }: ActivityControlProps) {
  const { t } = useTranslation(["map", "shared"]);
  return (
    <div className={css.layers}>
      <div className={css.layerButtons} role="group" aria-label={t("activity")}>
        <Button onClick={onFit}>{t("fit")}</Button>
        <span className={css.what}>{t("activity")}</span>
        {PERIODS.map((kind) => (
          <Button
            key={kind}
            aria-pressed={choice.activity === kind}
            onClick={() => change({ activity: choice.activity === kind ? null : kind })}
          >
            {t(`shared:period.${kind}`)}
          </Button>
        ))}
      </div>
      {choice.activity && activity.cell && (
        <p className={css.cell}>{t("activityCell", { ...activity.cell })}</p>
      )}
      {activity.error && <Fault error={activity.error} />}
    </div>
  );
}
