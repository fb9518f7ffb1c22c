// What a turn changed is seen and taken back, by hunk, file and turn; what changed since is never overwritten silently.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { at, openHome, openPage, say, shots, withBrowser } from "./browser.ts";
import { chooseModel, inFolder } from "./choose.ts";
import { withFolder } from "./during.ts";
import { withGateway } from "./gateway.ts";
import { armed } from "./proposals.ts";
import { withToolModel } from "./toolmodel.ts";

const folder = withFolder("changes");
const model = withToolModel();
const gateway = withGateway("demo");
const browser = withBrowser();

const LINES = Array.from({ length: 30 }, (_, n) => `line ${n + 1}\n`).join("");
const on = (name: string) => path.join(folder(), name);
const text = (name: string) => readFile(on(name), "utf8").catch(() => null);
const file = (page: Page, name: string) => page.locator(`[data-test=changed-file][data-path="${name}"]`);
const stands = (page: Page, name: string, standing: string) => page.locator(`[data-test=changed-file][data-path="${name}"].is-${standing}`).waitFor();

test("a turn's changes are undone and done again by hunk, file and turn", async () => {
  await writeFile(on("a.txt"), LINES);
  await writeFile(on("gone.txt"), "still here\n");
  const { page, problems } = await openHome(browser(), gateway().address);
  await chooseModel(page, model().base, "tool-one");
  await inFolder(page, folder());
  model().plan(
    [["edit_file", { path: "a.txt", old_text: "line 3\n", new_text: "third line\n" }]],
    [["edit_file", { path: "a.txt", old_text: "line 25\n", new_text: "line 25, changed\n" }]],
    [["write_file", { path: "new/one.txt", content: "new\n" }], ["remove_file", { path: "gone.txt" }]],
    "Done.",
  );
  await say(page, "Change some files");
  await at(page, "changes-review").waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  const changed = LINES.replace("line 3\n", "third line\n").replace("line 25\n", "line 25, changed\n");
  expect([await text("a.txt"), await text("new/one.txt"), await text("gone.txt")]).toEqual([changed, "new\n", null]);

  await page.keyboard.press("Control+Shift+G");
  await at(page, "turn").waitFor();
  for (const name of ["a.txt", "new/one.txt", "gone.txt"]) expect(await file(page, name).count()).toBe(1);
  expect(await at(page, "turn").innerText()).toContain("Change some files");
  await file(page, "a.txt").locator("[data-row]").first().click();
  expect(await at(page, "hunk").count()).toBe(2);
  await page.screenshot({ path: `${shots}/changes.png` });
  await at(page, "hunk").last().locator("[data-way=revert]").click();
  await at(page, "hunk").last().locator("[data-way=redo]").waitFor();
  expect(await text("a.txt")).toBe(LINES.replace("line 3\n", "third line\n"));
  // The conversation says how much: one part of the file, and of the turn.
  const line = page.locator("[data-test=transcript] [data-test=changes]");
  const lastBack = (words: string) => at(page, "changes-back").last().filter({ hasText: words }).waitFor();
  await lastBack("One change in a.txt undone · turn 1");
  await line.filter({ hasText: "partly undone" }).waitFor();
  await page.screenshot({ path: `${shots}/changes-hunk-told.png` });

  // Which part was taken back is still known when the page is read anew, and the file goes either way.
  await page.reload();
  await at(page, "changes-review").click();
  await at(page, "turn").waitFor();
  await file(page, "a.txt").locator("[data-row]").first().click();
  await at(page, "hunk").last().locator("[data-way=redo]").waitFor();
  expect(await at(page, "hunk").last().locator("[data-way=revert]").count()).toBe(0);
  expect(await at(page, "hunk").first().locator("[data-way]").evaluateAll((all) => all.map((one) => one.getAttribute("data-way")))).toEqual(["revert"]);
  expect(await file(page, "a.txt").locator("> .line-row [data-way]").count()).toBe(2);
  await at(page, "hunk").last().locator("[data-way=redo]").click();
  await at(page, "hunk").last().locator("[data-way=revert]").waitFor();
  expect(await text("a.txt")).toBe(changed);
  await lastBack("One change in a.txt done again · turn 1");
  expect(await line.innerText()).not.toContain("undone");

  // The whole turn, by the keys.
  await page.keyboard.press("Home");
  await page.keyboard.press("u");
  await stands(page, "gone.txt", "reverted");
  expect([await text("a.txt"), await text("new/one.txt"), await text("gone.txt")]).toEqual([LINES, null, "still here\n"]);
  await lastBack("Turn 1 undone · 3 files");
  await line.filter({ hasText: "Undone" }).waitFor();
  await page.keyboard.press("r");
  await stands(page, "gone.txt", "applied");
  expect([await text("a.txt"), await text("new/one.txt"), await text("gone.txt")]).toEqual([changed, "new\n", null]);

  // The only part of a new file stands for the file.
  await file(page, "new/one.txt").locator("[data-row]").first().click();
  await file(page, "new/one.txt").locator("[data-test=hunk] [data-row]").focus();
  await page.keyboard.press("u");
  await stands(page, "new/one.txt", "reverted");
  expect(await text("new/one.txt")).toBe(null);
  await lastBack("new/one.txt undone · turn 1");
  await page.keyboard.press("r");
  await stands(page, "new/one.txt", "applied");
  expect(problems).toEqual([]);
});

