// Bad input at the desk: lists in every shape that offices send, words in search fields that look like code, a role
// that is lost and a survey that closes while somebody types. In a municipality of its own, with three offices.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PHONE, device, inspect } from "./browser.mjs";
import { pointer } from "./hands.mjs";
import { fresh } from "./product.mjs";
import { shiftJis, words, workbook } from "./spreadsheets.mjs";

const ROSTER = "/rosters/offices";
const FORMULA = "=cmd|' /C calc'!A0";
const HEADINGS = ["管理番号", "事業所名", "種別"];
const KIND = "居宅介護支援事業所";
const SURVEY = "入退院連携に関する調査";
const CHIEF = "佐藤 次郎（架空）";
const COLLEAGUE = "鈴木 一郎（架空）";

const { press, write, check } = pointer;
const shown = (page, text) => page.locator("main").getByText(text).filter({ visible: true }).first().waitFor();
const main = (page) => page.locator("main").innerText();
const csv = (...rows) => [HEADINGS, ...rows].map((row) => row.join(",")).join("\r\n");

export function badDesk(world) {
  describe("bad input at the desk", () => {
    let product;
    let page;
    let survey;
    const on = (options) => device(world.browser, product.origin, options);
    const open = (path, of = page) => of.goto(`${product.home}${path}`);

    before(async () => {
      product = await fresh("kasou");
      page = await on();
      await page.goto(product.signIn);
      await press(page, "サインインする");
      await page.waitForURL(product.home);
      await openSurvey();
    });
    after(() => product?.stop());

    async function signedIn(person) {
      await open("/people");
      await press(page, `サインイン用リンクを出す（${person}）`);
      const link = await page.locator("p.card a").getAttribute("href");
      const other = await on();
      await other.goto(link);
      await press(other, "サインインする");
      await other.waitForURL(product.home);
      return other;
    }

    /** Opens the survey today. */
    async function openSurvey() {
      await open("");
      await press(page, "済みにする：調査票を設計する");
      await shown(page, "調査票の決裁");
      const chief = await signedIn(CHIEF);
      await press(chief, "承認する：調査票の決裁");
      await shown(chief, "いま、あなたが行うことはありません。");
      await chief.context().close();
      await open("/surveys");
      await press(page, SURVEY);
      await page.getByRole("heading", { name: SURVEY, level: 1 }).waitFor();
      await write(page, "開始の日を動かす", new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo" }).format(new Date()));
      await press(page, "何が動くかを見る");
      await write(page, "理由", "早く始めるため（架空）");
      await press(page, "この日に動かす");
      await shown(page, "受付中");
      survey = new URL(page.url()).pathname.slice("/kasou".length);
    }

    /** The page of an office that answers without JavaScript. */
    async function answering(nth) {
      await open(survey);
      await page.locator(".asked tr", { hasText: "未回答" }).nth(nth).getByRole("link").click();
      await press(page, "リンクとQRコードを出す");
      const office = await on({ viewport: PHONE, javaScript: false });
      office.link = await page.locator(".card p a").getAttribute("href");
      await office.goto(office.link);
      return office;
    }

    /** The administrator's page of somebody. */
    async function person(name) {
      await open("/people");
      await press(page, name);
      await page.getByRole("heading", { name, level: 1 }).waitFor();
    }

    async function hold(name, role) {
      await person(name);
      await page.getByLabel("役割", { exact: false }).last().selectOption({ label: role });
      await page.getByRole("button", { name: "加える" }).click();
      await page.getByRole("button", { name: new RegExp(`^役割から外す.*${role}`) }).waitFor();
    }

    async function loses(name, role) {
      await person(name);
      await page.getByRole("button", { name: new RegExp(`^役割から外す.*${role}`) }).click();
      await page.waitForURL(/people$/);
    }

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
      await page.getByRole("heading", { name: /^名簿 offices/ }).waitFor();
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

    test("words in a search field that look like code are words", async () => {
      const fields = [
        [ROSTER, "事業所名", "さがす", "に合う対象者はいません。"],
        [survey, "名称", "絞り込む", "この条件に合う対象者はいません。"],
        [`${survey}/keyed`, "管理番号か名称", "探す", "に合う事業所はありません。"],
        ["/audit", "内容", "探す", "見つかりません"],
        ["/meetings/committee-1/figures", "指標・区域・年度", "探す", "見つかりません"],
      ];
      for (const [path, label, button, nothing] of fields) {
        for (const sought of ["'; DROP TABLE events;--", "%' OR '1'='1", '"><script>alert(1)</script><img src=x onerror=alert(1)>']) {
          await open(path);
          await write(page, label, sought);
          await press(page, button);
          await shown(page, nothing);
          assert.equal(await page.getByLabel(new RegExp(`^\\s*${label}`)).first().inputValue(), sought, path);
          assert.equal(await page.locator("script:not([src]), img[src=x]").count(), 0, path);
        }
        await inspect(page, `bad-search-${fields.findIndex(([of]) => of === path)}`);
      }
      await open(ROSTER);
      await shown(page, "ケアプランあおぞら（架空）");
    });

    test("a role that is lost while the page is open is told, and what was typed is shown back", async (t) => {
      const colleague = await signedIn(COLLEAGUE);
      await hold(COLLEAGUE, "課長");
      await open("/people", colleague);
      await write(colleague, "理由", "出張のため。ここまで書いたところで役割が変わりました。");
      await write(colleague, "この日まで", "2031-01-01");
      const row = await colleague.context().newPage();
      await open(`${ROSTER}/row`, row);
      await write(row, "管理番号", "K099");
      await write(row, "事業所名", "髙﨑 <b>太字</b>（架空）");
      await loses(COLLEAGUE, "事務局");
      await press(colleague, "代決を決める");
      await colleague.getByRole("heading", { name: "この画面は開けません" }).waitFor();
      await shown(colleague, "これは「事務局」の方だけが行えます。");
      await shown(colleague, "保存はされていません。");
      assert.equal(await colleague.getByLabel("理由").inputValue(), "出張のため。ここまで書いたところで役割が変わりました。");
      await inspect(colleague, "bad-role-less");

      await loses(COLLEAGUE, "課長");
      await press(row, "加える");
      await shown(row, "いま受け持っている役割がありません。");
      const typed = await row.locator("textarea").evaluateAll((texts) => texts.map((text) => text.value));
      assert.deepEqual(typed, ["K099", "髙﨑 <b>太字</b>（架空）"]);
      await t.test("under the names that the fields had", { todo: "they stand under c.office_id and c.name" }, async () => {
        assert.deepEqual(await row.locator("label").evaluateAll((labels) => labels.map((label) => label.firstChild.data.trim())), ["管理番号", "事業所名"]);
      });
      await open(ROSTER);
      assert.ok(!(await main(page)).includes("K099"), "nothing was stored");
      await open("", colleague);
      await shown(colleague, "管理者にご連絡ください。");
      colleague.wrongs = colleague.wrongs.filter((wrong) => !wrong.includes("403"));
      await inspect(colleague, "bad-role-none");
    });

    test("a deadline that passes while an office types without JavaScript loses nothing", async () => {
      const [typing, reviewing] = [await answering(0), await answering(1)];
      for (const office of [typing, reviewing]) {
        await check(office, "使っていない");
        for (const count of ["退院した利用者", "うち、退院調整をした利用者"]) await write(office, count, "３");
        await press(office, "確認へ進む");
        await office.waitForURL(/more/);
      }
      await write(reviewing, "使っていない理由", "確認の画面まで進んだ（架空）");
      await press(reviewing, "確認へ進む");
      await reviewing.waitForURL(/review$/);
      await write(typing, "使っていない理由", "締切のときに書いていた <b>髙﨑</b>（架空）");

      await open(survey);
      await press(page, "いま締め切る");
      await press(page, "締め切る");
      await shown(page, "終了");
      await press(typing, "確認へ進む");
      await press(reviewing, "この内容で提出する");
      const wrote = [[typing, "締切のときに書いていた <b>髙﨑</b>（架空）"], [reviewing, "確認の画面まで進んだ（架空）"]];
      for (const [office, text] of wrote) {
        await office.getByRole("heading", { name: "受付は終わりました", level: 1 }).waitFor();
        for (const words of [text, "３人", "提出されていませんが、下のとおり残っています", "連絡先：架空市 事務局"]) await shown(office, words);
        await inspect(office, "bad-closed");
        // It is stored: the link shows it again.
        await office.goto(office.link);
        await shown(office, text);
        for (const path of ["/1", "/review"]) {
          await office.goto(`${office.link}${path}`);
          await shown(office, text);
        }
      }
      await open(survey);
      assert.match(await page.locator(".meter").innerText(), /^0／/, "nothing was handed in");
    });
  });
}
