// The agent at work with a real gateway: the demo's tour from the first yes to the undo, proposals that outlive a kill, questions, and a
// command that prints two hundred megabytes.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, at, launch, openPage, say, shots } from "./browser.ts";
import { canRestart, startGateway, type Gateway } from "./gateway.ts";
import { startToolModel, type ToolModel } from "./toolmodel.ts";

let gateway: Gateway;
let browser: Browser;
let model: ToolModel;
beforeAll(async () => {
  gateway = await startGateway("demo");
  browser = await launch();
  model = await startToolModel();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.end();
  await model?.close();
});

const approve = (page: Page) => page.locator("[data-test=approve]:not([aria-disabled=true])");
const resolved = (page: Page, n: number) => page.waitForFunction((wanted) => document.querySelectorAll("[data-test=resolved]").length === wanted, n);

async function begin(text: string) {
  const watched = await openPage(browser, gateway.address);
  await at(watched.page, "composer").waitFor();
  await watched.page.evaluate(() => (location.hash = "#/"));
  await watched.page.locator(".start").waitFor();
  await say(watched.page, text);
  return watched;
}

test.skipIf(!canRestart)("the tour: four times yes, a program that fails and then greets, and all of it undone and done again", async () => {
  const { page, problems } = await begin("tour");
  for (let n = 1; n <= 4; n += 1) {
    await approve(page).waitFor();
    await page.screenshot({ path: `${shots}/tour-${n}.png` });
    if (n === 1) expect(await at(page, "diff").innerText()).toContain('echo "Hello, $name!"');
    if (n === 2) expect(await at(page, "proposed-command").innerText()).toBe("sh alcove-tour/greet.sh World");
    if (n === 3) {
      await page.keyboard.press("Control+j");
      await page.waitForFunction(() => document.activeElement?.matches("[data-proposal]"));
      await approve(page).waitFor();
      await page.keyboard.press("a");
    } else await approve(page).click();
    await resolved(page, n);
  }
  expect(await answered(page)).toContain("Hello, World!");
  expect(await page.locator("[data-test=call-state].failed").innerText()).toBe("exit 1");
  // What is said between the calls is read as it was said.
  await page.getByText("It failed: “no name was given”", { exact: false }).waitFor();
  await at(page, "tool").last().locator("summary").click();
  await at(page, "result").filter({ hasText: "Hello, World!" }).waitFor();
  await at(page, "changes-undo").click();
  await at(page, "changes-redo").click();
  await at(page, "changes-undo").waitFor();
  await page.screenshot({ path: `${shots}/tour-end.png` });
  const before = await at(page, "resolved").allInnerTexts();
  await page.reload();
  await resolved(page, 4);
  expect(await at(page, "resolved").allInnerTexts()).toEqual(before);
  expect(problems).toEqual([]);
});

test.skipIf(!canRestart)("a no with a reason ends the tour without a change", async () => {
  const { page } = await begin("tour, please");
  await at(page, "reject").click();
  await at(page, "reject-reason").fill("Not today.");
  await page.locator("[data-test=reject-now]:not([aria-disabled=true])").click();
  await page.getByText("Reason: Not today.").waitFor();
  expect(await answered(page)).toContain("You said no");
  expect(await at(page, "changes").count()).toBe(0);
  expect(await page.locator("[data-test=call-state].refused").count()).toBe(1);
});

test.skipIf(!canRestart)("a rule for this chat: the next command of its kind is not asked about", async () => {
  const { page } = await begin("tour");
  await approve(page).click();
  await resolved(page, 1);
  await at(page, "approve-rule").click();
  await page.locator("[data-test=approve-with-rule]:not([aria-disabled=true])").click();
  await page.getByText("Approved, with a rule").waitFor();
  await resolved(page, 2);
  await approve(page).click();
  // The second run needs nobody.
  expect(await answered(page)).toContain("Hello, World!");
  expect(await at(page, "resolved").count()).toBe(3);
});

