// The manager's app in a real browser, over the built binary.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startHub } from "../../tests/clients/hub.mjs";
import { coloursAround, eventually, startBrowser } from "./browser.mjs";
import { foundCompany, HERE, north, post } from "./company.mjs";

const AT_CUSTOMER = "17,112,63";
const MOVING_WITHIN_MS = 2_000;

let hub, company, browser, shop;

before(async () => {
  hub = await startHub();
  company = await foundCompany(hub);
  browser = await startBrowser(hub);
  shop = await company.customer("Corner shop", "S1", HERE, company.north.rep);
  await company.fence(shop.id, HERE, 80);
  for (const { rep } of [company.north, company.south]) {
    await post(hub, rep, { kind: "SHIFT_START" });
  }
});

after(async () => {
  await browser?.stop();
  await hub?.stop();
});

test("a check-in posted over HTTP is on the map within two seconds", async () => {
  const { rep, manager } = company.north;
  const page = await browser.manager(manager);
  await page.getByRole("status").getByText("Live", { exact: true }).waitFor();
  const line = page.getByRole("button", { name: rep.name });
  await line.waitFor();
  const posted = Date.now();
  await post(hub, rep, { kind: "ARRIVE", customerId: shop.id, ...HERE });
  await line.getByText(`At customer: ${shop.name}`).waitFor({ timeout: MOVING_WITHIN_MS });
  assert.ok(Date.now() - posted <= MOVING_WITHIN_MS);
  await page.getByRole("button", { name: "Show all" }).click();
  const map = page.locator("canvas");
  await eventually(async () => (await coloursAround(page, map)).has(AT_CUSTOMER));
  await page.context().close();
});

test("a manager sees no rep of another team", async () => {
  const page = await browser.manager(company.south.manager);
  await page.getByRole("button", { name: company.south.rep.name }).waitFor();
  assert.equal(await page.getByText(company.north.rep.name).count(), 0);
  await page.goto(`${hub.url}/reps/${company.north.rep.id}`);
  await page.getByText("This rep isn't there, or not in your sight.").waitFor();
  await page.goto(`${hub.url}/customers/${shop.id}`);
  await page.getByText("This customer isn't there, or not in your sight.").waitFor();
  await page.context().close();
});

test("a page says that the server is gone, shows nothing as live, and comes back by itself", async () => {
  const { rep, manager } = company.north;
  const page = await browser.manager(manager);
  await page.getByRole("status").getByText("Live", { exact: true }).waitFor();
  await hub.kill();
  await page.getByText(/Connection lost at/).waitFor({ timeout: 20_000 });
  const line = page.getByRole("button", { name: rep.name });
  await line.getByText("Not heard of").waitFor();
  await hub.restart();
  await page.getByRole("status").getByText("Live", { exact: true }).waitFor({ timeout: 30_000 });
  await line.getByText(`At customer: ${shop.name}`).waitFor();
  await page.context().close();
});

test("a fence drawn on the map decides the next verdict", async () => {
  const { rep, manager } = company.north;
  const place = north(2_000);
  const bare = await company.customer("Bare ground", "S2", place, rep);
  const page = await browser.manager(manager, `/customers/${bare.id}`);
  await page.getByRole("button", { name: "New polygon" }).click();
  const map = await page.locator("canvas").boundingBox();
  const [x, y] = [map.x + map.width / 2, map.y + map.height / 2];
  for (const [right, down] of [[-60, -60], [60, -60], [60, 60], [-60, 60]]) {
    await page.mouse.click(x + right, y + down);
    // Two presses in a hurry would be a double click, which zooms.
    await page.waitForTimeout(500);
    // A map that is not yet there hears nothing.
    while (await page.getByText("0 corners").count()) {
      await page.mouse.click(x + right, y + down);
      await page.waitForTimeout(1_500);
    }
  }
  await page.getByText("4 corners").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/Polygon, /).waitFor();
  const [inside] = await post(hub, rep, { kind: "TRAIL", ...place });
  const verdict = inside.verdicts.find(({ customerId }) => customerId === bare.id);
  assert.equal(verdict?.state, "INSIDE", JSON.stringify(inside));
  const [outside] = await post(hub, rep, { kind: "TRAIL", ...north(1_000, place) });
  const far = (outside.verdicts ?? []).filter(({ customerId }) => customerId === bare.id);
  assert.ok(far.every(({ state }) => state === "OUTSIDE"));
  await page.context().close();
});

test("a fault of a shape is told beside it", async () => {
  const page = await browser.manager(company.north.manager, `/customers/${shop.id}`);
  await page.getByRole("button", { name: "New circle" }).click();
  await page.getByLabel("Latitude").fill("52.52");
  await page.getByLabel("Longitude").fill("13.405");
  await page.getByLabel("Radius in metres").fill("70000");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText(/at most 50000 m/).waitFor();
  await page.context().close();
});

