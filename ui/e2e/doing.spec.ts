// The agent at work in a conversation: what waits for a person and how it is answered, calls with their output, what a turn changed. The
// gateway is the development fixture here, whose agent does the same things each time.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, begin, openHome, openPage, say, shots, withBrowser } from "./browser.ts";
import { lookOn, stopSoon } from "./flood.ts";
import { withScripted } from "./gateway.ts";
import { armed, count, leave, toProposal } from "./proposals.ts";

const gateway = withScripted();
const browser = withBrowser();

const asked = (text: string) => begin(browser(), gateway().address, text);
const focusedProposal = (page: Page) => page.evaluate(() => document.activeElement?.closest("[data-proposal]") != null);

test("a program is written, run and undone: each step waits for a yes, and says in one line what became of it", async () => {
  const { page, problems } = await asked("Give me the tour");
  await at(page, "proposal").waitFor();
  expect(await page.title()).toMatch(/^\(1\) /);
  expect(await at(page, "stop").isVisible()).toBe(true);
  expect(await at(page, "diff").innerText()).toContain("while read -r line; do");
  await armed(page, "approve").click();
  await at(page, "proposed-command").waitFor();
  await at(page, "edit-command").click();
  // It takes the focus, with the caret at the end, before it is written in.
  await page.locator("[data-test=edited-command]:focus").waitFor();
  await at(page, "edited-command").fill("sh notes/words.sh < README.md");
  await armed(page, "approve-edited").click();
  await at(page, "tool").last().locator("summary").click();
  await at(page, "output").locator(".ansi-green").filter({ hasText: "2 words" }).waitFor();
  await at(page, "output-err").waitFor();
  await at(page, "changes").waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  expect(await at(page, "resolved").count()).toBe(2);
  const changed = at(page, "resolved").last();
  expect(await changed.innerText()).toContain("sh notes/words.sh < README.md");
  await changed.locator("summary").click();
  expect(await at(page, "changed-command").innerText()).toBe("sh notes/words.sh < README.md");
  expect(await changed.locator("[data-test=proposed-command]").innerText()).toContain("printf");
  await changed.locator("summary").click();
  expect(await page.locator("[data-test=tool]").last().innerText()).toContain("sh notes/words.sh < README.md");
  await at(page, "changes-undo").click();
  await at(page, "left").getByText("notes/count.txt").waitFor();
  await at(page, "anyway").click();
  await at(page, "anyway-yes").click();
  await at(page, "changes-redo").click();
  await at(page, "changes-undo").waitFor();
  expect(problems).toEqual([]);
  await leave(page);
});

test("Enter and letters meant for the composer approve nothing; keys in a card work when it is armed, and not while they are held", async () => {
  const { page } = await asked("Ask me several questions");
  await count(page, "proposal", 5);
  await at(page, "composer").fill("a");
  await page.keyboard.press("Enter");
  await page.locator(".row.prompt .text").filter({ hasText: /^a$/ }).waitFor();
  await page.keyboard.press("a");
  expect(await at(page, "resolved").count()).toBe(0);
  await at(page, "composer").fill("");

  await toProposal(page);
  // At once, as a key that was on its way: too early.
  await page.keyboard.press("a");
  expect(await at(page, "resolved").count()).toBe(0);
  await armed(page.locator("[data-proposal]:focus"), "approve").waitFor();
  await page.evaluate(() => document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "a", repeat: true, bubbles: true })));
  expect(await at(page, "resolved").count()).toBe(0);
  await page.keyboard.press("a");
  await at(page, "resolved").first().waitFor();
  // What is typed on goes nowhere near the next one.
  await page.waitForFunction(() => document.activeElement?.id === "composer");
  await page.keyboard.type("aaa");
  expect([await at(page, "resolved").count(), await at(page, "composer").inputValue()]).toEqual([1, "aaa"]);
  await leave(page);
});

