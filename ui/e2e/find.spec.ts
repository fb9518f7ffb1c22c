// Finding in a chat: over ten thousand messages of which most are not here yet, with the keys, in what is folded, while an answer streams.
// The gateway is the development fixture, which has such a chat.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, begin, openHome, say, shots, withBrowser } from "./browser.ts";
import { counted, here, open } from "./finding.ts";
import { withFilled } from "./gateway.ts";

const gateway = withFilled();
const browser = withBrowser();

const longChat = async (options = {}) => {
  const watched = await openHome(browser(), gateway().address.replace("#/", "#/chat/long-10000"), options);
  await watched.page.locator(".row.answer.latest").waitFor();
  await watched.page.waitForFunction(() => document.querySelector("[data-test=stop]") === null);
  return watched;
};
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute("data-test"));
/** The row of the hit the person is at. */
const rowHere = async (page: Page, text: string) => {
  const found = await page.waitForFunction((wanted) => {
    const [range] = [...(CSS.highlights.get("found-here") ?? [])] as Range[];
    return range?.toString().toLowerCase() === wanted ? range.startContainer.parentElement?.closest("article")?.dataset.id : undefined;
  }, text);
  return found.jsonValue();
};

type Watched = { longest: number };
const watchFrames = (page: Page) =>
  page.evaluate(() => {
    const state = window as unknown as Watched;
    state.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((one) => (state.longest = Math.max(state.longest, one.duration)))).observe({ type: "longtask" });
  });

test("ten thousand messages are searched back to the first, while the page stays at work; the first is reached and marked", async () => {
  const { page, problems } = await longChat();
  await open(page);
  await watchFrames(page);
  await page.keyboard.type("question 17:");
  await at(page, "find-older").waitFor();
  await page.screenshot({ path: `${shots}/find-older.png` });
  await counted(page, "1 of 1");
  await at(page, "find-older").waitFor({ state: "detached" });
  await here(page, "question 17:");
  await page.locator(".row.prompt").filter({ hasText: "Question 17:" }).waitFor();
  expect(await page.evaluate(() => (window as unknown as Watched).longest)).toBeLessThan(1_500);
  await at(page, "find-field").fill("care");
  await counted(page, "of 14,996");
  expect(problems).toEqual([]);
  await page.context().close();
});

test("the keys: Enter and F3 go through the hits and back, Escape gives the focus back, F3 goes on with what was looked for", async () => {
  const { page, problems } = await longChat();
  await page.keyboard.type("half a thought");
  await open(page);
  await page.keyboard.type("answer 49");
  await at(page, "find-older").waitFor();
  await at(page, "find-stop").click();
  await at(page, "find-more").waitFor();
  const words = await at(page, "find-count").innerText();
  const [now = 0, total = 0] = (words.match(/\d+/g) ?? []).map(Number);
  expect(total).toBeGreaterThan(20);
  const turn = (n: number) => `${((n - 1 + total) % total) + 1} of ${total}`;
  await at(page, "find-field").focus();
  for (const [keys, to] of [["Enter", now + 1], ["Enter", now + 2], ["Shift+Enter", now + 1], ["F3", now + 2], ["Shift+F3", now + 1]] as const) {
    await page.keyboard.press(keys);
    await counted(page, turn(to));
    await here(page, "answer 49");
  }
  await page.keyboard.press("Escape");
  await at(page, "find").waitFor({ state: "detached" });
  await page.waitForFunction(() => CSS.highlights.size === 0);
  expect([await focused(page), await at(page, "composer").inputValue()]).toEqual(["composer", "half a thought"]);
  await page.keyboard.press("F3");
  await at(page, "find-field").waitFor();
  expect(await at(page, "find-field").inputValue()).toBe("answer 49");
  await here(page, "answer 49");
  expect(problems).toEqual([]);
  await page.context().close();
});

test("typing keeps the place; the case counts when it should; nothing found is said in words", async () => {
  const { page } = await longChat();
  await open(page);
  await page.keyboard.type("Answer 499");
  await here(page, "answer 499");
  const was = await rowHere(page, "answer 499");
  const next = /Answer 499(\d)/.exec(await page.locator(`article[data-id="${was}"]`).innerText())?.[1] ?? "";
  await page.keyboard.type(next);
  expect([next.length, await rowHere(page, `answer 499${next}`)]).toEqual([1, was]);
  await at(page, "find-field").fill("answer 4998");
  await counted(page, /of 1$/);
  await at(page, "find-case").click();
  await counted(page, "Nothing found in this chat");
  expect(await page.locator(".find [role=status]").innerText()).toBe("Nothing found in this chat");
  await page.screenshot({ path: `${shots}/find-nothing.png` });
  await page.context().close();
});

test("what is folded is opened for a hit: a call among many, and why one failed; hits of an answer that streams in are counted", async () => {
  const { page, problems } = await begin(browser(), gateway().address, "Please look around");
  await at(page, "stop").waitFor({ state: "detached" });
  await open(page);
  await page.keyboard.type("src/parse.rs");
  await counted(page, "1 of 1");
  await here(page, "src/parse.rs");
  await at(page, "find-field").fill("cannot find value");
  await counted(page, "1 of 1");
  await here(page, "cannot find value");
  await page.screenshot({ path: `${shots}/find-folded.png` });
  await at(page, "find-field").fill("pigeon");
  await counted(page, "Nothing found in this chat");
  await say(page, "A pigeon");
  await counted(page, "of 2");
  await answered(page);
  await counted(page, "of 2");
  expect(problems).toEqual([]);
  await page.context().close();
});

test("the menu of the chat and the palette open it; it leaves with the chat", async () => {
  const { page } = await longChat();
  await at(page, "chat-menu-here").click();
  await at(page, "menu").getByRole("menuitem", { name: "Find in this chat" }).click();
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-test") === "find-field");
  await page.keyboard.press("Escape");
  expect(await focused(page)).toBe("chat-menu-here");
  await page.keyboard.press("Control+k");
  await at(page, "palette-input").fill("Find in this chat");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-test") === "find-field");
  await page.evaluate(() => (location.hash = "#/chat/chat-1"));
  await at(page, "find").waitFor({ state: "detached" });
  await page.context().close();
});

test.each([["en-GB", "light"], ["de-DE", "dark"]] as const)("in %s and %s it has room at every width", async (locale, colorScheme) => {
  for (const [width, height] of [[1280, 800], [720, 900], [400, 800]] as const) {
    const { page } = await longChat({ locale, colorScheme, viewport: { width, height } });
    await open(page);
    await page.keyboard.type("care");
    await counted(page, /\d/);
    await page.waitForFunction(() => CSS.highlights.get("found-here")?.size === 1);
    const inside = await at(page, "find").evaluate((bar) => [...bar.querySelectorAll("button, input")].every((one) => one.getBoundingClientRect().right <= bar.getBoundingClientRect().right && one.getBoundingClientRect().left >= bar.getBoundingClientRect().left) && bar.getBoundingClientRect().left >= 0);
    expect([width, inside]).toEqual([width, true]);
    await page.screenshot({ path: `${shots}/find-${width}-${colorScheme}.png` });
    await page.context().close();
  }
});
