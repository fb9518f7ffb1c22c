// A command that prints without end: the page stays at work beside it, keeps little of it, and Stop ends it soon.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { at } from "./browser.ts";

type Watched = { longestFrame: number };

/** What of an output is kept in the page at the most, in letters. */
const KEPT = 64 * 1024;

async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const state = window as unknown as Watched;
    state.longestFrame = 0;
    let before = performance.now();
    const tick = () => {
      const now = performance.now();
      state.longestFrame = Math.max(state.longestFrame, now - before);
      before = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
}

/** Opens the last call and looks on until so many bytes were left out of what it shows. */
export async function lookOn(page: Page, bytes: number, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  await at(page, "tool").last().locator("summary").click();
  await at(page, "left-out").waitFor();
  await watchFrames(page);
  await meanwhile();
  await page.waitForFunction((least) => Number(document.querySelector("[data-test=left-out]")?.textContent?.replace(/\D/g, "")) > least, bytes);
  expect(await page.evaluate(() => document.querySelector("[data-test=output] pre")?.textContent?.length ?? 0)).toBeLessThanOrEqual(KEPT);
  expect(await page.evaluate(() => (window as unknown as Watched).longestFrame)).toBeLessThan(1_500);
}

export async function stopSoon(page: Page): Promise<void> {
  const began = Date.now();
  await at(page, "call-stop").click();
  await page.locator("[data-test=call-state].stopped, [data-test=call-state].failed").waitFor();
  expect(Date.now() - began).toBeLessThan(8_000);
  await at(page, "stop").waitFor({ state: "detached" });
}