test("a button that has just appeared is not pressed by a click that was on its way", async () => {
  const { page } = await asked("Give me the tour");
  const early = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const watch = new MutationObserver(() => {
          const button = document.querySelector<HTMLElement>("[data-test=approve]");
          if (button === null) return;
          watch.disconnect();
          button.click();
          requestAnimationFrame(() => done((button.click(), document.querySelectorAll("[data-test=resolved]").length)));
        });
        watch.observe(document.body, { childList: true, subtree: true });
      }),
  );
  expect(early).toBe(0);
  await armed(page, "approve").waitFor();
  expect(await at(page, "resolved").count()).toBe(0);
  await armed(page, "approve").click();
  await at(page, "resolved").waitFor();
  await leave(page);
});

test("a call that was allowed and stands behind others says so, and no clock runs for it", async () => {
  const { page, problems } = await asked("Ask me several questions");
  await count(page, "proposal", 5);
  await armed(page.locator("[data-proposal]").filter({ hasText: "cargo test --workspace" }), "approve").click();
  const line = at(page, "tool").filter({ hasText: "cargo test --workspace" });
  await line.getByText("waits its turn").waitFor();
  expect(await line.locator(".took").count()).toBe(0);
  await line.scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${shots}/doing-next.png` });
  // What stood before it is settled: it runs.
  await armed(page.locator("[data-proposal]").filter({ hasText: "install.sh" }), "approve").click();
  await at(page, "tool").filter({ hasText: "install.sh" }).getByText("running", { exact: true }).waitFor();
  expect(problems).toEqual([]);
  await leave(page);
});

test("Ctrl+J goes from card to card; the button to the end lies over none of them", async () => {
  const { page, problems } = await asked("Ask me several questions");
  await count(page, "proposal", 5);
  await page.setViewportSize({ width: 720, height: 700 });
  const titles: (string | null | undefined)[] = [];
  for (let n = 0; n < 6; n += 1) {
    await page.keyboard.press("Control+j");
    await page.waitForFunction((before) => document.activeElement?.matches("[data-proposal]") === true && document.activeElement.getAttribute("data-proposal") !== before, titles.at(-1) ?? null);
    titles.push(await page.evaluate(() => document.activeElement?.getAttribute("data-proposal")));
  }
  expect([new Set(titles).size, titles[5]]).toEqual([5, titles[0]]);
  await at(page, "to-end").waitFor();
  await page.screenshot({ path: `${shots}/doing-to-end.png` });
  const [rows, button] = await Promise.all([at(page, "transcript").boundingBox(), at(page, "to-end").boundingBox()]);
  expect((rows?.y ?? 0) + (rows?.height ?? 0)).toBeLessThanOrEqual(button?.y ?? 0);
  await at(page, "to-end").click();
  await at(page, "to-end").waitFor({ state: "detached" });
  expect(problems).toEqual([]);
  await leave(page);
});

test("the keys of a card are told whole in a narrow window, those of its forms too; where text runs the other way nothing lies over a command", async () => {
  const { page, problems } = await asked("Ask me several questions");
  await count(page, "proposal", 5);
  await page.setViewportSize({ width: 720, height: 900 });
  const card = page.locator("[data-proposal]").filter({ hasText: "cargo test --workspace" });
  await card.focus();
  const keys = card.locator(".answer-keys");
  await keys.filter({ hasText: "U makes a rule" }).waitFor();
  expect(await keys.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
  await page.screenshot({ path: `${shots}/doing-keys.png` });
  await card.locator("[data-test=reject]").click();
  await keys.filter({ hasText: "Ctrl+Enter sends" }).waitFor();
  await page.screenshot({ path: `${shots}/doing-form-keys.png` });
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  const edge = await card.locator(".shown-box").evaluate((box) => (box.querySelector("button")?.getBoundingClientRect().left ?? 0) - box.getBoundingClientRect().left);
  expect(edge).toBeGreaterThan(300);
  await page.screenshot({ path: `${shots}/doing-rtl.png` });
  await page.evaluate(() => document.documentElement.removeAttribute("dir"));
  expect(problems).toEqual([]);
  await leave(page);
});

test("a rule is chosen with where it holds; a reason goes with a no", async () => {
  const { page } = await asked("Ask me several questions");
  await count(page, "proposal", 5);
  const test = page.locator("[data-proposal]").filter({ hasText: "cargo test --workspace" });
  await test.locator("[data-test=approve-rule]").click();
  expect((await test.locator("fieldset").last().innerText()).split("\n").filter(Boolean)).toEqual(["Where?", "In this chat only", "In every chat of /home/me/alcove and the folders in it", "Always, in every folder"]);
  await test.locator("[data-test=span-folder]").check();
  await armed(test, "approve-with-rule").click();
  await page.getByText("Approved, with a rule").waitFor();
  const risky = page.locator("[data-proposal]").filter({ hasText: "install.sh" });
  expect(await risky.locator(".hidden-mark").allInnerTexts()).toEqual(["U+202E RLO", "U+202C PDF"]);
  await risky.locator("[data-test=reject]").click();
  await risky.locator("[data-test=reject-reason]").fill("Use the copy in vendor/.");
  await armed(risky, "reject-now").click();
  await page.getByText("Reason: Use the copy in vendor/.").waitFor();
  await page.screenshot({ path: `${shots}/doing-rule-reason.png` });
  await leave(page);
});

test("the queue lists everything that waits, in every chat, and answers all of it at once, but no question", async () => {
  const first = await asked("Ask me several questions");
  await count(first.page, "proposal", 5);
  const { page, problems } = await asked("Give me the tour");
  await at(page, "proposal").waitFor();
  await page.waitForFunction(() => document.querySelector("[data-test=queue-words]")?.textContent?.includes("5 in other chats"));
  expect(await page.locator(".chat-row .dot.waiting").count()).toBeGreaterThan(0);
  await at(page, "queue-open").click();
  const queue = at(page, "queue");
  expect(await queue.locator("[data-proposal]").count()).toBe(6);
  await armed(queue, "approve-all").click();
  await queue.locator("[data-proposal]").filter({ hasText: "Shall the old format" }).waitFor();
  // The tour goes on to its next step; the question stays.
  await page.waitForFunction(() => document.querySelectorAll("dialog [data-proposal]").length === 2);
  await armed(queue.locator("[data-proposal]").filter({ hasText: "Shall the old format" }), "option").first().click();
  await at(first.page, "stop").waitFor({ state: "detached" });
  expect(await at(first.page, "resolved").count()).toBe(5);
  expect(await at(first.page, "queue-bar").innerText()).toContain("1 in another chat waits for you");
  await at(page, "queue-close").click();
  expect(problems).toEqual([]);
  await leave(page);
  await first.page.context().close();
});

test("what another window answers is answered here; an answer that comes too late says so", async () => {
  const one = await asked("Ask me several questions");
  await count(one.page, "proposal", 5);
  const id = new URL(one.page.url()).hash;
  const two = await openPage(browser(), gateway().address.replace("#/", id));
  await count(two.page, "proposal", 5);
  const card = (page: Page) => page.locator("[data-proposal]").filter({ hasText: "example.org/manual" });
  await armed(card(one.page), "approve").waitFor();
  await armed(card(two.page), "approve").waitFor();
  await Promise.all([card(one.page).locator("[data-test=approve]").click(), card(two.page).locator("[data-test=approve]").click()]);
  await at(one.page, "resolved").waitFor();
  await at(two.page, "resolved").waitFor();
  expect(await card(two.page).count()).toBe(0);
  const told = async (page: Page) => (await at(page, "toast").allInnerTexts()).join();
  await Promise.race([one.page, two.page].map((page) => at(page, "toast").waitFor()));
  expect((await told(one.page)) + (await told(two.page))).toContain("Somebody else answered first.");
  await leave(one.page);
  await at(two.page, "stop").waitFor({ state: "detached" });
  expect(await two.page.locator("[data-proposal]").count()).toBe(0);
  await two.page.context().close();
});

test("Stop ends what waits; a prompt sent meanwhile waits and says so", async () => {
  const { page } = await asked("Ask me several questions");
  await count(page, "proposal", 5);
  await say(page, "And then hello");
  await at(page, "prompt").filter({ hasText: "joins the answer at its next step" }).waitFor();
  await at(page, "stop").click();
  await count(page, "proposal", 0);
  expect(await page.getByText("Not needed any more").count()).toBe(5);
  await at(page, "answer").filter({ hasText: "scripted answer" }).waitFor();
  await leave(page);
});

test("two hundred megabytes of output leave the window at work, and Stop ends the command", async () => {
  const { page, problems } = await asked("Make a flood");
  await lookOn(page, 60_000_000, () => at(page, "composer").fill("typed while it runs"));
  await stopSoon(page);
  expect(problems).toEqual([]);
  await page.context().close();
});

test("calls that only looked are one line; what failed or was refused says how and why", async () => {
  const { page } = await asked("Please look around");
  await at(page, "stop").waitFor({ state: "detached" });
  expect(await at(page, "tool-group").innerText()).toContain("Read 7 files, searched 2 times");
  const states = await at(page, "call-state").allInnerTexts();
  expect(states).toContain("exit 101");
  expect(states).toContain("refused");
  await at(page, "tool").filter({ hasText: "rm -rf" }).locator("summary").click();
  await page.getByText("rule: deny everything: rm -rf *, always").waitFor();
  await page.context().close();
});

test("a command in the background goes on after its turn until it is stopped; its output is asked for while somebody looks", async () => {
  const { page } = await asked("Leave a server in the background");
  await at(page, "stop").waitFor({ state: "detached" });
  await at(page, "tool").last().locator("summary").click();
  await at(page, "output").filter({ hasText: "page-2 " }).waitFor();
  await page.reload();
  await at(page, "tool").last().locator("summary").click();
  await at(page, "output").filter({ hasText: "page-4 " }).waitFor();
  await at(page, "call-stop").click();
  await page.getByText("This command has ended.").waitFor();
  await at(page, "call-stop").waitFor({ state: "detached" });
  await page.context().close();
});

test("a command in the background that ends by itself says how, after a reload too, and leaves the header", async () => {
  const { page } = await asked("This one fails alone");
  const chip = at(page, "acting-chip").and(page.locator("[aria-label*='command runs']"));
  await chip.waitFor();
  const line = at(page, "tool").last();
  await line.getByText("exit 3").waitFor();
  await chip.waitFor({ state: "detached" });
  await at(page, "call-stop").waitFor({ state: "detached" });
  expect(await at(page, "stop").count()).toBe(0);
  await page.reload();
  await line.getByText("exit 3").waitFor();
  await line.locator("summary").click();
  await at(page, "output").filter({ hasText: "page-2 " }).waitFor();
  await page.getByText("This command has ended.").waitFor();
  await page.context().close();
});

test("a proposal is still there after a reload, and the keys reach it", async () => {
  const { page } = await asked("Give me the tour");
  await at(page, "proposal").waitFor();
  await page.reload();
  await at(page, "proposal").waitFor();
  expect(await focusedProposal(page)).toBe(false);
  await toProposal(page);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.id === "composer");
  expect(await at(page, "stop").isVisible()).toBe(true);
  await leave(page);
});

test("the queue with the keys alone: through its cards, to the chat of one of them, and back to where the person was", async () => {
  const first = await asked("Ask me several questions");
  await count(first.page, "proposal", 5);
  const chat = new URL(first.page.url()).hash;
  const { page, problems } = await asked("Give me the tour");
  await at(page, "proposal").waitFor();
  await page.waitForFunction(() => document.querySelector("[data-test=queue-words]")?.textContent?.includes("5 in other chats"));
  await at(page, "queue-open").focus();
  await page.keyboard.press("Enter");
  await at(page, "queue").waitFor();
  const card = () => page.evaluate(() => [...document.querySelectorAll("dialog [data-proposal]")].indexOf(document.activeElement as Element));
  expect(await card()).toBe(-1);
  for (const place of [0, 1, 2]) {
    await page.keyboard.press("Control+j");
    expect(await card()).toBe(place);
  }
  await page.keyboard.press("Escape");
  await at(page, "queue").waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-test"))).toBe("queue-open");

  await page.keyboard.press("Enter");
  const wanted = at(page, "queue").locator("[data-proposal]").filter({ hasText: "example.org/manual" });
  await wanted.locator("[data-test=go-chat]").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches("article [data-proposal]") === true && document.activeElement.textContent?.includes("example.org/manual"));
  expect([new URL(page.url()).hash, await at(page, "queue").count()]).toEqual([chat, 0]);

  // What opened the queue is gone when nothing waits any more.
  await at(page, "queue-open").focus();
  await page.keyboard.press("Enter");
  await armed(at(page, "queue"), "reject-all").click();
  await armed(at(page, "queue"), "option").first().click();
  await at(page, "queue").getByText("Nothing waits").waitFor();
  await at(page, "queue-bar").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.id === "composer");
  expect(problems).toEqual([]);
  await leave(page);
  await first.page.context().close();
});

test("a call that was opened is open still when the conversation comes back to it", async () => {
  const { page } = await asked("Please look around");
  await at(page, "stop").waitFor({ state: "detached" });
  await page.setViewportSize({ width: 1280, height: 400 });
  const call = at(page, "tool").filter({ hasText: "rm -rf" });
  await call.locator("summary").click();
  await page.getByText("rule: deny everything").waitFor();
  for (let n = 1; n <= 5; n += 1) {
    await say(page, `Say hello ${n}`);
    await answered(page);
  }
  await at(page, "transcript").evaluate((one) => (one.scrollTop = one.scrollHeight));
  await call.waitFor({ state: "detached" });
  await at(page, "transcript").evaluate((one) => (one.scrollTop = 0));
  await page.getByText("rule: deny everything").waitFor();
  await page.context().close();
});

/** What of the header lies over something else of it, or is wider than its own place. */
const crowded = (page: Page) =>
  page.locator(".header").evaluate((header) => {
    const parts = [...header.children].filter((part) => part.getBoundingClientRect().width > 0);
    const name = (part: Element) => part.getAttribute("data-test") ?? part.className ?? part.tagName;
    const wide = [header, ...parts.filter((part) => part.tagName !== "H1")].filter((part) => part.scrollWidth > part.clientWidth + 1);
    const over = parts.filter((part, at) => at > 0 && part.getBoundingClientRect().left < (parts[at - 1]?.getBoundingClientRect().right ?? 0) - 0.5);
    return [...wide.map((part) => `${name(part)} is too wide`), ...over.map((part) => `${name(part)} lies over the one before`)];
  });

test.each(["en-GB", "de-DE"])("in %s the header has room for all it tells of a chat in which a command runs", async (locale) => {
  const { page } = await asked("Leave a server in the background");
  await at(page, "stop").waitFor({ state: "detached" });
  const address = gateway().address.replace("#/", new URL(page.url()).hash);
  for (const [width, height] of [[400, 800], [720, 900], [900, 800], [1280, 800]] as const) {
    const one = await openHome(browser(), address, { locale, viewport: { width, height } });
    await at(one.page, "acting-chip").locator(".mark.terminal").waitFor();
    await at(one.page, "model-chip").locator(".label, .demo-badge").first().waitFor();
    expect([width, await crowded(one.page)]).toEqual([width, []]);
    await one.page.screenshot({ path: `${shots}/header-${locale}-${width}.png` });
    await one.page.context().close();
  }
  await at(page, "tool").last().locator("summary").click();
  await at(page, "call-stop").click();
  await at(page, "call-stop").waitFor({ state: "detached" });
  await page.context().close();
});
