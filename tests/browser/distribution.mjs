// Rosters and distribution: a spreadsheet taken over, letters prepared, a call noted, a deadline looked at.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, inspect, pressByKeyboard } from "./browser.mjs";

const OPEN = "災害・感染症への備えとＩＣＴ活用に関する調査";

/** A list as an office keeps it: one office changed, one new with a long name, one wrong. */
const SPREADSHEET = [
  "管理番号,事業所名,種別,地区,メール,ＦＡＸ",
  "K001,ケアプランあおぞら改（架空）,居宅介護支援事業所,ひばり地区（架空）,k001@office.example,0263-00-0001",
  "K900,社会福祉法人架空会 居宅介護支援センター 髙﨑ﾐﾎﾝﾉﾅｶﾞｲﾅﾏｴ（架空）,居宅介護支援事業所,もみじ地区（架空）,,",
  "K901,=cmd|' /C calc'!A0,薬局,もみじ地区（架空）,k901,",
].join("\r\n");

export function distribution(world) {
  describe("distribution", () => {
    let page;
    let survey;
    const open = (path) => page.goto(`${world.product.home}${path}`);

    test("finds the survey and who has not answered", async () => {
      page = await world.device({ session: world.session });
      await open("/surveys");
      await inspect(page, "surveys");
      await pressByKeyboard(page, OPEN);
      await page.getByRole("heading", { name: OPEN, level: 1 }).waitFor();
      survey = page.url();
      await page.getByLabel("種別").selectOption({ label: "地域包括支援センター" });
      await page.getByRole("button", { name: "絞り込む" }).click();
      await page.waitForURL(/c\.kind=houkatsu/);
      await inspect(page, "survey-narrowed");
      const rows = await page.locator(".asked tbody tr").count();
      assert.ok(rows > 0 && rows < 76, `${rows} rows`);
      await page.goto(`${survey}?q=%E3%81%AA%E3%81%84`);
      await inspect(page, "survey-nobody");
    });

    test("notes a call on a phone", async () => {
      const phone = await world.device({ session: world.session, viewport: PHONE });
      await phone.goto(survey);
      await phone.locator(".asked a").first().click();
      await inspect(phone, "respondent");
      await phone.getByLabel("不在").check();
      await phone.getByLabel("話したこと").fill("午後にかけ直す（架空）");
      await phone.getByRole("button", { name: "記録する" }).click();
      await phone.getByText("午後にかけ直す（架空）").waitFor();
      await inspect(phone, "respondent-called");
      await phone.context().close();
    });

    test("chooses two offices and reads the letter before it goes", async () => {
      await page.goto(survey);
      for (const nth of [0, 1]) await page.locator(".asked input[type=checkbox]").nth(nth).check();
      await page.getByRole("button", { name: "選んだ相手に送る（2件）" }).click();
      await page.getByRole("heading", { level: 1, name: /2件に送る/ }).waitFor();
      await inspect(page, "letters");
      await page.getByLabel("本文").fill("リンクのない文です。");
      await page.getByRole("button", { name: "送付文を画面に出す" }).click();
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("status of 422"));
      await inspect(page, "letters-refused");
      await page.getByLabel("本文").fill("〔宛名〕 様\n\nお待ちしています。\n〔回答リンク〕\n");
      await page.getByRole("button", { name: "送付文を画面に出す" }).click();
      await inspect(page, "letters-shown");
      assert.equal(await page.getByRole("button", { name: "写す" }).count(), 6);
      assert.match(await page.getByLabel("本文").first().inputValue(), /\/r\/[0-9a-f]{32}/);
    });

    test("sees what an extension would move", async () => {
      await page.goto(survey);
      await page.getByLabel("締切を動かす").fill("2024-10-15");
      await page.getByRole("button", { name: "何が動くかを見る" }).click();
      await page.getByText("この先の予定で動くもの").waitFor();
      await inspect(page, "survey-dates");
      await page.goto(`${survey}/dates?moving=close`);
      await inspect(page, "survey-close");
      await page.goto(`${survey}/dates?moving=closing&to=2020-01-01`);
      await inspect(page, "survey-dates-refused");
    });

    test("looks at a spreadsheet row by row and takes it over", async () => {
      await open("/rosters");
      await inspect(page, "rosters");
      await page.locator("main .what").first().click();
      await inspect(page, "roster");
      await pressByKeyboard(page, "Excel・CSVから取り込む");
      await page.waitForURL(/import$/);
      await inspect(page, "roster-import");
      const file = { name: "名簿.csv", mimeType: "text/csv", buffer: Buffer.from(SPREADSHEET) };
      await page.getByLabel("ファイル").setInputFiles(file);
      await page.getByRole("button", { name: "選んで確かめる" }).click();
      await page.getByRole("heading", { name: /取り込むと/ }).waitFor();
      await page.getByText("列の対応を変える").click();
      await inspect(page, "roster-review");
      await page.getByLabel(/直すところのある1行を除いて/).check();
      await page.getByRole("button", { name: "名簿に取り込む" }).click();
      await page.getByRole("heading", { name: /77件/ }).waitFor();
      await page.getByLabel(/事業所名/).fill("髙﨑");
      await page.getByRole("button", { name: "さがす" }).click();
      await page.getByRole("link", { name: /髙﨑ミホンノナガイナマエ/ }).click();
      await inspect(page, "roster-row");
      await page.goto(survey);
      await page.getByRole("button", { name: /^加える/ }).click();
      await page.getByText("未回答").first().waitFor();
      await page.getByLabel("取下げの理由").fill("重複（架空）");
      await page.getByRole("button", { name: "対象から外す" }).click();
      await page.getByText("重複（架空）").waitFor();
      await inspect(page, "respondent-withdrawn");
    });
  });
}
