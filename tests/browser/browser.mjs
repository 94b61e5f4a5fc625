// The browser, and what must hold on every page that a walk opens.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const LARGEST_PAGE = 100 * 1024;
const SMALLEST_TARGET = 44;

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Where the browser is, or nothing. */
export function chromiumPath() {
  return [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path));
}

export async function launch() {
  return chromium.launch({ executablePath: chromiumPath(), args: flags });
}

/** A page of a new device. What goes wrong in it is kept in `page.wrongs`. */
export async function device(browser, origin, { viewport = DESK, javaScript = true, session } = {}) {
  const context = await browser.newContext({
    viewport,
    javaScriptEnabled: javaScript,
    storageState: session,
    locale: "ja-JP",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  // A page without scripts cannot run the checks of accessibility: this one shows the same to them.
  page.twin = javaScript ? page : await (await browser.newContext({ viewport })).newPage();
  page.wrongs = [];
  page.on("console", (message) => message.type() === "error" && page.wrongs.push(message.text()));
  page.on("response", (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) page.answered = response.status();
  });
  page.on("pageerror", (error) => page.wrongs.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) page.wrongs.push(`request to ${url}`);
  });
  return page;
}

/** Opens an address that is refused with this status; that the browser notes it is no wrong. */
export async function refused(page, url, status) {
  const response = await page.goto(url);
  assert.equal(response.status(), status, url);
  page.wrongs = page.wrongs.filter((wrong) => !wrong.includes(`status of ${status}`));
}

/** Tabs to the link or button with these words, which must then be seen to be in focus, and presses Enter. */
export async function pressByKeyboard(page, words) {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const box = element.getBoundingClientRect();
      const seen = box.bottom > 0 && box.top < innerHeight && getComputedStyle(element).outlineStyle !== "none";
      return { text: element.innerText?.trim() ?? "", tag: element.tagName, seen };
    });
    if (focused.text === words && ["A", "BUTTON"].includes(focused.tag)) {
      assert.ok(focused.seen, `${words}: the focus is not seen`);
      await page.keyboard.press("Enter");
      return;
    }
  }
  assert.fail(`${words}: not reached by the keyboard`);
}

/** Inspects the page as it is, laid out at both widths; returns the bytes of its html, css and js, without fonts. */
export async function inspect(page, name) {
  const own = page.viewportSize();
  let bytes = 0;
  for (const viewport of [own.width === PHONE.width ? DESK : PHONE, own]) {
    await page.setViewportSize(viewport);
    bytes = await inspectLayout(page, `${name} (${viewport.width} px)`);
    await shoot(page, name);
  }
  assert.deepEqual(await violations(await twin(page)), [], `${name}: WCAG 2.2 AA`);
  // That a page which says why something was refused has its status is noted by the browser, and is no wrong.
  page.wrongs = page.wrongs.filter((wrong) => page.answered < 400 || !wrong.includes(`status of ${page.answered}`));
  assert.deepEqual(page.wrongs, [], `${name}: console`);
  return bytes;
}

/** A picture of the page, when SHOTS names a folder. */
async function shoot(page, name) {
  const folder = process.env.SHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}-${page.viewportSize().width}.png`), fullPage: true });
}

/** Language, title, one h1, size, nothing wider than the window, targets that a finger hits. */
async function inspectLayout(page, name) {
  const facts = await page.evaluate((smallest) => {
    const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
    const label = (element) => (element.innerText || element.name || element.outerHTML).trim().slice(0, 30);
    // A radio or checkbox is hit through its label. Links in sentences and tables are as high as their line.
    const acts = [...document.querySelectorAll("button, .button, input:not([type=hidden]), select, textarea, nav a, a.what")];
    const low = acts.filter(seen).filter((act) => (act.closest("label") ?? act).getBoundingClientRect().height < smallest - 0.5);
    const loaded = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
    // Charts come one by one as they are scrolled to, and what stands in a frame is a page of its own.
    const apart = ["img", "iframe"];
    const needed = loaded.filter((entry) => !apart.includes(entry.initiatorType) && !entry.name.endsWith("/save") && !entry.name.endsWith("/favicon.ico") && !entry.name.endsWith(".woff2"));
    return {
      lang: document.documentElement.lang,
      title: document.title,
      h1: document.querySelectorAll("h1").length,
      wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      low: low.map(label),
      bytes: needed.reduce((sum, entry) => sum + entry.decodedBodySize, 0),
    };
  }, SMALLEST_TARGET);
  assert.equal(facts.lang, "ja", `${name}: language`);
  assert.match(facts.title, /.+｜めぐり$/, `${name}: title`);
  assert.equal(facts.h1, 1, `${name}: one h1`);
  assert.ok(facts.wider <= 0, `${name}: ${facts.wider} px wider than the window`);
  assert.deepEqual(facts.low, [], `${name}: targets lower than ${SMALLEST_TARGET} px`);
  assert.ok(facts.bytes > 0 && facts.bytes < LARGEST_PAGE, `${name}: ${facts.bytes} bytes`);
  return facts.bytes;
}

/** The page in which scripts may run: itself, or another one that shows the same. */
async function twin(page) {
  if (page.twin === page) return page;
  const [url, body] = [page.url(), await page.content()];
  await page.twin.setViewportSize(page.viewportSize());
  await page.twin.route(url, (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8" }));
  await page.twin.goto("about:blank");
  await page.twin.goto(url);
  await page.twin.unroute(url);
  return page.twin;
}

/** The rules that axe finds broken, each with the first elements that break it. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const found = await page.evaluate(
    (values) => window.axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] }),
    RULES,
  );
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
}
