// The settings as a page: addresses, search, what is saved and refused, other clients, the order of models, keys, restarts, the report.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { at, openHome, openPage, shots, withBrowser } from "./browser.ts";
import { withGateway } from "./gateway.ts";
import { withModel } from "./model.ts";

const model = withModel();
const gateway = withGateway("demo");
const browser = withBrowser();

const inSection = (section: string) => gateway().address.replace("#/?", `#/settings?section=${section}&`);
const field = (page: Page, name: string) => at(page, `field-${name}`);
const hash = (page: Page) => new URL(page.url()).hash;
const saved = (page: Page) => at(page, "saved").first().waitFor();

async function open(section: string, options = {}) {
  const watched = await openPage(browser(), inSection(section), options);
  await at(watched.page, "settings-dialog").waitFor();
  return watched;
}

test("sections have addresses, are found by what is in them, and Back leads to the chat", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  const before = hash(page);
  await at(page, "settings").click();
  await at(page, "section-models").and(page.locator("[aria-current=page]")).waitFor();
  expect(hash(page)).toBe("#/settings?section=models");
  await at(page, "settings-search").fill("time zone");
  expect(await page.locator(".set-nav a").count()).toBe(1);
  await at(page, "settings-search").press("Enter");
  await field(page, "timezone").waitFor();
  expect(hash(page)).toBe("#/settings?section=system");
  await page.locator("[data-test=field-timezone]:focus").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "settings-dialog").waitFor({ state: "detached" });
  await page.waitForFunction((was) => window.location.hash === was, before);
  await page.goForward();
  await at(page, "settings-dialog").waitFor();
  await page.goBack();
  await at(page, "settings-dialog").waitFor({ state: "detached" });

  // From nowhere: an address alone opens its section, and closing it leads to the chats.
  await page.goto("about:blank");
  await page.goto(inSection("advanced"));
  await at(page, "section-security").and(page.locator("[aria-current=page]")).waitFor();
  expect(page.url()).not.toContain("bootstrapSecret");
  await at(page, "settings-close").click();
  await at(page, "composer").waitFor();
  expect(hash(page)).not.toContain("settings");
  expect(problems).toEqual([]);
});

test("a refusal stands beside its field in the gateway's words; then it is saved and holds after a reload", async () => {
  const { page, problems } = await open("system");
  await field(page, "timezone").fill("Mars/Olympus");
  await field(page, "tool_hint_max_length").fill("80");
  await at(page, "save").click();
  const row = page.locator("[data-field=timezone]");
  await row.getByText("invalid timezone", { exact: true }).waitFor();
  expect(await field(page, "timezone").getAttribute("aria-invalid")).toBe("true");
  expect(await field(page, "tool_hint_max_length").inputValue(), "nothing typed is lost").toBe("80");
  await page.screenshot({ path: `${shots}/settings-refused.png` });
  await field(page, "timezone").fill("Asia/Tokyo");
  expect(await row.locator("[data-test=field-error]").count()).toBe(0);
  await field(page, "tool_hint_max_length").fill("9999");
  await at(page, "save").click();
  await page.locator("[data-field=tool_hint_max_length]").getByText("tool_hint_max_length must be between 20 and 500").waitFor();
  await field(page, "tool_hint_max_length").fill("80");
  await at(page, "save").click();
  await saved(page);
  await at(page, "restart-banner").first().waitFor();
  await page.screenshot({ path: `${shots}/settings-saved.png` });
  await page.reload();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[data-test=field-timezone]")?.value === "Asia/Tokyo");
  expect(await field(page, "tool_hint_max_length").inputValue()).toBe("80");
  expect(problems).toEqual([]);
});

test("what another window changes shows, and never takes what is being typed", async () => {
  const mine = await open("web");
  const theirs = await open("web");
  await field(mine.page, "timeout").fill("77");
  await field(theirs.page, "timeout").fill("55");
  await field(theirs.page, "max_results").fill("9");
  await at(theirs.page, "save").click();
  await saved(theirs.page);
  await mine.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await at(mine.page, "overtaken").getByText("55").waitFor();
  expect(await field(mine.page, "timeout").inputValue()).toBe("77");
  expect(await field(mine.page, "max_results").inputValue()).toBe("9");
  await at(mine.page, "section-web").locator(".mark-unsaved").waitFor();
  await at(mine.page, "section-image").click();
  await at(mine.page, "section-web").click();
  expect(await field(mine.page, "timeout").inputValue(), "looking elsewhere loses nothing").toBe("77");
  await at(mine.page, "save").click();
  await saved(mine.page);
  expect(await at(mine.page, "overtaken").count()).toBe(0);
  expect([...mine.problems, ...theirs.problems]).toEqual([]);
});

