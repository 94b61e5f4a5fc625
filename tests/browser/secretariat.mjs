// The secretariat: signs in by the keyboard alone, and opens every page.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect, pressByKeyboard, refused } from "./browser.mjs";

const CLOSED = "入退院連携ルール運用状況調査";
const OPEN = "災害・感染症への備えとＩＣＴ活用に関する調査";

/** Opens the page of a survey from the home page. */
async function openSurvey(page, world, name) {
  await page.goto(world.product.home);
  await page.getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

/** A link for an office that has not answered, made on the survey's page. */
export async function linkFor(world, nth) {
  const desk = await world.device({ session: world.session });
  await openSurvey(desk, world, OPEN);
  await desk.locator(".asked tr", { hasText: "未回答" }).nth(nth).getByRole("link").click();
  await desk.getByRole("button", { name: "リンクとQRコードを出す" }).click();
  const link = await desk.locator(".card p a").getAttribute("href");
  await desk.context().close();
  return link;
}

/** The questionnaire of the closed survey, as the secretariat tries it out. */
export async function trial(world, options) {
  const desk = await world.device({ session: world.session, ...options });
  await openSurvey(desk, world, CLOSED);
  await desk.getByRole("button", { name: "回答画面の見本を開く" }).click();
  return desk;
}

export function secretariat(world) {
  describe("the secretariat", () => {
    let page;
    const open = (path) => page.goto(`${world.product.home}${path}`);

    test("signs in by the keyboard, once", async () => {
      page = await world.device();
      await refused(page, `${world.product.home}/map`, 401);
      await inspect(page, "sign-in-needed");
      await page.goto(world.product.signIn);
      await inspect(page, "sign-in");
      await pressByKeyboard(page, "サインインする");
      await page.waitForURL(world.product.home);
      world.session = await page.context().storageState();
      await refused(page, world.product.signIn, 410);
      await inspect(page, "link-spent");
    });

    test("sees at home what is due", async () => {
      await open("");
      await inspect(page, "home");
      const text = await page.locator("main").innerText();
      for (const words of ["いま行うこと", "76", "受付中", "この先の予定"]) assert.ok(text.includes(words), words);
      assert.doesNotMatch(text, /None|undefined|null/);
    });

    test("goes by the keyboard from home to the results", async () => {
      await open("");
      await pressByKeyboard(page, CLOSED);
      await page.getByRole("heading", { name: CLOSED, level: 1 }).waitFor();
      await inspect(page, "survey-closed");
      await pressByKeyboard(page, "集計を見る");
      await page.waitForURL(/results$/);
      await inspect(page, "results");
      assert.match(await page.locator("main").innerText(), /n=76/);
      const workbook = await page.request.get(page.url().replace(/results$/, "tally.xlsx"));
      assert.match(workbook.headers()["content-type"], /spreadsheetml/);
    });

    test("sees a roster of 76 and makes a link", async () => {
      await openSurvey(page, world, OPEN);
      const survey = page.url();
      await inspect(page, "survey-open");
      assert.equal(await page.locator(".asked tbody tr").count(), 76);
      await page.locator(".asked tr", { hasText: "未回答" }).first().getByRole("link").first().click();
      await page.getByRole("button", { name: "リンクとQRコードを出す" }).click();
      await inspect(page, "link");
      assert.match(await page.locator(".card p a").innerText(), /\/r\/[0-9a-f]{32}$/);
      await page.goto(`${survey}/results`);
      await inspect(page, "results-open");
    });

    test("follows a number of the map to its origin", async () => {
      await open("");
      await pressByKeyboard(page, "施策・指標マップ");
      await page.waitForURL(/\/map$/);
      await inspect(page, "map");
      await page.locator("table").getByRole("link", { name: "78.1%" }).first().click();
      await inspect(page, "figure");
      const text = await page.locator("main").innerText();
      for (const words of ["78.1%", "189", "242", "内訳"]) assert.ok(text.includes(words), words);
      // A rate that another body published has no counts, and says so.
      await open("/map");
      await page.locator("table").getByRole("link", { name: "78.0%" }).first().click();
      await inspect(page, "figure-rate-only");
      assert.match(await page.locator("main").innerText(), /率だけを受け取り/);
    });

    test("hands out links to people", async () => {
      await open("");
      await pressByKeyboard(page, "担当者");
      await page.waitForURL(/\/people$/);
      await inspect(page, "people");
      await page.getByRole("button", { name: /^サインイン用リンクを出す/ }).first().click();
      await inspect(page, "people-sign-in-link");
      assert.match(await page.locator("p.card a").innerText(), /\/sign-in\/[0-9a-f]{32}$/);
      await open("/people");
      await page.getByRole("button", { name: "資料を読むリンクを出す" }).click();
      assert.match(await page.locator("p.card a").innerText(), /\/p\/[0-9a-f]{32}$/);
    });

    test("reads every paper of the meetings", async () => {
      await open("");
      const meetings = await hrefs(page, "a[href*='/meetings/']");
      assert.equal(meetings.length, 2);
      await page.goto(meetings[1]);
      await inspect(page, "meeting-ahead");
      await page.goto(meetings[0]);
      await inspect(page, "meeting");
      const papers = await hrefs(page, ".papers .what");
      assert.equal(papers.length, 5);
      for (const [index, paper] of papers.entries()) {
        await page.goto(paper);
        await inspect(page, `paper-${index}`);
        for (const [format, kind] of [["docx", /wordprocessingml/], ["pdf", /pdf/]]) {
          const file = await page.request.get(`${paper}.${format}`);
          assert.ok(file.ok() && kind.test(file.headers()["content-type"]), `${paper}.${format}`);
        }
      }
    });
  });
}

function hrefs(page, selector) {
  return page.locator(selector).evaluateAll((links) => links.map((link) => link.href));
}
