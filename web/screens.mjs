// Takes a picture of every page into docs/screens: light and dark, desktop and phone. Needs a
// running demo (`just demo`); FIELDHUB_URL names it.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const hub = process.env.FIELDHUB_URL ?? "http://127.0.0.1:8080";
const folder = fileURLToPath(new URL("../docs/screens/", import.meta.url));
const PASSWORD = "fieldhub-demo";
const MANAGER = "lena.neumann@nordlicht.example";
const REP = "max.bauer@nordlicht.example";
const FLAGS = ["--headless", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: FLAGS,
});

/** Signs in and gives the page, and what takes a picture of it. */
async function open(entrance, email, { size = "", ...options }) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${hub}/${entrance}#email=${email}&password=${PASSWORD}`);
  await page.locator("nav").first().waitFor();
  const take = async (name) => {
    await page.waitForTimeout(6_000);
    await page.screenshot({ path: `${folder}${name}${size}-${options.colorScheme}.png` });
  };
  return { page, take };
}

const DESKTOP = { size: "", viewport: { width: 1280, height: 800 } };
const PHONE = { size: "-phone", viewport: { width: 390, height: 844 } };

async function manager(colorScheme, size) {
  const { page, take } = await open("sign-in", MANAGER, {
    ...size,
    colorScheme,
    locale: "en-GB",
  });
  await take("map");
  // A fresh demo sends everybody on their way first.
  await page.locator("li button[data-state=AT_CUSTOMER]").first().click({ timeout: 600_000 });
  await take("map-rep");
  await page.getByRole("link", { name: "Their day" }).click();
  const visits = page.locator("details summary", { hasText: "certain" });
  // Back to the last working day.
  for (let days = 0; days < 4 && (await visits.count()) < 2; days += 1) {
    await page.getByRole("button", { name: "Previous day" }).click();
    await page.waitForTimeout(3_000);
  }
  await visits.nth(1).click();
  await page.locator("main").evaluate((main) => main.scrollTo(0, 0));
  await take("rep-day");
  await page.goto(`${hub}/customers`);
  await page.locator("tbody a").first().click();
  await take("customer");
  for (const [name, path] of [
    ["customers", "/customers"],
    ["rankings", "/rankings"],
    ["training", "/training"],
    ["review", "/review"],
    ["access-log", "/access-log"],
  ]) {
    await page.goto(hub + path);
    await take(name);
  }
  await page.context().close();
}

async function pocket(colorScheme) {
  const { page, take } = await open("pocket", REP, {
    viewport: { width: 390, height: 844 },
    colorScheme,
    locale: colorScheme === "light" ? "en-GB" : "zh-CN",
    geolocation: { latitude: 52.527169, longitude: 13.415325, accuracy: 8 },
    permissions: ["geolocation"],
  });
  const start = page.getByRole("button", { name: /Start shift|^上班$/ });
  await page.locator("main a").first().waitFor();
  if (await start.count()) await start.click();
  await take("pocket-today");
  await page.locator("main li a").first().click();
  await page.getByRole("button", { name: /I've arrived|签到/ }).click();
  await take("pocket-customer");
  await page.locator("nav a").nth(2).click();
  await take("pocket-me");
  await page.context().close();
}

await mkdir(folder, { recursive: true });
for (const colorScheme of ["light", "dark"]) {
  await manager(colorScheme, DESKTOP);
  await manager(colorScheme, PHONE);
  await pocket(colorScheme);
}
await browser.close();
