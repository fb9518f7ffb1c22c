// How a chat acts and what it changed: the panel beside the conversation, the chip in the header, the page of approvals.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, openHome, openPage, say, shots, withBrowser } from "./browser.ts";
import { withGateway } from "./gateway.ts";

const gateway = withGateway("demo");
const browser = withBrowser();

const approvals = () => gateway().address.replace("#/?", "#/settings?section=approvals&");
const focused = (page: Page) => page.evaluate(() => document.activeElement?.closest("#side-panel") != null);

async function openApprovals() {
  const watched = await openPage(browser(), approvals());
  await at(watched.page, "approval-preset").waitFor();
  return watched;
}

test("rules are added, refused with the gateway's words, removed and put back", async () => {
  const { page, problems } = await openApprovals();
  expect(await at(page, "preset-ask").isChecked()).toBe(true);
  await at(page, "rule-add").click();
  await at(page, "field-effect").selectOption("deny");
  await at(page, "field-tool").selectOption("command");
  await at(page, "field-command").fill("git push *");
  await at(page, "field-span").selectOption("folder");
  await at(page, "field-place").fill("not/absolute");
  await at(page, "save").click();
  await at(page, "rule-form").getByRole("alert").waitFor();
  await page.screenshot({ path: `${shots}/rule-refused.png` });
  await at(page, "field-span").selectOption("always");
  await at(page, "save").click();
  const rule = at(page, "rule").filter({ hasText: "git push *" });
  await rule.waitFor();
  expect(await rule.innerText()).toContain("Deny");
  await rule.getByRole("button").click();
  await rule.waitFor({ state: "detached" });
  await at(page, "rule-undo").click();
  await rule.waitFor();

  // Another window has it too.
  const other = await openApprovals();
  await at(other.page, "rule").filter({ hasText: "git push *" }).waitFor();
  await at(other.page, "sandbox-standing").waitFor();
  expect(problems).toEqual([]);
});

test("what opens in the settings takes the focus and gives it back; Escape closes it alone", async () => {
  const { page, problems } = await openApprovals();
  const focus = () => page.evaluate(() => document.activeElement?.getAttribute("data-test"));
  await at(page, "rule-add").focus();
  await page.keyboard.press("Enter");
  await at(page, "rule-form").waitFor();
  expect(await focus()).toBe("field-effect");
  await page.keyboard.press("Escape");
  await at(page, "rule-form").waitFor({ state: "detached" });
  expect(await focus()).toBe("rule-add");
  await at(page, "preset-full").focus();
  await page.keyboard.press("Space");
  await at(page, "confirm").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "confirm").waitFor({ state: "detached" });
  expect(await focus()).toBe("preset-full");
  expect(await at(page, "preset-ask").isChecked()).toBe(true);
  await at(page, "settings-dialog").waitFor();
  expect(problems).toEqual([]);
});

test("never asking is asked about, and holds for every window", async () => {
  const { page, problems } = await openApprovals();
  await at(page, "preset-full").click();
  await at(page, "confirm").getByRole("button").last().click();
  await at(page, "confirm").waitFor({ state: "detached" });
  expect(await at(page, "preset-ask").isChecked()).toBe(true);
  await at(page, "preset-edit_freely").click();
  await page.locator("[data-test=preset-edit_freely]:checked:not(:disabled)").waitFor();
  const other = await openApprovals();
  expect(await at(other.page, "preset-edit_freely").isChecked()).toBe(true);
  await at(page, "preset-ask").click();
  await page.locator("[data-test=preset-ask]:checked:not(:disabled)").waitFor();
  expect(problems).toEqual([]);
});

test("a chat looks or acts, with its own approvals and network, and a reload keeps it", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  // Before its first message, too.
  await at(page, "acting-chip").click();
  await at(page, "mode-ask").click();
  await page.keyboard.press("Escape");
  await say(page, "Say hello");
  await answered(page);
  await at(page, "acting-chip").click();
  await page.locator("[data-test=mode-ask][aria-checked=true]:not(:disabled)").waitFor();
  await at(page, "own-edit_freely").click();
  await page.locator("[data-test=own-edit_freely][aria-checked=true]:not(:disabled)").waitFor();
  await at(page, "network").click();
  await at(page, "acting-sure").getByRole("button").last().click();
  expect(await at(page, "network").isChecked()).toBe(false);
  await at(page, "network").click();
  await at(page, "acting-sure-yes").click();
  await page.locator("[data-test=network]:checked:not(:disabled)").waitFor();
  await page.screenshot({ path: `${shots}/acting-menu.png` });
  await page.keyboard.press("Escape");
  expect(await at(page, "acting-chip").getAttribute("aria-label")).toContain("Looks only");
  await page.reload();
  await at(page, "acting-chip").and(page.locator("[aria-label*='Looks only']")).waitFor();
  await page.keyboard.press("Control+Shift+L");
  await at(page, "acting-chip").and(page.locator("[aria-label*='Edits freely']")).waitFor();
  await at(page, "acting-chip").click();
  await at(page, "to-approvals").click();
  await at(page, "approval-preset").waitFor();
  expect(problems).toEqual([]);
});

test("a chat that never asks says so beside its name, in a narrow window too", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await at(page, "acting-chip").click();
  await at(page, "own-full").click();
  await at(page, "acting-sure-yes").click();
  const chip = at(page, "acting-chip").and(page.locator("[aria-label*='Never asks']"));
  await chip.waitFor();
  expect(await chip.getAttribute("title")).toContain("nothing asks you");
  await page.keyboard.press("Escape");
  await page.screenshot({ path: `${shots}/acting-never.png` });
  await page.setViewportSize({ width: 720, height: 900 });
  expect(await chip.locator(".label").isVisible()).toBe(true);
  await page.screenshot({ path: `${shots}/acting-never-narrow.png` });
  await page.setViewportSize({ width: 420, height: 800 });
  expect(await chip.locator(".label").isVisible()).toBe(true);
  await page.screenshot({ path: `${shots}/acting-never-least.png` });
  expect(problems).toEqual([]);
});

test("the panel opens and closes by the keys, keeps its width, and says that nothing was changed", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await say(page, "Say hello");
  await answered(page);
  await page.keyboard.press("Control+Shift+G");
  await at(page, "changes-none").waitFor();
  expect(await focused(page)).toBe(true);
  await at(page, "panel-edge").focus();
  const before = (await at(page, "side-panel").boundingBox())?.width ?? 0;
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((was) => (document.querySelector("#side-panel")?.getBoundingClientRect().width ?? 0) > was, before);
  await page.reload();
  await at(page, "changes-none").waitFor();
  expect((await at(page, "side-panel").boundingBox())?.width).toBeGreaterThan(before);
  await page.keyboard.press("Control+Shift+G");
  await at(page, "side-panel").waitFor({ state: "detached" });
  expect(problems).toEqual([]);

  const narrow = await openPage(browser(), gateway().address, { viewport: { width: 720, height: 900 } });
  await at(narrow.page, "composer").waitFor();
  await at(narrow.page, "panel-toggle").click();
  await at(narrow.page, "side-panel").waitFor();
  await narrow.page.keyboard.press("Escape");
  await at(narrow.page, "side-panel").waitFor({ state: "detached" });
});
