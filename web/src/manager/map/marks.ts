// The reps on the map: what is drawn for each, and the layers that draw it.
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";

import type { Placing } from "../../shared/map/datum";
import { FONT, palette } from "../../shared/map/style";
import type { Seen } from "./live";
import { stateIcons } from "./state-icons";

export const REPS = "reps";
const SELECTED = "selected";
/** Closer than this every rep is drawn alone. */
const CLUSTER_UP_TO_ZOOM = 13;
/** Metres a pixel of 512-pixel tiles at zoom 0 on the equator. */
const METRES_A_PIXEL = 78_271.517;

/** What is drawn: positions alone, each with its name and how old it is. */
export function marksOf(
  reps: Iterable<Seen>,
  place: Placing,
  isLive: boolean,
  label: (rep: Seen) => string,
): GeoJSON.FeatureCollection<GeoJSON.Point> {
  const features: GeoJSON.Feature<GeoJSON.Point>[] = [];
  for (const rep of reps) {
    if (!rep.position) continue;
    const radius = (rep.errorRadiusM ?? 0) / METRES_A_PIXEL;
    features.push({
      type: "Feature",
      properties: {
        id: rep.rep.id,
        // What is no longer pushed is not shown as if it were.
        state: isLive ? rep.state : "STALE",
        label: label(rep),
        radius: radius / Math.cos((rep.position.latitude * Math.PI) / 180),
      },
      geometry: { type: "Point", coordinates: place.toMap(rep.position) },
    });
  }
  return { type: "FeatureCollection", features };
}

/** Adds the layers; the marks themselves come by `showMarks`. */
export function addMarks(map: MapLibre, dark: boolean): void {
  const colours = palette(dark);
  for (const [name, image] of stateIcons(colours)) {
    map.addImage(name, image, { pixelRatio: 2 });
  }
  map.addSource(REPS, {
    type: "geojson",
    data: { type: "FeatureCollection", features: [] },
    cluster: true,
    clusterRadius: 48,
    clusterMaxZoom: CLUSTER_UP_TO_ZOOM,
    clusterProperties: {
      atCustomer: ["+", ["case", ["==", ["get", "state"], "AT_CUSTOMER"], 1, 0]],
    },
  });
  addErrorCircles(map, dark);
  addClusters(map, dark);
  map.addLayer({
    id: SELECTED,
    type: "circle",
    source: REPS,
    filter: ["==", ["get", "id"], ""],
    paint: {
      "circle-radius": 20,
      "circle-color": "transparent",
      "circle-stroke-color": colours.ink,
      "circle-stroke-width": 2.5,
    },
  });
  map.addLayer({
    id: REPS,
    type: "symbol",
    source: REPS,
    filter: ["!", ["has", "point_count"]],
    layout: {
      "icon-image": ["get", "state"],
      "icon-allow-overlap": true,
      "text-field": ["step", ["zoom"], "", 11, ["get", "label"]],
      "text-font": FONT,
      "text-size": 12,
      "text-anchor": "top",
      "text-offset": [0, 1.25],
      "text-optional": true,
    },
    paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.5 },
  });
}

function addErrorCircles(map: MapLibre, dark: boolean): void {
  const { states, accent } = palette(dark);
  const colour = ["match", ["get", "state"], ...Object.entries(states).flat(), accent];
  map.addLayer({
    id: "error-circles",
    type: "circle",
    source: REPS,
    filter: ["!", ["has", "point_count"]],
    minzoom: 12,
    paint: {
      "circle-radius": [
        "interpolate",
        ["exponential", 2],
        ["zoom"],
        0,
        ["get", "radius"],
        24,
        ["*", ["get", "radius"], 2 ** 24],
      ],
      "circle-color": colour as never,
      "circle-opacity": 0.12,
      "circle-stroke-color": colour as never,
      "circle-stroke-width": 1,
      "circle-stroke-opacity": 0.5,
    },
  });
}

function addClusters(map: MapLibre, dark: boolean): void {
  const colours = palette(dark);
  map.addLayer({
    id: "clusters",
    type: "circle",
    source: REPS,
    filter: ["has", "point_count"],
    paint: {
      "circle-color": colours.accent,
      "circle-radius": ["step", ["get", "point_count"], 17, 10, 21, 100, 26, 1000, 32],
      "circle-stroke-color": colours.states["AT_CUSTOMER"]!,
      // The wider the ring, the more of them are at a customer.
      "circle-stroke-width": ["+", 1, ["*", 7, ["/", ["get", "atCustomer"], ["get", "point_count"]]]],
    },
  });
  map.addLayer({
    id: "cluster-counts",
    type: "symbol",
    source: REPS,
    filter: ["has", "point_count"],
    layout: {
      "text-field": ["get", "point_count_abbreviated"],
      "text-font": FONT,
      "text-size": 13,
      "text-allow-overlap": true,
    },
    paint: { "text-color": colours.accentInk },
  });
}

export function showMarks(map: MapLibre, marks: GeoJSON.FeatureCollection): void {
  void map.getSource<GeoJSONSource>(REPS)?.setData(marks);
}

export function markSelected(map: MapLibre, id: string | null): void {
  if (map.getLayer(SELECTED)) map.setFilter(SELECTED, ["==", ["get", "id"], id ?? ""]);
}

/** Tells which rep was pressed; a press on a cluster goes closer. */
export function onMarkPressed(map: MapLibre, pressed: (id: string) => void): void {
  map.on("click", REPS, (event) => {
    const id: unknown = event.features?.[0]?.properties["id"];
    if (typeof id === "string") pressed(id);
  });
  map.on("click", "clusters", (event) => {
    const cluster = event.features?.[0];
    const source = map.getSource<GeoJSONSource>(REPS);
    if (!cluster || cluster.geometry.type !== "Point" || !source) return;
    const center = cluster.geometry.coordinates as [number, number];
    void source
      .getClusterExpansionZoom(Number(cluster.properties["cluster_id"]))
      .then((zoom) => map.easeTo({ center, zoom: zoom + 0.5 }));
  });
  for (const layer of [REPS, "clusters"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
}
