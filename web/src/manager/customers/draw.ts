// Drawing a geofence with pointer and finger: corners and centres that can be placed and dragged.
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent, MapTouchEvent } from "maplibre-gl";

import { distanceM, pointAt } from "../../shared/map/circle";
import type { LngLat, Placing } from "../../shared/map/datum";
import { palette } from "../../shared/map/style";
import { preview, withCorner, withNewCorner, type Shape } from "./draft";

const [DRAFT, HANDLES, FAULT] = ["draft", "handles", "fault"] as const;

type Role = "corner" | "between" | "centre" | "edge";

const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features,
});

export function addDrawing(map: MapLibre, dark: boolean): void {
  const { accent, halo } = palette(dark);
  for (const id of [DRAFT, HANDLES, FAULT]) {
    map.addSource(id, { type: "geojson", data: collection([]) });
  }
  map.addLayer({
    id: DRAFT,
    type: "fill",
    source: DRAFT,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": accent, "fill-opacity": 0.2 },
  });
  map.addLayer({
    id: "draft-edge",
    type: "line",
    source: DRAFT,
    paint: { "line-color": accent, "line-width": 2.5 },
  });
  map.addLayer({
    id: HANDLES,
    type: "circle",
    source: HANDLES,
    paint: {
      "circle-radius": ["case", ["==", ["get", "role"], "between"], 5, 8],
      "circle-color": ["case", ["==", ["get", "role"], "between"], accent, halo],
      "circle-opacity": ["case", ["==", ["get", "role"], "between"], 0.6, 1],
      "circle-stroke-color": accent,
      "circle-stroke-width": ["case", ["==", ["get", "role"], "between"], 0, 3],
    },
  });
  map.addLayer({
    id: FAULT,
    type: "circle",
    source: FAULT,
    paint: {
      "circle-radius": 14,
      "circle-color": "transparent",
      "circle-stroke-color": dark ? "#ff8a80" : "#b3261e",
      "circle-stroke-width": 4,
    },
  });
}

export function showDraft(map: MapLibre, shape: Shape | null, place: Placing): void {
  const features = (shape ? preview(shape) : []).map(
    (geometry): GeoJSON.Feature => ({
      type: "Feature",
      properties: {},
      geometry: place.geometryToMap(geometry),
    }),
  );
  void map.getSource<GeoJSONSource>(DRAFT)?.setData(collection(features));
  const handles = shape ? handlesOf(shape) : [];
  void map.getSource<GeoJSONSource>(HANDLES)?.setData(
    collection(
      handles.map(({ role, at, point: [longitude, latitude] }) => ({
        type: "Feature",
        properties: { role, at },
        geometry: { type: "Point", coordinates: place.toMap({ latitude, longitude }) },
      })),
    ),
  );
}

export function showFault(
  map: MapLibre,
  fault: { latitude: number; longitude: number } | null,
  place: Placing,
): void {
  const features: GeoJSON.Feature[] = fault
    ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: place.toMap(fault) } }]
    : [];
  void map.getSource<GeoJSONSource>(FAULT)?.setData(collection(features));
}

function handlesOf(shape: Shape): { role: Role; at: number; point: LngLat }[] {
  if (shape.kind === "circle") {
    if (!shape.centre) return [];
    return [
      { role: "edge", at: 0, point: pointAt(shape.centre, shape.radiusM, 90) },
      { role: "centre", at: 0, point: shape.centre },
    ];
  }
  const { corners } = shape;
  const between = corners.length < 2 ? [] : corners.map((corner, i) => middle(corner, corners[(i + 1) % corners.length]!));
  return [
    ...between.map((point, i) => ({ role: "between" as const, at: i + 1, point })),
    ...corners.map((point, at) => ({ role: "corner" as const, at, point })),
  ];
}

const middle = ([a, b]: LngLat, [c, d]: LngLat): LngLat => [(a + c) / 2, (b + d) / 2];

/** Lets the shape be drawn until the returned function is called. */
export function letDraw(
  map: MapLibre,
  place: Placing,
  current: () => Shape,
  change: (shape: Shape) => void,
): () => void {
  let held: { role: Role; at: number } | null = null;
  const at = (event: MapMouseEvent | MapTouchEvent) => place.fromMap([event.lngLat.lng, event.lngLat.lat]);

  const press = (event: MapMouseEvent | MapTouchEvent) => {
    const [handle] = map.queryRenderedFeatures(event.point, { layers: [HANDLES] });
    if (!handle) return;
    event.preventDefault();
    held = handle.properties as { role: Role; at: number };
    if (held.role !== "between") return;
    change(withNewCorner(current(), held.at, at(event)));
    held = { role: "corner", at: held.at };
  };
  const drag = (event: MapMouseEvent | MapTouchEvent) => {
    if (held) change(dragged(current(), held, at(event)));
  };
  const release = () => {
    held = null;
  };
  const click = (event: MapMouseEvent) => {
    if (map.queryRenderedFeatures(event.point, { layers: [HANDLES] }).length > 0) return;
    const shape = current();
    if (shape.kind === "circle") change({ ...shape, centre: at(event) });
    else change(withNewCorner(shape, shape.corners.length, at(event)));
  };

  const listening = [
    map.on("mousedown", press),
    map.on("mousemove", drag),
    map.on("mouseup", release),
    map.on("click", click),
    map.on("touchstart", press),
    map.on("touchmove", drag),
    map.on("touchend", release),
  ];
  map.getCanvas().style.cursor = "crosshair";
  return () => {
    for (const each of listening) each.unsubscribe();
    map.getCanvas().style.cursor = "";
  };
}

function dragged(shape: Shape, { role, at }: { role: Role; at: number }, to: LngLat): Shape {
  if (shape.kind === "polygon") return withCorner(shape, at, to);
  if (role === "centre" || !shape.centre) return { ...shape, centre: to };
  return { ...shape, radiusM: Math.max(1, Math.round(distanceM(shape.centre, to))) };
}
