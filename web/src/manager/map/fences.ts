// The fences of the customers in view, asked for when the map has come to rest close enough.
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect } from "react";
import { useClient } from "urql";

import { MapFencesDocument } from "../../graphql";
import type { Placing } from "../../shared/map/datum";
import { FENCES_FROM_ZOOM, rectangleOf, showFences } from "./ground";

export function useFences(map: MapLibre | null, place: Placing): void {
  const client = useClient();
  useEffect(() => {
    if (!map) return;
    let asked = 0;
    const show = async () => {
      if (map.getZoom() < FENCES_FROM_ZOOM) return;
      const turn = ++asked;
      const within = rectangleOf(map.getBounds(), place);
      const { data } = await client.query(MapFencesDocument, { within });
      // A later look has overtaken this one.
      if (turn === asked && data) showFences(map, data, place);
    };
    const rested = () => void show();
    map.on("moveend", rested);
    rested();
    return () => {
      asked = -1;
      map.off("moveend", rested);
    };
  }, [map, place, client]);
}