test("a server of one's own: refused without an address, added with a key that is only hinted at, replaced, removed", async () => {
  const { page, problems } = await open("providers");
  await at(page, "add-provider").click();
  await field(page, "name").fill("Bench");
  await at(page, "save").click();
  await page.locator("[data-field=api_base]").getByText("API base is required").waitFor();
  await field(page, "api_base").fill(model().base);
  await field(page, "api_key").fill("sk-bench-0123456789-last");
  await at(page, "provider-more").click();
  await field(page, "extra_headers").fill("not json");
  await at(page, "save").click();
  await page.locator("[data-field=extra_headers]").getByText("extra_headers must be a JSON object").waitFor();
  await page.screenshot({ path: `${shots}/settings-provider.png` });
  await field(page, "extra_headers").fill('{"X-Team": "garden"}');
  await at(page, "save").click();
  const card = at(page, "provider-card").filter({ hasText: "Bench" });
  await card.getByText("sk-b••••last").waitFor();
  expect(await page.content()).not.toContain("0123456789-last");
  await card.locator("[data-test=provider-edit]").click();
  expect(await field(page, "extra_headers").inputValue()).toContain("garden");
  await page.keyboard.press("Tab");
  await card.getByRole("button", { name: "Cancel" }).click();
  await card.locator("[data-test=provider-clear]").click();
  await at(page, "confirm-yes").click();
  await card.getByText("sk-b••••last").waitFor({ state: "detached" });
  await card.locator("[data-test=provider-delete]").click();
  await at(page, "confirm-yes").click();
  await card.waitFor({ state: "detached" });
  expect(problems).toEqual([]);
});

test("a preset from a provider's catalogue; the order by keyboard and by pointer; what still is called cannot be deleted", async () => {
  const { page, problems } = await open("providers");
  await at(page, "add-provider").click();
  await field(page, "name").fill("Small");
  await field(page, "api_base").fill(model().base);
  await at(page, "save").click();
  await at(page, "provider-card").filter({ hasText: "Small" }).waitFor();
  await at(page, "section-models").click();
  for (const name of ["first-one", "second-one"]) {
    await at(page, "add-preset").click();
    await field(page, "provider").selectOption({ label: "Small" });
    await at(page, "browse").click();
    await at(page, "catalogue-model").first().waitFor();
    await page.screenshot({ path: `${shots}/settings-catalogue.png` });
    await at(page, "catalogue-model").first().click();
    await field(page, "name").fill(name);
    await at(page, "save").click();
    await at(page, "model-card").filter({ hasText: name }).waitFor();
  }
  const order = () => at(page, "order-row").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.name));
  for (const label of ["first-one", "second-one"]) {
    if ((await order()).includes(label)) continue;
    await at(page, "order-add").selectOption({ label });
    await page.locator(`[data-test=order-row][data-name="${label}"]`).waitFor();
  }
  const kept = await order();
  expect(kept.slice(-2)).toEqual(["first-one", "second-one"]);
  const handle = page.locator('[data-name="second-one"] [data-test=order-handle]');
  await handle.focus();
  await handle.press("ArrowUp");
  await page.waitForFunction(() => [...document.querySelectorAll<HTMLElement>("[data-test=order-row]")].at(-1)?.dataset.name === "first-one");
  expect(await handle.evaluate((one) => one === document.activeElement), "the focus stays on what moves").toBe(true);

  const from = await page.locator('[data-name="first-one"] [data-test=order-handle]').boundingBox();
  const to = await at(page, "order-row").first().boundingBox();
  if (from === null || to === null) throw new Error("no rows");
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 8, to.y + 20, { steps: 6 });
  await page.mouse.move(from.x + 8, to.y - 4, { steps: 3 });
  await page.mouse.up();
  await page.waitForFunction(() => document.querySelector<HTMLElement>("[data-test=order-row]")?.dataset.name === "first-one");
  await page.locator('[data-name="first-one"]').getByText("Default", { exact: true }).waitFor();
  await page.locator("[data-test=call-order] ol[aria-busy=false]").waitFor();
  await page.screenshot({ path: `${shots}/settings-order.png` });
  await page.reload();
  await at(page, "order-row").first().waitFor();
  expect((await order())[0]).toBe("first-one");

  const card = at(page, "model-card").filter({ hasText: "second-one" });
  await card.locator("[data-test=delete-model]").click();
  await at(page, "confirm-yes").click();
  await card.getByText("remove the model preset from the call order first").waitFor();
  await page.locator('[data-name="second-one"] [data-test=order-remove]').click();
  await page.locator('[data-test=order-row][data-name="second-one"]').waitFor({ state: "detached" });
  await card.locator("[data-test=delete-model]").click();
  await at(page, "confirm-yes").click();
  await card.waitFor({ state: "detached" });
  expect(problems).toEqual([]);
});

