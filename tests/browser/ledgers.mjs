// Ledgers: a month of consultations is typed in, refused, put right and closed; on the phone without JavaScript too.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PHONE, device, inspect, pressByKeyboard } from "./browser.mjs";
import { keeping } from "./product.mjs";

const press = (page, name) => page.getByRole("button", { name, exact: true }).last().click();
const issues = (page) => page.locator(".question .error").allInnerTexts();

export function ledgers(world) {
  describe("a ledger", () => {
    let product, session, page;
    const open = (options) => device(world.browser, product.origin, { session, ...options });

    before(async () => {
      product = await keeping("inagi", "consultations", "cases/june.jsonl");
    });
    after(() => product?.stop());

    test("is found from home, with how many there are", async () => {
      page = await open();
      await page.goto(product.signIn);
      await pressByKeyboard(page, "サインインする");
      await page.waitForURL(product.home);
      session = await page.context().storageState();
      await pressByKeyboard(page, "台帳");
      await page.waitForURL(/\/ledgers$/);
      await inspect(page, "ledgers");
      await page.getByRole("link", { name: "相談記録", exact: true }).first().click();
      await inspect(page, "ledger");
      await page.goto(`${product.home}/ledgers/consultations?month=2025-06`);
      await inspect(page, "ledger-month");
      assert.equal(await page.locator("tbody tr").count(), 27);
    });

    test("does not close a month with an entry that has no state, and leads to it", async () => {
      await press(page, "この月を閉じる");
      await page.getByRole("heading", { name: /閉じられません/ }).waitFor();
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("status of 409"));
      await inspect(page, "ledger-refused");
      await page.locator(".summary a").click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await inspect(page, "entry");
      await page.getByLabel("協議会で審議・事業化").check();
      await press(page, "記録する");
      await page.waitForURL(/\?saved$/);
      await inspect(page, "entry-saved");
    });

    test("is written in on the phone without JavaScript", async () => {
      const phone = await open({ viewport: PHONE, javaScript: false });
      await phone.goto(`${product.home}/ledgers/consultations/new`);
      await inspect(phone, "entry-new");
      await phone.getByLabel("受けた日").fill("きのう");
      await press(phone, "記録する");
      await phone.locator(".summary").waitFor();
      phone.wrongs = [];
      await inspect(phone, "entry-wrong");
      assert.equal((await issues(phone)).length, 3, "title, day, by whom");
      assert.equal(await phone.getByLabel("受けた日").inputValue(), "きのう", "what was typed stays");
      await phone.getByLabel("相談の要点").fill("夜間の連絡先");
      await phone.getByLabel("受けた日").fill("令和７年６月３０日");
      await phone.getByLabel("訪問看護").check();
      await phone.getByLabel("相談室がすぐに対応・改善").check();
      await press(phone, "記録する");
      await phone.waitForURL(/2025-06-001\?saved$/);
      await inspect(phone, "entry-new-saved");
      assert.equal(await phone.getByLabel("受けた日").inputValue(), "2025-06-30");
    });

    test("is read only once its month is closed", async () => {
      await page.goto(`${product.home}/ledgers/consultations?month=2025-06`);
      assert.equal(await page.locator("tbody tr").count(), 28);
      await press(page, "この月を閉じる");
      await page.getByText("この月は閉じています").waitFor();
      await inspect(page, "ledger-closed");
      await page.locator("tbody a").first().click();
      await page.getByText("読むだけです").waitFor();
      await inspect(page, "entry-closed");
      assert.equal(await page.getByRole("button", { name: "記録する" }).count(), 0);
    });

    test("is printed as papers", async () => {
      await page.goto(`${product.home}/papers`);
      await inspect(page, "papers");
      const papers = await page.locator(".papers .what").evaluateAll((links) => links.map((link) => link.href));
      for (const paper of papers) {
        await page.goto(paper);
        await inspect(page, `own-paper-${paper.split("/").pop()}`);
        assert.ok((await page.request.get(`${paper}.docx`)).ok(), paper);
      }
    });
  });
}
