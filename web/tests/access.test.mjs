// Every page of both apps, light and dark, judged by axe.
import { after, before, test } from "node:test";

import { startHub } from "../../tests/clients/hub.mjs";
import { assertAccessible, startBrowser } from "./browser.mjs";
import { foundCompany, HERE, north, post } from "./company.mjs";

let hub, company, browser, shop;

before(async () => {
  hub = await startHub();
  company = await foundCompany(hub);
  browser = await startBrowser(hub);
  const { rep } = company.north;
  shop = await company.customer("Corner shop", "S1", HERE, rep);
  await company.fence(shop.id, HERE, 80);
  await post(hub, rep, { kind: "SHIFT_START" });
  await post(hub, rep, { kind: "ARRIVE", customerId: shop.id, ...HERE });
  await post(hub, rep, { kind: "ARRIVE", customerId: shop.id, note: "far", ...north(400) });
  await post(hub, rep, { kind: "TRAIL", latitude: 0, longitude: 0 });
  const { createCourse } = await company.ask(
    `mutation { createCourse(input: { code: "HYG", title: "Hygiene", passScore: 60 }) { course { id } } }`,
  );
  await company.ask(
    `mutation($input: EnrolInput!) { enrol(input: $input) { enrolments { id } } }`,
    { input: { courseId: createCourse.course.id, userIds: [rep.id] } },
  );
});

after(async () => {
  await browser?.stop();
  await hub?.stop();
});

for (const colorScheme of ["light", "dark"]) {
  test(`nothing serious on the manager's pages, ${colorScheme}`, async () => {
    const signIn = await (await browser.person({ colorScheme })).newPage();
    await signIn.goto(`${hub.url}/sign-in`);
    await signIn.locator("form").waitFor();
    await assertAccessible(signIn, "/sign-in");
    await signIn.context().close();
    const page = await browser.manager(company.north.manager, "/", { colorScheme });
    for (const [path, shown] of [
      ["/", "Nora North"],
      [`/?rep=${company.north.rep.id}`, "Their day"],
      [`/reps/${company.north.rep.id}`, "Corner shop"],
      ["/customers", "Corner shop"],
      [`/customers/${shop.id}`, "Circle, radius"],
      ["/rankings?by=VISITS", "Nora North"],
      [`/rankings?by=VISITS&explain=${company.north.rep.id}`, "Corner shop"],
      ["/training", "Hygiene"],
      ["/review", "from the fence"],
      ["/review?tab=quarantine", "Position 0/0"],
      ["/access-log", "Here are the looks at yours."],
    ]) {
      await page.goto(hub.url + path);
      await page.locator("main").getByText(shown).filter({ visible: true }).first().waitFor();
      await assertAccessible(page, path);
    }
    await page.context().close();
  });

  test(`nothing serious on the pocket page, ${colorScheme}`, async () => {
    const page = await browser.pocket(company.north.rep, { colorScheme });
    await page.getByRole("link", { name: shop.name }).first().waitFor();
    await assertAccessible(page, "today");
    await page.getByRole("link", { name: shop.name }).first().click();
    await page.getByRole("button", { name: "I've arrived" }).waitFor();
    await assertAccessible(page, "customer");
    await page.getByRole("link", { name: "Activity" }).click();
    await assertAccessible(page, "activity");
    await page.getByRole("link", { name: "Me", exact: true }).click();
    await page.getByText("Who looked at my position").waitFor();
    await assertAccessible(page, "me");
    await page.context().close();
  });
}
