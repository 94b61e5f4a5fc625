// Bad input at the desk: words in search fields that look like code, a role that is lost and a survey that closes
// while somebody types. In a municipality of its own, whose survey asks three offices.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PHONE, device, inspect } from "./browser.mjs";
import { pointer } from "./hands.mjs";
import { TODAY, fresh } from "./product.mjs";

const ROSTER = "/rosters/offices";
const SURVEY = "入退院連携に関する調査";
const CHIEF = "佐藤 次郎（架空）";
const COLLEAGUE = "鈴木 一郎（架空）";

const { press, write, check, select } = pointer;
const shown = (page, text) => page.locator("main").getByText(text).filter({ visible: true }).first().waitFor();
const main = (page) => page.locator("main").innerText();

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
      await write(page, "開始の日を動かす", TODAY);
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

    const typed = (of) => of.locator("textarea").evaluateAll((texts) => texts.map((text) => text.value));

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
      await select(colleague, "不在の人", CHIEF);
      await select(colleague, "代わって決裁する人", COLLEAGUE);
      await write(colleague, "理由", "出張のため。ここまで書いたところで役割が変わりました。");
      await write(colleague, "この日まで", "2031-01-01");
      const row = await colleague.context().newPage();
      await open(`${ROSTER}/row`, row);
      await write(row, "管理番号", "K099");
      await write(row, "事業所名", "髙﨑 <b>太字</b>（架空）");
      const keyed = await colleague.context().newPage();
      await open(`${survey}/keyed/K001`, keyed);
      await write(keyed, "退院した利用者", "12");
      await keyed.locator("[name=_note]").fill("余白に「電話で確かめて」とあった");
      await loses(COLLEAGUE, "事務局");
      await press(colleague, "代決を決める");
      await colleague.getByRole("heading", { name: "この画面は開けません" }).waitFor();
      await shown(colleague, "これは「事務局」の方だけが行えます。");
      await shown(colleague, "保存はされていません。");
      assert.equal(await colleague.getByLabel("理由").inputValue(), "出張のため。ここまで書いたところで役割が変わりました。");
      await inspect(colleague, "bad-role-less");
      await press(keyed, "受け付ける");
      await keyed.getByRole("heading", { name: "この画面は開けません" }).waitFor();
      assert.ok((await typed(keyed)).includes("12"));
      await t.test("also what stood in the margin of a paper", async () => {
        assert.ok((await typed(keyed)).includes("余白に「電話で確かめて」とあった"));
      });

      await loses(COLLEAGUE, "課長");
      await press(row, "加える");
      await shown(row, "いま受け持っている役割がありません。");
      assert.deepEqual(await typed(row), ["K099", "髙﨑 <b>太字</b>（架空）"]);
      await t.test("under the names that the fields had", async () => {
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
