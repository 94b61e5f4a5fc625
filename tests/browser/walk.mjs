// Walks through the product in a real browser: `npm install && npm test`.
//
// MEGURI   the binary; else the debug build, else the release build
// CHROMIUM the browser; else /usr/bin/chromium
// SHOTS    a folder that keeps a picture of every inspected page

import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { chromiumPath, device, launch } from "./browser.mjs";
import { badDesk } from "./bad_desk.mjs";
import { badLinks } from "./bad_links.mjs";
import { badLists } from "./bad_lists.mjs";
import { badTexts } from "./bad_texts.mjs";
import { distribution } from "./distribution.mjs";
import { binary, hasClock, start } from "./product.mjs";
import { home } from "./home.mjs";
import { cycle } from "./cycle.mjs";
import { design } from "./design.mjs";
import { admin } from "./admin.mjs";
import { ledgers } from "./ledgers.mjs";
import { meetings } from "./meetings.mjs";
import { members } from "./members.mjs";
import { respondents } from "./respondents.mjs";
import { results } from "./results.mjs";
import { secretariat } from "./secretariat.mjs";

const skip = chromiumPath() ? false : "no chromium: install it, or name it with CHROMIUM";
if (skip) console.error(`SKIPPED: the walks in the browser; ${skip}`);

describe("Meguri in a browser", { skip, timeout: 1_500_000 }, () => {
  const world = {};

  before(async () => {
    assert.ok(binary(), "no binary: build it with `cargo build -p server`, or name it with MEGURI");
    assert.ok(hasClock(), "no libfaketime: install the package faketime");
    world.product = await start();
    world.browser = await launch();
    world.device = (options) => device(world.browser, world.product.origin, options);
  });

  after(async () => {
    await world.browser?.close();
    await world.product?.stop();
  });

  secretariat(world);
  home(world);
  results(world);
  respondents(world);
  badLinks(world);
  badTexts(world);
  members(world);
  design(world);
  ledgers(world);
  meetings(world);
  // Last: it asks more offices than the story does.
  distribution(world);
  admin(world);
  badLists(world);
  badDesk(world);
  cycle(world);
});
