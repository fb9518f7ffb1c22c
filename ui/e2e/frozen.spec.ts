// A gateway that stands still and goes on: its silence is told, and of an answer it has not confirmed nothing is claimed.
import { expect, test } from "vitest";
import { at, begin, shots, withBrowser } from "./browser.ts";
import { withScripted } from "./gateway.ts";
import { armed, leave } from "./proposals.ts";

const gateway = withScripted();
const browser = withBrowser();
/** Longer than an answer may take. */
const LONG_MS = 30_000;

test("an answer given to a silent gateway stays in doubt until it answers, and then counts", async () => {
  const { page, problems } = await begin(browser(), gateway().address, "Give me the tour");
  await at(page, "proposal").waitFor();
  await page.clock.install();
  await page.reload();
  await armed(page, "approve").waitFor();
  gateway().freeze();
  await at(page, "approve").click();
  await page.clock.runFor(LONG_MS);
  await at(page, "in-doubt").waitFor();
  expect(await at(page, "not-counted").count()).toBe(0);
  expect(await at(page, "approve").getAttribute("aria-disabled")).toBe("true");
  expect(await at(page, "silent").innerText()).toMatch(/No answer for \d+ s/);
  await page.screenshot({ path: `${shots}/frozen.png` });
  gateway().thaw();
  await at(page, "silent").waitFor({ state: "detached" });
  await at(page, "resolved").filter({ hasText: "Approved" }).waitFor();
  expect(await at(page, "in-doubt").count()).toBe(0);
  expect(problems).toEqual([]);
  await leave(page);
});
