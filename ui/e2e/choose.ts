// A model behind an address, chosen in the settings as a person does it.
import type { Page } from "playwright-core";
import { at } from "./browser.ts";

/** `id` is the first model the server lists; it is the default afterwards, and the settings are closed. */
export async function chooseModel(page: Page, base: string, id: string): Promise<void> {
  await at(page, "settings").click();
  const dialog = at(page, "settings-dialog");
  await at(page, "add-address").click();
  await at(page, "address").fill(base);
  await dialog.getByRole("button", { name: "List its models" }).click();
  await page.waitForFunction((wanted) => document.querySelector<HTMLInputElement>("[data-test=model]")?.value === wanted, id);
  await dialog.getByRole("button", { name: "Save" }).click();
  await at(page, "model-card").filter({ hasText: id }).getByText("Default", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

/** A chat that has not begun, in a folder, that changes files freely. */
export async function inFolder(page: Page, folder: string): Promise<void> {
  await at(page, "scope-chip").click();
  await at(page, "folder-path").fill(folder);
  await page.keyboard.press("Enter");
  await at(page, "scope-menu").waitFor({ state: "detached" });
  await at(page, "acting-chip").click();
  await at(page, "own-edit_freely").click();
  await page.keyboard.press("Escape");
}