test("full access by default is asked for first, and can be waved away", async () => {
  const { page, problems } = await open("security");
  await at(page, "access-full").click();
  await at(page, "confirm").waitFor();
  await page.screenshot({ path: `${shots}/settings-full.png` });
  await at(page, "confirm").getByRole("button", { name: "Keep to the folder" }).click();
  expect(await at(page, "access-default").isChecked()).toBe(true);
  await at(page, "access-full").click();
  await at(page, "confirm-yes").click();
  await at(page, "confirm").waitFor({ state: "detached" });
  await page.reload();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[data-test=access-full]")?.checked === true);
  await at(page, "access-default").click();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[data-test=access-default]")?.checked === true);
  expect(await at(page, "open-port").innerText()).toContain("127.0.0.1");
  expect(problems).toEqual([]);
});

test("the report is shown file by file before it is saved", async () => {
  const { page, problems } = await open("system");
  await at(page, "diagnostics").click();
  await at(page, "report-text").waitFor();
  const files = at(page, "report-file");
  expect(await files.count()).toBeGreaterThan(1);
  const first = await at(page, "report-text").innerText();
  await files.nth(1).click();
  expect(await at(page, "report-text").innerText()).not.toBe(first);
  await page.screenshot({ path: `${shots}/settings-report.png` });
  const download = page.waitForEvent("download");
  await at(page, "report-save").click();
  expect((await download).suggestedFilename()).toMatch(/\.zip$/);
  await page.keyboard.press("Escape");
  await at(page, "report").waitFor({ state: "detached" });
  expect(await at(page, "settings-dialog").isVisible(), "only the report was closed").toBe(true);
  expect(problems).toEqual([]);
});

test("a restart is told until it is done, and what waited for it holds", async () => {
  const { page } = await open("system");
  await field(page, "tool_hint_max_length").fill(String(100 + (Date.now() % 300)));
  await at(page, "save").click();
  await at(page, "restart-banner").first().getByText("Restart needed.").waitFor();
  await at(page, "restart-engine").click();
  await at(page, "confirm-yes").click();
  await at(page, "engine-state").getByText(/Restart completed in [\d.]+ s\./).waitFor();
  await page.screenshot({ path: `${shots}/settings-restarted.png` });
  await page.getByText("Restart needed.").first().waitFor({ state: "detached" });
  await at(page, "settings-close").click();
  await page.waitForFunction(() => document.querySelectorAll("[data-test=chat-row]").length === 0 || !document.body.textContent?.includes("Untitled chat"), undefined, { timeout: 10_000 });
});

test("in the native window its host opens the log, keeps the report and starts the engine anew", async () => {
  const { page, problems } = await openPage(browser(), gateway().address);
  await page.addInitScript(() => {
    const asked: string[] = [];
    let tell = (_status: { engine_status: string }) => {};
    Object.assign(window, {
      asked,
      alcoveHost: {
        getRuntimeInfo: async () => ({ surface: "native", engine_status: "ready" }),
        onRuntimeStatus: (cb: typeof tell) => ((tell = cb), () => {}),
        openLogs: async () => void asked.push("logs"),
        exportDiagnostics: async () => (asked.push("export"), "/home/me/alcove-diagnostics.zip"),
        restartEngine: async () => {
          asked.push("restart");
          tell({ engine_status: "restarting" });
          throw new Error("another gateway has this folder");
        },
      },
    });
  });
  await page.goto("about:blank");
  await page.goto(inSection("system"));
  await at(page, "engine-state").getByText("Running").waitFor();
  await at(page, "open-logs").click();
  await at(page, "diagnostics").click();
  await at(page, "report-save").click();
  await page.getByText("/home/me/alcove-diagnostics.zip").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "restart-engine").click();
  await at(page, "confirm-yes").click();
  await at(page, "engine-state").getByText("could not be restarted: another gateway has this folder").waitFor();
  expect(await page.evaluate(() => (window as unknown as { asked: string[] }).asked)).toEqual(["logs", "export", "restart"]);
  expect(problems).toEqual([]);
});

test("usage shows as a calendar and as a table", async () => {
  const { page, problems } = await open("overview");
  await at(page, "usage").locator(".sums, [data-test=usage-none]").first().waitFor();
  if (await at(page, "heat").isVisible()) {
    const weeks = await at(page, "heat").locator("rect").count();
    expect(weeks).toBeGreaterThan(52 * 7);
    await page.getByText("As a table").click();
    expect(await page.locator(".set-table tbody tr").count()).toBeGreaterThan(0);
  }
  expect(problems).toEqual([]);
});

test("German has every word, and nothing hides behind the edge of a narrow window", async () => {
  const { page, problems } = await open("overview", { locale: "de-DE", viewport: { width: 400, height: 800 } });
  for (const section of ["overview", "appearance", "models", "providers", "web", "image", "voice", "system", "security", "storage"]) {
    await at(page, `section-${section}`).click();
    await page.locator(".set-card").first().waitFor();
    const wide = await page.locator("#settings-body").evaluate((one) => one.scrollWidth - one.clientWidth);
    expect([section, wide]).toEqual([section, 0]);
  }
  expect(problems).toEqual([]);
});
