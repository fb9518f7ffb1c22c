// What waits for a person, as the specs meet it: when it may be answered, how the keys reach it, how a chat in which something waits is left.
import type { Locator, Page } from "playwright-core";
import { at } from "./browser.ts";

/** A button once it is armed. */
export const armed = (place: Page | Locator, name: string): Locator => place.locator(`[data-test=${name}]:not([aria-disabled=true])`);

/** Waits until there are so many. */
export async function count(page: Page, name: string, n: number): Promise<void> {
  await page.waitForFunction(([test, wanted]) => document.querySelectorAll(`[data-test=${test}]`).length === wanted, [name, n] as const);
}

/** By the keys to the first card that waits. */
export async function toProposal(page: Page): Promise<void> {
  await page.keyboard.press("Control+j");
  await page.waitForFunction(() => document.activeElement?.matches("[data-proposal]"));
}

/** Ends what the spec began, so that nothing waits for the next one. */
export async function leave(page: Page): Promise<void> {
  if (await at(page, "stop").isVisible()) await at(page, "stop").click();
  await at(page, "stop").waitFor({ state: "detached" });
  await page.context().close();
}
