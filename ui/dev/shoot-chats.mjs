// A development aid: the states of chats in Chromium, as pictures to look at: attachments, commands, folders, rows of every kind, the side
// bar's menus, the palette, imports. Expects the mock (or ALCOVE_URL). node dev/shoot-chats.mjs OUT_FOLDER
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const out = process.argv[2] ?? (await mkdtemp(path.join(tmpdir(), "alcove-shots-")));
await mkdir(out, { recursive: true });
const address = process.env.ALCOVE_URL ?? "http://127.0.0.1:8799/#/?bootstrapSecret=mock-secret-0123456789";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
const problems = [];
const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC", "base64");
const only = process.env.ALCOVE_ONLY?.split(",");

for (const [width, height] of [[1280, 800], [720, 900]])
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: process.env.ALCOVE_LOCALE ?? "en-GB" });
    const page = await context.newPage();
    page.setDefaultTimeout(8000);
    page.on("filechooser", () => {});
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && problems.push(`${m.text()} ${m.location().url}`));
    page.on("pageerror", (e) => problems.push(String(e)));
    const at = (name) => page.locator(`[data-test=${name}]`);
    const shot = (name) => page.screenshot({ path: path.join(out, `${name}-${width}-${colorScheme}.png`) });
    const part = async (name, run) => {
      if (only !== undefined && !only.includes(name)) return;
      try {
        await run();
      } catch (error) {
        problems.push(`${name} ${width}: ${String(error).split("\n").slice(0, 4).join(" | ")}`);
        await shot(`${name}-failed`);
      }
      await page.keyboard.press("Escape");
    };
    const drawer = async () => width < 820 && !(await page.locator(".sidebar.open").count()) && (await page.locator(".drawer-button").click());
    await page.goto(address);
    await at("composer").waitFor();
    await at("chat-row").first().or(page.locator(".side-note")).first().waitFor({ state: "attached" });

    await part("gallery", async () => {
      await page.evaluate(() => (location.hash = "#/chat/gallery"));
      await at("fork-mark").waitFor();
      await page.locator("[data-test=picture] img").first().waitFor();
      await shot("gallery");
      await page.locator("[data-test=transcript]").evaluate((e) => (e.scrollTop = 0));
      await at("file-edit").first().locator("summary").click();
      await at("tool").nth(1).locator("summary").click();
      await at("answer").first().hover();
      await shot("gallery-top");
      await at("picture").first().click();
      await at("lightbox").waitFor();
      await page.keyboard.press("ArrowRight");
      await shot("lightbox");
    });
    await part("attach", async () => {
      await page.evaluate(() => (location.hash = "#/"));
      await page.locator(".start").waitFor();
      await at("file-input").setInputFiles([
        { name: "garden.png", mimeType: "image/png", buffer: PIXEL },
        { name: "a rather long name of the minutes of the meeting.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(3_000_000) },
        { name: "refuse.txt", mimeType: "text/plain", buffer: Buffer.from("x") },
        { name: "walk.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") },
        { name: "empty.md", mimeType: "text/markdown", buffer: Buffer.alloc(0) },
      ]);
      await at("attachment").nth(2).waitFor();
      await shot("attach-sending");
      await page.locator("[data-test=attachment][data-state=failed]").waitFor();
      await shot("attach-failed");
      await at("attachment-remove").last().click();
      await at("composer").fill("What do the minutes say about the garden?");
      await page.evaluate(() => {
        const files = new DataTransfer();
        files.items.add(new File(["x"], "a.png", { type: "image/png" }));
        window.dispatchEvent(new DragEvent("dragenter", { dataTransfer: files, bubbles: true, cancelable: true }));
      });
      await at("drop-over").waitFor();
      await shot("drop");
      await page.evaluate(() => {
        const files = new DataTransfer();
        files.items.add(new File(["x"], "a.svg", { type: "image/svg+xml" }));
        window.dispatchEvent(new DragEvent("dragleave", { dataTransfer: files, bubbles: true }));
        window.dispatchEvent(new DragEvent("dragenter", { dataTransfer: files, bubbles: true, cancelable: true }));
      });
      await shot("drop-no");
      await page.evaluate(() => {
        const files = new DataTransfer();
        files.items.add(new File(["x"], "a.svg", { type: "image/svg+xml" }));
        window.dispatchEvent(new DragEvent("dragleave", { dataTransfer: files, bubbles: true }));
      });
      await page.waitForFunction(() => document.querySelector("[data-test=send]:not(:disabled)"));
      await at("composer").press("Enter");
      await at("prompt").last().waitFor();
      await at("answer").last().waitFor();
      await shot("attach-sent");
    });
    await part("slash", async () => {
      await page.evaluate(() => (location.hash = "#/"));
      await at("composer").fill("/");
      await at("slash-menu").waitFor();
      await page.keyboard.press("ArrowDown");
      await shot("slash");
      await at("composer").fill("/goal ");
      await shot("slash-hint");
      await at("composer").fill("");
    });
    await part("scope", async () => {
      await page.evaluate(() => (location.hash = "#/chat/chat-1"));
      await at("answer").first().waitFor();
      await at("scope-chip").click();
      await at("scope-menu").waitFor();
      await shot("scope");
      await at("mode-full").click();
      await at("scope-sure").waitFor();
      await shot("scope-sure");
      await at("folder-path").fill("code/missing");
      await page.keyboard.press("Enter");
      await at("scope-error").waitFor();
      await shot("scope-error");
      await page.keyboard.press("Escape");
    });
    await part("sidebar", async () => {
      await drawer();
      const row = (n) => at("chat-row").nth(n);
      await row(0).click({ button: "right" });
      await at("menu").waitFor();
      await shot("side-menu");
      await page.getByRole("menuitem", { name: /^(Pin|Unpin|Anheften|Lösen)$/ }).click();
      await row(3).click({ modifiers: ["Control"] });
      await row(5).click({ modifiers: ["Shift"] });
      await at("bulk").waitFor();
      await shot("side-bulk");
      await at("bulk-archive").click();
      await row(2).click({ button: "right" });
      await page.getByRole("menuitem", { name: /Rename|Umbenennen/ }).click();
      await drawer();
      await at("rename").waitFor();
      await shot("side-rename");
      await page.keyboard.press("Escape");
      await row(4).click({ button: "right" });
      await page.getByRole("menuitem", { name: /^(Delete|Löschen)/ }).click();
      await at("toast").waitFor();
      await shot("side-undo");
      await at("toast-action").click();
      await at("list-more").click();
      await at("menu").waitFor();
      await shot("side-more");
      await page.keyboard.press("Escape");
    });
    await part("temporary", async () => {
      await drawer();
      await at("list-more").click();
      await page.getByRole("menuitem", { name: /tempor/ }).click();
      await at("temporary-note").waitFor();
      await at("composer").fill("Something between us");
      await at("composer").press("Enter");
      await at("answer").last().waitFor();
      await drawer();
      await shot("temporary");
      if (width < 820) await page.keyboard.press("Escape");
      await at("temporary-discard").click();
    });
    await part("palette", async () => {
      await page.keyboard.press("Control+k");
      await at("palette").waitFor();
      await shot("palette");
      await at("palette-input").fill("herb bed 2");
      await shot("palette-found");
      await at("palette-input").fill("zzz");
      await shot("palette-none");
    });
    await part("import", async () => {
      for (const name of ["chats.jsonl", "broken.zip"]) {
        await page.keyboard.press("Control+k");
        await at("palette-input").fill("import");
        const chooser = page.waitForEvent("filechooser");
        await page.keyboard.press("Enter");
        await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.alloc(200_000, 65) });
        await at("import-report").or(page.locator("dialog .error-text")).first().waitFor();
        await shot(name.startsWith("broken") ? "import-failed" : "import-done");
        await at("import-close").click();
      }
    });
    await part("quote", async () => {
      await page.evaluate(() => (location.hash = "#/chat/chat-1"));
      const words = page.locator("[data-test=answer] .md p").last();
      await words.waitFor();
      await words.click({ clickCount: 3 });
      await at("ask-about").waitFor();
      await shot("ask-about");
      await at("ask-about").click();
      await at("quote").waitFor();
      await shot("quote");
    });
    await context.close();
  }
await browser.close();
console.log(out, [...new Set(problems)]);
