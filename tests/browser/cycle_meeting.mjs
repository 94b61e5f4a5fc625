// The second half of a whole cycle: the result goes to a meeting, and what the meeting postpones to the next one.

import assert from "node:assert/strict";
import { TODAY } from "./product.mjs";

const REPORT = "相談窓口の調査結果について";
const TALK = "相談窓口の夜間対応について";

export function meeting(way) {
  const { step, open, look, saw } = way;
  const { press, write, check, select } = way.hand;

  step("has the 次第 drafted for a meeting today, and edits it and its paper", async () => {
    await open("");
    await press(way.page, /^日付を動かす/);
    await way.page.waitForURL(/dates$/);
    await check(way.page, "第１回推進会議");
    await write(way.page, "新しい日付", TODAY);
    await press(way.page, "何が動くかを見る");
    await saw(/に動かすと$/);
    await write(way.page, "動かす理由", "きょう開くため（架空）");
    await press(way.page, "この日に動かす");
    await way.page.waitForURL(way.product.home);
    await open("/meetings/committee-1/agenda");
    await saw(REPORT);
    await write(way.page, "件名", TALK);
    await press(way.page, "行を足す");
    await way.page.locator("li.line", { hasText: TALK }).waitFor();
    await look("agenda");
    await press(way.page, /^概要/);
    await press(way.page, `直す：${REPORT}`);
    await way.page.getByLabel("資料の文", { exact: true }).waitFor();
    const words = await way.page.getByLabel("資料の文", { exact: true }).inputValue();
    assert.match(words, /相談窓口を使いましたか/);
    await write(way.page, "資料の文", `${words}\n※夜間の対応を求める声があった。\n`);
    await press(way.page, "保存する");
    await saw("保存しました");
    await look("paper");
  });

  step("has it approved and sent", async () => {
    await way.chief.goto(way.product.home);
    await press(way.chief, "決裁する資料を見る：資料の決裁");
    await saw(TALK, way.chief);
    await way.chief.goBack();
    await press(way.chief, "承認する：資料の決裁");
    await saw("いま、あなたが行うことはありません。", way.chief);
    await open("/meetings/committee-1");
    await saw(/に送付しました。/);
    await saw(TALK);
    await look("sent");
    await press(way.page, REPORT);
    await saw("夜間の対応を求める声があった");
  });

  step("holds the meeting, which postpones an item", async () => {
    await open("/meetings/committee-1/day");
    for (const [nth, org] of [["1", "架空医師会"], ["2", "架空薬剤師会"]]) {
      await write(way.page, `${nth}人目の所属`, org);
      await select(way.page, `${nth}人目の出欠`, "出席");
    }
    await press(way.page, "記録する");
    await saw(/委員2人中2人出席/);
    // The draft of the next meeting is there already when this one is minuted.
    await open("/meetings/committee-2/agenda");
    await press(way.page, "いまの状況から案を作る");
    await way.page.getByRole("heading", { name: "次第の行" }).waitFor();
    assert.ok(!(await way.page.locator("main").innerText()).includes(TALK), "nothing is carried over yet");
    await open("/meetings/committee-1/day");
    await press(way.page, "会議を終えた");
    await way.page.waitForURL(/minutes$/);
    const line = way.page.locator("details.minute", { has: way.page.locator("> summary", { hasText: TALK }) }).last();
    await write(line, "発言の要旨", "■会長　次回にあらためて話したい。");
    await select(line, "結果", "次回へ");
    await press(way.page, "保存して確定する");
    await way.page.waitForURL(/after$/);
    await look("after");
    await saw(TALK);
    await saw(/次回へ送られた議題/);
  });

  step("finds it among what is suggested for the next meeting, and puts it into the 次第", async () => {
    await open("/meetings/committee-2/agenda");
    const suggestion = way.page.locator("li.suggestion", { hasText: TALK });
    await suggestion.getByText(/前の会議で次回に送られたため（.*第１回.*から）/).waitFor();
    await look("suggested");
    assert.equal(await way.page.locator("li.line", { hasText: TALK }).count(), 0);
    await press(way.page, `次第に入れる：${TALK}`);
    await way.page.locator("li.line", { hasText: TALK }).waitFor();
    assert.equal(await suggestion.count(), 0);
    await look("next");
    await open("/meetings/committee-2");
    await way.page.locator("li.line", { hasText: TALK }).getByText(/前の会議で次回に送られたため/).waitFor();
    await way.page.context().close();
  });
}
