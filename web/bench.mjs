// How steady the live map is with 5,000 moving reps, against the same map with 50. Needs a running
// demo (FIELDHUB_URL) for the page and its sign-in; the positions come from here, so that the page
// alone is measured.
import { chromium } from "playwright-core";

const hub = process.env.FIELDHUB_URL ?? "http://127.0.0.1:8080";
const SECONDS = 15;
const FLAGS = ["--headless", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const STATES = ["AT_CUSTOMER", "MOVING", "MOVING", "STATIONARY"];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: FLAGS,
});
const [few, many] = [await measure(50), await measure(5_000)];
console.log(`frames a second: ${few.rate.toFixed(1)} with 50 reps, ${many.rate.toFixed(1)} with 5,000`);
console.log(`ratio ${(many.rate / few.rate).toFixed(2)}; slowest of 100 frames: ${few.slow.toFixed(0)} ms, ${many.slow.toFixed(0)} ms`);
await browser.close();

/** Every rep moves every second. */
async function measure(count) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.routeWebSocket("**/graphql/ws", (socket) => serve(socket, count));
  await page.goto(`${hub}/sign-in#email=lena.neumann@nordlicht.example&password=fieldhub-demo`);
  await page.getByText(`${count} reps`).waitFor({ timeout: 60_000 });
  await page.waitForTimeout(5_000);
  const frames = await page.evaluate(async (seconds) => {
    const times = [];
    const until = performance.now() + seconds * 1_000;
    let last = performance.now();
    while (last < until) {
      const now = await new Promise(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times;
  }, SECONDS);
  await context.close();
  const sorted = frames.toSorted((a, b) => a - b);
  return { rate: frames.length / SECONDS, slow: sorted[Math.floor(sorted.length * 0.99)] };
}

function serve(socket, count) {
  const reps = Array.from({ length: count }, (_, i) => rep(i));
  let moving;
  socket.onMessage((text) => {
    const { type, id } = JSON.parse(text);
    const send = (message) => socket.send(JSON.stringify(message));
    if (type === "connection_init") send({ type: "connection_ack" });
    if (type === "ping") send({ type: "pong" });
    if (type === "complete") clearInterval(moving);
    if (type !== "subscribe") return;
    const tell = (isSnapshot) => {
      const presenceChanged = { isSnapshot, gone: [], presences: reps };
      send({ type: "next", id, payload: { data: { presenceChanged } } });
    };
    tell(true);
    moving = setInterval(() => {
      for (const { position } of reps) {
        position.latitude += (Math.random() - 0.5) / 2_000;
        position.longitude += (Math.random() - 0.5) / 2_000;
      }
      tell(false);
    }, 1_000);
  });
  socket.onClose(() => clearInterval(moving));
}

function rep(number) {
  const state = STATES[number % STATES.length];
  return {
    rep: { id: `rep-${number}`, name: `Rep ${number}`, team: { id: "team", name: "Team" } },
    state,
    reason: "MOVED",
    since: new Date().toISOString(),
    age: number % 60,
    position: { latitude: 52.3 + Math.random() * 0.5, longitude: 13.1 + Math.random() * 0.8 },
    errorRadiusM: 12,
    batteryPct: 80,
    customer: state === "AT_CUSTOMER" ? { id: "c", name: "Corner shop" } : null,
  };
}
