// Respondents: the whole way without JavaScript, then what the script adds.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, inspect, pressByKeyboard, refused } from "./browser.mjs";
import { linkFor, trial } from "./secretariat.mjs";

const FIRST_PAGE = 60 * 1024;

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const next = (page) => press(page, /^(次へ|確認へ)進む$/);
const issues = (page) => page.locator(".question .error").allInnerTexts();
const shown = (page, text) => page.getByText(text).first().waitFor();

export function respondents(world) {
  describe("a respondent", () => {
    test("answers without JavaScript, from the printed link to the receipt", async (t) => {
      const page = await world.device({ viewport: PHONE, javaScript: false });
      await page.goto(world.product.respondent);
      const bytes = await inspect(page, "questions-1");
      t.diagnostic(`first page of the questionnaire: ${bytes} bytes of html, css and js`);
      assert.ok(bytes < FIRST_PAGE);

      // An answer that brings up a question leads to it.
      await page.getByLabel("自然災害と感染症の両方でつくった").check();
      await next(page);
      await page.waitForURL(/\/1\?more#/);
      await inspect(page, "questions-1-more");
      const drill = page.getByLabel("計画に沿った訓練を最後に行った日");
      await drill.fill("たぶん夏ごろ");
      await next(page);
      await page.waitForURL(/\/1\?checked$/);
      await inspect(page, "questions-1-wrong");
      assert.match((await issues(page))[0], /計画に沿った訓練を最後に行った日.*日付/);
      assert.equal(await drill.inputValue(), "たぶん夏ごろ", "what was typed stays");
      await drill.fill("令和６年８月１日");
      await next(page);

      // Full-width digits are digits; words are not. What is required may wait until the end.
      await page.waitForURL(/\/2$/);
      await inspect(page, "questions-2");
      const people = page.getByLabel("非常時に真っ先に安否を確かめる利用者の人数");
      await people.fill("多い");
      await next(page);
      await page.waitForURL(/\/2\?checked$/);
      await inspect(page, "questions-2-wrong");
      assert.match((await issues(page))[0], /数字で入力してください/);
      await people.fill("３０");
      await next(page);
      for (const number of [3, 4]) {
        await page.waitForURL(new RegExp(`/${number}$`));
        await inspect(page, `questions-${number}`);
        await next(page);
      }
      await page.waitForURL(/\/5$/);
      await page.getByRole("textbox").fill("<script>alert(1)</script> 髙﨑さん ﾊﾝｶｸ 😀");
      await next(page);

      // The review names what is missing, with the way to it, and does not let it pass.
      await page.waitForURL(/\/review$/);
      await inspect(page, "review-wrong");
      assert.equal(await page.getByRole("button", { name: "この内容で提出する" }).count(), 0);
      const missing = page.locator(".summary a");
      assert.match((await missing.allInnerTexts()).join(), /介護事業所間のネットワークができたら参加しますか/);
      await missing.first().click();
      await page.waitForURL(/\/1\?checked#/);
      for (const row of await page.locator(".matrix .choices").all()) await row.getByLabel("決めてある", { exact: true }).check();
      await next(page);
      await page.goto(`${world.product.respondent}/review`);
      await page.locator(".summary a").first().click();
      await page.getByLabel("条件が合えば参加したい").check();
      await next(page);
      await page.waitForURL(/\/5\?more#/);
      await page.getByLabel("操作がやさしい").check();
      await next(page);
      await page.waitForURL(/\/review$/);
      await inspect(page, "review");
      await press(page, "この内容で提出する");
      await page.waitForURL(/\/receipt$/);
      await inspect(page, "receipt");
      const receipt = await page.locator("main").innerText();
      for (const words of ["受付番号", "30人", "<script>alert(1)</script> 髙﨑さん ﾊﾝｶｸ 😀", "操作がやさしい"]) {
        assert.ok(receipt.includes(words), words);
      }

      // Back, reload and the link again lead to the same receipt.
      await page.goBack();
      await page.reload();
      await page.goto(world.product.respondent);
      await page.waitForURL(/\/receipt$/);
      assert.equal(await page.locator("main").innerText(), receipt);
    });

    test("cannot count more than there is, without JavaScript", async () => {
      const page = await trial(world, { viewport: PHONE, javaScript: false });
      await inspect(page, "trial-1");
      await page.getByLabel("居宅介護支援事業所").check();
      await page.getByLabel("活用している", { exact: true }).check();
      await next(page);
      await page.getByLabel("窓口一覧表").check();
      await next(page);
      await page.waitForURL(/\/2$/);
      await inspect(page, "repeat");
      const first = page.getByRole("group", { name: "病院1", exact: true });
      await first.getByLabel(/^病院/).selectOption({ index: 8 });
      await first.getByLabel("介護", { exact: true }).check();
      const counts = ["退院数", "退院調整実施数", "カンファレンス実施数", "本人の同席（直接）", "本人の同席（間接）", "入院件数", "連携件数"];
      for (const name of counts) await first.getByLabel(new RegExp(`^${name}`)).fill("０");
      await first.getByLabel(/^退院数/).fill("１０");
      await first.getByLabel(/^退院調整実施数/).fill("１２");
      await press(page, "病院を加える");
      await press(page, "病院を加える");
      await inspect(page, "repeat-rows");
      await press(page, "病院3を消す");
      await press(page, "病院2を消す");
      assert.equal(await page.locator(".row").count(), 1);
      await next(page);
      await page.waitForURL(/\/2\?checked$/);
      await inspect(page, "repeat-wrong");
      assert.deepEqual((await issues(page)).map((text) => text.replace(/^病院1：/, "")), [
        "退院調整実施数が退院数を上回っています。退院数のうち調整を行った件数をご記入ください。",
      ]);
      await first.getByLabel(/^退院調整実施数/).fill("８");
      await next(page);
      await page.waitForURL(/\/3$/);
      await inspect(page, "free-texts");
      await next(page);
      await inspect(page, "trial-review");
      await press(page, "この内容で提出する");
      await inspect(page, "trial-receipt");
      assert.match(await page.locator("main").innerText(), /見本なので保存していません/);
    });

    test("sees that answers are saved, and finds them after a reload and on another device", async () => {
      const link = await linkFor(world, 3);
      const page = await world.device({ viewport: PHONE });
      await page.goto(link);
      await page.getByLabel("感染症のみつくった").check();
      await shown(page, "保存しました");
      // The question that this answer brings up appears where it belongs.
      const drill = page.getByLabel("計画に沿った訓練を最後に行った日");
      await drill.fill("R6.9.3");
      await page.reload();
      assert.equal(await drill.inputValue(), "R6.9.3", "typed just before the reload");
      await shown(page, "保存しました");
      await inspect(page, "saved");

      const other = await world.device();
      await other.goto(link);
      assert.equal(await other.getByLabel("計画に沿った訓練を最後に行った日").inputValue(), "R6.9.3");
      assert.ok(await other.getByLabel("感染症のみつくった").isChecked());
      await pressByKeyboard(other, "保存して閉じる");
      await shown(other, "まだ提出はしていません");
      await inspect(other, "closed-for-now");
    });

    test("loses nothing while the connection is away", async () => {
      const link = await linkFor(world, 4);
      const page = await world.device({ viewport: PHONE });
      await page.goto(`${link}/2`);
      await page.context().setOffline(true);
      const people = page.getByLabel("非常時に真っ先に安否を確かめる利用者の人数");
      await people.fill("41");
      await page.getByLabel("薬局").check();
      await shown(page, "つながっていません");
      await next(page);
      assert.equal(await people.inputValue(), "41", "the page stays while it cannot be sent");
      await page.context().setOffline(false);
      await shown(page, "保存しました");
      await next(page);
      await page.waitForURL(/\/3$/);
      await page.goBack();
      assert.equal(await people.inputValue(), "41");
      assert.ok(await page.getByLabel("薬局").isChecked());
    });

    test("adds a row although a save is still on its way", async () => {
      const page = await trial(world);
      await page.goto(page.url().replace(/1$/, "2"));
      await page.route("**/save", async (route) => {
        await new Promise((done) => setTimeout(done, 300));
        await route.continue();
      });
      await page.getByLabel(/^退院数/).fill("4");
      await press(page, "病院を加える");
      await page.getByRole("group", { name: "病院2", exact: true }).waitFor();
      await page.reload();
      assert.equal(await page.locator(".row").count(), 2);
      assert.equal(await page.getByLabel(/^退院数/).first().inputValue(), "4");
    });

    test("gets a plain answer to a link that does not open and to a text that is too long", async () => {
      const page = await world.device({ viewport: PHONE });
      await refused(page, `${world.product.home}/r/${"0".repeat(32)}`, 404);
      await inspect(page, "link-unknown");
      const link = await linkFor(world, 5);
      await page.goto(`${link}/5`);
      await page.getByRole("textbox").evaluate((text) => (text.value = "長".repeat(400_000)));
      await next(page);
      await shown(page, "入力が長すぎます");
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("status of 413"));
      await inspect(page, "too-large");
    });
  });
}
