// A development aid: the changes panel, how a chat acts, and the page of approvals, in Chromium, as pictures to look at. Expects the mock (or
// ALCOVE_URL). node dev/shoot-acting.mjs OUT_FOLDER [PART…]
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const out = process.argv[2] ?? (await mkdtemp(path.join(tmpdir(), "alcove-shots-")));
const wanted = process.argv.slice(3);
await mkdir(out, { recursive: true });
const address = process.env.ALCOVE_URL ?? "http://127.0.0.1:8799/#/?bootstrapSecret=mock-secret-0123456789";
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
const problems = [];

for (const [width, height] of [[1280, 800], [720, 900]])
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: process.env.ALCOVE_LANGUAGE ?? "en-GB" });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && problems.push(m.text()));
    page.on("pageerror", (e) => problems.push(String(e)));
    const at = (name) => page.locator(`[data-test=${name}]`);
    const shot = (name) => page.screenshot({ path: path.join(out, `${name}-${width}-${colorScheme}.png`) });
    const part = async (name, run) => {
      if (wanted.length > 0 && !wanted.includes(name)) return;
      await run().catch(async (error) => (problems.push(`${name} ${width} ${colorScheme}: ${error}`), await shot(`${name}-failed`)));
    };
    const chat = (id) => page.evaluate((id) => (location.hash = `#/chat/${id}`), id);
    const file = (name) => page.locator(`[data-test=changed-file][data-path$="${name}"]`);
    await page.goto(address);
    await at("composer").waitFor();
    await part("changes", async () => {
      await chat("acting");
      await at("panel-toggle").click();
      await at("turn").first().waitFor();
      await shot("changes");
      await file("parser.ts").locator("[data-row]").first().click();
      await at("hunk").first().waitFor();
      await at("hunk").first().locator("[data-way=revert]").click();
      await at("hunk").first().locator("[data-way=redo]").waitFor();
      await shot("changes-hunk");
      await file("parser.ts").locator("[data-row]").first().click();
      await at("turn").first().locator("[data-way=revert]").first().click();
      await at("left").waitFor();
      await shot("changes-left");
      await at("anyway").click();
      await at("anyway-sure").waitFor();
      await shot("changes-sure");
      await at("anyway-yes").click();
      await at("anyway-sure").waitFor({ state: "detached" });
      await page.locator(".file.is-reverted[data-path='src/read/parser.ts']").waitFor();
      await shot("changes-undone");
      await at("turn").first().locator("[data-way=redo]").first().click();
      await at("rest").click();
      await page.waitForFunction(() => document.querySelector(".file.is-reverted[data-path='src/read/parser.ts']") === null);
      for (const name of ["bundle.js", "bundle.js.map", "run.sh"]) await file(name).locator("[data-row]").first().click();
      await at("changes").evaluate((e) => (e.scrollTop = 200));
      await shot("changes-notes");
      await at("panel-close").click();
      await chat("acting-many");
      await at("panel-toggle").click();
      await at("more-files").scrollIntoViewIfNeeded();
      await shot("changes-many");
      await at("panel-close").click();
      await chat("chat-3");
      await at("panel-toggle").click();
      await at("changes-none").waitFor();
      await shot("changes-none");
      await at("panel-close").click();
    });
    await part("chip", async () => {
      await chat("acting");
      await at("acting-chip").waitFor();
      await shot("chip");
      await at("acting-chip").click();
      await at("mode-act").waitFor();
      await shot("chip-menu");
      await at("network").click();
      await at("acting-sure").waitFor();
      await shot("chip-network");
      await at("acting-sure-yes").click();
      await page.locator("[data-test=network]:checked:not(:disabled)").waitFor();
      await at("own-full").click();
      await at("acting-sure-yes").click();
      await page.locator("[data-test=own-full][aria-checked=true]:not(:disabled)").waitFor();
      await at("mode-ask").click();
      await page.locator("[data-test=mode-ask][aria-checked=true]:not(:disabled)").waitFor();
      await shot("chip-looks");
      await at("mode-act").click();
      await page.locator("[data-test=mode-act][aria-checked=true]:not(:disabled)").waitFor();
      await page.keyboard.press("Escape");
      await shot("chip-full");
      await at("acting-chip").click();
      await at("network").click();
      await page.locator("[data-test=network]:not(:checked):not(:disabled)").waitFor();
      await at("own-none").click();
      await page.locator("[data-test=own-none][aria-checked=true]:not(:disabled)").waitFor();
      await page.keyboard.press("Escape");
      if (width >= 1080) {
        await at("panel-toggle").click();
        await at("turn").first().waitFor();
        await shot("chip-panel");
        await at("panel-close").click();
      }
      await page.keyboard.press("Control+k");
      await at("palette-input").fill("chang");
      await shot("palette-acting");
      await page.keyboard.press("Escape");
    });
    await part("approvals", async () => {
      await chat("acting");
      await page.evaluate(() => (location.hash = "#/settings?section=approvals"));
      await at("approval-preset").waitFor();
      const whole = async (name) => {
        await shot(name);
        const tall = await page.locator("#settings-body").evaluate((one) => one.scrollHeight + 60);
        await page.setViewportSize({ width, height: Math.max(height, tall) });
        await shot(`${name}-whole`);
        await page.setViewportSize({ width, height });
      };
      await whole("approvals");
      await at("rule-remove").last().click();
      await at("rule-removed").waitFor();
      await at("rule-undo").click();
      await at("rule-removed").waitFor({ state: "detached" });
      await at("rule-add").click();
      await at("field-tool").selectOption("network");
      await at("field-host").fill("https://example.org/");
      await at("save").click();
      await at("field-error").waitFor();
      await whole("approvals-form");
      await page.locator("[data-test=rule-form] .button.quiet").click();
      await at("rule-remove").last().click();
      await at("rule-removed").waitFor();
      await at("preset-full").click();
      await at("confirm-yes").waitFor();
      await whole("approvals-sure");
      await at("rule-undo").click();
      await page.keyboard.press("Escape");
    });
    await context.close();
  }
await browser.close();
console.log(out, [...new Set(problems)]);
