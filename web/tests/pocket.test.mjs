// The rep's pocket page in a real browser, over the built binary.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startHub } from "../../tests/clients/hub.mjs";
import { assertAccessible, eventually, startBrowser } from "./browser.mjs";
import { foundCompany, HERE, north, post } from "./company.mjs";

let hub, company, browser, shop, cafe;

before(async () => {
  hub = await startHub();
  company = await foundCompany(hub);
  browser = await startBrowser(hub);
  shop = await company.customer("Corner shop", "S1", HERE, company.north.rep);
  await company.fence(shop.id, HERE, 80);
  cafe = await company.customer("Corner café", "C1", HERE, company.north.rep);
  await company.fence(cafe.id, HERE, 60);
  await post(hub, company.north.rep, { kind: "SHIFT_START" });
});

after(async () => {
  await browser?.stop();
  await hub?.stop();
});

async function visits() {
  const { user } = await company.ask(
    `query($id: ID!) { user(id: $id) { visits { totalCount nodes { customer { name } } } } }`,
    { id: company.north.rep.id },
  );
  return user.visits;
}

test("a rep in airplane mode checks in, reloads, comes back, and the visit appears once", async () => {
  const page = await browser.pocket(company.north.rep);
  await page.getByRole("link", { name: shop.name }).first().click();
  // The page's worker has kept the page before the network goes.
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await page.getByLabel("Note").fill("No network down here");
  await page.getByRole("button", { name: "I've arrived" }).click();
  await page.getByText("Waiting for the network").waitFor();
  await page.reload();
  await page.getByText("Waiting for the network").waitFor();
  await page.getByText("1 check-in waits for the network.").first().waitFor();
  assert.equal((await visits()).totalCount, 0);
  await page.context().setOffline(false);
  await page.getByText(/Inside Corner shop, 80 m from its edge/).waitFor({ timeout: 30_000 });
  await eventually(async () => (await visits()).totalCount === 1);
  await page.reload();
  await page.getByText("You are at").or(page.getByText("Received")).first().waitFor();
  assert.equal((await visits()).totalCount, 1);
  await page.context().close();
});

test("what an answer was lost of is sent again, and is there once", async () => {
  const page = await browser.pocket(company.north.rep);
  let lost = 0;
  await page.route("**/v1/check-ins", async (route) => {
    await route.fetch();
    lost += 1;
    if (lost === 1) await route.abort();
    else await route.continue();
  });
  await page.getByRole("link", { name: shop.name }).first().click();
  await page.getByRole("button", { name: "I'm leaving" }).click();
  await page.getByText("Received").first().waitFor({ timeout: 30_000 });
  assert.ok(lost >= 2);
  const { checkIns } = await company.ask(
    `{ checkIns(filter: { kind: DEPART }) { totalCount } }`,
  );
  assert.equal(checkIns.totalCount, 1);
  await page.context().close();
});

test("far from the customer the page says how far, and that the manager is asked", async () => {
  const geolocation = { ...north(340), accuracy: 5 };
  const page = await browser.pocket(company.north.rep, { geolocation });
  await page.getByRole("link", { name: shop.name }).first().click();
  await page.getByRole("button", { name: "I've arrived" }).click();
  await page.getByText(/260 m away from Corner shop: your manager is asked/).waitFor();
  await page.context().close();
});

/** A picture in one colour, as a camera would write it. */
async function camera(page, width, height) {
  const jpeg = await page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#c03020";
      pen.fillRect(0, 0, width, height);
      const blob = await canvas.convertToBlob({ type: "image/jpeg" });
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    [width, height],
  );
  return { name: "shelf.jpg", mimeType: "image/jpeg", buffer: Buffer.from(jpeg) };
}

