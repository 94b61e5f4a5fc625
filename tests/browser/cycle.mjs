// A whole cycle, in one go and over pages alone: a small survey is designed, put into the year, answered and closed; its
// result goes to a meeting, is approved and sent; what the meeting postpones comes back to the next 次第. Once by
// pointer on a phone, once by the keyboard at a desk, each time from a pack that `meguri new` has just written.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { device, inspect } from "./browser.mjs";
import { keyboard, pointer } from "./hands.mjs";
import { fresh } from "./product.mjs";

const CHIEF = "佐藤 次郎（架空）";
const SURVEY = "相談窓口についての調査（架空）";
const QUESTION = "相談窓口を使いましたか";
const TALK = "相談窓口の夜間対応について";
const SLUG = "shima";

/** What the secretariat changes in the files of the pack, so that the year asks the new survey and has a second meeting. */
const FILES = {
  "surveys.json": (text) => {
    const json = JSON.parse(text);
    json.surveys.find((survey) => survey.id === "madoguchi").report = { title: "相談窓口の調査結果について", target: "市内の事業所" };
    return JSON.stringify(json, null, 2);
  },
  "cycles/annual.rhai": (text) => text.replaceAll('"discharge"', '"madoguchi"'),
  "cycles/annual.json": (text) => {
    const json = JSON.parse(text);
    json.fields.push({ ...json.fields.find((field) => field.id === "meeting"), id: "meeting_2", title: "第２回推進会議", not_before: "meeting" });
    return JSON.stringify(json, null, 2);
  },
  "agenda.json": (text) => {
    const json = JSON.parse(text);
    json.meetings.push({ ...json.meetings[0], id: "committee-2", ordinal: 2, on: "meeting_2" });
    return JSON.stringify(json, null, 2);
  },
};

export function cycle(world) {
  for (const hand of [pointer, keyboard]) describe(`a whole cycle ${hand.name}`, () => walk(world, hand));
}