test.skipIf(!canRestart)("a proposal outlives a gateway that is killed: a yes afterwards does it", async () => {
  const { page } = await begin("tour");
  await approve(page).waitFor();
  const id = new URL(page.url()).hash;
  await page.context().close();
  await gateway.kill();
  const address = await gateway.again();
  const fresh = await openPage(browser, address.replace("#/", id));
  await at(fresh.page, "queue-bar").waitFor();
  await approve(fresh.page).click();
  await at(fresh.page, "resolved").waitFor();
  await at(fresh.page, "file-edit").or(at(fresh.page, "tool").filter({ hasText: "alcove-tour/greet.sh" })).first().waitFor();
  await fresh.page.screenshot({ path: `${shots}/tour-resumed.png` });
  if (await at(fresh.page, "stop").isVisible()) await at(fresh.page, "stop").click();
  await at(fresh.page, "stop").waitFor({ state: "detached" });
});

async function chooseModel(page: Page): Promise<void> {
  await at(page, "settings").click();
  const dialog = at(page, "settings-dialog");
  await at(page, "add-address").click();
  await at(page, "address").fill(model.base);
  await dialog.getByRole("button", { name: "List its models" }).click();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[data-test=model]")?.value === "tool-one");
  await dialog.getByRole("button", { name: "Save" }).click();
  await at(page, "model-card").filter({ hasText: "tool-one" }).getByText("Default", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

test.skipIf(!canRestart)("a question is answered by a choice; hidden characters of a command are marked; an edited command is what runs", async () => {
  const { page, problems } = await openPage(browser, gateway.address);
  await at(page, "composer").waitFor();
  await chooseModel(page);
  model.plan(
    [["ask_user", { question: "Which one?", options: ["The first", "The second"] }]],
    [["exec", { command: "echo \u202eworld" }]],
    "Done with it.",
  );
  await page.evaluate(() => (location.hash = "#/"));
  await say(page, "Ask and run");
  await page.locator("[data-test=option]:not([aria-disabled=true])").filter({ hasText: "The second" }).click();
  await page.getByText("Answered").waitFor();
  await at(page, "proposed-command").waitFor();
  expect(await at(page, "proposed-command").locator(".hidden-mark").innerText()).toBe("U+202E RLO");
  await at(page, "edit-command").click();
  await at(page, "edited-command").fill("echo edited by hand; printf '\\033[31mred\\033[0m\\n'; exit 3");
  await page.locator("[data-test=approve-edited]:not([aria-disabled=true])").click();
  expect(await answered(page)).toBe("Done with it.");
  expect(await page.locator("[data-test=call-state].failed").innerText()).toBe("exit 3");
  await at(page, "tool").last().locator("summary").click();
  expect(await at(page, "result").innerText()).toContain("edited by hand");
  expect(await at(page, "tool").last().innerText()).toContain("edited by hand");
  expect(problems).toEqual([]);
});

test.skipIf(!canRestart)("a command that prints two hundred megabytes leaves the window at work; Stop ends it soon", async () => {
  const { page, problems } = await openPage(browser, gateway.address);
  await at(page, "composer").waitFor();
  model.plan([["exec", { command: "yes 'a line of a command that says a lot' | head -c 200000000; sleep 60" }]], "That was a lot.");
  await page.evaluate(() => (location.hash = "#/"));
  await say(page, "Print a lot");
  await approve(page).click();
  await at(page, "tool").last().locator("summary").click();
  await at(page, "left-out").waitFor();
  await page.evaluate(() => {
    const state = window as unknown as { longest: number };
    state.longest = 0;
    let before = performance.now();
    const tick = () => {
      const now = performance.now();
      state.longest = Math.max(state.longest, now - before);
      before = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.waitForFunction(() => Number(document.querySelector("[data-test=left-out]")?.textContent?.replace(/\D/g, "")) > 199_000_000);
  expect(await page.evaluate(() => document.querySelector("[data-test=output] pre")?.textContent?.length ?? 0)).toBeLessThanOrEqual(64 * 1024);
  expect(await page.evaluate(() => (window as unknown as { longest: number }).longest)).toBeLessThan(1_500);
  await page.screenshot({ path: `${shots}/tour-flood.png` });
  const began = Date.now();
  await at(page, "call-stop").click();
  await page.locator("[data-test=call-state].stopped, [data-test=call-state].failed").waitFor();
  expect(Date.now() - began).toBeLessThan(8_000);
  await at(page, "stop").waitFor({ state: "detached" });
  expect(problems).toEqual([]);
});
