// Home, keyed entry and what other programs get: the pages that the secretariat opens every day.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { DESK, PHONE, inspect, pressByKeyboard } from "./browser.mjs";

const OPEN = "災害・感染症への備えとＩＣＴ活用に関する調査";

export function home(world) {
  describe("home", () => {
    let page;
    const open = (path) => page.goto(`${world.product.home}${path}`);

    test("asks for the numbers of responses while it is open", async () => {
      page = await world.device({ session: world.session });
      const asked = page.waitForResponse(/\/rates$/);
      await open("");
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      const rates = await (await asked).json();
      const closed = rates.find((survey) => survey.answered === 76);
      assert.ok(closed, JSON.stringify(rates));
      const shown = await page.locator(`[data-survey="${closed.id}"] [data-answered]`).innerText();
      assert.equal(shown, "76");
    });

    test("begins its timeline at today on a phone", async () => {
      const phone = await world.device({ session: world.session, viewport: PHONE });
      await phone.goto(world.product.home);
      const chosen = await phone.locator(".timeline img").first().evaluate((img) => img.currentSrc);
      assert.match(chosen, /\?from=today$/);
      await phone.context().close();
    });

    test("tells what happened, and moves a date after showing what moves", async () => {
      await open("/past");
      await inspect(page, "past");
      await open("");
      await page.getByRole("link", { name: /^日付を動かす/ }).first().click();
      await inspect(page, "dates");
      await page.locator("input[name=field]").last().check();
      await page.locator("#to").fill("2030-03-29");
      await pressByKeyboard(page, "何が動くかを見る");
      await page.getByRole("heading", { name: /に動かすと$/ }).waitFor();
      await inspect(page, "dates-preview");
    });

    test("keys a return in by the keyboard, with the numbers of the options", async () => {
      await open("");
      await page.getByRole("link", { name: OPEN, exact: true }).first().click();
      const survey = page.url();
      await page.goto(`${survey}/keyed`);
      await inspect(page, "keyed");
      await page.locator("#q").fill("ケア");
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: /^入力/ }).last().click();
      await inspect(page, "keyed-entry");
      // The first input has the focus; Enter goes on, and the option is marked.
      const first = page.locator(".line input[type=text]").first();
      await first.focus();
      await page.keyboard.type("1");
      assert.equal(await page.locator(".line [data-typed]").count(), 1);
      await page.keyboard.press("Enter");
      assert.notEqual(await page.evaluate(() => document.activeElement.name), await first.getAttribute("name"));
      await first.fill("99");
      await page.getByRole("button", { name: "受け付ける" }).click();
      await page.getByRole("alert").waitFor();
      // The browser notes that the page came with 422; that is no wrong.
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("status of 422"));
      await inspect(page, "keyed-entry-wrong");
      assert.match(await page.getByRole("alert").innerText(), /「99」という選択肢はありません/);
    });

    test("shows a token and a secret once", async () => {
      await open("/tokens");
      await inspect(page, "tokens-empty");
      await page.locator("#name").fill("統計基盤との連携");
      await page.locator("#until").fill(await page.locator("#until").getAttribute("min"));
      await pressByKeyboard(page, "トークンを作る");
      await page.locator(".secret").waitFor();
      await inspect(page, "tokens");
      const secret = await page.locator(".secret").innerText();
      const answer = await fetch(world.product.home, {
        headers: { Authorization: `Bearer ${secret}`, Accept: "application/json" },
      });
      assert.equal(answer.status, 200);
      assert.ok((await answer.json()).surveys.length > 0);
      await open("/webhooks");
      await page.locator("#address").fill("http://127.0.0.1:9/nobody");
      await page.getByLabel("回答が届いたとき").check();
      await page.locator("form").filter({ has: page.locator("#address") }).getByRole("button").click();
      await page.locator(".secret").waitFor();
      await inspect(page, "webhooks");
    });

    test("describes the API, which another program finds valid", async () => {
      await page.goto(`${world.product.origin}/api`);
      await inspect(page, "api");
      await page.getByRole("link", { name: "surveys", exact: true }).click();
      await page.setViewportSize(DESK);
      await inspect(page, "api-part");
      const document = await (await fetch(`${world.product.origin}/api/openapi.json`)).json();
      const { valid, errors } = await new Validator().validate(document);
      assert.ok(valid, JSON.stringify(errors, null, 1)?.slice(0, 2000));
    });

    test("tries an address of the API as whoever is signed in", async () => {
      await page.goto(`${world.product.origin}/api/rates`);
      await page.locator("form.try input[name=slug]").fill(new URL(world.product.home).pathname.slice(1));
      await page.getByRole("button", { name: /^試す/ }).click();
      await page.locator(".answer", { hasText: "answered" }).waitFor();
      assert.match(await page.locator(".answer").innerText(), /^200\n/);
      await inspect(page, "api-tried");
      await page.context().close();
    });
  });
}
