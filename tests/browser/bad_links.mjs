// Bad input of respondents: links that do not open, two presses on 提出, two tabs of one link.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, inspect, refused } from "./browser.mjs";
import { linkFor } from "./secretariat.mjs";

const SURVEY = "/surveys/readiness-2024";
const CONTACT = "電話 0263-00-0000";

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const shown = (page, text) => page.getByText(text).first().waitFor();
const main = (page) => page.locator("main").innerText();

/** Everything that is required, and this text; up to the review. */
export async function filledIn(page, link, text) {
  await page.goto(`${link}/1`);
  await page.getByLabel("つくっていない").check();
  for (const row of await page.locator(".matrix .choices").all()) await row.getByLabel("決めてある", { exact: true }).check();
  await press(page, "次へ進む");
  await page.waitForURL(/\/2$/);
  await page.goto(`${link}/5`);
  await page.getByLabel("参加しない").check();
  await page.getByRole("textbox").fill(text);
  await press(page, "確認へ進む");
  await page.waitForURL(/\/review$/);
}

/** A second tab of the same browser. */
async function tab(page, url) {
  const second = await page.context().newPage();
  await second.goto(url);
  return second;
}

export function badLinks(world) {
  describe("bad input by links, presses and tabs", () => {
    const answered = async (desk) => {
      await desk.goto(`${world.product.home}${SURVEY}`);
      return Number(await desk.locator(".meter .big").innerText());
    };

    test("a link that is cut short, has signs behind it, or was replaced leads to whom to ask", async () => {
      const desk = await world.device({ session: world.session });
      await desk.goto(`${world.product.home}${SURVEY}`);
      await desk.locator(".asked tr", { hasText: "未回答" }).nth(20).getByRole("link").click();
      const office = desk.url();
      const give = async () => {
        await press(desk, "リンクとQRコードを出す");
        return desk.locator(".card p a").getAttribute("href");
      };
      const first = await give();
      await desk.goto(office);
      await desk.getByLabel(/^前に出したリンクを使えなくする/).check();
      const second = await give();

      const page = await world.device({ viewport: PHONE });
      for (const wrong of [second.slice(0, -4), `${second}。`, `${second}>`, `${second} です`]) {
        await refused(page, wrong, 404);
        for (const words of ["リンクを開けません", "アドレスの一部が欠けているのかもしれません", CONTACT]) await shown(page, words);
      }
      await inspect(page, "bad-link-wrong");
      for (const wrong of [first, `${first}/1`, `${first}/review`]) {
        await refused(page, wrong, 410);
        for (const words of ["このリンクは新しいリンクに替わりました", "いちばん新しいお知らせのリンク", CONTACT]) await shown(page, words);
      }
      await inspect(page, "bad-link-replaced");
      await page.goto(second);
      await page.waitForURL(/\/1$/);
    });

    test("a link with a stroke or a page too many tells whom to ask", async () => {
      const link = await linkFor(world, 21);
      const page = await world.device({ viewport: PHONE });
      for (const wrong of [`${link}/`, `${link}/99`]) {
        await page.goto(wrong);
        assert.ok((await page.locator("body").innerText()).includes(CONTACT), wrong);
      }
    });

    for (const javaScript of [true, false]) {
      const how = javaScript ? "with" : "without";

      test(`two presses on 提出 hand in once, ${how} the script`, async () => {
        const desk = await world.device({ session: world.session });
        const before = await answered(desk);
        const link = await linkFor(world, 22);
        const page = await world.device({ viewport: PHONE, javaScript });
        await filledIn(page, link, "二度押した（架空）");
        // The answer to the first press is still on its way while the second one is made.
        let presses = 0;
        await page.route("**/submit", async (route) => {
          presses += 1;
          const answer = await route.fetch({ maxRedirects: 0 });
          await new Promise((done) => setTimeout(done, 300));
          await route.fulfill({ response: answer }).catch(() => {});
        });
        const button = page.getByRole("button", { name: "この内容で提出する" });
        await button.scrollIntoViewIfNeeded();
        const { x, y, width, height } = await button.boundingBox();
        const sent = page.waitForRequest("**/submit");
        await page.mouse.dblclick(x + width / 2, y + height / 2);
        await sent;
        await page.mouse.click(x + width / 2, y + height / 2);
        // Not by the address: the second press aborts the way there that the first one had begun.
        await page.getByRole("heading", { name: "回答を受け付けました" }).waitFor();
        assert.match(page.url(), /\/receipt$/);
        assert.ok(presses >= 2, `both presses have arrived: ${presses}`);
        const receipt = await main(page);
        await page.goto(link);
        assert.equal(await main(page), receipt, "the same receipt");
        assert.equal(await answered(desk), before + 1);
      });
    }

    test("two tabs: what one has changed comes into the other, and after handing in nothing typed is thrown away", async () => {
      const link = await linkFor(world, 24);
      const first = await world.device({ viewport: PHONE });
      await filledIn(first, link, "一つ目の画面");
      await first.goto(`${link}/2`);
      const second = await tab(first, `${link}/2`);
      await first.getByLabel("薬局", { exact: true }).check();
      await shown(first, "保存しました");
      await second.getByLabel("非常時に真っ先に安否を確かめる利用者の人数").fill("30");
      await shown(second, "別の端末や画面で、答えが変わりました");
      assert.ok(await second.getByLabel("薬局", { exact: true }).isChecked());

      await second.goto(`${link}/5`);
      await first.goto(`${link}/review`);
      for (const words of ["薬局", "30人"]) await shown(first, words);
      const review = await tab(first, `${link}/review`);
      await press(first, "この内容で提出する");
      await first.waitForURL(/\/receipt$/);

      await second.getByRole("textbox").fill("提出のあとに書いた");
      await shown(second, "保存できませんでした。すでに別の内容で回答をいただいています。直したいときは事務局にご連絡ください。");
      await press(second, "確認へ進む");
      await shown(second, "保存できませんでした");
      assert.equal(await second.getByRole("textbox").inputValue(), "提出のあとに書いた", "it stays to be copied");
      await press(review, "この内容で提出する");
      await review.waitForURL(/\/receipt$/);
      const receipt = await main(review);
      assert.ok(receipt.includes("一つ目の画面") && !receipt.includes("提出のあとに書いた"));
      assert.equal(await main(first), receipt);
      assert.deepEqual(await review.evaluate(() => Object.keys(localStorage)), [], "nothing stays on the device");
    });

    test("two tabs without the script: the later one is told", async (t) => {
      const link = await linkFor(world, 25);
      const first = await world.device({ viewport: PHONE, javaScript: false });
      await filledIn(first, link, "一つ目の画面");
      const second = await tab(first, `${link}/5`);
      await press(first, "この内容で提出する");
      await first.waitForURL(/\/receipt$/);
      await second.getByRole("textbox").fill("提出のあとに書いた");
      await press(second, "確認へ進む");
      await shown(second, "もう提出されています");
      // Whatever the page says, the response is the one that was handed in.
      await first.reload();
      assert.ok((await main(first)).includes("一つ目の画面"));
      await t.test("and shown what was typed, and whom to ask", async () => {
        const page = await second.locator("body").innerText();
        for (const words of ["提出のあとに書いた", CONTACT]) assert.ok(page.includes(words), words);
      });
    });
  });
}
