// One map as a part of a page: made once, told of its layers by whoever uses it.
import "maplibre-gl/dist/maplibre-gl.css";

import {
  AttributionControl,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type LngLatBoundsLike,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { useSignedIn } from "../session/context";
import { isDark, onThemeChange } from "../theme";
import css from "./map.module.css";
import { groundStyle } from "./style";
import { tilesOf } from "./tiles";

setWorkerUrl(workerUrl);

interface MapViewProps {
  label: string;
  /** Where to look first, west south east north; changes move the view only before the first use. */
  bounds: LngLatBoundsLike | null;
  /** Called when the map is ready, and again after its ground has changed; returns what undoes it. */
  onReady: (map: MapLibre, dark: boolean) => (() => void) | void;
}

export function MapView({ label, bounds, onReady }: MapViewProps) {
  const { company } = useSignedIn();
  const dark = useSyncExternalStore(onThemeChange, isDark);
  const { t, i18n } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [isBroken, setBroken] = useState(false);
  const first = useRef(bounds);
  const tiles = tilesOf(company);
  const { language } = i18n;

  useEffect(() => {
    const made = place.current && makeMap(place.current, first.current, label);
    if (!made) setBroken(true);
    setMap(made);
    return () => made?.remove();
  }, [label]);

  useEffect(() => {
    if (!map) return;
    let undo: (() => void) | void;
    let isGone = false;
    const ready = () => {
      if (!isGone) undo = onReady(map, dark);
    };
    void groundStyle(dark, tiles, language).then((style) => {
      if (isGone) return;
      map.once("style.load", ready);
      map.setStyle(style, { diff: false });
    });
    return () => {
      isGone = true;
      undo?.();
    };
    // The tiles are settings: they do not change under an open page.
  }, [map, dark, language, onReady]);

  useEffect(() => {
    if (map && bounds && !first.current) {
      first.current = bounds;
      map.fitBounds(bounds, { padding: 60, maxZoom: 15, animate: false });
    }
  }, [map, bounds]);

  return (
    <div className={css.place}>
      <div ref={place} className={css.map} />
      {isBroken && <p className={css.broken}>{t("noMap")}</p>}
    </div>
  );
}

/** Null where the browser can draw no map; the lists beside it say the same. */
function makeMap(
  container: HTMLElement,
  bounds: LngLatBoundsLike | null,
  label: string,
): MapLibre | null {
  try {
    const map = new MapLibre({
      container,
      style: { version: 8, sources: {}, layers: [] },
      attributionControl: false,
      dragRotate: false,
      maxPitch: 0,
      ...(bounds ? { bounds, fitBoundsOptions: { padding: 60, maxZoom: 15 } } : { zoom: 1 }),
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }));
    map.addControl(new ScaleControl());
    map.addControl(new AttributionControl({ compact: true }));
    map.getCanvas().setAttribute("aria-label", label);
    return map;
  } catch {
    return null;
  }
}
