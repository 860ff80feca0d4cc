// Webhooks as an administrator sets them up, with a receiver that first fails.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { startHub } from "../../tests/clients/hub.mjs";
import { startBrowser } from "./browser.mjs";
import { foundCompany } from "./company.mjs";

let hub, company, browser, receiver;
let answer = 410;
const heard = [];

before(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      heard.push({ signature: request.headers["webhook-signature"], ...JSON.parse(body) });
      response.writeHead(answer).end();
    });
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  hub = await startHub({ FIELDHUB_WEBHOOK_NETWORKS: "127.0.0.0/8" });
  company = await foundCompany(hub);
  browser = await startBrowser(hub);
});

after(async () => {
  await browser?.stop();
  await hub?.stop();
  receiver?.close();
});

test("an endpoint is added, tried, repaired and removed", async () => {
  const page = await browser.manager(company.admin, "/webhooks");
  await page.getByText("No system is told anything yet.").waitFor();
  await page.getByRole("button", { name: "New endpoint" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("CRM");
  await dialog.getByLabel("Address (https)").fill("ftp://x.example/");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(/https/).nth(1).waitFor();
  await dialog.getByLabel("Address (https)").fill(`http://127.0.0.1:${receiver.address().port}/`);
  await dialog.getByRole("button", { name: "Save" }).click();
  const secret = await page.getByRole("dialog").locator("code").textContent();
  assert.match(secret, /^whsec_/);
  await page.getByRole("button", { name: "I have kept it" }).click();

  // The receiver says that it is gone: the hub switches it off and keeps the message.
  await page.getByRole("button", { name: "Send a test" }).click();
  const refresh = page.getByRole("button", { name: "Refresh" });
  while (!(await page.getByText(/^off since/).count())) {
    await page.waitForTimeout(300);
    await refresh.click();
  }
  answer = 204;
  await page.getByRole("button", { name: "Switch on" }).click();
  await page.getByText("in use", { exact: true }).waitFor();
  const messages = page.getByRole("region", { name: "Messages" });
  const delivered = async (count) => {
    while (heard.length < count || !(await messages.getByText("delivered").count())) {
      await page.waitForTimeout(300);
      await refresh.click();
    }
  };
  await delivered(2);
  await page.getByRole("button", { name: "Send again" }).click();
  await delivered(3);
  assert.equal(heard.at(-1).type, "test");
  assert.match(heard.at(-1).signature, /^v1,/);

  await page.getByRole("button", { name: "New secret" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "New secret" }).click();
  const next = await page.getByRole("dialog").locator("code").textContent();
  assert.notEqual(next, secret);
  await page.getByRole("button", { name: "I have kept it" }).click();

  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("No system is told anything yet.").waitFor();
  await page.context().close();
});

test("only administrators have the page", async () => {
  const page = await browser.manager(company.north.manager, "/");
  assert.equal(await page.getByRole("link", { name: "Webhooks" }).count(), 0);
  await page.goto(`${hub.url}/webhooks`);
  await page.getByText("Only administrators set up webhooks.").waitFor();
  await page.context().close();
});

test("no request left the host, and no page broke its policy", () => browser.assertClean());
