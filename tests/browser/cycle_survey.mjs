// The first half of a whole cycle: a survey is designed, put into the year, approved, answered and closed.

import assert from "node:assert/strict";
import { FILES } from "./cycle_pack.mjs";
import { TODAY } from "./product.mjs";

const CHIEF = "佐藤 次郎（架空）";
const SURVEY = "相談窓口についての調査（架空）";
const QUESTION = "相談窓口を使いましたか";
const WHY = "使わなかった理由をお聞かせください";

export function asking(way) {
  const { step, on, open, look, saw } = way;
  const { press, write, check, select } = way.hand;

  step("signs in, and designs a survey of two questions", async () => {
    way.page = await on();
    await way.page.goto(way.product.signIn);
    await press(way.page, "サインインする");
    await way.page.waitForURL(way.product.home);
    await press(way.page, "調査票");
    await way.page.waitForURL(/design$/);
    await press(way.page, "新しい調査票");
    await way.page.waitForURL(/new$/);
    await write(way.page, "調査の名", SURVEY);
    await write(way.page, "id（", "madoguchi");
    await press(way.page, "作って、設計を始める");
    await way.page.waitForURL(/design\/madoguchi$/);
    await add("一つ選ぶ", QUESTION, "使った\n使っていない");
    await add("長い文", WHY);
    await look("designed");
    await open("/design/madoguchi/compare");
    await press(way.page, "パックに保存する");
    await saw("パックに保存しました。");
  });

  step("puts it into the year, with a second meeting", async () => {
    for (const [path, change] of Object.entries(FILES)) {
      await open("/settings/files");
      await press(way.page, path);
      await way.page.getByRole("heading", { name: path, level: 1 }).waitFor();
      await write(way.page, "中身", change(await way.page.locator("#text").inputValue()));
      await Promise.all([way.page.waitForEvent("load"), press(way.page, "検査して保存する")]);
      await open("/settings/files");
      await way.page.locator("li", { has: way.page.getByRole("link", { name: path, exact: true }), hasText: "画面で直した" }).waitFor();
    }
    await open("");
    await press(way.page, /^計画の変更・休止/);
    await way.page.waitForURL(/plan$/);
    await look("plan");
    await write(way.page, "計画を変える理由", "新しい調査を行うため（架空）");
    await press(way.page, "この計画に変える");
    await way.page.waitForURL(way.product.home);
  });

  step("has the questionnaire approved by the chief, who signs in by a link", async () => {
    await press(way.page, "済みにする：調査票を設計する");
    await saw("調査票の決裁");
    await open("/people");
    await press(way.page, `サインイン用リンクを出す（${CHIEF}）`);
    const link = await way.page.locator("p.card a").getAttribute("href");
    way.chief = await on();
    await way.chief.goto(link);
    await press(way.chief, "サインインする");
    await way.chief.waitForURL(way.product.home);
    await look("chief", way.chief);
    await press(way.chief, "決裁する調査票を見る：調査票の決裁");
    await saw("相談窓口を使いましたか", way.chief.frameLocator("iframe").first());
    await way.chief.waitForLoadState("networkidle");
    await look("chief-reads", way.chief);
    await way.chief.goBack();
    await press(way.chief, "承認する：調査票の決裁");
    await saw("いま、あなたが行うことはありません。", way.chief);
  });

  async function add(kind, title, options) {
    await open("/design/madoguchi");
    await press(way.page, "設問を加える");
    await select(way.page, "種類", kind);
    await write(way.page, "設問の文", title);
    if (options) await write(way.page, "選択肢（1行に1つ", options);
    await press(way.page, "加える");
    await way.page.waitForURL(/items\/q\d/);
  }

  step("opens it today, and two offices answer", async () => {
    await open("/surveys");
    await press(way.page, SURVEY);
    await way.page.getByRole("heading", { name: SURVEY, level: 1 }).waitFor();
    await write(way.page, "開始の日を動かす", TODAY);
    await press(way.page, "何が動くかを見る");
    await saw("この先の予定で動くもの");
    await look("opening");
    await write(way.page, "理由", "早く始めるため（架空）");
    await press(way.page, "この日に動かす");
    await saw("受付中");
    await look("open");
    await answer("使った");
    await answer("使っていない", "夜は開いていなかった");
    await way.page.reload();
    assert.match(await way.page.locator(".meter").innerText(), /2／3/);
  });

  /** The page of the first office that has not answered. */
  async function begun() {
    const survey = way.page.url();
    await way.page.reload();
    await way.page.locator(".asked tr", { hasText: "未回答" }).first().getByRole("link").click();
    await press(way.page, "リンクとQRコードを出す");
    const link = await way.page.locator(".card p a").getAttribute("href");
    await way.page.goto(survey);
    const office = await on();
    await office.goto(link);
    return office;
  }

  async function answer(option, why) {
    const office = await begun();
    await check(office, option);
    if (why) await write(office, "使わなかった理由", why);
    await look("answering", office);
    await press(office, "確認へ進む");
    await office.waitForURL(/review$/);
    await press(office, "この内容で提出する");
    await office.waitForURL(/receipt$/);
    await office.context().close();
  }

  step("closes it while an office is typing, which loses nothing", async () => {
    const office = await begun();
    await check(office, "使っていない");
    await saw("保存しました", office);
    await press(way.page, "いま締め切る");
    await way.page.waitForURL(/moving=close/);
    await press(way.page, "締め切る");
    await saw("終了");
    await write(office, "使わなかった理由", "締切のあとに書いた理由");
    await saw("受付は終わりました。入力した内容は、下書きとして残っています。", office);
    assert.equal(await office.getByLabel("使わなかった理由").inputValue(), "締切のあとに書いた理由");
    await press(office, "確認へ進む");
    await office.getByRole("heading", { name: "受付は終わりました", level: 1 }).waitFor();
    await look("closed", office);
    for (const words of ["使っていない", "締切のあとに書いた理由"]) await saw(words, office);
    await office.context().close();
  });

  step("sees the result", async () => {
    await press(way.page, "集計を見る");
    await way.page.waitForURL(/results$/);
    await look("results");
    const text = await way.page.locator("main").innerText();
    for (const words of ["n=2", "50.0%", "1件の記入"]) assert.ok(text.includes(words), words);
    await press(way.page, `記述を読んで分類する：${WHY}`);
    await saw("夜は開いていなかった");
    await look("texts");
  });
}