function walk(world, hand) {
  let product;
  let page;
  let chief;
  let stopped;
  const { press, write, check, select } = hand;
  const on = (options) => device(world.browser, product.origin, { viewport: hand.viewport, ...options });
  const open = (path) => page.goto(`${product.home}${path}`);
  const look = (name, of = page) => inspect(of, `cycle-${name}`);
  const saw = (words, of = page) => of.locator("main").getByText(words).filter({ visible: true }).first().waitFor();
  const today = () => new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);

  // What follows needs what went before: after a failure, the rest of the way is not gone.
  const step = (name, goes) =>
    test(name, async (t) => {
      if (stopped) return t.skip(`「${stopped}」で止まりました`);
      await goes().catch(async (error) => {
        stopped = name;
        t.diagnostic(`${page.url()}\n${(await page.locator("main").innerText()).slice(0, 1500)}`);
        throw error;
      });
    });

  before(async () => {
    product = await fresh(SLUG);
  });
  after(() => product?.stop());

  step("signs in, and designs a survey of two questions", async () => {
    page = await on();
    await page.goto(product.signIn);
    await press(page, "サインインする");
    await page.waitForURL(product.home);
    await press(page, "調査票");
    await page.waitForURL(/design$/);
    await press(page, "新しい調査票");
    await page.waitForURL(/new$/);
    await write(page, "調査の名", SURVEY);
    await write(page, "id（", "madoguchi");
    await press(page, "作って、設計を始める");
    await page.waitForURL(/design\/madoguchi$/);
    await add("一つ選ぶ", QUESTION, "使った\n使っていない");
    await add("長い文", "使わなかった理由をお聞かせください");
    await look("designed");
    await open("/design/madoguchi/compare");
    await press(page, "パックに保存する");
    await saw("パックに保存しました。");
  });

  step("puts it into the year, with a second meeting", async () => {
    for (const [path, change] of Object.entries(FILES)) {
      await open("/settings/files");
      await press(page, path);
      await page.getByRole("heading", { name: path, level: 1 }).waitFor();
      await write(page, "中身", change(await page.locator("#text").inputValue()));
      await Promise.all([page.waitForEvent("load"), press(page, "検査して保存する")]);
      await open("/settings/files");
      await page.locator("li", { has: page.getByRole("link", { name: path, exact: true }), hasText: "画面で直した" }).waitFor();
    }
    await open("");
    await press(page, /^計画の変更・休止/);
    await page.waitForURL(/plan$/);
    await look("plan");
    await write(page, "計画を変える理由", "新しい調査を行うため（架空）");
    await press(page, "この計画に変える");
    await page.waitForURL(product.home);
  });

  step("has the questionnaire approved by the chief, who signs in by a link", async () => {
    await press(page, "済みにする：調査票を設計する");
    await saw("調査票の決裁");
    await open("/people");
    await press(page, `サインイン用リンクを出す（${CHIEF}）`);
    const link = await page.locator("p.card a").getAttribute("href");
    chief = await on();
    await chief.goto(link);
    await press(chief, "サインインする");
    await chief.waitForURL(product.home);
    await look("chief", chief);
    await press(chief, "承認する：調査票の決裁");
    await saw("いま、あなたが行うことはありません。", chief);
  });

  step("opens it today, and two offices answer", async () => {
    await open("/surveys");
    await press(page, SURVEY);
    await page.getByRole("heading", { name: SURVEY, level: 1 }).waitFor();
    await write(page, "開始の日を動かす", today());
    await press(page, "何が動くかを見る");
    await saw("この先の予定で動くもの");
    await look("opening");
    await write(page, "理由", "早く始めるため（架空）");
    await press(page, "この日に動かす");
    await saw("受付中");
    await look("open");
    await answer("使った");
    await answer("使っていない", "夜は開いていなかった");
    await page.reload();
    assert.match(await page.locator(".meter").innerText(), /2／3/);
  });

  /** The page of the first office that has not answered. */
  async function begun() {
    const survey = page.url();
    await page.reload();
    await page.locator(".asked tr", { hasText: "未回答" }).first().getByRole("link").click();
    await press(page, "リンクとQRコードを出す");
    const link = await page.locator(".card p a").getAttribute("href");
    await page.goto(survey);
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
    await press(page, "いま締め切る");
    await page.waitForURL(/moving=close/);
    await press(page, "締め切る");
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
    await press(page, "集計を見る");
    await page.waitForURL(/results$/);
    await look("results");
    const text = await page.locator("main").innerText();
    for (const words of ["n=2", "50.0%", "1件の記入"]) assert.ok(text.includes(words), words);
    await press(page, "記述を読んで分類する：使わなかった理由をお聞かせください");
    await saw("夜は開いていなかった");
    await look("texts");
  });

  step("has the 次第 drafted for a meeting today, and edits it and its paper", async () => {
    await open("");
    await press(page, /^日付を動かす/);
    await page.waitForURL(/dates$/);
    await check(page, "第１回推進会議");
    await write(page, "新しい日付", today());
    await press(page, "何が動くかを見る");
    await saw(/に動かすと$/);
    await write(page, "動かす理由", "きょう開くため（架空）");
    await press(page, "この日に動かす");
    await page.waitForURL(product.home);
    await open("/meetings/committee-1/agenda");
    await saw("相談窓口の調査結果について");
    await write(page, "件名", TALK);
    await press(page, "行を足す");
    await page.locator("li.line", { hasText: TALK }).waitFor();
    await look("agenda");
    await press(page, /^概要/);
    await press(page, "直す：相談窓口の調査結果について");
    await page.getByLabel("資料の文", { exact: true }).waitFor();
    const words = await page.getByLabel("資料の文", { exact: true }).inputValue();
    assert.match(words, /相談窓口を使いましたか/);
    await write(page, "資料の文", `${words}\n※夜間の対応を求める声があった。\n`);
    await press(page, "保存する");
    await saw("保存しました");
    await look("paper");
  });

  step("has it approved and sent", async () => {
    await chief.goto(product.home);
    await press(chief, "承認する：資料の決裁");
    await saw("いま、あなたが行うことはありません。", chief);
    await open("/meetings/committee-1");
    await saw(/に送付しました。/);
    await saw(TALK);
    await look("sent");
    await press(page, "相談窓口の調査結果について");
    await saw("夜間の対応を求める声があった");
  });

  step("holds the meeting, which postpones an item", async () => {
    await open("/meetings/committee-1/day");
    for (const [nth, org] of [["1", "架空医師会"], ["2", "架空薬剤師会"]]) {
      await write(page, `${nth}人目の所属`, org);
      await select(page, `${nth}人目の出欠`, "出席");
    }
    await press(page, "記録する");
    await saw(/委員2人中2人出席/);
    await press(page, "会議を終えた");
    await page.waitForURL(/minutes$/);
    const line = page.locator("details.minute", { has: page.locator("> summary", { hasText: TALK }) }).last();
    await write(line, "発言の要旨", "■会長　次回にあらためて話したい。");
    await select(line, "結果", "次回へ");
    await press(page, "保存して確定する");
    await page.waitForURL(/after$/);
    await look("after");
    await saw(TALK);
    await saw(/次回へ送られた議題/);
  });

  step("finds it among what is suggested for the next meeting, and puts it into the 次第", async () => {
    await open("/meetings/committee-2/agenda");
    await press(page, "いまの状況から案を作る");
    await page.getByRole("heading", { name: "次第の行" }).waitFor();
    await look("next");
    await saw(/前の会議で次回に送られたため/);
    const line = page.locator("li.line", { hasText: TALK });
    if ((await line.count()) === 0) await press(page, `次第に入れる：${TALK}`);
    await line.waitFor();
    await open("/meetings/committee-2");
    await page.locator("li.line", { hasText: TALK }).getByText(/前の会議で次回に送られたため/).waitFor();
    await page.context().close();
  });

  async function add(kind, title, options) {
    await open("/design/madoguchi");
    await press(page, "設問を加える");
    await select(page, "種類", kind);
    await write(page, "設問の文", title);
    if (options) await write(page, "選択肢（1行に1つ", options);
    await press(page, "加える");
    await page.waitForURL(/items\/q\d/);
  }
}