test("a fence is tried on the past before it is changed", async () => {
  const page = await browser.manager(company.north.manager, `/customers/${shop.id}`);
  await page.getByRole("button", { name: "Change" }).click();
  const tried = page.getByRole("button", { name: "Try on the last 14 days" });
  await tried.click();
  await page.getByText("No visit would be another.").waitFor();
  await page.getByLabel("Latitude").fill("52.9");
  await tried.click();
  await page.getByText("Visits: 0 more, 1 fewer, 0 at another time.").waitFor();
  const list = page.getByRole("region", { name: "Visits that would be others" });
  await list.getByText("fewer").waitFor();
  await list.getByText(company.north.rep.name).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.context().close();
});

test("an arrival out of range waits for the manager, who accepts it", async () => {
  const { rep, manager } = company.north;
  const away = await company.customer("Far away", "S3", north(5_000), rep);
  await company.fence(away.id, north(5_000), 80);
  const note = "They asked me to the warehouse";
  await post(hub, rep, { kind: "ARRIVE", customerId: away.id, note, ...north(5_400) });
  const page = await browser.manager(manager, "/review");
  await page.getByText(note).waitFor();
  await page.getByText(/320 m from the fence/).waitFor();
  await page.getByRole("button", { name: "Accept" }).click();
  await page.getByText(note).waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Decided" }).click();
  await page.getByText("Accepted").waitFor();
  await page.context().close();
});

test("a result that is recorded in the training matrix turns its cell", async () => {
  const { rep, manager } = company.north;
  const { createCourse } = await company.ask(
    `mutation { createCourse(input: { code: "HYG", title: "Hygiene", passScore: 60 }) { course { id } } }`,
  );
  const input = { courseId: createCourse.course.id, userIds: [rep.id] };
  await company.ask(
    `mutation($input: EnrolInput!) { enrol(input: $input) { enrolments { id } } }`,
    { input },
  );
  const page = await browser.manager(manager, "/training");
  await page.getByRole("button", { name: /Nora North, Hygiene.*Due/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Score").fill("-1");
  await dialog.getByRole("button", { name: "Record the result" }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  await dialog.getByLabel("Score").fill("75");
  await dialog.getByRole("button", { name: "Record the result" }).click();
  await page.getByRole("button", { name: /Nora North, Hygiene.*Passed/ }).waitFor();
  await page.context().close();
});

test("a number of a ranking leads to the rows behind it, and on to the day", async () => {
  const { rep, manager } = company.north;
  const page = await browser.manager(manager, "/rankings?by=VISITS");
  await page.getByRole("button", { name: `Show the rows behind the value of ${rep.name}` }).click();
  await page.getByRole("link", { name: shop.name }).first().waitFor();
  await page.locator("main").getByRole("link", { name: /\d\d:\d\d/ }).first().click();
  await page.getByRole("heading", { name: rep.name, level: 1 }).waitFor();
  await page.context().close();
});

test("a rep's day tells its visits and why they are", async () => {
  const { rep, manager } = company.north;
  const page = await browser.manager(manager, `/reps/${rep.id}`);
  await page.locator("summary", { hasText: shop.name }).click();
  await page.getByText(/The rep pressed arrive at/).waitFor();
  await page.context().close();
});

test("a hostile name does no harm", async () => {
  const { rep, manager } = company.north;
  const script = "<script>window.harmed = true</script><img src=x onerror='window.harmed = true'>";
  const name = `${script}\u202Etxt.exe ${"W".repeat(200 - script.length - 9)}`;
  const note = script + "N".repeat(500);
  const evil = await company.customer(name, "S4", north(8_000), rep);
  await company.fence(evil.id, north(8_000), 90);
  await post(hub, rep, { kind: "ARRIVE", customerId: evil.id, note, ...north(8_000) });
  // Out of range, so that the note stands on the page of reviews.
  await post(hub, rep, { kind: "ARRIVE", customerId: evil.id, note, ...north(8_600) });
  const page = await browser.manager(manager, "/");
  await page.getByRole("button", { name: rep.name }).getByText("At customer").waitFor();
  for (const path of ["/", "/customers?q=script", `/customers/${evil.id}`, `/reps/${rep.id}`, "/review"]) {
    await page.goto(hub.url + path);
    const shown = page.locator("main").getByText(/script|Rep or customer/);
    await shown.filter({ visible: true }).first().waitFor();
    assert.equal(await page.evaluate(() => window.harmed), undefined, path);
    const spill = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(spill <= 0, `${path} is ${spill} px too wide`);
  }
  await page.context().close();
});

test("every page speaks English and Chinese", async () => {
  const english = await browser.manager(company.north.manager, "/rankings");
  await english.getByRole("heading", { name: "Rankings" }).waitFor();
  const chinese = await browser.manager(company.north.manager, "/rankings", { locale: "zh-CN" });
  await chinese.getByRole("heading", { name: "排名" }).waitFor();
  assert.equal(await chinese.evaluate(() => document.documentElement.lang), "zh-CN");
  for (const [path, title] of [
    ["/", "实时地图"],
    ["/customers", "客户"],
    ["/training", "培训"],
    ["/review", "待审核"],
    ["/access-log", "查看记录"],
  ]) {
    await chinese.goto(hub.url + path);
    await chinese.getByRole("heading", { name: title, level: 1 }).waitFor();
  }
  await english.context().close();
  await chinese.context().close();
});

test("no request left the host, and no page broke its policy", () => browser.assertClean());
