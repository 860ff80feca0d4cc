// What the hub's settings say of the map's tiles.
import type { Company } from "../session/context";
import { placing, type Placing } from "./datum";
import type { Tiles } from "./style";

export function tilesOf(company: Company): Tiles | null {
  return company.mapTiles;
}

/** Positions are moved to where the tiles show them. */
export function placingOf(company: Company): Placing {
  return placing(tilesOf(company)?.datum ?? "WGS84");
}
