// Files named with `@` in a message: found as one types, taken with the keys or the pointer, never in an address.
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, openHome, shots, withBrowser } from "./browser.ts";
import { withFolder } from "./during.ts";
import { withGateway } from "./gateway.ts";

const folder = withFolder("mention");
const gateway = withGateway("demo");
const browser = withBrowser();

const FILES = ["src/main.rs", "src/words.rs", "field notes/herb bed.md", "README.md", ".git/HEAD", "target/main.o"];

async function filled(): Promise<void> {
  for (const name of FILES) {
    await mkdir(path.dirname(path.join(folder(), name)), { recursive: true });
    await writeFile(path.join(folder(), name), "");
  }
  for (let n = 0; n < 30; n += 1) await writeFile(path.join(folder(), `page ${n}.md`), "");
  await writeFile(path.join(folder(), ".gitignore"), "target/\n");
  await symlink("/etc", path.join(folder(), "outside")).catch(() => undefined);
}

/** A chat that has not begun, in the folder. */
async function open(options = {}): Promise<{ page: Page; problems: string[] }> {
  await filled();
  const { page, problems } = await openHome(browser(), gateway().address, options);
  await at(page, "scope-chip").click();
  await at(page, "folder-path").fill(folder());
  await page.keyboard.press("Enter");
  await at(page, "scope-menu").waitFor({ state: "detached" });
  await at(page, "composer").focus();
  return { page, problems };
}

const text = (page: Page) => at(page, "composer").inputValue();
const rows = (page: Page) => at(page, "mention-menu").getByRole("option");
const chosen = (page: Page, name: string) => at(page, "mention-menu").locator("[aria-selected=true]").filter({ hasText: name }).waitFor();
const shutNow = (page: Page) => at(page, "mention-menu").waitFor({ state: "detached" });

test("with the keys: typed, taken, quoted where it has blanks, sent as plain text", async () => {
  const { page, problems } = await open();
  await page.keyboard.type("Compare @main");
  await chosen(page, "main.rs");
  expect(await rows(page).count()).toBe(1);
  expect(await at(page, "composer").getAttribute("role")).toBe("combobox");
  expect(await at(page, "composer").getAttribute("aria-activedescendant")).toBe("mention-0");
  await page.keyboard.press("Enter");
  expect(await text(page)).toBe("Compare @src/main.rs ");
  await shutNow(page);
  await page.keyboard.type("with @field");
  await chosen(page, "field notes/");
  await page.keyboard.press("Tab");
  expect(await text(page)).toBe('Compare @src/main.rs with @"field notes/"');
  await chosen(page, "herb bed.md");
  await page.keyboard.press("Enter");
  const whole = 'Compare @src/main.rs with @"field notes/herb bed.md" ';
  expect(await text(page)).toBe(whole);
  await page.keyboard.press("Enter");
  await at(page, "prompt").filter({ hasText: '@"field notes/herb bed.md"' }).waitFor();
  await answered(page);
  // The chat that was made has the same folder.
  await at(page, "composer").focus();
  await page.keyboard.type("@words");
  await chosen(page, "words.rs");
  await page.keyboard.press("Escape");
  await at(page, "composer").fill("");
  expect(problems).toEqual([]);
});

test("Escape closes the list for its word; arrows and the pointer choose; what is ignored or leads out is not offered", async () => {
  const { page, problems } = await open();
  await page.keyboard.type("@");
  await at(page, "mention-note").getByText("More files fit").waitFor();
  expect(await rows(page).count()).toBe(20);
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.querySelector("[data-test=composer]")?.getAttribute("aria-activedescendant") === "mention-19");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await shutNow(page);
  await page.keyboard.type("main");
  await page.keyboard.type(" @nothing-like-it");
  await at(page, "mention-note").getByText("No file fits “nothing-like-it”").waitFor();
  expect(await text(page)).toBe("@main @nothing-like-it");
  for (const hidden of ["main.o", "HEAD", "outside", "passwd"]) {
    await at(page, "composer").fill("");
    await page.keyboard.type(`@${hidden}`);
    await at(page, "mention-note").getByText(`No file fits “${hidden}”`).waitFor();
  }
  await at(page, "composer").fill("");
  await page.keyboard.type("see @src");
  await rows(page).filter({ hasText: "words.rs" }).click();
  expect(await text(page)).toBe("see @src/words.rs ");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("composer");
  expect(problems).toEqual([]);
});

test("an address and an @ within a word open nothing, and Enter sends", async () => {
  const { page } = await open();
  await page.keyboard.type("write to me@main.rs");
  await page.keyboard.press("Enter");
  await at(page, "prompt").filter({ hasText: "write to me@main.rs" }).waitFor();
  expect(await at(page, "mention-menu").count()).toBe(0);
});

test.each(["light", "dark"] as const)("how it looks in the %s theme", async (colorScheme) => {
  for (const [width, height] of [[1280, 800], [720, 900]] as const) {
    const { page, problems } = await open({ colorScheme, viewport: { width, height } });
    const shot = (name: string) => page.screenshot({ path: `${shots}/mention-${name}-${width}-${colorScheme}.png` });
    await page.keyboard.type("Look at @");
    await at(page, "mention-note").waitFor();
    await rows(page).first().waitFor();
    await shot("top");
    await page.keyboard.type("rs");
    await chosen(page, "main.rs");
    await page.keyboard.press("ArrowDown");
    await shot("typed");
    await page.keyboard.type("zz");
    await at(page, "mention-note").getByText("No file fits").waitFor();
    await shot("none");
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    await at(page, "composer").fill("");
    await page.keyboard.type("@md");
    await chosen(page, ".md");
    await shot("rtl");
    expect(problems).toEqual([]);
  }
});
