// Schemathesis asks everything that openapi.json allows, and much that it does not.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { startHub } from "./hub.mjs";

const run = promisify(execFile);
const SCHEMATHESIS = "schemathesis==4.32.5";
const INSTALL_WITHIN_MS = 240_000;
const JUDGED_WITHIN_MS = 120_000;

// What a description can't say: which device is known, which bytes are a picture, which texts are
// filters.
const CONFIG = [
  "/osmand",
  "/v1/check-ins/{clientId}/photos/{photoId}",
  "/v1/export/{table}",
  "/v1/export/track",
  "/v1/export/person",
]
  .map(
    (path) => `[[operations]]
include-path = "${path}"
checks.positive_data_acceptance.enabled = false
`,
  )
  .join("\n");

const folder = await mkdtemp(join(tmpdir(), "fieldhub-openapi-"));
after(() => rm(folder, { recursive: true, force: true }));

// Python's packages live in a folder of this run; where there is no Python the test says so.
async function judge() {
  const venv = join(folder, "venv");
  await run("python3", ["-m", "venv", venv]);
  await run(join(venv, "bin", "pip"), ["install", "--quiet", SCHEMATHESIS], {
    timeout: INSTALL_WITHIN_MS,
  });
  return join(venv, "bin", "schemathesis");
}

test("schemathesis finds no answer that openapi.json does not describe", {
  timeout: INSTALL_WITHIN_MS + JUDGED_WITHIN_MS,
}, async (t) => {
  const schemathesis = await judge().catch((error) => error);
  if (schemathesis instanceof Error) return t.skip(`no schemathesis here: ${schemathesis.message}`);
  const hub = await startHub();
  try {
    await writeFile(join(folder, "schemathesis.toml"), CONFIG);
    const credential = await hub.enrolDevice();
    const asked = [
      "run",
      `${hub.url}/openapi.json`,
      ...["--header", `Authorization: Bearer ${credential}`],
      ...["--max-examples", "20", "--max-time", "30", "--seed", "1"],
      ...["--phases", "examples,coverage,fuzzing"],
      // A bad point is kept and answered for, not refused: a phone is never blocked.
      ...["--exclude-checks", "negative_data_rejection"],
    ];
    const judged = await run(schemathesis, asked, { cwd: folder, timeout: JUDGED_WITHIN_MS }).catch(
      (error) => error,
    );
    assert.ok(!(judged instanceof Error), judged.stdout ?? String(judged));
  } finally {
    await hub.stop();
  }
});
