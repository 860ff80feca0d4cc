// A hub of its own for one test file: a fresh SQLite file, a free port, an admin.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const READY_WITHIN_MS = 20_000;

/** `settings` are environment variables besides. */
export async function startHub(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), "fieldhub-clients-"));
  const port = await freePort();
  const env = {
    ...process.env,
    FIELDHUB_DATABASE_URL: `sqlite://${join(folder, "hub.db")}?mode=rwc`,
    FIELDHUB_LISTEN: `127.0.0.1:${port}`,
    FIELDHUB_JWT_SECRET: "only for the client checks, 32 bytes or more",
    FIELDHUB_PHOTOS: join(folder, "photos"),
    FIELDHUB_LOG: "warn",
    ...settings,
  };
  const token = await createAdmin(env);
  const url = `http://127.0.0.1:${port}`;
  let server = await serve(env, url);
  return {
    url,
    token,
    socketUrl: `ws://127.0.0.1:${port}/graphql/ws`,
    enrolDevice: () => enrolDevice(env),
    /** As a machine fails: without a word. */
    kill: () => end(server, "SIGKILL"),
    restart: async () => {
      server = await serve(env, url);
    },
    stop: async () => {
      await end(server, "SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(env, url) {
  const server = spawn(process.env.FIELDHUB, ["serve"], { env, stdio: "inherit" });
  await ready(url, server);
  return server;
}

async function end(server, signal) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill(signal);
  await ended;
}

async function createAdmin(env) {
  const { stdout } = await promisify(execFile)(
    process.env.FIELDHUB,
    ["token", "--create-admin", "admin@clients.example"],
    { env },
  );
  const token = stdout.match(/[\w-]+\.[\w-]+\.[\w-]+/)?.[0];
  if (!token) throw new Error(`no token in: ${stdout}`);
  return token;
}

async function enrolDevice(env) {
  const asked = ["token", "--device", "admin@clients.example"];
  const { stdout } = await promisify(execFile)(process.env.FIELDHUB, asked, { env });
  return stdout.trim();
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function ready(url, server) {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`the hub ended with ${server.exitCode}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the hub was not ready in time");
}
