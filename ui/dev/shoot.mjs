// A development aid: opens the mock (or ALCOVE_URL) in Chromium and takes the pictures to look at.
// node dev/shoot.mjs OUT_FOLDER
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

export const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const out = process.argv[2] ?? (await mkdtemp(path.join(tmpdir(), "alcove-shots-")));
await mkdir(out, { recursive: true });
const address = process.env.ALCOVE_URL ?? "http://127.0.0.1:8799/#/?bootstrapSecret=mock-secret-0123456789";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
const problems = [];

for (const [width, height] of [[1280, 800], [720, 900]])
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-GB" });
    const page = await context.newPage();
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && problems.push(m.text()));
    page.on("pageerror", (e) => problems.push(String(e)));
    const shot = (name) => page.screenshot({ path: path.join(out, `${name}-${width}-${colorScheme}.png`) });
    await page.goto(address);
    const demo = page.locator("[data-test=choose-demo]");
    const composer = page.locator("[data-test=composer]");
    await demo.or(composer).first().waitFor();
    if (await demo.isVisible()) {
      await page.locator("[data-test=found-server]").first().waitFor({ timeout: 4000 }).catch(() => {});
      await shot("1-first");
      await demo.click();
    }
    await composer.waitFor();
    await shot("2-start");
    await composer.fill("Show me everything you can draw");
    await composer.press("Enter");
    await page.locator(".reasoning").waitFor();
    await shot("3-thinking");
    await composer.fill("And then this, please");
    await composer.press("Enter");
    await page.locator(".md .code").first().waitFor();
    await shot("4-streaming");
    await page.locator("[data-test=stop]").waitFor({ state: "detached", timeout: 60_000 });
    await shot("5-done");
    await page.locator("[data-test=transcript]").evaluate((e) => (e.scrollTop = 0));
    await page.locator("[data-test=to-end]").waitFor();
    await shot("6-top");
    await composer.fill("make an error");
    await composer.press("Enter");
    await page.locator("[data-test=notice]").waitFor();
    await shot("7-error");
    await page.locator("[data-test=model-chip]").click();
    await shot("8-menu");
    await page.keyboard.press("Escape");
    if (width < 820) {
      await page.locator(".drawer-button").click();
      await shot("9-drawer");
    }
    await page.locator("[data-test=settings]").click();
    await page.locator("[data-test=model-card]").first().waitFor();
    await shot("10-settings");
    await page.locator("[data-test=section-overview]").click();
    await shot("11-about");
    await context.close();
  }
await browser.close();
console.log(out, [...new Set(problems)]);
