// Staff: follow 78.1 % from the paper to the offices, by keyboard and by pointer, on the phone and on the desk; read
// the results, filtered and crossed; put texts into groups; read the map.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, PHONE, inspect, pressByKeyboard } from "./browser.mjs";

const REPORT = "令和５年度松本市入退院連携ルール運用状況調査結果について";

/** Follows a link, as this reader does. */
async function follow(page, link, how) {
  const words = (await link.innerText()).trim();
  if (how === "keyboard") await pressByKeyboard(page, words);
  else await link.click();
}

export function results(world) {
  describe("staff", () => {
    const open = (page, path) => page.goto(`${world.product.home}${path}`);
    const survey = "/surveys/discharge-rule";

    for (const viewport of [PHONE, DESK]) {
      for (const how of ["keyboard", "pointer"]) {
        test(`follow 78.1 % from the paper to the offices by ${how} at ${viewport.width} px`, async () => {
          const page = await world.device({ session: world.session, viewport });
          await open(page, "");
          await follow(page, page.locator("a[href*='/meetings/']").first(), how);
          await page.waitForURL(/\/meetings\/[^/]+$/);
          await follow(page, page.getByRole("link", { name: REPORT, exact: true }), how);
          await page.waitForURL(/\/papers\//);
          await follow(page, page.getByRole("link", { name: /78\.1/ }).first(), how);
          await page.waitForURL(/\/figures\//);
          await inspect(page, `staff-figure-${how}`);
          const text = await page.locator("main").innerText();
          for (const words of ["78.1%", "189", "242", "第1版", "病院ごと", "回答者ごと"]) assert.ok(text.includes(words), words);
          // Every office with its part: they add up to 189 and 242.
          const offices = page.locator("table").last();
          assert.ok((await offices.locator("tbody tr").count()) > 30);
          assert.match(await offices.locator("tr.base").innerText(), /189\s+242\s+78\.1%/);
          await follow(page, page.getByRole("link", { name: /の推移と目標$/ }), how);
          await page.waitForURL(/\/indicators\/discharge-rate$/);
          await inspect(page, `indicator-${how}`);
          await follow(page, page.getByRole("link", { name: REPORT, exact: true }).first(), how);
          await page.waitForURL(/\/papers\//);
          await page.context().close();
        });
      }
    }

    test("see every question, and divide the answers", async () => {
      const page = await world.device({ session: world.session });
      await open(page, `${survey}/results`);
      await page.getByText("絞り込み・クロス集計・グラフの形").click();
      await page.getByLabel("クロス集計の項目").selectOption({ label: "種別" });
      await inspect(page, "results-controls");
      await page.getByRole("button", { name: "この条件で見る" }).click();
      await page.waitForURL(/by=respondent\.kind/);
      await inspect(page, "results-crossed");
      const used = page.locator("#q-rule_used table");
      assert.match(await used.innerText(), /61\s*95\.3%/);
      const chart = page.locator("#q-rule_used img");
      // A chart is loaded when it comes into sight.
      await chart.scrollIntoViewIfNeeded();
      await page.waitForFunction((img) => img.complete && img.naturalWidth > 0, await chart.elementHandle());
      await page.locator("#q-rule_used").getByRole("link", { name: /^この設問だけ見る/ }).click();
      await page.waitForURL(/results\/rule_used/);
      await inspect(page, "question");
      await open(page, `${survey}/results?respondent.kind=houkatsu&look=bars`);
      await inspect(page, "results-filtered");
      assert.match(await page.locator("main").innerText(), /種別：地域包括支援センター/);
    });

    test("put texts into groups without JavaScript on the phone", async () => {
      const page = await world.device({ session: world.session, viewport: PHONE, javaScript: false });
      await open(page, `${survey}/texts/difficult`);
      await inspect(page, "texts-empty");
      await page.getByLabel("新しいグループの名前").fill("情報が届かない");
      await page.getByRole("button", { name: "グループを加える" }).click();
      await page.getByText("保存しました").waitFor();
      await page.getByLabel("情報が届かない").first().check();
      await page.getByRole("button", { name: "この画面の内容を保存する" }).click();
      await page.getByText("保存しました").waitFor();
      await inspect(page, "texts");
      assert.match(await page.locator(".tabs").innerText(), /情報が届かない\s*1件/);
      await open(page, `${survey}/results#q-difficult`);
      assert.match(await page.locator("#q-difficult").innerText(), /情報が届かない/);
    });

    test("read the map of one scene, as a picture and as a list", async () => {
      const page = await world.device({ session: world.session });
      await open(page, "/map");
      await page.getByRole("navigation", { name: "場面で絞り込む" }).getByRole("link", { name: "入退院支援" }).click();
      await page.waitForURL(/scene=transition/);
      await inspect(page, "map-scene");
      assert.match(await page.locator("#map-list").innerText(), /退院時連携率/);
      assert.doesNotMatch(await page.locator("#map-list").innerText(), /お薬手帳/);
      await page.locator("#map-list").getByRole("link", { name: "退院時連携率", exact: true }).first().click();
      await page.waitForURL(/\/indicators\//);
      await open(page, "/indicators/hospitals-full");
      await inspect(page, "indicator-count");
    });
  });
}
