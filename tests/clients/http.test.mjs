// GraphQL over HTTP, judged by the audits of npm graphql-http.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serverAudits } from "graphql-http";

import { startHub } from "./hub.mjs";

let hub;
before(async () => { hub = await startHub(); });
after(() => hub?.stop());

const asAdmin = (url, init = {}) =>
  fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${hub.token}` } });

test("all 61 audits are passed", async (t) => {
  const audits = serverAudits({ url: () => `${hub.url}/graphql`, fetchFn: asAdmin });
  assert.equal(audits.length, 61);
  for (const audit of audits) {
    await t.test(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      assert.equal(result.status, "ok", result.reason);
    });
  }
});
