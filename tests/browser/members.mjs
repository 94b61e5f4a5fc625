// Members of the committee: read the papers by their link and ask where a number comes from.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect, pressByKeyboard, refused } from "./browser.mjs";

export function members(world) {
  describe("a member of the committee", () => {
    let page;

    test("finds the papers that were sent", async () => {
      page = await world.device();
      await page.goto(world.product.papers);
      await inspect(page, "reading");
      assert.equal(await page.locator(".papers li").count(), 5);
    });

    test("goes from 78.1% in the paper to 189 and 242", async () => {
      await page.goto(world.product.papers);
      await pressByKeyboard(page, "令和５年度松本市入退院連携ルール運用状況調査結果について");
      await page.waitForURL(/papers\//);
      await inspect(page, "reading-paper");
      await page.getByRole("link", { name: "78.1%" }).first().click();
      await inspect(page, "reading-figure");
      const text = await page.locator("main").innerText();
      for (const words of ["78.1%", "189", "242"]) assert.ok(text.includes(words), words);
      assert.doesNotMatch(text, /ケアプラン/, "a member sees no single office");
      await page.goBack();
      assert.equal(await page.locator("article.paper").count(), 1);
    });

    test("comes no further than the papers", async () => {
      await refused(page, world.product.home, 401);
      await refused(page, `${world.product.papers}/1`, 404);
      await inspect(page, "not-found");
    });
  });
}
