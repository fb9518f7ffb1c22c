// A large change that waits for a person: the page stays responsive, and every line of it can be reached.
import { expect, test } from "vitest";
import { at, openHome, say, shots, withBrowser } from "./browser.ts";
import { chooseModel } from "./choose.ts";
import { withFolder } from "./during.ts";
import { withGateway } from "./gateway.ts";
import { leave } from "./proposals.ts";
import { withToolModel } from "./toolmodel.ts";

const folder = withFolder("large");
const model = withToolModel();
const gateway = withGateway("demo");
const browser = withBrowser();

const LINES = 19_990;

test("a change of twenty thousand lines is shown whole, and the page can be used meanwhile", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await chooseModel(page, model().base, "tool-one");
  await at(page, "scope-chip").click();
  await at(page, "folder-path").fill(folder());
  await page.keyboard.press("Enter");
  await at(page, "scope-menu").waitFor({ state: "detached" });
  model().plan([["write_file", { path: "large.txt", content: Array.from({ length: LINES }, (_, n) => `const value${n + 1} = "of a usual length";\n`).join("") }]], "Done.");
  await say(page, "Write it");
  await at(page, "diff").waitFor();
  const lines = at(page, "diff").locator(".dl");
  expect(await lines.count()).toBe(LINES);
  // What is far from sight is not laid out, and it is as soon as it is gone to.
  const isLaidOut = () => lines.last().evaluate((line) => line.firstElementChild?.checkVisibility({ contentVisibilityAuto: true }));
  expect(await isLaidOut()).toBe(false);
  await at(page, "diff").evaluate((box) => (box.scrollTop = box.scrollHeight));
  await page.waitForFunction(() => [...document.querySelectorAll(".whole-diff .dl")].at(-1)?.firstElementChild?.checkVisibility({ contentVisibilityAuto: true }));
  expect(await lines.last().innerText()).toContain(`const value${LINES} =`);
  await at(page, "composer").fill("The page is there");
  await page.screenshot({ path: `${shots}/large.png` });
  expect(problems).toEqual([]);
  await leave(page);
});
