// Files in a message: by button, paste and drop; what may not come along; a picture that is too large; they stay after a reload.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, openHome, shots, withBrowser } from "./browser.ts";
import { canRestart, withGateway } from "./gateway.ts";

const gateway = withGateway("demo");
const browser = withBrowser();

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC";
const png = { name: "garden.png", mimeType: "image/png", buffer: Buffer.from(PIXEL, "base64") };
const notes = { name: "notes.md", mimeType: "text/markdown", buffer: Buffer.from("# Thyme\n") };

async function open(): Promise<{ page: Page; problems: string[] }> {
  const { page, problems } = await openHome(browser(), gateway().address);
  return { page, problems };
}

const ready = (page: Page) => page.waitForFunction(() => document.querySelectorAll("[data-test=attachment]:not([data-state=done])").length === 0);
const loaded = (page: Page) => page.waitForFunction(() => [...document.querySelectorAll<HTMLImageElement>("[data-test=picture] img")].some((one) => one.naturalWidth > 0));

test("by button: a picture and a document go with a message, and are there after a reload", async () => {
  const { page, problems } = await open();
  await at(page, "file-input").setInputFiles([png, notes]);
  await at(page, "attachment").nth(1).waitFor();
  await ready(page);
  await page.screenshot({ path: `${shots}/attached.png` });
  await at(page, "composer").fill("What grows here?");
  await at(page, "composer").press("Enter");
  await at(page, "prompt").waitFor();
  await loaded(page);
  expect(await at(page, "file-tile").innerText()).toBe("notes.md");
  expect(await at(page, "attachment").count()).toBe(0);
  await answered(page);
  if (canRestart) {
    await page.reload();
    await at(page, "prompt").waitFor();
    await loaded(page);
    expect(await at(page, "file-tile").count()).toBe(1);
  }
  await at(page, "picture").click();
  await at(page, "lightbox").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "lightbox").waitFor({ state: "detached" });
  expect(problems).toEqual([]);
});

/** Files as the page gets them from the clipboard or a drop. */
async function give(page: Page, how: "paste" | "drop", files: { name: string; type: string; base64: string }[]): Promise<void> {
  await page.evaluate(
    ({ how, files }) => {
      const carried = new DataTransfer();
      for (const file of files) carried.items.add(new File([Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0))], file.name, { type: file.type }));
      const composer = document.querySelector("[data-test=composer]");
      if (how === "paste") composer?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
      else for (const type of ["dragenter", "dragover", "drop"]) composer?.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
    },
    { how, files },
  );
}

test.each(["paste", "drop"] as const)("by %s: without a word besides", async (how) => {
  const { page } = await open();
  await give(page, how, [{ name: "a.png", type: "image/png", base64: PIXEL }]);
  await at(page, "attachment").waitFor();
  await ready(page);
  await at(page, "send").click();
  await at(page, "prompt").waitFor();
  await loaded(page);
  await answered(page);
});

test("what cannot come along says why, and an attachment stays with its chat", async () => {
  const { page } = await open();
  await give(page, "drop", [{ name: "drawing.svg", type: "image/svg+xml", base64: btoa("<svg/>") }]);
  await at(page, "attach-refused").getByText("cannot be attached").waitFor();
  expect(await at(page, "attachment").count()).toBe(0);
  await at(page, "file-input").setInputFiles([notes]);
  await ready(page);
  await at(page, "composer").fill("Something first");
  await at(page, "attachment-remove").click();
  await at(page, "composer").press("Enter");
  await answered(page);
  await at(page, "file-input").setInputFiles([notes]);
  await at(page, "attachment").waitFor();
  await ready(page);
  await at(page, "new-chat").click();
  await page.locator(".start").waitFor();
  expect(await at(page, "attachment").count()).toBe(0);
  await page.goBack();
  await at(page, "attachment").waitFor();
  await page.reload();
  await at(page, "attachment").waitFor();
});

test("a picture that is too large is made smaller before it goes", async () => {
  const { page, problems } = await open();
  const size = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(2600, 1700);
    const context = canvas.getContext("2d");
    const noise = new ImageData(2600, 1700);
    for (let n = 0; n < noise.data.length; n += 1) noise.data[n] = n % 4 === 3 ? 255 : Math.random() * 255;
    context?.putImageData(noise, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const carried = new DataTransfer();
    carried.items.add(new File([blob], "noise.png", { type: "image/png" }));
    document.querySelector("[data-test=composer]")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
    return blob.size;
  });
  expect(size).toBeGreaterThan(6 * 1024 * 1024);
  await at(page, "attachment").waitFor();
  await ready(page);
  await at(page, "send").click();
  await loaded(page);
  const width = await page.locator("[data-test=picture] img").evaluate((image) => (image as HTMLImageElement).naturalWidth);
  expect(width).toBeLessThanOrEqual(2048);
  await answered(page);
  expect(problems).toEqual([]);
});
