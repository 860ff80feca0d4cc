// A geofence while it is drawn, in the hub's datum. Pure.
import type { CustomerFenceFragment, ShapeInput } from "../../graphql";
import { circlePolygon } from "../../shared/map/circle";
import type { LngLat } from "../../shared/map/datum";
import type { Otherwise } from "./trial";

export type Shape =
  | { kind: "circle"; centre: LngLat | null; radiusM: number }
  | { kind: "polygon"; corners: LngLat[] };

export interface Draft {
  /** The fence that is changed; null draws a new one. */
  fence: string | null;
  name: string;
  shape: Shape;
}

const FIRST_RADIUS_M = 80;

export const newCircle = (): Draft => ({
  fence: null,
  name: "",
  shape: { kind: "circle", centre: null, radiusM: FIRST_RADIUS_M },
});

export const newPolygon = (): Draft => ({
  fence: null,
  name: "",
  shape: { kind: "polygon", corners: [] },
});

/** A fence as it stands, to be changed; null of one with holes or several parts. */
export function draftOf({ id, name, current }: CustomerFenceFragment): Draft | null {
  if (!current) return null;
  const draft = { fence: id, name: name ?? "" };
  if (current.circle) {
    const { centre, radiusM } = current.circle;
    return { ...draft, shape: { kind: "circle", centre: [centre.longitude, centre.latitude], radiusM } };
  }
  const ring = onlyRing(current.geojson as GeoJSON.Polygon | GeoJSON.MultiPolygon);
  return ring && { ...draft, shape: { kind: "polygon", corners: ring.slice(0, -1) } };
}

function onlyRing(geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon): LngLat[] | null {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const [rings] = parts;
  return parts.length === 1 && rings?.length === 1 ? (rings[0] as LngLat[]) : null;
}

/** Null while there is not enough to judge; everything else is the hub's to judge. */
export function shapeInput(shape: Shape): ShapeInput | null {
  if (shape.kind === "circle") {
    if (!shape.centre) return null;
    const [longitude, latitude] = shape.centre;
    return { circle: { longitude, latitude, radiusM: shape.radiusM } };
  }
  const ring = closed(shape.corners);
  return ring && { polygon: { type: "Polygon", coordinates: [ring] } };
}

/** The draft as a trial takes it; null while there is not enough to judge. */
export function otherwise(customer: string, { fence, name, shape }: Draft): Otherwise | null {
  const input = shapeInput(shape);
  if (!input) return null;
  return fence === null
    ? { draw: [{ customerId: customer, name: name.trim() || null, shape: input }] }
    : { edit: [{ id: fence, shape: input }] };
}

/** What is seen of it while it is drawn: the area, and the edge even of a shape without one. */
export function preview(shape: Shape): (GeoJSON.Polygon | GeoJSON.LineString)[] {
  if (shape.kind === "circle") {
    return shape.centre && shape.radiusM > 0 ? [circlePolygon(shape.centre, shape.radiusM)] : [];
  }
  const ring = closed(shape.corners) ?? shape.corners;
  if (ring.length < 2) return [];
  const edge: GeoJSON.LineString = { type: "LineString", coordinates: ring };
  return ring.length < 4 ? [edge] : [{ type: "Polygon", coordinates: [ring] }, edge];
}

function closed(corners: LngLat[]): LngLat[] | null {
  return corners.length < 3 ? null : [...corners, corners[0]!];
}

export function withCorner(shape: Shape, at: number, corner: LngLat): Shape {
  if (shape.kind !== "polygon") return shape;
  return { ...shape, corners: shape.corners.map((old, i) => (i === at ? corner : old)) };
}

export function withNewCorner(shape: Shape, at: number, corner: LngLat): Shape {
  if (shape.kind !== "polygon") return shape;
  return { ...shape, corners: shape.corners.toSpliced(at, 0, corner) };
}

export function withoutCorner(shape: Shape, at: number): Shape {
  if (shape.kind !== "polygon") return shape;
  return { ...shape, corners: shape.corners.toSpliced(at, 1) };
}
