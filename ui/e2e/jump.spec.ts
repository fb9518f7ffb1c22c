// Going from one of the person's own prompts to the next, also to those that are not here yet. The gateway is the development fixture.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, begin, openHome, say, shots, withBrowser } from "./browser.ts";
import { withFilled } from "./gateway.ts";

const gateway = withFilled();
const browser = withBrowser();

const longChat = async (options = {}) => {
  const watched = await openHome(browser(), gateway().address.replace("#/", "#/chat/long-10000"), options);
  await watched.page.locator(".row.answer.latest").waitFor();
  return watched;
};
/** The prompt is marked and in sight, and a screen reader heard of it. */
async function arrived(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const row = document.querySelector(".row.prompt[data-jumped]");
    const box = row?.getBoundingClientRect();
    const frame = document.querySelector("[data-test=transcript]")?.getBoundingClientRect();
    return box !== undefined && frame !== undefined && row?.textContent?.includes(wanted) === true && box.top >= frame.top && box.bottom <= frame.bottom;
  }, text);
  await page.getByRole("status").filter({ hasText: text }).waitFor({ state: "attached" });
}
const top = (page: Page) => page.locator(".row.prompt[data-jumped]").evaluate((row) => row.getBoundingClientRect().top - (row.closest(".scroller")?.getBoundingClientRect().top ?? 0));

test("Alt and the arrows go back and forth between the prompts, from the message box too, and leave what is written there", async () => {
  const { page, problems } = await longChat();
  await at(page, "composer").waitFor();
  for (const n of [5000, 4999, 4998, 4997]) {
    await page.keyboard.press("Alt+ArrowUp");
    await arrived(page, `Question ${n}:`);
  }
  expect(await top(page)).toBeGreaterThan(10);
  expect(await top(page)).toBeLessThan(40);
  await page.screenshot({ path: `${shots}/jump.png` });
  expect([await at(page, "composer").inputValue(), await page.evaluate(() => document.activeElement?.id)]).toEqual(["", "composer"]);
  await page.keyboard.press("Alt+ArrowDown");
  await arrived(page, "Question 4998:");
  for (const n of [4999, 5000]) {
    await page.keyboard.press("Alt+ArrowDown");
    await arrived(page, `Question ${n}:`);
  }
  await page.keyboard.press("Alt+ArrowDown");
  await page.getByRole("status").filter({ hasText: "The end of the chat." }).waitFor({ state: "attached" });
  await at(page, "to-end").waitFor({ state: "detached" });
  expect(problems).toEqual([]);
  await page.context().close();
});

test("older pages are read on the way; at the first prompt it says so", async () => {
  const { page } = await longChat();
  for (let n = 5000; n > 4950; n -= 1) {
    await page.keyboard.press("Alt+ArrowUp");
    await arrived(page, `Question ${n}:`);
  }
  await page.context().close();
  const short = await openHome(browser(), gateway().address.replace("#/", "#/chat/chat-1"));
  await short.page.locator(".row.answer.latest").waitFor();
  for (const n of [4, 3, 2]) {
    await short.page.keyboard.press("Alt+ArrowUp");
    await arrived(short.page, `Question ${n}:`);
  }
  await short.page.keyboard.press("Alt+ArrowUp");
  await short.page.getByRole("status").filter({ hasText: "There is no earlier prompt." }).waitFor({ state: "attached" });
  await short.page.context().close();
});

test("an answer that streams does not pull the person back down; the button says that there is more below", async () => {
  const { page } = await begin(browser(), gateway().address, "First of all");
  await answered(page);
  await say(page, "A long answer, please");
  await page.waitForFunction(() => (document.querySelector(".row.answer.latest .md")?.textContent?.length ?? 0) > 1_200);
  await page.keyboard.press("Alt+ArrowUp");
  await arrived(page, "A long answer, please");
  await page.keyboard.press("Alt+ArrowUp");
  await arrived(page, "First of all");
  const was = await at(page, "transcript").evaluate((one) => one.scrollTop);
  const length = () => page.evaluate(() => document.querySelector(".row.answer.latest .md")?.textContent?.length ?? 0);
  const before = await length();
  await page.waitForFunction((least) => (document.querySelector(".row.answer.latest .md")?.textContent?.length ?? 0) > least, before + 200);
  expect(Math.abs((await at(page, "transcript").evaluate((one) => one.scrollTop)) - was)).toBeLessThan(3);
  await at(page, "to-end").waitFor();
  await at(page, "stop").click();
  await page.context().close();
});

test("the palette goes there; in the list of chats the keys still move a chat", async () => {
  const { page } = await longChat();
  await page.keyboard.press("Control+k");
  await at(page, "palette-input").fill("previous prompt");
  await page.keyboard.press("Enter");
  await arrived(page, "Question 5000:");
  await page.locator(".side-list").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await page.locator(".row.prompt[data-jumped]").waitFor({ state: "detached" });
  expect(await page.getByRole("status").filter({ hasText: "Question 4999:" }).count()).toBe(0);
  await page.context().close();
});
