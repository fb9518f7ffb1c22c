// What a command put out stands in the same boxes after its end, and all that is kept of it can be read.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { at, openHome, say, shots, withBrowser } from "./browser.ts";
import { chooseModel } from "./choose.ts";
import { withFolder } from "./during.ts";
import { withGateway } from "./gateway.ts";
import { withToolModel } from "./toolmodel.ts";

const folder = withFolder("output");
const model = withToolModel();
const gateway = withGateway("demo");
const browser = withBrowser();

/** A chat in the folder that asks about nothing. */
async function free(page: Page): Promise<void> {
  await at(page, "scope-chip").click();
  await at(page, "folder-path").fill(folder());
  await page.keyboard.press("Enter");
  await at(page, "scope-menu").waitFor({ state: "detached" });
  await at(page, "acting-chip").click();
  await at(page, "own-full").click();
  await at(page, "acting-sure-yes").click();
  await at(page, "acting-chip").and(page.locator("[aria-label*='Never asks']")).waitFor();
  await page.keyboard.press("Escape");
}

const atEnd = (page: Page) => page.waitForFunction(() => {
  const box = document.querySelector("[data-test=output] pre");
  return box !== null && box.scrollHeight > box.clientHeight && box.scrollHeight - box.scrollTop - box.clientHeight < 24;
});

test("the boxes of a command stay when it ends, with their channels, their place and how they are drawn", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await chooseModel(page, model().base, "tool-one");
  await free(page);
  model().plan([["exec", { command: "seq -f 'line %g' 1 600; echo 'went wrong' >&2; while [ ! -e go ]; do sleep 0.1; done; exit 3" }]], "Done.");
  await say(page, "Count");
  const line = at(page, "tool");
  await line.locator("[data-test=newest]").filter({ hasText: "line 600" }).waitFor();
  await page.screenshot({ path: `${shots}/output-closed.png` });
  await line.locator("summary").click();
  await at(page, "output").filter({ hasText: "line 600" }).waitFor();
  await at(page, "output-wrap").first().click();
  await writeFile(path.join(folder(), "go"), "");
  await line.locator("[data-test=call-state]").getByText("exit 3").waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  await atEnd(page);
  expect([await at(page, "output-wrap").first().getAttribute("aria-pressed"), await at(page, "output-err").locator("pre").innerText()]).toEqual(["true", "went wrong\n"]);
  await page.screenshot({ path: `${shots}/output-ended.png` });

  // Later there is only what the gateway kept: its end first, and all of it when asked.
  await page.reload();
  await line.locator("summary").first().click();
  await atEnd(page);
  expect(await at(page, "output").locator("pre").innerText()).not.toContain("line 1\n");
  await at(page, "output-whole").click();
  await page.waitForFunction(() => document.querySelector("[data-test=output] pre")?.textContent?.startsWith("line 1\nline 2\n"));
  expect(await at(page, "left-out").count()).toBe(0);
  expect(await at(page, "told").innerText()).toBe("What the model was told");
  expect(problems).toEqual([]);
});

test("a command whose time was over says so on its line; one that was stopped had no error", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await free(page);
  model().plan([["exec", { command: "while true; do sleep 0.1; done", timeout_s: 1 }]], [["exec", { command: "while true; do sleep 0.1; done" }]], "Done.");
  await say(page, "Run on");
  await at(page, "tool").first().getByText("timed out").waitFor();
  await at(page, "call-stop").click();
  await at(page, "tool").last().locator("[data-test=call-state]").getByText("stopped").waitFor();
  await at(page, "tool").last().locator("summary").click();
  await at(page, "result").waitFor();
  expect(await at(page, "result").getAttribute("data-error")).toBeNull();
  await page.screenshot({ path: `${shots}/output-over.png` });
  expect(problems).toEqual([]);
});
