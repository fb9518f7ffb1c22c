// A development aid: lets the mock's agent act in Chromium and takes the pictures to look at.
// node dev/shoot-doing.mjs OUT_FOLDER [SCENE…]; scenes: tour, questions, flood, around, background
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const out = process.argv[2] ?? (await mkdtemp(path.join(tmpdir(), "alcove-doing-")));
const wanted = process.argv.slice(3);
await mkdir(out, { recursive: true });
const address = process.env.ALCOVE_URL ?? "http://127.0.0.1:8799/#/?bootstrapSecret=mock-secret-0123456789";
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
const problems = [];
const armed = (page, name) => page.locator(`[data-test=${name}]:not([aria-disabled=true])`).last();

const SCENES = {
  async tour({ page, at, say, shot }) {
    await say("Give me the tour");
    await at("proposal").waitFor();
    await shot("tour-1-edit");
    await at("approve-rule").click();
    await shot("tour-2-rule");
    await at("answer-back").click();
    await armed(page, "approve").click();
    await at("proposed-command").waitFor();
    await shot("tour-3-command");
    await at("edit-command").click();
    await shot("tour-4-edit");
    await armed(page, "approve-edited").click();
    await at("tool").last().locator("summary").click();
    await at("output").waitFor();
    await shot("tour-5-live");
    await at("stop").waitFor({ state: "detached" });
    await at("changes").waitFor();
    await shot("tour-6-done");
    await at("changes-undo").click();
    await at("left").waitFor();
    await shot("tour-7-undone");
    await at("left").getByRole("button").last().click();
    await at("anyway-sure").waitFor();
    await shot("tour-7b-sure");
    await at("anyway-yes").click();
    await at("changes-redo").waitFor();
    await shot("tour-7c-redo");
    await at("changes-review").click();
    await page.locator("#side-panel").waitFor();
    await page.locator("#side-panel [data-row]").first().waitFor();
    await shot("tour-8-review");
    await page.keyboard.press("Escape");
    if ((await page.locator("#side-panel").count()) > 0) await page.locator("#side-panel .panel-head .icon-button").last().click();
    await at("file-edit").locator("summary").click();
    await at("resolved").last().locator("summary").click();
    await shot("tour-9-open");
  },
  async questions({ page, at, say, shot }) {
    await say("Ask me several questions");
    await at("queue-bar").waitFor();
    await page.waitForFunction(() => document.querySelectorAll("[data-test=proposal]").length >= 3);
    await shot("queue-1-end");
    await page.keyboard.press("Control+j");
    await page.waitForFunction(() => document.activeElement?.matches("[data-proposal]"));
    await shot("queue-2-first");
    await page.locator("[data-proposal]:focus").press("r");
    await at("reject-reason").fill("Not with the network; use the copy in vendor/ instead.");
    await shot("queue-3-reject");
    await at("queue-open").click();
    await at("queue").waitFor();
    await armed(page, "approve-all").waitFor();
    await shot("queue-4-dialog");
    await at("queue").locator(".dialog-body").evaluate((one) => (one.scrollTop = one.scrollHeight));
    await shot("queue-5-dialog-end");
    await armed(page, "approve-all").click();
    await page.waitForFunction(() => document.querySelectorAll("dialog [data-test=proposal]").length === 1);
    await shot("queue-6-left");
    await armed(page, "option").click();
    await at("stop").waitFor({ state: "detached" });
    await at("queue-close").click();
    await shot("queue-7-settled");
  },
  async flood({ page, at, say, shot }) {
    await say("Make a flood");
    await at("tool").last().locator("summary").click();
    await at("left-out").waitFor();
    await shot("flood-1-live");
    await at("call-stop").click();
    await at("stop").waitFor({ state: "detached" });
    await shot("flood-2-stopped");
  },
  async around({ page, at, say, shot }) {
    await say("Please look around");
    await at("stop").waitFor({ state: "detached" });
    await shot("around-1");
    await at("tool-group").locator("summary").first().click();
    for (const one of await at("tool").all()) if ((await one.innerText()).includes("cargo")) await one.locator("summary").click();
    await shot("around-2-open");
  },
  async background({ page, at, say, shot }) {
    await say("Leave a server in the background");
    await at("stop").waitFor({ state: "detached" });
    await at("tool").last().locator("summary").click();
    await page.locator("[data-test=output] .block").filter({ hasText: "page-2" }).waitFor();
    await shot("background-1");
    await at("call-stop").click();
    await at("call-stop").waitFor({ state: "detached" });
    await shot("background-2-stopped");
  },
};

for (const [width, height] of [[1280, 800], [720, 900]])
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: process.env.ALCOVE_LANGUAGE ?? "en-GB" });
    for (const [name, scene] of Object.entries(SCENES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on("console", (m) => ["error", "warning"].includes(m.type()) && problems.push(m.text()));
      page.on("pageerror", (e) => problems.push(String(e)));
      await page.goto(address);
      const at = (test) => page.locator(`[data-test=${test}]`);
      await at("composer").waitFor();
      await page.evaluate(() => (location.hash = "#/"));
      await page.locator(".start").waitFor();
      const say = async (text) => {
        await at("composer").fill(text);
        await at("composer").press("Enter");
        await at("prompt").last().waitFor();
      };
      const shot = (what) => page.screenshot({ path: path.join(out, `${what}-${width}-${colorScheme}.png`) });
      try {
        await scene({ page, at, say, shot });
      } catch (error) {
        await shot(`FAILED-${name}`);
        problems.push(`${name} ${width} ${colorScheme}: ${String(error).split("\n")[0]}`);
      }
      await page.evaluate(() => document.querySelector("[data-test=stop]")?.click()).catch(() => {});
      await page.close();
    }
    await context.close();
  }
await browser.close();
console.log(out, [...new Set(problems)]);
