// Respondents: the whole way without JavaScript, then what the script adds.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DESK, PHONE, inspect, pressByKeyboard, refused } from "./browser.mjs";
import { linkFor, trial } from "./secretariat.mjs";

const FIRST_PAGE = 60 * 1024;

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const next = (page) => press(page, /^(次へ|確認へ)進む$/);
const issues = (page) => page.locator(".question .error").allInnerTexts();
const shown = (page, text) => page.getByText(text).first().waitFor();

/** Tabs to the input with this label, with the arrows inside a group of radio buttons, and chooses it there. */
async function reach(page, label) {
  const at = (label) => {
    const { labels, type, name, form } = document.activeElement;
    const says = (input) => [...input.labels].some((one) => one.innerText.trim().startsWith(label));
    if (labels?.length && says(document.activeElement)) return "here";
    const group = type === "radio" ? [...form.elements].filter((other) => other.name === name && other.type === type) : [];
    return group.some(says) ? "group" : "elsewhere";
  };
  for (let presses = 0; presses < 200; presses += 1) {
    const where = await page.evaluate(at, label);
    if (where === "here") return;
    await page.keyboard.press(where === "group" ? "ArrowDown" : "Tab");
  }
  assert.fail(`${label}: not reached by the keyboard`);
}

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

    test("is told at the item that an option goes with no other, without JavaScript", async () => {
      const link = await linkFor(world, 10);
      const page = await world.device({ viewport: PHONE, javaScript: false });
      await page.goto(`${link}/2`);
      const group = page.getByRole("group", { name: /^非常時の連絡の取り方/ });
      for (const option of ["薬局", "特にない"]) await group.getByLabel(option, { exact: true }).check();
      await next(page);
      await page.waitForURL(/\/2\?checked$/);
      await inspect(page, "exclusive-wrong");
      assert.match(await group.locator(".error").innerText(), /特にない/);
      for (const option of ["薬局", "特にない"]) assert.ok(await group.getByLabel(option, { exact: true }).isChecked(), `${option} stays`);
      await group.getByLabel("薬局", { exact: true }).uncheck();
      await next(page);
      await page.waitForURL(/\/3$/);
      await page.context().close();
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
      await shown(page, "電波が届きません");
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
      const page = await world.device({ viewport: PHONE, javaScript: false });
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

    test("keeps a text that is too long on the page, with the script", async () => {
      const link = await linkFor(world, 5);
      const page = await world.device({ viewport: PHONE });
      await page.goto(`${link}/5`);
      const text = page.getByRole("textbox");
      await text.fill("短い");
      await shown(page, "保存しました");
      assert.match(await page.locator(".left").innerText(), /^あと[0-9]+字$/);
      await text.evaluate((text) => (text.value = "長".repeat(400_000)));
      await next(page);
      await shown(page, "1 MB を超えたため");
      assert.equal((await text.inputValue()).length, 400_000, "it stays to be shortened");
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("status of 413"));
      await text.fill("短くしました");
      await next(page);
      await page.waitForURL(/\/review$/);
      await shown(page, "短くしました");
    });

    test("answers by pointer on a phone, loses the connection, goes on at a desk, and submits", async () => {
      const link = await linkFor(world, 6);
      const phone = await world.device({ viewport: PHONE });
      await phone.goto(link);
      await phone.getByLabel("つくっていない").check();
      await shown(phone, "保存しました");
      for (const row of await phone.locator(".matrix .choices").all()) await row.getByLabel("決めてある", { exact: true }).check();
      await next(phone);
      await phone.waitForURL(/\/2$/);
      await phone.context().setOffline(true);
      await phone.getByLabel("非常時に真っ先に安否を確かめる利用者の人数").fill("１２");
      await shown(phone, "電波が届きません");
      phone.wrongs = phone.wrongs.filter((wrong) => !wrong.includes("ERR_INTERNET_DISCONNECTED"));
      await inspect(phone, "offline");
      phone.wrongs = phone.wrongs.filter((wrong) => !wrong.includes("ERR_INTERNET_DISCONNECTED"));
      // The phone is put away before the connection is back, and the page is closed.
      const second = phone.url();
      await phone.goto("about:blank");
      await phone.context().setOffline(false);
      await phone.goto(second);
      await shown(phone, "保存しました");

      const desk = await world.device({ viewport: DESK });
      await desk.goto(`${link}/2`);
      assert.equal(await desk.getByLabel("非常時に真っ先に安否を確かめる利用者の人数").inputValue(), "１２");
      for (const number of [3, 4, 5]) {
        await next(desk);
        await desk.waitForURL(new RegExp(`/${number}$`));
      }
      await desk.getByLabel("参加しない").check();
      await next(desk);
      await desk.waitForURL(/\/review$/);
      await press(desk, "この内容で提出する");
      await desk.waitForURL(/\/receipt$/);
      await inspect(desk, "receipt-desk");
      const pdf = await desk.request.get(`${link}/receipt.pdf`);
      assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
      // The phone, left open, says so and loses nothing.
      await phone.reload();
      await phone.waitForURL(/\/receipt$/);
      assert.deepEqual(await phone.evaluate(() => Object.keys(localStorage)), [], "nothing stays on the device");
    });

    test("does the same by keyboard alone", async () => {
      const link = await linkFor(world, 7);
      const desk = await world.device({ viewport: DESK });
      await desk.goto(link);
      await reach(desk, "つくっていない");
      await desk.keyboard.press("Space");
      await shown(desk, "保存しました");
      for (let row = 0; row < (await desk.locator(".matrix .choices").count()); row += 1) {
        await reach(desk, "決めてあり、訓練もした");
        await desk.keyboard.press("Space");
        await desk.keyboard.press("Tab");
      }
      await pressByKeyboard(desk, "次へ進む");
      await desk.waitForURL(/\/2$/);
      await desk.context().setOffline(true);
      await reach(desk, "非常時に真っ先に安否を確かめる利用者の人数");
      await desk.keyboard.type("8");
      await shown(desk, "電波が届きません");
      await desk.context().setOffline(false);
      await shown(desk, "保存しました");

      const phone = await world.device({ viewport: PHONE });
      await phone.goto(`${link}/5`);
      await reach(phone, "参加しない");
      await phone.keyboard.press("Space");
      await shown(phone, "保存しました");
      await pressByKeyboard(phone, "確認へ進む");
      await phone.waitForURL(/\/review$/);
      await shown(phone, "8人");
      await pressByKeyboard(phone, "この内容で提出する");
      await phone.waitForURL(/\/receipt$/);
    });

    test("is told what another device has changed, and chooses where both have answered", async () => {
      const link = await linkFor(world, 8);
      const [phone, desk] = [await world.device({ viewport: PHONE }), await world.device({ viewport: DESK })];
      const people = (page) => page.getByLabel("非常時に真っ先に安否を確かめる利用者の人数");
      await desk.goto(`${link}/2`);
      await phone.goto(`${link}/2`);
      await phone.getByLabel("薬局").check();
      await people(phone).fill("30");
      await shown(phone, "保存しました");
      // What was left alone here comes in; what both have answered is there to choose from.
      await people(desk).fill("35");
      await shown(desk, "別の端末や画面で、答えが変わりました");
      await shown(desk, "どちらかを選んでください");
      assert.ok(await desk.getByLabel("薬局").isChecked());
      assert.equal(await people(desk).inputValue(), "35");
      await inspect(desk, "two-devices");
      await press(desk, "この答えにする");
      await desk.waitForURL(/#q-ready_people$/);
      assert.equal(await people(desk).inputValue(), "30");
      assert.equal(await desk.getByRole("button", { name: "この答えにする" }).count(), 0);
      // What excludes the others takes them back, and they it.
      const none = desk.getByRole("group", { name: /^非常時の連絡の取り方/ }).getByLabel("特にない");
      await none.check();
      assert.ok(!(await desk.getByLabel("薬局").isChecked()));
      await desk.getByLabel("薬局").check();
      assert.ok(!(await none.isChecked()));
    });

    test("sees the first page on a slow line", async (t) => {
      const link = await linkFor(world, 9);
      const page = await world.device({ viewport: PHONE });
      const line = await page.context().newCDPSession(page);
      await line.send("Network.enable");
      await line.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
      const paints = [];
      for (let time = 0; time < 3; time += 1) {
        await line.send("Network.clearBrowserCache");
        await page.goto(`${link}/1`);
        const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
        const sent = await page.evaluate(() => performance.getEntriesByType("navigation")[0].transferSize);
        paints.push(`${Math.round(paint)} ms (${sent} bytes)`);
      }
      t.diagnostic(`first contentful paint at 400 ms and 400 kbit/s: ${paints.join(", ")}`);
      // It needs nothing but the page itself to be seen.
      assert.equal(await page.locator("link[rel=stylesheet]").count(), 0);
    });
  });
}
