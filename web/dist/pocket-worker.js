// Keeps the pocket page for when the network is away. What people ask of the hub is never kept:
// the page keeps that itself.
const KEPT = "fieldhub-pocket";
const PAGE = "/pocket";
const BESIDES = ["/icon.svg", "/pocket/app.webmanifest"];

self.addEventListener("install", (event) => {
  event.waitUntil(keepPage().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fresh(request, PAGE));
  else if (pathname.startsWith("/assets/") || BESIDES.includes(pathname)) {
    event.respondWith(fresh(request, pathname));
  }
});

/** The page, and every file its first lines name. */
async function keepPage() {
  const cache = await caches.open(KEPT);
  const page = await fetch(PAGE, { cache: "no-cache" });
  const named = (await page.clone().text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g);
  await cache.put(PAGE, page);
  await cache.addAll([...new Set([...[...named].map(([, path]) => path), ...BESIDES])]);
}

/** From the hub, and what was kept when it can't be reached. */
async function fresh(request, name) {
  const cache = await caches.open(KEPT);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(name, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(name);
    if (kept) return kept;
    throw error;
  }
}
