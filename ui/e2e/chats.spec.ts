// What is done with chats: fork, ask about a passage, temporary ones, rename, pin, archive, delete and undo, folders, export and import.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, openHome, picture, say, shots, TALL, withBrowser } from "./browser.ts";
import { withFolder } from "./during.ts";
import { canRestart, withGateway } from "./gateway.ts";

const folder = withFolder("project");
const gateway = withGateway("demo");
const browser = withBrowser();

async function open(options = {}): Promise<{ page: Page; problems: string[] }> {
  const { page, problems } = await openHome(browser(), gateway().address, options);
  return { page, problems };
}

async function asked(page: Page, text: string): Promise<void> {
  await at(page, "new-chat").click();
  await page.locator(".start").waitFor();
  await say(page, text);
  await answered(page);
}

const row = (page: Page, name: string) => at(page, "chat-row").filter({ hasText: name });
async function choose(page: Page, name: string, item: string): Promise<void> {
  await row(page, name).first().click({ button: "right" });
  await at(page, "menu").getByRole("menuitem", { name: item }).click();
}

test("fork from an answer, edit a prompt again, answer again: each in a chat of its own", async () => {
  const { page, problems } = await open(TALL);
  await asked(page, "The first question");
  await say(page, "The second question");
  await page.waitForFunction(() => document.querySelectorAll("[data-test=answer]").length === 2);
  await answered(page);
  const source = new URL(page.url()).hash;
  const whole = await picture(page);

  await at(page, "answer").first().hover();
  await at(page, "fork-here").first().click();
  await page.waitForFunction((was) => location.hash !== was, source);
  await at(page, "prompt").first().waitFor();
  const forked = (await picture(page)).filter((line) => /^(prompt|answer):/.test(line));
  expect(forked).toEqual(whole.slice(0, 2));
  await at(page, "fork-mark").waitFor();
  await page.screenshot({ path: `${shots}/forked.png` });
  await say(page, "Another way on");
  await answered(page);

  await page.evaluate((hash) => (location.hash = hash), source);
  await at(page, "prompt").nth(1).waitFor();
  await at(page, "prompt").nth(1).hover();
  await at(page, "edit-resend").nth(1).click();
  await page.waitForFunction(() => (document.querySelector("[data-test=composer]") as HTMLTextAreaElement).value === "The second question");
  await page.waitForFunction(() => document.querySelectorAll("[data-test=prompt]").length === 1);
  expect(new URL(page.url()).hash).not.toBe(source);
  await at(page, "composer").fill("");

  await page.evaluate((hash) => (location.hash = hash), source);
  await at(page, "answer").nth(1).waitFor();
  await at(page, "answer").nth(1).hover();
  await at(page, "regenerate").nth(1).click();
  await page.waitForFunction((was) => location.hash !== was, source);
  await at(page, "prompt").nth(1).waitFor();
  expect(await at(page, "prompt").nth(1).innerText()).toContain("The second question");
  await answered(page);
  expect(problems).toEqual([]);
});

test("a marked passage goes with the next message", async () => {
  const { page } = await open(TALL);
  await asked(page, "Say something to mark");
  await page.locator("[data-test=answer] .md p").last().click({ clickCount: 3 });
  await at(page, "ask-about").click();
  await at(page, "quote").waitFor();
  await say(page, "What do you mean by that?");
  expect(await at(page, "quote").count()).toBe(0);
  await answered(page);
});

test("a temporary chat is in no list and ends with its page", async () => {
  const { page } = await open();
  await at(page, "list-more").click();
  await page.getByRole("menuitem", { name: "New temporary chat" }).click();
  await at(page, "temporary-note").waitFor();
  await say(page, "Between us only");
  await answered(page);
  await at(page, "temporary-row").getByText("Between us only").waitFor();
  await page.screenshot({ path: `${shots}/temporary.png` });
  const other = await open();
  await at(other.page, "chat-list").or(other.page.locator(".side-note")).first().waitFor();
  expect(await other.page.getByText("Between us only").count()).toBe(0);
  await page.reload();
  await at(page, "composer").waitFor();
  await at(page, "temporary-note").waitFor({ state: "detached" });
  expect(await page.getByText("Between us only").count()).toBe(0);
});

test("a chat is renamed in its row, pinned, archived; another window sees it", async () => {
  const { page, problems } = await open();
  await asked(page, "A chat to arrange");
  await choose(page, "A chat to arrange", "Rename");
  await at(page, "rename").fill("The arranged chat");
  await at(page, "rename").press("Enter");
  await row(page, "The arranged chat").waitFor();
  const other = await open();
  await row(other.page, "The arranged chat").waitFor();
  await choose(page, "The arranged chat", "Pin");
  await at(page, "group").filter({ hasText: "Pinned" }).waitFor();
  await at(other.page, "group").filter({ hasText: "Pinned" }).waitFor();
  await choose(page, "The arranged chat", "Archive");
  await at(page, "group").filter({ hasText: "Pinned" }).waitFor({ state: "detached" });
  const archive = at(page, "group").filter({ hasText: "Archive" });
  await archive.waitFor();
  expect(await row(page, "The arranged chat").count()).toBe(0);
  await archive.click();
  await row(page, "The arranged chat").waitFor();
  await choose(page, "The arranged chat", "Take out of the archive");
  await archive.waitFor({ state: "detached" });
  expect(problems).toEqual([]);
});

