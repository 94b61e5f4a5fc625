import { launch, device, PHONE, DESK, inspect } from "./browser.mjs";
const [signIn, home, ...paths] = process.argv.slice(2);
const browser = await launch();
const origin = new URL(signIn).origin;
const first = await device(browser, origin, {});
await first.goto(signIn);
let session;
try { await first.getByRole("button", { name: "サインインする" }).click({timeout:4000}); await first.waitForURL(home,{timeout:5000}); } catch (e) { console.log("at", first.url(), (await first.locator("main").innerText()).slice(0,300)); }
session = await first.context().storageState();
for (const viewport of [DESK, PHONE]) {
  const page = await device(browser, origin, { session, viewport });
  for (const [i, path] of paths.entries()) {
    const r = await page.goto(home + path);
    await page.evaluate(async () => { for (const img of document.images) { img.loading = "eager"; } await Promise.all([...document.images].map((i) => i.decode().catch(() => {}))); });
    const facts = await page.evaluate(() => ({ wider: document.documentElement.scrollWidth - document.documentElement.clientWidth, height: document.documentElement.scrollHeight }));
    console.log(viewport.width, path, r.status(), JSON.stringify(facts), page.wrongs.splice(0).join("|"));
    await page.screenshot({ path: `/tmp/results/${i}-${viewport.width}.png`, fullPage: true });
  }
}
await browser.close();
