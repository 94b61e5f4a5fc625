// Meetings: what a meeting left over comes back to the next 次第, which is edited by keyboard and by pointer; a paper
// is written with a figure from the picker; what was sent is corrected.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, inspect, pressByKeyboard } from "./browser.mjs";

const SENT = "committee-1";
const NEXT = "committee-2";

export function meetings(world) {
  describe("meetings", () => {
    let page;
    const open = (path) => page.goto(`${world.product.home}/meetings${path}`);
    const text = () => page.locator("main").innerText();

    test("are listed, and one is read", async () => {
      page = await world.device({ session: world.session });
      await open("");
      await inspect(page, "meetings");
      await open(`/${SENT}`);
      await inspect(page, "meeting-sent");
      for (const words of ["資料１", "決裁", "承認"]) assert.ok((await text()).includes(words), words);
    });

    test("have their attendance and their quorum", async () => {
      await open(`/${SENT}/day`);
      await inspect(page, "meeting-day-empty");
      for (const [at, org] of ["架空医師会", "架空薬剤師会", "架空介護支援専門員協会（長い名の団体）"].entries()) {
        await page.locator("input[name=org]").nth(at).fill(org);
        await page.locator("select[name=presence]").nth(at).selectOption(at === 2 ? "absent" : "present");
      }
      await page.getByLabel("傍聴者数").fill("2");
      await page.getByLabel("開会の時刻").fill("13:30");
      await page.getByLabel("閉会の時刻").fill("15:10");
      await page.getByRole("button", { name: "記録する", exact: true }).click();
      await page.getByText("委員3人中2人出席（過半数）により会議は成立").waitFor();
      await inspect(page, "meeting-day");
    });

    test("are minuted: a decision, a follow-up, and an item for the next time", async () => {
      await open(`/${SENT}/minutes`);
      await inspect(page, "meeting-minutes-empty");
      const first = page.locator("details.minute", { has: page.locator("> summary", { hasText: "運用状況調査結果" }) }).first();
      await first.locator("textarea[name=summary]").fill("■会長　退院時の連携率はどう変わったか。\n■事務局　前の年度より2.0ポイント増えた。");
      await first.locator("details > summary").last().click();
      await first.locator("textarea[name=decisions]").fill("調査結果の報告を了承する。");
      await first.getByLabel("対応（追加）").first().fill("未活用の事業所に理由を聞く");
      await first.getByLabel("担当").first().fill("事務局");
      await first.getByLabel("期限").first().fill("2024-08-30");
      const talk = page.locator("details.minute", { has: page.locator("> summary", { hasText: "災害や感染症を想定した" }) }).first();
      await talk.locator("select[name=outcome]").selectOption("postponed");
      await page.getByRole("button", { name: "保存する", exact: true }).last().click();
      await page.getByText("保存しました").waitFor();
      await inspect(page, "meeting-minutes");
      await page.getByRole("button", { name: "保存して確定する" }).click();
      await page.waitForURL(/after$/);
      await inspect(page, "meeting-after");
      for (const words of ["調査結果の報告を了承する。", "未活用の事業所に理由を聞く", "次回へ送られた議題"]) {
        assert.ok((await text()).includes(words), words);
      }
      await open(`/${SENT}/minutes`);
      await inspect(page, "meeting-minutes-finished");
      await open(`/${SENT}/records/minutes`);
      await inspect(page, "meeting-record");
    });

    test("carry over what is left to the next 次第, which is put in order by the keyboard", async () => {
      await open(`/${NEXT}/agenda`);
      await inspect(page, "agenda-before");
      await pressByKeyboard(page, "いまの状況から案を作る");
      await page.getByRole("heading", { name: "次第の行" }).waitFor();
      await inspect(page, "agenda");
      for (const words of ["未活用の事業所に理由を聞く", "災害や感染症を想定した", "前の会議で次回に送られたため", "前回の会議録の確認について"]) {
        assert.ok((await text()).includes(words), words);
      }
      await page.getByRole("button", { name: /次第に入れる.*前回の会議録/s }).click();
      await page.locator("#new-title").fill("救急時の情報共有について");
      await page.getByRole("button", { name: "行を足す", exact: true }).click();
      await page.locator("li.line", { hasText: "救急時の情報共有について" }).waitFor();
      const lines = () => page.locator("li.line .line-title").allInnerTexts();
      const place = async (words) => (await lines()).findIndex((line) => line.includes(words));
      const before = await place("救急時の情報共有について");
      await page.getByRole("button", { name: "救急時の情報共有についてを上へ" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/#line-/);
      assert.equal(await place("救急時の情報共有について"), before - 1);
      // What was moved has the focus.
      assert.match(await page.evaluate(() => document.activeElement.innerText), /救急時の情報共有について/);
      await inspect(page, "agenda-edited");
    });

    test("are dragged by the pointer", async () => {
      const line = page.locator("li.line", { hasText: "救急時の情報共有について" });
      const target = page.locator(".line-row", { hasText: "協議事項" }).first();
      // All of the list in sight, so that nothing scrolls under the pointer.
      await page.setViewportSize({ ...DESK, height: 4000 });
      await Promise.all([page.waitForNavigation(), line.locator(".line-title").dragTo(target.locator(".line-title"))]);
      await page.setViewportSize(DESK);
      const lines = await page.locator("li.line .line-title").allInnerTexts();
      const place = (words) => lines.findIndex((one) => one.includes(words));
      assert.equal(place("救急時の情報共有について"), place("協議事項") - 1);
      const removed = page.locator("li.line", { hasText: "救急時の情報共有について" });
      await removed.locator("summary").click();
      await inspect(page, "agenda-line-open");
      await removed.getByLabel("外す理由").fill("部会で扱うため");
      await removed.getByRole("button", { name: "この行を外す" }).click();
      await page.getByRole("heading", { name: "外したもの" }).waitFor();
    });

    test("have papers that people write, with figures from the picker", async () => {
      await page.locator("summary", { hasText: "資料を付ける" }).click();
      await page.locator("#attach-title").fill("入退院連携の補足");
      await page.locator("#attach-rank").selectOption("reference");
      await page.getByRole("button", { name: "資料を付ける", exact: true }).click();
      await page.locator(".papers li", { hasText: "入退院連携の補足" }).waitFor();
      await page.goto(`${world.product.home}/meetings/${NEXT}`);
      await page.getByRole("button", { name: "資料を書く" }).click();
      await page.getByRole("link", { name: /直す.*入退院連携の補足/s }).click();
      await inspect(page, "paper-edit-empty");
      const words = page.getByLabel("資料の文", { exact: true });
      await words.fill("# 退院時の連携\n\n手で書いた率は12.3％である。退院時連携率は");
      await page.getByLabel("指標・区域・年度").fill("退院時 松本市 令和5年度");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: /（率）を入れる：退院時連携率 松本市 令和5年度/ }).first().click();
      await page.locator("[data-shown] a.figure", { hasText: "７８．１％" }).waitFor();
      await page.getByText("この値の数値は、指標にありません").waitFor();
      await inspect(page, "paper-edit");
      await page.getByRole("button", { name: "保存する", exact: true }).last().click();
      await page.getByText("保存しました").waitFor();
      await words.fill("1. 手で書いた番号");
      await page.getByText("このままでは資料にできません").waitFor();
      await inspect(page, "paper-edit-wrong");
      await words.fill("# 退院時の連携");
      await page.getByRole("button", { name: "確認する" }).click();
      await open(`/${NEXT}/figures?find=${encodeURIComponent("連携率")}`);
      await inspect(page, "paper-figures");
    });

    test("correct what was sent, with a 正誤表", async () => {
      await open(`/${SENT}/corrections`);
      await inspect(page, "corrections-empty");
      await page.getByRole("link", { name: /^直す/ }).first().click();
      await inspect(page, "paper-edit-sent");
      const words = page.getByLabel("資料の文", { exact: true });
      await words.fill((await words.inputValue()).replace("# 調査概要", "# 調査の概要"));
      await page.getByRole("button", { name: "保存する", exact: true }).last().click();
      await page.waitForURL(/corrections$/);
      await page.getByText("調査の概要").first().waitFor();
      await inspect(page, "corrections");
      await page.getByRole("button", { name: "訂正を送る" }).click();
      await page.waitForURL(/#papers$/);
      await inspect(page, "meeting-corrected");
      await page.getByRole("link", { name: /資料の訂正/ }).last().click();
      await inspect(page, "errata");
    });
  });
}
