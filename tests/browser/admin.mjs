// The administrator: invites a colleague who sets a password, and looks after settings, files, the journal, backups
// and the time for which answers are kept.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect, pressByKeyboard, refused } from "./browser.mjs";

const COLLEAGUE = "小林 例太（架空）";
const PASSWORD = "雨の日の自転車は冷たい";

export function admin(world) {
  describe("the administrator", () => {
    let page;
    let colleague;
    const open = (path) => page.goto(`${world.product.home}${path}`);
    const main = (of = page) => of.locator("main").innerText();

    test("invites a colleague, who sets a password", async () => {
      page = await world.device({ session: world.session });
      await open("/people");
      await inspect(page, "people");
      await page.getByRole("button", { name: new RegExp(`^サインイン用リンクを出す.*${COLLEAGUE}`) }).click();
      await inspect(page, "invitation");
      const link = await page.locator("p.card a").getAttribute("href");

      colleague = await world.device();
      await colleague.goto(link);
      await inspect(colleague, "invited");
      await colleague.getByLabel("ログイン名").fill("kobayashi");
      await colleague.getByLabel("パスワード", { exact: false }).first().fill("みじかい");
      await colleague.getByLabel("パスワードをもう一度").fill("みじかい");
      await colleague.getByRole("button", { name: "サインインする" }).click();
      colleague.wrongs = colleague.wrongs.filter((wrong) => !wrong.includes("422"));
      await inspect(colleague, "invited-wrong");
      for (const field of await colleague.locator("input[type=password]").all()) await field.fill(PASSWORD);
      await colleague.getByRole("button", { name: "サインインする" }).click();
      await colleague.waitForURL(world.product.home);
    });

    test("a colleague signs in by the keyboard and goes on where it was", async () => {
      await colleague.locator(".top").getByRole("button", { name: "サインアウト" }).click();
      await refused(colleague, `${world.product.home}/map`, 401);
      await inspect(colleague, "sign-in-form");
      await colleague.getByLabel("ログイン名").focus();
      await colleague.keyboard.type("kobayashi");
      await colleague.keyboard.press("Tab");
      await colleague.keyboard.type("違うパスワードです");
      await colleague.keyboard.press("Enter");
      await colleague.getByRole("alert").waitFor();
      colleague.wrongs = colleague.wrongs.filter((wrong) => !wrong.includes("422"));
      await inspect(colleague, "sign-in-wrong");
      await colleague.getByLabel("パスワード", { exact: true }).focus();
      await colleague.keyboard.type(PASSWORD);
      await pressByKeyboard(colleague, "サインインする");
      await colleague.waitForURL(/\/map$/);
      await colleague.goto(`${world.product.home}/account`);
      await inspect(colleague, "account");
      await colleague.getByRole("link", { name: "確認コードを使い始める" }).click();
      await inspect(colleague, "account-codes");
    });

    test("looks at one person", async () => {
      await open("/people");
      await page.getByRole("link", { name: COLLEAGUE }).first().click();
      await inspect(page, "person");
      assert.match(await main(), /管理者/);
    });

    test("shows back what was typed when a right has ended", async () => {
      await open("/people");
      await page.getByLabel("理由").fill("出張のため。長い理由をここまで書いたところで、権限が変わりました。");
      await page.evaluate(() => {
        for (const token of document.querySelectorAll("form[action$='/delegations'] [name=_csrf]")) token.value = "0";
      });
      await page.getByLabel("この日まで").fill("2031-01-01");
      for (const who of ["不在の人", "代わって決裁する人"]) await page.getByLabel(who).selectOption({ index: 1 });
      await page.getByRole("button", { name: "代決を決める" }).click();
      await page.getByRole("heading", { name: "入力した内容" }).waitFor();
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("403"));
      await inspect(page, "refused-with-text");
      assert.ok((await page.locator("textarea").first().inputValue()).length > 0);
    });

    test("changes settings and closed days", async () => {
      await open("/settings");
      await inspect(page, "settings");
      await open("/settings/calendar");
      await inspect(page, "calendar-empty");
      await page.getByLabel("日付").fill("2024-12-27, 仕事納め（架空）\n2025/01/06");
      await page.getByRole("button", { name: "動く予定を先に見る" }).click();
      await page.getByRole("heading", { name: "加えると動く予定" }).waitFor();
      await inspect(page, "calendar-preview");
      await page.getByRole("button", { name: "加える", exact: true }).click();
      await page.getByText("令和6年12月27日").first().waitFor();
      await inspect(page, "calendar");
      await open("/settings/bodies/committee");
      await inspect(page, "body");
    });

    test("edits a file; a mistake is told by its line and nothing is saved", async () => {
      await open("/settings/files");
      await inspect(page, "files");
      await page.getByRole("link", { name: "municipality.json" }).click();
      await inspect(page, "file");
      const text = await page.locator("#text").inputValue();
      await page.locator("#text").fill(text.replace('"home_area": "city"', '"home_area": "ctiy"'));
      await page.getByRole("button", { name: "検査して保存する" }).click();
      await page.getByRole("alert").waitFor();
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("422"));
      await inspect(page, "file-wrong");
      await page.getByRole("link", { name: /行目/ }).first().click();
      assert.equal(await page.evaluate(() => document.activeElement.id), "text");
      await open("/settings/history");
      await inspect(page, "history");
      await page.getByRole("link", { name: /^見る/ }).first().click();
      await inspect(page, "revision");
    });

    test("searches the journal and has its chain checked", async () => {
      await open("/audit");
      await inspect(page, "audit");
      await page.getByLabel("内容").fill("サインイン");
      await pressByKeyboard(page, "探す");
      await page.waitForURL(/words=/);
      await inspect(page, "audit-found");
      await page.getByRole("button", { name: "記録の連なりを検査する" }).click();
      await page.getByRole("status").waitFor();
      await inspect(page, "audit-checked");
      await open("/audit?words=%E3%81%AA%E3%81%84%E3%82%82%E3%81%AE");
      await inspect(page, "audit-nothing");
    });

    test("takes a backup away and sees what is due for deletion", async () => {
      await open("/backup");
      await inspect(page, "backup");
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: /^受け取る/ }).click();
      assert.match((await download).suggestedFilename(), /\.jsonl$/);
      await open("/keeping");
      await inspect(page, "keeping");
      await page.locator("form[action$='/keeping/years'] input.number").first().fill("0");
      await page.getByRole("button", { name: /^決める/ }).first().click();
      await page.getByRole("link", { name: /^削除する/ }).click();
      await inspect(page, "keeping-delete");
      assert.match(await main(), /元に戻せません/);
      // Back to how it was: the other walks look at the answers.
      await open("/keeping");
      await page.locator("form[action$='/keeping/years'] input.number").first().fill("");
      await page.getByRole("button", { name: /^決める/ }).first().click();
      await page.getByText("決まっていない").first().waitFor();
    });
  });
}
