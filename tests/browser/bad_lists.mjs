// Bad input in lists of offices: Shift_JIS, byte order marks, formulas, merged cells, files that are no lists.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { device, inspect } from "./browser.mjs";
import { pointer } from "./hands.mjs";
import { fresh } from "./product.mjs";
import { shiftJis, words, workbook } from "./spreadsheets.mjs";

const ROSTER = "/rosters/offices";
const FORMULA = "=cmd|' /C calc'!A0";
const HEADINGS = ["管理番号", "事業所名", "種別"];
const KIND = "居宅介護支援事業所";

const { press } = pointer;
const shown = (page, text) => page.locator("main").getByText(text).filter({ visible: true }).first().waitFor();
const csv = (...rows) => [HEADINGS, ...rows].map((row) => row.join(",")).join("\r\n");

export function badLists(world) {
  describe("bad input in lists", () => {
    let product;
    let page;
    const open = (path) => page.goto(`${product.home}${path}`);

    before(async () => {
      product = await fresh("kasou");
      page = await device(world.browser, product.origin);
      await page.goto(product.signIn);
      await press(page, "サインインする");
      await page.waitForURL(product.home);
    });
    after(() => product?.stop());

    /** Chooses a file; the page then says what would become of every row. */
    async function chosen(name, buffer) {
      await open(`${ROSTER}/import`);
      await page.getByLabel("ファイル").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
      await press(page, "選んで確かめる");
      await page.getByRole("heading", { name: `「${name}」を取り込むと` }).waitFor();
    }

    /** What is told of the row of this line. */
    const told = (line) => page.locator(".review tr", { has: page.getByText(`${line}行目`, { exact: true }) }).innerText();
    const reads = async (line, ...texts) => {
      const text = await told(line);
      for (const expected of texts) assert.ok(text.includes(expected), `${line}行目: ${expected}\n${text}`);
    };
    const counts = async () => (await page.locator(".counts dd").allInnerTexts()).map((text) => parseInt(text, 10));
    const row = (id) => page.locator("main tr", { has: page.getByText(id, { exact: true }) });

    async function takenOver(withoutWrong) {
      if (withoutWrong) await page.getByLabel(/^直すところのある/).check();
      await press(page, "名簿に取り込む");
      await page.getByRole("heading", { name: /^対象者名簿/ }).waitFor();
    }

    test("a list in Shift_JIS keeps its characters, and every row that is wrong says why", async () => {
      const rows = [
        ["K010", "髙﨑ｹｱﾌﾟﾗﾝ①（架空）", KIND],
        ["K011", "ひなた薬局（架空）", "薬局"],
        ["", "番号のない事業所（架空）", KIND],
        ["K012", "二度ある（架空）", KIND],
        ["K012", "二度ある（架空）", KIND],
        ["K013", "", KIND],
      ];
      await chosen("名簿.csv", shiftJis(csv(...rows)));
      assert.deepEqual(await counts(), [1, 0, 0, 5, 3], "new, changed, the same, wrong, gone");
      await reads(2, "K010 髙﨑ケアプラン①（架空）", "半角カナを全角にします");
      await reads(3, "「種別」の「薬局」は決められた値ではありません。", KIND);
      await reads(4, "番号のない事業所（架空）", "「管理番号」が空です");
      await reads(5, "管理番号「K012」が6行目にもあります。");
      await reads(6, "管理番号「K012」が5行目にもあります。");
      await reads(7, "K013", "「事業所名」が空です");
      await inspect(page, "bad-import-shift-jis");
      await press(page, "名簿に取り込む");
      await shown(page, "直すところのある行が5行あります。");
      await inspect(page, "bad-import-refused");
      await takenOver(true);
      await shown(page, "髙﨑ケアプラン①（架空）");
      assert.equal(await row("K011").count(), 0);
    });

    test("a list with a byte order mark is read like any other", async () => {
      await chosen("BOM.csv", Buffer.from(`\ufeff${csv(["K020", "しるし付き（架空）", KIND])}`));
      await reads(2, "K020 しるし付き（架空）");
      await takenOver();
      await shown(page, "しるし付き（架空）");
    });

    test("a formula in a list stays a text, also in the files that are taken away", async () => {
      const names = [FORMULA, "+81-263-00-0000", "@SUM(1+1)", "-2+3"];
      await chosen("数式.csv", Buffer.from(csv(...names.map((name, nth) => [`K03${nth}`, name, KIND]))));
      await reads(2, `K030 ${FORMULA}`);
      await takenOver();
      for (const name of names) await page.getByRole("link", { name, exact: true }).waitFor();
      const file = async (name) => (await page.request.get(`${product.home}${ROSTER}/${name}`)).body();
      const text = (await file("roster.csv")).toString();
      for (const [nth, name] of names.entries()) assert.ok(text.includes(`K03${nth},'${name},`), `${name}\n${text}`);
      const book = await file("roster.xlsx");
      for (const name of names) assert.ok(words(book).includes(name), name);
      // Taken over again, nothing becomes another.
      await chosen("roster.xlsx", book);
      const [added, changed] = await counts();
      assert.deepEqual([added, changed], [0, 0]);
      await press(page, "取り込まずに、ファイルを選び直す");
    });

    test("a workbook with merged cells names them row by row", async () => {
      const rows = [HEADINGS, ["K040", "上の行（架空）", KIND], ["K041", "", KIND], ["K042", "ふつうの行（架空）", KIND]];
      await chosen("結合.xlsx", workbook(rows, ["B2:B3"]));
      assert.deepEqual((await counts()).slice(0, 4), [1, 0, 0, 2]);
      for (const line of [2, 3]) await reads(line, "B2:B3");
      await reads(4, "K042 ふつうの行（架空）");
      await inspect(page, "bad-import-merged");
      await takenOver(true);
      await shown(page, "ふつうの行（架空）");
      assert.equal(await row("K041").count(), 0);
    });

    test("a file that is no list is told kindly", async () => {
      await open(`${ROSTER}/import`);
      await page.getByLabel("ファイル").setInputFiles({ name: "<b>写真.png", mimeType: "image/png", buffer: Buffer.from("\x89PNG\r\n\x1a\n\0\0", "latin1") });
      await press(page, "選んで確かめる");
      await shown(page, "「<b>写真.png」を読めません");
      await inspect(page, "bad-import-picture");
    });
  });
}
