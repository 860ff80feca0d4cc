// Where a position of the hub, which is WGS-84, stands on a map drawn in another datum, and back.
import gcoord from "gcoord";

export type Datum = "WGS84" | "GCJ02";

/** `[longitude, latitude]`, as GeoJSON and the map have it. */
export type LngLat = [number, number];

/** What one map needs to place the hub's positions. */
export interface Placing {
  toMap: (position: { latitude: number; longitude: number }) => LngLat;
  /** A whole GeoJSON geometry of the hub; the original is left as it is. */
  geometryToMap: <Geometry extends GeoJSON.Geometry>(geometry: Geometry) => Geometry;
  fromMap: (point: LngLat) => LngLat;
}

export function placing(datum: Datum): Placing {
  if (datum === "WGS84") {
    return {
      toMap: ({ latitude, longitude }) => [longitude, latitude],
      geometryToMap: (geometry) => geometry,
      fromMap: (point) => point,
    };
  }
  const { WGS84, GCJ02 } = gcoord;
  return {
    toMap: ({ latitude, longitude }) => gcoord.transform([longitude, latitude], WGS84, GCJ02) as LngLat,
    // It changes in place, and would shift a point twice that stands twice in a ring.
    geometryToMap: (geometry) =>
      gcoord.transform(JSON.parse(JSON.stringify(geometry)) as never, WGS84, GCJ02) as typeof geometry,
    fromMap: (point) => gcoord.transform([...point], GCJ02, WGS84) as LngLat,
  };
}
