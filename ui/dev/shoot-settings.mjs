// A development aid: opens every section of the settings of the mock (or ALCOVE_URL) in Chromium and takes the pictures to look at.
// node dev/shoot-settings.mjs OUT_FOLDER [SECTION…]
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const ALL = ["overview", "appearance", "models", "providers", "web", "image", "voice", "system", "security", "storage"];
const out = process.argv[2] ?? (await mkdtemp(path.join(tmpdir(), "alcove-settings-")));
const sections = process.argv.length > 3 ? process.argv.slice(3) : ALL;
await mkdir(out, { recursive: true });
const base = process.env.ALCOVE_URL ?? "http://127.0.0.1:8799/#/?bootstrapSecret=mock-secret-0123456789";
const language = process.env.ALCOVE_LANGUAGE ?? "en-GB";
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
const problems = [];
for (const [width, height] of [[1280, 800], [720, 900]])
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: language });
    const page = await context.newPage();
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && problems.push(m.text()));
    page.on("pageerror", (e) => problems.push(String(e)));
    await page.goto(base.replace("#/?", "#/settings?section=overview&"));
    await page.locator("[data-test=settings-dialog]").waitFor();
    for (const section of sections) {
      await page.locator(`[data-test=section-${section}]`).click();
      await page.locator("#section-title").waitFor();
      if (section === "overview") await page.locator("[data-test=usage] .sums, [data-test=usage-none], [data-test=usage] [role=alert]").first().waitFor();
      await page.screenshot({ path: path.join(out, `${section}-${width}-${colorScheme}.png`) });
      // Below the fold, too: the window grows to hold all of it.
      const tall = await page.locator("#settings-body").evaluate((one) => (one.scrollHeight > one.clientHeight ? one.scrollHeight + 60 : 0));
      if (tall === 0) continue;
      await page.setViewportSize({ width, height: tall });
      await page.screenshot({ path: path.join(out, `${section}-${width}-${colorScheme}-whole.png`) });
      await page.setViewportSize({ width, height });
    }
    await context.close();
  }
await browser.close();
console.log(out, [...new Set(problems)]);
