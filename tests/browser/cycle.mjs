// A whole cycle, in one go and over pages alone: a small survey is designed, put into the year, answered and closed; its
// result goes to a meeting, is approved and sent; what the meeting postpones comes back to the next 次第. Once by
// pointer on a phone, once by the keyboard at a desk, each time from a pack that `meguri new` has just written.

import { after, before, describe, test } from "node:test";
import { device, inspect } from "./browser.mjs";
import { meeting } from "./cycle_meeting.mjs";
import { asking } from "./cycle_survey.mjs";
import { keyboard, pointer } from "./hands.mjs";
import { fresh } from "./product.mjs";

export function cycle(world) {
  for (const hand of [pointer, keyboard]) describe(`a whole cycle ${hand.name}`, () => walk(world, hand));
}

function walk(world, hand) {
  const way = {
    hand,
    on: () => device(world.browser, way.product.origin, { viewport: hand.viewport }),
    open: (path) => way.page.goto(`${way.product.home}${path}`),
    look: (name, page = way.page) => inspect(page, `cycle-${name}`),
    saw: (words, page = way.page) => page.locator("main").getByText(words).filter({ visible: true }).first().waitFor(),
    // What follows needs what went before: after a failure, the rest of the way is not gone.
    step: (name, goes) =>
      test(name, async (t) => {
        if (way.stopped) return t.skip(`after "${way.stopped}"`);
        await goes().catch(async (error) => {
          way.stopped = name;
          t.diagnostic(`${way.page?.url()}\n${await way.page?.locator("body").innerText()}`);
          throw error;
        });
      }),
  };

  before(async () => {
    way.product = await fresh("kasou");
  });
  after(() => way.product?.stop());

  asking(way);
  meeting(way);
}
