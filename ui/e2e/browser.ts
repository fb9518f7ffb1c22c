// Chromium for the specs, and the few things every spec does in a page. Every wait is for something to be there.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { during } from "./during.ts";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const shots = process.env.ALCOVE_SHOTS ?? mkdtempSync(path.join(tmpdir(), "alcove-shots-"));

const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
export const withBrowser = (): (() => Browser) => during(launch, (browser) => browser.close());

/** So tall that whole conversations of the demo are drawn: rows out of sight are not there. */
export const TALL = { viewport: { width: 1280, height: 2600 } };

/** What the page complained about; every spec expects nothing. */
export type Watched = { page: Page; problems: string[] };

export async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("ERR_CONNECTION_REFUSED") && !message.text().includes("WebSocket")) problems.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(address);
  return { page, problems };
}

/** The page with a place to write in. */
export async function openHome(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await openPage(browser, address, options);
  await at(watched.page, "composer").waitFor();
  return watched;
}

/** A chat of its own that begins with these words. */
export async function begin(browser: Browser, address: string, text: string): Promise<Watched> {
  const watched = await openHome(browser, address);
  await newChat(watched.page);
  await say(watched.page, text);
  return watched;
}

export async function newChat(page: Page): Promise<void> {
  await page.evaluate(() => (location.hash = "#/"));
  await page.locator(".start").waitFor();
}

export const at = (page: Page, name: string) => page.locator(`[data-test=${name}]`);

export async function say(page: Page, text: string): Promise<void> {
  await at(page, "composer").fill(text);
  await at(page, "composer").press("Enter");
  await at(page, "prompt").filter({ hasText: text }).last().waitFor();
}

/** Waits until no turn runs and the last row is a finished answer. */
export async function answered(page: Page): Promise<string> {
  await page.locator(".row.answer.latest .meta").waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  return (await at(page, "answer").last().locator(".md").innerText()).trim();
}

/** The conversation as a person reads it, without times and costs. */
export function picture(page: Page): Promise<string[]> {
  return page.locator("article").evaluateAll((rows) =>
    rows.map((row) => `${row.getAttribute("data-test") ?? row.className}: ${row.querySelector(".text, .md, .words")?.textContent ?? ""}`),
  );
}
