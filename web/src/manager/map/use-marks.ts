// Keeps the marks on the map what the page knows.
import type { Map as MapLibre } from "maplibre-gl";
import { useCallback, useEffect } from "react";

import type { Placing } from "../../shared/map/datum";
import { useWriting } from "../../shared/session/context";
import type { Seen } from "./live";
import { marksOf, markSelected, onMarkPressed, showMarks } from "./marks";

/** What is fresher than this needs no word. */
const FRESH_MS = 60_000;
const CLOSE_ZOOM = 15;

interface Marks {
  reps: Seen[];
  place: Placing;
  isLive: boolean;
  now: number;
}

export function useMarks(map: MapLibre | null, { reps, place, isLive, now }: Marks): void {
  const writing = useWriting();
  const label = useCallback(
    ({ rep, heardAt }: Seen) =>
      heardAt === null || now - heardAt < FRESH_MS
        ? rep.name
        : `${rep.name}\n${writing.duration((now - heardAt) / 1000)}`,
    [writing, now],
  );
  useEffect(() => {
    if (map) showMarks(map, marksOf(reps, place, isLive, label));
  }, [map, reps, place, isLive, label]);
}

/** Marks the selected rep and goes there once: the map does not follow them. */
export function useSelection(
  map: MapLibre | null,
  selected: Seen | undefined,
  place: Placing,
  select: (rep: string) => void,
): void {
  useEffect(() => {
    if (map) onMarkPressed(map, select);
  }, [map, select]);
  const id = selected?.rep.id ?? null;
  useEffect(() => {
    if (!map) return;
    markSelected(map, id);
    if (!selected?.position) return;
    const center = place.toMap(selected.position);
    map.easeTo({ center, zoom: Math.max(map.getZoom(), CLOSE_ZOOM) });
  }, [map, id]);
}