test("what changed since is left alone until somebody insists", async () => {
  const { page, problems } = await openPage(browser(), gateway().address);
  await at(page, "chat-row").first().click();
  await writeFile(on("a.txt"), "mine now\n");
  await page.keyboard.press("Control+Shift+G");
  await stands(page, "a.txt", "changed_since");
  await file(page, "a.txt").locator("[data-row]").first().focus();
  await page.keyboard.press("u");
  await at(page, "left").waitFor();
  expect(await text("a.txt")).toBe("mine now\n");
  await at(page, "anyway").click();
  await at(page, "anyway-sure").getByRole("button").last().click();
  expect(await text("a.txt")).toBe("mine now\n");
  await at(page, "anyway").click();
  await page.screenshot({ path: `${shots}/changes-anyway.png` });
  await at(page, "anyway-yes").click();
  await stands(page, "a.txt", "reverted");
  expect(await text("a.txt")).toBe(LINES);

  // What was overwritten comes back: at once, or from a page that was read anew.
  await at(page, "restore").waitFor();
  expect(await at(page, "kept").count()).toBe(0);
  await page.screenshot({ path: `${shots}/changes-restore.png` });
  await page.reload();
  await at(page, "changes-review").click();
  await file(page, "a.txt").locator("[data-test=kept]").filter({ hasText: "is kept" }).waitFor();
  await page.screenshot({ path: `${shots}/changes-kept.png` });
  await at(page, "kept-restore").click();
  await stands(page, "a.txt", "changed_since");
  expect(await text("a.txt")).toBe("mine now\n");
  await at(page, "changes-back").last().filter({ hasText: "a.txt: what was overwritten is back · turn 1" }).waitFor();
  await at(page, "kept").waitFor({ state: "detached" });
  await file(page, "a.txt").locator("[data-row]").first().focus();
  await page.keyboard.press("u");
  await at(page, "anyway").click();
  await at(page, "anyway-yes").click();
  await stands(page, "a.txt", "reverted");
  expect(await text("a.txt")).toBe(LINES);

  // A part whose lines are gone has no way back of its own, and says so.
  await writeFile(on("a.txt"), LINES.replace("line 3\n", "mine\n"));
  await page.keyboard.press("Control+Shift+G");
  await at(page, "turn").waitFor({ state: "detached" });
  await page.keyboard.press("Control+Shift+G");
  await stands(page, "a.txt", "changed_since");
  await file(page, "a.txt").locator("[data-row]").first().click();
  expect(await at(page, "hunk").first().locator("[data-way]").count()).toBe(0);
  expect(await at(page, "hunk-lost").getAttribute("title")).toContain("not there any more");
  await writeFile(on("a.txt"), LINES);

  // The rest of the turn, from the palette.
  await page.keyboard.press("Control+k");
  await at(page, "palette-input").fill("undo last");
  await page.keyboard.press("Enter");
  await stands(page, "new/one.txt", "reverted");
  expect(await text("gone.txt")).toBe("still here\n");
  expect(problems).toEqual([]);
});

