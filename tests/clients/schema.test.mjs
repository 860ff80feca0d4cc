// The published SDL, read by the tools that front-end teams generate their clients with.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { generate } from "@graphql-codegen/cli";
import { buildSchema, parse, validate, validateSchema } from "graphql";
import relayCompiler from "relay-compiler";

const here = dirname(fileURLToPath(import.meta.url));
const SCHEMA = join(here, "../../schema.graphql");
const DOCUMENT = join(here, "documents.graphql");

test("graphql-js finds the schema valid, and our documents valid against it", async () => {
  const schema = buildSchema(await readFile(SCHEMA, "utf8"));
  assert.deepEqual(validateSchema(schema), []);
  assert.deepEqual(validate(schema, parse(await readFile(DOCUMENT, "utf8"))), []);
});

test("graphql-codegen types a client from it", async () => {
  const [types] = await generate(
    {
      schema: SCHEMA,
      documents: DOCUMENT,
      silent: true,
      generates: { "types.ts": { plugins: ["typescript", "typescript-operations"] } },
    },
    false,
  );
  assert.match(types.content, /export type TeamBoardQuery /);
});

test("relay-compiler compiles a client from it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldhub-relay-"));
  try {
    await mkdir(join(folder, "src/__generated__"), { recursive: true });
    await cp(SCHEMA, join(folder, "schema.graphql"));
    const documents = await readFile(DOCUMENT, "utf8");
    await writeFile(join(folder, "src/client.js"), relayModule(documents));
    const config = { src: "./src", schema: "./schema.graphql", language: "javascript", artifactDirectory: "./src/__generated__" };
    await writeFile(join(folder, "relay.config.json"), JSON.stringify(config));
    await promisify(execFile)(relayCompiler, ["relay.config.json"], { cwd: folder });
    assert.match(await readFile(join(folder, "src/__generated__/clientTeamBoardQuery.graphql.js"), "utf8"), /ranking/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

// Relay wants an operation's name to begin with its module's and to end with its kind.
function relayModule(documents) {
  const renamed = documents.replace(
    /^(query|mutation|subscription) (\w+)/gm,
    (_, kind, name) => `${kind} client${name}${kind[0].toUpperCase()}${kind.slice(1)}`,
  );
  return `import { graphql } from "react-relay";\nexport const client = graphql\`\n${renamed}\n\`;\n`;
}
