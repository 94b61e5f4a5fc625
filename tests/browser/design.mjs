// The designer: a small survey built by the pointer on a phone and by the keyboard at a desk, with the respondent's view
// beside it, compared, saved and published.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, PHONE, inspect, pressByKeyboard } from "./browser.mjs";

export function design(world) {
  describe("the designer", () => {
    let page;
    const open = (path) => page.goto(`${world.product.home}/design${path}`);
    // Frames of samples are loaded when they are seen; a page is inspected when they stand still.
    const still = () => page.waitForLoadState("networkidle");

    test("lists the questionnaires", async () => {
      page = await world.device({ session: world.session });
      await open("");
      await inspect(page, "design-list");
      assert.match(await page.locator("main").innerText(), /入退院連携ルール運用状況調査/);
    });

    test("begins a questionnaire, and says what is missing", async () => {
      await page.getByRole("link", { name: "新しい調査票" }).click();
      await page.getByLabel("id（").fill("研修");
      await page.getByRole("button", { name: "作って、設計を始める" }).click();
      await page.locator(".summary").waitFor();
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("status of 422"));
      await inspect(page, "design-new-wrong");
      await page.getByLabel("調査の名").fill("多職種研修についての調査（とても長い名の、次の年度にも続けて行うもの）");
      await page.getByLabel("id（").fill("training");
      await page.getByRole("button", { name: "作って、設計を始める" }).click();
      await page.waitForURL(/design\/training$/);
      await still();
      await inspect(page, "design-new");
    });

    test("is built by the pointer on a phone", async () => {
      await page.setViewportSize(PHONE);
      await page.getByText("設問を加える", { exact: true }).click();
      await page.getByLabel("種類").selectOption("single");
      await page.getByLabel("設問の文").fill("多職種研修に参加しましたか");
      await page.getByLabel("選択肢（1行に1つ").fill("参加した\n参加していない");
      await page.getByRole("button", { name: "加える", exact: true }).first().click();
      await page.waitForURL(/items\/q2/);
      await page.getByLabel("必須にする").check();
      await page.getByRole("button", { name: "直す", exact: true }).first().click();
      await page.getByText("直しました。").waitFor();
      await inspect(page, "design-item");
      await open("/training");
      await page.getByRole("button", { name: "「多職種研修に参加しましたか」を上へ" }).click();
      await page.locator("[data-list] > .item").first().getByText("多職種研修に参加しましたか").waitFor();
    });

    test("is built by the keyboard at a desk", async () => {
      await page.setViewportSize(DESK);
      await open("/training/items/q1");
      const clause = page.getByLabel("条件1の設問と選択肢");
      await clause.focus();
      const chosen = () => clause.evaluate((select) => select.selectedOptions[0].text);
      for (let presses = 0; presses < 20 && !(await chosen()).includes("参加していない"); presses += 1) {
        await page.keyboard.press("ArrowDown");
      }
      await page.keyboard.press("Tab");
      await pressByKeyboard(page, "条件を直す");
      await page.getByText("「多職種研修に参加しましたか」で「参加していない」を選んだときに尋ねます。").waitFor();
      await still();
      await inspect(page, "design-condition");
    });

    test("shows what a respondent sees, on a phone and at a desk", async () => {
      await open("/training/preview");
      await still();
      await inspect(page, "design-preview");
      const sample = page.frameLocator("iframe").first();
      await sample.getByText("多職種研修に参加しましたか").waitFor();
      assert.equal(await sample.getByText("ご意見").count(), 0);
    });

    test("takes the JSON too, and names the line of what is wrong", async () => {
      await open("/training/json");
      await inspect(page, "design-json");
      const text = page.locator("#text");
      await text.fill((await text.inputValue()).replace('q2 == \\"a2\\"', 'q3 == \\"a2\\"'));
      await page.getByRole("button", { name: "確かめて取り込む" }).click();
      await page.getByText(/\d+行目/).first().waitFor();
      await inspect(page, "design-json-wrong");
      await open("/training");
      await still();
      await inspect(page, "design-wrong");
      await page.getByRole("button", { name: /^取り消す/ }).click();
      await page.getByText("指摘はありません").waitFor();
    });

    test("is saved and published", async () => {
      await open("/training/compare");
      await page.getByRole("button", { name: "パックに保存する" }).click();
      await page.getByText("パックに保存しました。").waitFor();
      await inspect(page, "design-saved");
      await page.getByRole("button", { name: /^公開する/ }).click();
      await page.getByText("公開中：第1版").waitFor();
    });

    test("compares a change of a live survey with what is being answered", async () => {
      await open("/discharge-rule/items/rule_used");
      await page.getByLabel("加える選択肢").fill("これから活用する");
      await page.getByRole("button", { name: "選択肢を直す" }).click();
      await page.getByText("直しました。").waitFor();
      await still();
      await inspect(page, "design-long-item");
      await open("/discharge-rule/items/hospitals.coordinated");
      await still();
      await inspect(page, "design-inner-item");
      await open("/discharge-rule");
      await still();
      await inspect(page, "design-long");
      await open("/discharge-rule/compare?with=discharge-rule-2023@1");
      await inspect(page, "design-compare");
      assert.match(await page.locator("main").innerText(), /76件の回答/);
      await open("/discharge-rule");
      await page.getByText("編集をやめる").click();
      await page.getByRole("button", { name: "すべて捨てる" }).click();
      await page.waitForURL(/design$/);
      await page.context().close();
    });
  });
}