test("a command in the background is told in the header, and ended there", async () => {
  const { page, problems } = await openPage(browser(), gateway().address);
  await at(page, "chat-row").first().click();
  await at(page, "acting-chip").click();
  await at(page, "own-full").click();
  await at(page, "acting-sure-yes").click();
  await page.locator("[data-test=own-full][aria-checked=true]").waitFor();
  await page.keyboard.press("Escape");
  model().plan([["exec", { command: "echo begun; sleep 300", background: true }]], "It runs.");
  await say(page, "Start it");
  const chip = at(page, "acting-chip").and(page.locator("[aria-label*='1 command runs']"));
  // Without a sandbox every command asks.
  const approve = armed(page, "approve");
  await chip.or(approve).first().waitFor();
  if (await approve.isVisible()) await approve.click();
  await chip.waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  await chip.click();
  expect(await at(page, "running-command").innerText()).toContain("sleep 300");
  await page.screenshot({ path: `${shots}/acting-command.png` });
  await at(page, "command-stop").last().click();
  await at(page, "running-command").waitFor({ state: "detached" });
  expect(await at(page, "acting-chip").getAttribute("aria-label")).not.toContain("command");
  expect(problems).toEqual([]);
});

test("a turn that changed very many files shows the others when asked, and is undone whole", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await inFolder(page, folder());
  model().plan([["exec", { command: "mkdir many && for n in $(seq 100 549); do echo $n > many/$n; done" }]], "Done.");
  await say(page, "Make many files");
  const approve = armed(page, "approve");
  await at(page, "changes-review").or(approve).first().waitFor();
  if (await approve.isVisible()) await approve.click();
  await at(page, "changes-review").waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  expect(await at(page, "changes").innerText()).toContain("450 files");
  await at(page, "changes-review").click();
  await at(page, "more-files").waitFor();
  expect(await at(page, "changed-file").count()).toBe(200);
  expect(await at(page, "turn").innerText()).toContain("450 files");
  await at(page, "more-files").scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${shots}/changes-many.png` });
  await at(page, "more-files").click();
  await file(page, "many/549").waitFor();
  expect([await at(page, "changed-file").count(), await at(page, "more-files").count()]).toEqual([450, 0]);
  await at(page, "changes-undo").click();
  await stands(page, "many/549", "reverted");
  expect(await readdir(on("many")).catch(() => null)).toBeNull();
  await at(page, "changes-redo").click();
  await stands(page, "many/549", "applied");
  expect((await readdir(on("many"))).length).toBe(450);
  expect(problems).toEqual([]);
});

test("files taken back one after the other are one line in the chat, after a reload too", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await inFolder(page, folder());
  model().plan([["write_file", { path: "x/one.txt", content: "1\n" }], ["write_file", { path: "x/two.txt", content: "2\n" }]], "Done.");
  await say(page, "Write two files");
  await at(page, "changes-review").click();
  await at(page, "stop").waitFor({ state: "detached" });
  for (const name of ["x/one.txt", "x/two.txt"]) {
    await file(page, name).locator("[data-row]").first().focus();
    await page.keyboard.press("u");
    await stands(page, name, "reverted");
  }
  const line = at(page, "changes-back").filter({ hasText: "2 files undone" });
  await line.waitFor();
  expect([await at(page, "changes-back").count(), await line.getAttribute("title")]).toEqual([1, "x/one.txt\nx/two.txt"]);
  await page.screenshot({ path: `${shots}/changes-back.png` });
  await page.reload();
  await line.waitFor();
  expect(await at(page, "changes-back").count()).toBe(1);
  expect(problems).toEqual([]);
});
