// graphql-transport-ws, spoken by npm graphql-ws and by hand where a close code is asked for.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { startHub } from "./hub.mjs";

let hub;
before(async () => { hub = await startHub(); });
after(() => hub?.stop());

const client = (token) =>
  createClient({
    url: hub.socketUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
  });

const raw = (protocol = "graphql-transport-ws") => {
  const socket = new WebSocket(hub.socketUrl, protocol);
  const inbox = [];
  const waiting = [];
  socket.on("message", (text) => {
    const message = JSON.parse(text);
    const taker = waiting.shift();
    if (taker) taker(message);
    else inbox.push(message);
  });
  return {
    socket,
    opened: new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    }),
    closed: new Promise((resolve) => socket.once("close", resolve)),
    send: (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    next: () =>
      inbox.length > 0 ? Promise.resolve(inbox.shift()) : new Promise((resolve) => waiting.push(resolve)),
  };
};

const init = () => ({ type: "connection_init", payload: { authorization: `Bearer ${hub.token}` } });
const PRESENCE = "subscription { presenceChanged { __typename } }";

async function acknowledged() {
  const connection = raw();
  await connection.opened;
  connection.send(init());
  assert.equal((await connection.next()).type, "connection_ack");
  return connection;
}

test("a query travels over the socket", async () => {
  const answers = client(hub.token).iterate({ query: "{ viewer { email } }" });
  const { value } = await answers.next();
  assert.deepEqual(value.data, { viewer: { email: "admin@clients.example" } });
  assert.equal((await answers.next()).done, true);
});

test("presence begins with a snapshot", async () => {
  const answers = client(hub.token).iterate({ query: PRESENCE });
  const { value } = await answers.next();
  assert.equal(value.errors, undefined);
  await answers.return();
});

test("a fault of syntax or validation is an error message", async () => {
  for (const query of ["{", "{ thereIsNoSuchField }"]) {
    const answers = client(hub.token).iterate({ query });
    await assert.rejects(answers.next(), (errors) => Array.isArray(errors) && errors.length > 0);
  }
});

const closes = [
  ["4400 for what is not JSON", 4400, async () => { const c = raw(); await c.opened; c.send("{"); return c; }],
  ["4400 for an unknown message", 4400, async () => { const c = await acknowledged(); c.send({ type: "unknown" }); return c; }],
  ["4401 for a subscription before the acknowledgement", 4401, async () => {
    const c = raw(); await c.opened;
    c.send({ id: "1", type: "subscribe", payload: { query: PRESENCE } });
    return c;
  }],
  ["4403 for a refused token", 4403, async () => {
    const c = raw(); await c.opened;
    c.send({ type: "connection_init", payload: { authorization: "Bearer no.such.token" } });
    return c;
  }],
  ["4408 without an init", 4408, async () => { const c = raw(); await c.opened; return c; }],
  ["4409 for an id in use", 4409, async () => {
    const c = await acknowledged();
    for (let i = 0; i < 2; i += 1) c.send({ id: "1", type: "subscribe", payload: { query: PRESENCE } });
    return c;
  }],
  ["4429 for a second init", 4429, async () => { const c = await acknowledged(); c.send(init()); return c; }],
];
for (const [name, code, provoke] of closes) {
  test(`close code ${name}`, async () => {
    assert.equal(await (await provoke()).closed, code);
  });
}

test("ping is answered by pong", async () => {
  const connection = await acknowledged();
  connection.send({ type: "ping" });
  assert.equal((await connection.next()).type, "pong");
  connection.socket.close();
});

test("a foreign origin is refused before the upgrade", async () => {
  const socket = new WebSocket(hub.socketUrl, "graphql-transport-ws", { origin: "https://evil.example" });
  const status = await new Promise((resolve) => {
    socket.once("unexpected-response", (_, answer) => resolve(answer.statusCode));
    socket.once("open", () => resolve("open"));
    socket.once("error", () => {});
  });
  assert.equal(status, 403);
});
