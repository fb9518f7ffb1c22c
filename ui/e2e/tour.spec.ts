// The agent at work with a real gateway: the demo's tour from the first yes to the undo, proposals that outlive a kill, questions, and a
// command that prints two hundred megabytes.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, begin, newChat, openHome, openPage, say, shots, withBrowser } from "./browser.ts";
import { chooseModel } from "./choose.ts";
import { lookOn, stopSoon } from "./flood.ts";
import { canRestart, withGateway } from "./gateway.ts";
import { armed, count, toProposal } from "./proposals.ts";
import { withToolModel } from "./toolmodel.ts";

const model = withToolModel();
const gateway = withGateway("demo");
const browser = withBrowser();

const approve = (page: Page) => armed(page, "approve");
const resolved = (page: Page, n: number) => count(page, "resolved", n);
const asked = (text: string) => begin(browser(), gateway().address, text);

test.skipIf(!canRestart)("the tour: four times yes, a program that fails and then greets, and all of it undone and done again", async () => {
  const { page, problems } = await asked("tour");
  for (let n = 1; n <= 4; n += 1) {
    await approve(page).waitFor();
    await page.screenshot({ path: `${shots}/tour-${n}.png` });
    if (n === 1) expect(await at(page, "diff").innerText()).toContain('echo "Hello, $name!"');
    if (n === 2) expect(await at(page, "proposed-command").innerText()).toBe("sh alcove-tour/greet.sh World");
    if (n === 3) {
      await toProposal(page);
      await approve(page).waitFor();
      await page.keyboard.press("a");
    } else await approve(page).click();
    await resolved(page, n);
  }
  expect(await answered(page)).toContain("Hello, World!");
  expect(await page.locator("[data-test=call-state].failed").innerText()).toBe("exit 1");
  // What is said between the calls is read as it was said.
  await page.getByText("It failed: “no name was given”", { exact: false }).waitFor();
  await at(page, "tool").last().locator("summary").click();
  await at(page, "tool").last().locator("[data-test=output]").filter({ hasText: "Hello, World!" }).waitFor();
  await at(page, "changes-undo").click();
  await at(page, "changes-redo").click();
  await at(page, "changes-undo").waitFor();
  await page.screenshot({ path: `${shots}/tour-end.png` });
  const before = await at(page, "resolved").allInnerTexts();
  await page.reload();
  await resolved(page, 4);
  expect(await at(page, "resolved").allInnerTexts()).toEqual(before);
  expect(problems).toEqual([]);
});

test.skipIf(!canRestart)("a no with a reason ends the tour without a change", async () => {
  const { page } = await asked("tour, please");
  await at(page, "reject").click();
  await at(page, "reject-reason").fill("Not today.");
  await armed(page, "reject-now").click();
  await page.getByText("Reason: Not today.").waitFor();
  expect(await answered(page)).toContain("You said no");
  expect(await at(page, "changes").count()).toBe(0);
  expect(await page.locator("[data-test=call-state].refused").count()).toBe(1);
});

test.skipIf(!canRestart)("a rule for this chat: the next command of its kind is not asked about", async () => {
  const { page } = await asked("tour");
  await approve(page).click();
  await resolved(page, 1);
  await at(page, "approve-rule").click();
  await armed(page, "approve-with-rule").click();
  await page.getByText("Approved, with a rule").waitFor();
  await resolved(page, 2);
  await approve(page).click();
  // The second run needs nobody.
  expect(await answered(page)).toContain("Hello, World!");
  expect(await at(page, "resolved").count()).toBe(3);
});

test.skipIf(!canRestart)("a proposal outlives a gateway that is killed: a yes afterwards does it", async () => {
  const { page } = await asked("tour");
  await approve(page).waitFor();
  const id = new URL(page.url()).hash;
  await page.context().close();
  await gateway().kill();
  const address = await gateway().again();
  const fresh = await openPage(browser(), address.replace("#/", id));
  await at(fresh.page, "queue-bar").waitFor();
  await approve(fresh.page).click();
  await at(fresh.page, "resolved").waitFor();
  await at(fresh.page, "file-edit").or(at(fresh.page, "tool").filter({ hasText: "alcove-tour/greet.sh" })).first().waitFor();
  await fresh.page.screenshot({ path: `${shots}/tour-resumed.png` });
  if (await at(fresh.page, "stop").isVisible()) await at(fresh.page, "stop").click();
  await at(fresh.page, "stop").waitFor({ state: "detached" });
});

test.skipIf(!canRestart)("a question is answered by a choice; hidden characters of a command are marked; an edited command is what runs", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await chooseModel(page, model().base, "tool-one");
  model().plan(
    [["ask_user", { question: "Which one?", options: ["The first", "The second"] }]],
    [["exec", { command: "echo \u202eworld" }]],
    "Done with it.",
  );
  await newChat(page);
  await say(page, "Ask and run");
  await armed(page, "option").filter({ hasText: "The second" }).click();
  await at(page, "resolved").getByText("Answered").waitFor();
  await at(page, "proposed-command").waitFor();
  expect(await at(page, "proposed-command").locator(".hidden-mark").innerText()).toBe("U+202E RLO");
  await at(page, "edit-command").click();
  await at(page, "edited-command").fill("echo edited by hand; printf '\\033[31mred\\033[0m\\n'; exit 3");
  await armed(page, "approve-edited").click();
  expect(await answered(page)).toBe("Done with it.");
  expect(await page.locator("[data-test=call-state].failed").innerText()).toBe("exit 3");
  await at(page, "tool").last().locator("summary").click();
  await at(page, "tool").last().locator("[data-test=output]").filter({ hasText: "edited by hand" }).waitFor();
  expect(problems).toEqual([]);
});

test.skipIf(!canRestart)("a command that prints two hundred megabytes leaves the window at work; Stop ends it soon", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  model().plan([["exec", { command: "yes 'a line of a command that says a lot' | head -c 200000000; sleep 60" }]], "That was a lot.");
  await newChat(page);
  await say(page, "Print a lot");
  await approve(page).click();
  await lookOn(page, 199_000_000);
  await page.screenshot({ path: `${shots}/tour-flood.png` });
  await stopSoon(page);
  expect(problems).toEqual([]);
});
