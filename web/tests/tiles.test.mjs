// Tiles that a setting names: shown under the positions, from their host alone, in their datum.
import { after, before, test } from "node:test";

import { startHub } from "../../tests/clients/hub.mjs";
import { coloursAround, eventually, startBrowser } from "./browser.mjs";
import { foundCompany, HERE, post } from "./company.mjs";
import { GREEN, startTiles } from "./tiles.mjs";

let tiles;
before(async () => (tiles = await startTiles()));
after(() => tiles?.stop());

/** The live map over tiles, with one rep on it; what its middle must show. */
async function shows(address, colour) {
  const hub = await startHub({ FIELDHUB_MAP_TILES: address });
  const browser = await startBrowser(hub, new URL(address).origin);
  try {
    const company = await foundCompany(hub);
    await post(hub, company.north.rep, { kind: "TRAIL", ...HERE, accuracyM: 5 });
    const page = await browser.manager(company.north.manager);
    const map = page.locator("canvas").first();
    await map.waitFor();
    await eventually(async () => (await coloursAround(page, map, 200)).has(colour));
    browser.assertClean();
  } finally {
    await browser.stop();
    await hub.stop();
  }
}

test("pictures by their place in the world", async () => {
  await shows(`${tiles.url}/{z}/{x}/{y}.png`, GREEN);
});

test("a PMTiles file of pictures", async () => {
  await shows(`${tiles.url}/pictures.pmtiles`, GREEN);
});

test("a PMTiles file of vectors is drawn as a basemap", async () => {
  // The colour of land in Protomaps' light basemap.
  await shows(`${tiles.url}/vectors.pmtiles`, "226,223,218");
});

test("a server of tiles that is away leaves the outlines", async () => {
  // The outlines' land, as the page's style has it.
  await shows("http://127.0.0.1:9/map.pmtiles", "247,248,246");
});
