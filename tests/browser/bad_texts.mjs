// Bad input of respondents: far too much at once, and texts that look like code, wherever they are read afterwards.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PHONE, inspect, refused } from "./browser.mjs";
import { filledIn } from "./bad_links.mjs";
import { linkFor } from "./secretariat.mjs";
import { words } from "./spreadsheets.mjs";

const SURVEY = "/surveys/readiness-2024";
const TEXT = "髙﨑さん ｶﾀｶﾅ 👨‍👩‍👧 <script>alert(1)</script> '; DROP TABLE x;--";
const FORMULA = "=cmd|' /C calc'!A0";
const TEN_MEGABYTES = 10 << 20;

const shown = (page, text) => page.getByText(text).first().waitFor();

export function badTexts(world) {
  describe("bad input in texts", () => {
    test("10 MB pasted into a text are refused in words, and nothing that was saved is harmed", async () => {
      const link = await linkFor(world, 26);
      const page = await world.device({ viewport: PHONE });
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.goto(`${link}/5`);
      const text = page.getByRole("textbox");
      await text.fill("短い記入");
      await shown(page, "保存しました");
      await page.evaluate((size) => navigator.clipboard.writeText("a".repeat(size)), TEN_MEGABYTES);
      await text.press("Control+V");
      await shown(page, "1 MB を超えたため、保存しませんでした。長い記入を短くして、もう一度お送りください。");
      assert.match(await page.locator(".left").innerText(), /字多すぎます$/);
      assert.equal((await text.inputValue()).length, TEN_MEGABYTES + "短い記入".length, "it stays to be shortened");
      page.wrongs = page.wrongs.filter((wrong) => !wrong.includes("status of 413"));

      const other = await world.device({ viewport: PHONE });
      await other.goto(`${link}/5`);
      assert.equal(await other.getByRole("textbox").inputValue(), "短い記入");
      await text.fill("短くした");
      await shown(page, "保存しました");
      await other.reload();
      assert.equal(await other.getByRole("textbox").inputValue(), "短くした");
      assert.deepEqual(page.wrongs, []);
    });

    test("a text that looks like code is a text on the review, the receipt, the results and in every file", async () => {
      const link = await linkFor(world, 27);
      const page = await world.device({ viewport: PHONE });
      const reads = async (of, ...texts) => {
        const said = await of.locator("main").innerText();
        for (const text of texts) assert.ok(said.includes(text), `${of.url()}: ${text}`);
        assert.equal(await of.locator("script:not([src])").count(), 0, "no script of theirs");
      };
      await filledIn(page, link, `${FORMULA}\n${TEXT}`);
      await reads(page, FORMULA, TEXT);
      await page.getByRole("button", { name: "この内容で提出する" }).click();
      await page.waitForURL(/\/receipt$/);
      await reads(page, FORMULA, TEXT);
      await inspect(page, "bad-texts-receipt");

      const desk = await world.device({ session: world.session });
      const open = (path) => desk.goto(`${world.product.home}${SURVEY}/${path}`);
      await open("texts/ict_wishes");
      await reads(desk, FORMULA, TEXT);
      await inspect(desk, "bad-texts-read");
      // What names a person is hidden until somebody has looked; the rest is there, and nothing is a formula.
      const hidden = TEXT.replace("髙﨑", "○○");
      const file = async (path) => (await desk.request.get(`${world.product.home}${SURVEY}/${path}`)).body();
      for (const path of ["answers.csv", "answers-long.csv"]) {
        const text = (await file(path)).toString();
        assert.ok(text.includes(`"'${FORMULA}\n${hidden}"`), path);
      }
      assert.ok(words(await file("answers.xlsx")).includes(hidden), "answers.xlsx");
      await refused(desk, `${world.product.home}${SURVEY}/answers.csv?encoding=cp932`, 422);
      await reads(desk, "置き換えると元に戻せなくなるためです", "「👨」（U+1F468）");
      await inspect(desk, "bad-texts-cp932");
    });
  });
}