test("deleting can be taken back; leaving the page makes it so", async () => {
  const { page } = await open();
  await asked(page, "A chat to delete");
  await choose(page, "A chat to delete", "Delete");
  await at(page, "toast").waitFor();
  await page.locator(".start").waitFor();
  expect(await row(page, "A chat to delete").count()).toBe(0);
  await at(page, "toast-action").click();
  await row(page, "A chat to delete").waitFor();
  await choose(page, "A chat to delete", "Delete");
  await at(page, "toast").waitFor();
  await page.reload();
  await at(page, "composer").waitFor();
  await at(page, "chat-list").or(page.locator(".side-note")).first().waitFor();
  const other = await open();
  await row(other.page, "A chat to delete").waitFor({ state: "detached" });
  expect(await row(page, "A chat to delete").count()).toBe(0);
});

test("with the keys: walk, choose several, move by hand", async () => {
  const { page } = await open();
  for (const name of ["Sorted one", "Sorted two", "Sorted three"]) await asked(page, name);
  const order = async () => (await at(page, "chat-row").locator(".title").allInnerTexts()).filter((name) => name.startsWith("Sorted"));
  await row(page, "Sorted one").waitFor();
  await row(page, "Sorted three").click();
  await at(page, "chat-list").focus();
  const before = await order();
  await page.keyboard.press("Alt+ArrowDown");
  expect(await order()).toEqual([before[1], before[0], before[2]]);
  await page.keyboard.press("Shift+ArrowDown");
  await at(page, "bulk").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "bulk").waitFor({ state: "detached" });
  await page.keyboard.press("F2");
  await at(page, "rename").waitFor();
  await page.keyboard.press("Escape");
});

test("the scope chip: another folder, a folder that is not there, anywhere only after asking", async () => {
  const { page } = await open();
  await asked(page, "Where do you work?");
  await at(page, "scope-chip").click();
  await at(page, "scope-menu").waitFor();
  await at(page, "folder-path").fill(`${folder()}/missing`);
  await page.keyboard.press("Enter");
  await at(page, "scope-error").getByText("no such folder").waitFor();
  await page.screenshot({ path: `${shots}/scope-error.png` });
  await at(page, "folder-path").fill(folder());
  await page.keyboard.press("Enter");
  await at(page, "scope-menu").waitFor({ state: "detached" });
  await at(page, "scope-chip").getByText(`Only in ${path.basename(folder())}`).waitFor();
  await at(page, "group").filter({ hasText: path.basename(folder()) }).waitFor();
  await at(page, "scope-chip").click();
  await at(page, "mode-full").click();
  await at(page, "scope-sure-yes").click();
  await at(page, "scope-chip").getByText("Anywhere").waitFor();
  await at(page, "scope-chip").click();
  await at(page, "mode-restricted").click();
  await at(page, "scope-chip").getByText("Only in").waitFor();

  // The folder gets another name in the list, and its own back when the field is emptied.
  const group = (name: string) => at(page, "group").filter({ hasText: name });
  await group(path.basename(folder())).hover();
  await group(path.basename(folder())).locator("button").first().click();
  await at(page, "menu").getByRole("menuitem", { name: "Rename" }).click();
  await at(page, "rename").fill("The workshop");
  await at(page, "rename").press("Enter");
  await group("The workshop").waitFor();
  await page.keyboard.press("ArrowUp");
  await group("The workshop").hover();
  await group("The workshop").locator("button").first().click();
  await at(page, "menu").getByRole("menuitem", { name: "Rename" }).click();
  await at(page, "rename").fill("");
  await at(page, "rename").press("Enter");
  await group(path.basename(folder())).waitFor();

  // A new chat in that folder, before it has begun.
  await at(page, "group").filter({ hasText: path.basename(folder()) }).hover();
  await at(page, "group").filter({ hasText: path.basename(folder()) }).locator("[data-test=group-new]").click();
  await page.locator(".start").waitFor();
  await at(page, "scope-chip").getByText(`Only in ${path.basename(folder())}`).waitFor();
  await say(page, "And here?");
  await at(page, "stop").waitFor();
  await at(page, "scope-chip").click();
  await at(page, "scope-lock").waitFor();
  await page.keyboard.press("Escape");
  await answered(page);
});

test("a chat is exported, and what was exported is imported again", async () => {
  const { page, problems } = await open();
  await asked(page, "A chat that travels");
  const saved: Record<string, string> = {};
  for (const format of ["Markdown", "JSONL", "HTML"]) {
    const download = page.waitForEvent("download");
    await choose(page, "A chat that travels", `Export as ${format}`);
    const file = await download;
    const text = await readFile(await file.path(), "utf8");
    expect(text, format).toContain("A chat that travels");
    saved[format] = path.join(folder(), file.suggestedFilename());
    await writeFile(saved[format], text);
  }
  page.on("filechooser", () => {});
  await at(page, "list-more").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Import chats" }).click();
  await (await chooser).setFiles(saved.JSONL ?? "");
  await at(page, "import-report").waitFor();
  await page.screenshot({ path: `${shots}/imported.png` });
  await at(page, "import-report").getByRole("button").first().click();
  await at(page, "import-dialog").waitFor({ state: "detached" });
  if (canRestart) await at(page, "prompt").getByText("A chat that travels").waitFor();
  expect(problems).toEqual([]);
});
