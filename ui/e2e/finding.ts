// Finding in a chat, as the specs do it: how the bar is opened, what it counts, where the hit stands.
import type { Page } from "playwright-core";
import { at } from "./browser.ts";

export const counted = (page: Page, words: string | RegExp) => at(page, "find-count").filter({ hasText: words }).waitFor();
export const open = async (page: Page) => {
  await page.keyboard.press("Control+f");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-test") === "find-field");
};
/** The hit the person is at, as it is marked, once it stands in sight. */
export const here = (page: Page, text: string) =>
  page.waitForFunction((wanted) => {
    const [range] = [...(CSS.highlights.get("found-here") ?? [])] as Range[];
    const box = range?.getBoundingClientRect();
    const frame = document.querySelector("[data-test=transcript]")?.getBoundingClientRect();
    return box !== undefined && frame !== undefined && range?.toString().toLowerCase() === wanted && box.top > frame.top && box.bottom < frame.bottom;
  }, text.toLowerCase());