test("a photo taken without a network waits, survives a reload, and is seen by the manager", async () => {
  const page = await browser.pocket(company.north.rep);
  await page.getByRole("link", { name: cafe.name }).first().click();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await page.locator("input[type=file]").setInputFiles(await camera(page, 3000, 2000));
  await page.getByRole("img", { name: /Photo of/ }).waitFor();
  await page.reload();
  await page.getByRole("img", { name: /Photo of/ }).waitFor();
  await page.getByRole("button", { name: "I've arrived" }).click();
  await page.getByText("Waiting for the network").first().waitFor();
  await page.reload();
  await page.getByRole("img", { name: /Photo of/ }).waitFor();
  await page.context().setOffline(false);
  const photosOf = async () => {
    const { node } = await company.ask(
      `query($id: ID!) { node(id: $id) { ... on Customer { visits(first: 1) { nodes {
        photos { width height } } } } } }`,
      { id: cafe.id },
    );
    return node.visits.nodes[0]?.photos ?? [];
  };
  await eventually(async () => (await photosOf()).length === 1);
  assert.deepEqual(await photosOf(), [{ width: 2048, height: 1365 }]);

  // Whoever has arrived adds to the arrival at once.
  await page.getByText(/Inside Corner café/).waitFor({ timeout: 30_000 });
  await page.locator("input[type=file]").setInputFiles(await camera(page, 300, 400));
  await eventually(async () => (await photosOf()).length === 2);
  await page.context().close();

  const manager = await browser.manager(company.north.manager, `/customers/${cafe.id}`);
  await manager.getByRole("button", { name: /Photo of/ }).first().click();
  const large = manager.getByRole("dialog").getByRole("img");
  await eventually(() => large.evaluate((image) => image.naturalWidth === 2048));
  await assertAccessible(manager, "a photo");
  await manager.context().close();
});

test("what is no picture is said to be none, and nothing is kept of it", async () => {
  const page = await browser.pocket(company.north.rep);
  await page.getByRole("link", { name: cafe.name }).first().click();
  const text = { name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") };
  await page.locator("input[type=file]").setInputFiles(text);
  await page.getByText("This picture can't be read here.").waitFor();
  await page.context().close();
});

test("a pause is in sight at once, and what is pressed in it is said to be not kept", async () => {
  const page = await browser.pocket(company.north.rep);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("status").getByText("Paused").waitFor();
  await page.getByRole("link", { name: shop.name }).first().click();
  await page.getByRole("button", { name: "I've arrived" }).click();
  await page.getByText("You had paused: resume first.").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("status").getByText("On duty").waitFor();
  await page.context().close();
});

test("without leave to read the position nothing is sent, and the page says what to do", async () => {
  const page = await browser.pocket(company.north.rep, { permissions: [] });
  await page.getByText(/The position is not allowed for this page/).waitFor();
  await page.getByRole("link", { name: shop.name }).first().click();
  await page.getByRole("button", { name: "I've arrived" }).click();
  await page.getByText(/No position could be read, so nothing was sent/).waitFor();
  await page.context().close();
});

test("tracking asks first, then sends the positions of the way", async () => {
  const page = await browser.pocket(company.north.rep);
  await page.getByRole("button", { name: "Track me" }).click();
  await page.getByRole("dialog").getByText(/Your managers see where you are/).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Track me" }).click();
  await page.getByText("This phone sends your position").waitFor();
  await page.context().setGeolocation({ ...north(200), accuracy: 5 });
  await eventually(async () => {
    const { checkIns } = await company.ask(`{ checkIns(filter: { kind: TRAIL }) { totalCount } }`);
    return checkIns.totalCount >= 1;
  });
  await page.context().close();
});

test("the rep sees who looked at their position, in English and Chinese", async () => {
  const manager = await browser.manager(company.north.manager);
  await manager.getByRole("button", { name: company.north.rep.name }).waitFor();
  await manager.context().close();
  const page = await browser.pocket(company.north.rep, { locale: "zh-CN" });
  await page.getByRole("link", { name: "我的" }).click();
  await page.getByText("谁查看过我的位置").waitFor();
  await page.getByText(company.north.manager.name).waitFor();
  await page.context().close();
});

test("no request left the host, and no page broke its policy", () => browser.assertClean());
