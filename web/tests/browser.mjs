// Chromium as people use it: signed in, watched for what a page must never do.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

import { chromium } from "playwright-core";

import { HERE, PASSWORD } from "./company.mjs";

// A map is drawn by the processor where there is no graphics card.
const FLAGS = `--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking
  --disable-component-update --disable-sync --use-gl=angle --use-angle=swiftshader
  --enable-unsafe-swiftshader`.split(/\s+/);

/** `neighbour` is the one other place that pages may ask. */
export async function startBrowser(hub, neighbour = hub.url) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const strangers = [];
  const broken = [];

  /** A browser of one person; `options` are Playwright's. */
  const person = async (options = {}) => {
    const context = await browser.newContext({
      locale: "en-GB",
      viewport: { width: 1280, height: 800 },
      geolocation: { ...HERE, accuracy: 5 },
      permissions: ["geolocation"],
      ...options,
    });
    context.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(hub.url) && !url.startsWith(neighbour) && !/^(data|blob):/.test(url)) strangers.push(url);
    });
    // A test kills the server: that a request fails then is no fault of the page.
    context.on("weberror", (error) => {
      const told = String(error.error());
      if (!/Failed to fetch|OFFLINE/.test(told)) broken.push(told);
    });
    context.on("console", (message) => {
      if (/Content Security Policy|Content-Security-Policy/.test(message.text())) {
        broken.push(message.text());
      }
    });
    return context;
  };

  return {
    person,
    /** Signs somebody in at the manager's app, and opens a path. */
    manager: async (who, path = "/", options = {}) => {
      const page = await (await person(options)).newPage();
      await signIn(page, `${hub.url}/sign-in?to=${encodeURIComponent(path)}`, who);
      await page.locator("nav").first().waitFor();
      return page;
    },
    /** Signs a rep in at the pocket page, on a phone. */
    pocket: async (who, options = {}) => {
      const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
      const page = await (await person({ ...phone, ...options })).newPage();
      await signIn(page, `${hub.url}/pocket`, who);
      await page.locator("nav").first().waitFor();
      return page;
    },
    /** What no page may have done, over the whole run. */
    assertClean: () => {
      assert.deepEqual(strangers, [], "requests that left the host");
      assert.deepEqual(broken, [], "errors and broken policies");
    },
    stop: () => browser.close(),
  };
}

async function signIn(page, url, who) {
  await page.goto(url);
  await page.locator("input[type=email]").fill(who.email);
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.locator("button[type=submit]").click();
}

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Fails on what axe calls serious or critical. */
export async function assertAccessible(page, what) {
  await page.evaluate(await readFile(axePath, "utf8"));
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"] }),
  );
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, [], what);
}

/** The colours within a few pixels of the middle of an element, as `r,g,b`. */
export async function coloursAround(page, locator, reach = 12) {
  const box = await locator.boundingBox();
  const clip = {
    x: box.x + box.width / 2 - reach,
    y: box.y + box.height / 2 - reach,
    width: 2 * reach,
    height: 2 * reach,
  };
  const png = (await page.screenshot({ clip })).toString("base64");
  const colours = await page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
    return [...seen];
  }, png);
  return new Set(colours);
}

/** Waits until it holds; fails when it does not within 20 seconds. */
export async function eventually(holds) {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, "it never held");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
