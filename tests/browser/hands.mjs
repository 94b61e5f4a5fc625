// Two ways to do the same thing: by pointer on a phone, and by the keyboard alone at a desk.

import assert from "node:assert/strict";
import { DESK, PHONE } from "./browser.mjs";

const exactly = (words) => (words instanceof RegExp ? words : new RegExp(`^\\s*${RegExp.escape?.(words) ?? words}\\s*$`));

const ACTS = "a, button:not([aria-hidden]), summary";

// Everything is looked for in a page, or in a part of one.
const pageOf = (within) => within.page?.() ?? within;

/** The field with this label: the one that begins with these words. */
const field = (page, label) => page.getByLabel(new RegExp(`^\\s*${label}`)).filter({ visible: true }).first();

export const pointer = {
  name: "by pointer on a phone",
  viewport: PHONE,
  press: (page, words) => page.locator(ACTS).filter({ hasText: exactly(words), visible: true }).first().click(),
  write: (page, label, text) => field(page, label).fill(text),
  check: (page, label) => field(page, label).check(),
  select: (page, label, option) => field(page, label).selectOption({ label: option }),
};

/** Tabs until what is in focus is this element, which must then be seen; arrows inside a group of radio buttons. */
async function reach(target, said) {
  const page = target.page();
  const goal = await target.elementHandle();
  for (let presses = 0; presses < 300; presses += 1) {
    const where = await page.evaluate((goal) => {
      const at = document.activeElement;
      const box = at.getBoundingClientRect();
      const seen = box.bottom > 0 && box.top < innerHeight && getComputedStyle(at).outlineStyle !== "none";
      if (at === goal) return seen ? "here" : "unseen";
      return at.type === "radio" && at.name === goal.name && at.form === goal.form ? "group" : "elsewhere";
    }, goal);
    if (where === "here") return;
    assert.notEqual(where, "unseen", `${said}: the focus is not seen`);
    await page.keyboard.press(where === "group" ? "ArrowDown" : "Tab");
  }
  assert.fail(`${said}: not reached by the keyboard`);
}

export const keyboard = {
  name: "by keyboard at a desk",
  viewport: DESK,
  async press(page, words) {
    await reach(page.locator(ACTS).filter({ hasText: exactly(words), visible: true }).first(), words);
    await pageOf(page).keyboard.press("Enter");
  },
  async write(page, label, text) {
    const target = field(page, label);
    await reach(target, label);
    const type = await target.getAttribute("type");
    if (type === "date") {
      // The browser's own language decides in which order the parts of a date stand.
      const [year, month, day] = text.split("-");
      const { keyboard } = pageOf(page);
      for (const order of [[month + day + year], [year, "ArrowRight", month + day]]) {
        for (const _ of "123") await keyboard.press("ArrowLeft");
        for (const part of order) await (part === "ArrowRight" ? keyboard.press(part) : keyboard.type(part));
        if ((await target.inputValue()) === text) break;
      }
    } else {
      await pageOf(page).keyboard.press("Control+A");
      await pageOf(page).keyboard.insertText(text);
    }
    assert.equal(await target.inputValue(), text, `${label}: typed`);
  },
  async check(page, label) {
    const target = field(page, label);
    await reach(target, label);
    if (!(await target.isChecked())) await pageOf(page).keyboard.press("Space");
    assert.ok(await target.isChecked(), `${label}: checked`);
  },
  async select(page, label, option) {
    const target = field(page, label);
    await reach(target, label);
    const chosen = () => target.evaluate((select) => select.selectedOptions[0].text.trim());
    for (let presses = 0; presses < 60 && (await chosen()) !== option; presses += 1) await pageOf(page).keyboard.press("ArrowDown");
    assert.equal(await chosen(), option, `${label}: chosen`);
  },
};
