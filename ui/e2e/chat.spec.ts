// A conversation: keyboard only, stop, a second window, a gateway that dies and comes back, both themes.
import { expect, test } from "vitest";
import { answered, at, openHome, openPage, picture, say, shots, TALL, withBrowser } from "./browser.ts";
import { canRestart, withGateway } from "./gateway.ts";

const gateway = withGateway("demo");
const browser = withBrowser();

test("with the keyboard alone: write, break the line, send, bring the prompt back with the arrow", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await page.keyboard.type("first line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second line");
  await page.keyboard.press("Enter");
  await at(page, "prompt").waitFor();
  expect(await at(page, "prompt").innerText()).toContain("first line\nsecond line");
  await answered(page);
  await page.keyboard.press("ArrowUp");
  expect(await at(page, "composer").inputValue()).toBe("first line\nsecond line");
  await page.keyboard.press("Control+n");
  await page.locator(".start").waitFor();
  expect(problems).toEqual([]);
});

test("stop ends the answer, keeps what was written and says so", async () => {
  const { page } = await openHome(browser(), gateway().address);
  await say(page, "Tell me something long");
  await page.waitForFunction(() => (document.querySelector(".row.answer .md")?.textContent?.length ?? 0) > 5);
  await page.keyboard.press("Escape");
  await at(page, "notice").waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  expect(await at(page, "notice").innerText()).toContain("Stopped");
  expect((await at(page, "answer").innerText()).length).toBeGreaterThan(5);
});

test("Escape leaves the answer alone while something is being written, and the line below says what it does", async () => {
  const { page } = await openHome(browser(), gateway().address);
  await say(page, "Tell me something long");
  await at(page, "stop").waitFor();
  await page.getByText("Esc stops").waitFor();
  await at(page, "composer").fill("half a thou");
  await page.getByText("Enter sends it: it joins the answer").waitFor();
  await page.keyboard.press("Escape");
  // The answer goes on.
  const said = (await at(page, "answer").innerText()).length;
  await page.waitForFunction((before) => (document.querySelector<HTMLElement>("[data-test=answer]")?.innerText.length ?? 0) > before + 40, said);
  expect([await at(page, "notice").count(), await at(page, "composer").inputValue()]).toEqual([0, "half a thou"]);
  await at(page, "composer").fill("");
  await page.keyboard.press("Escape");
  await at(page, "notice").waitFor();
});

test("a command runs when its name is written whole or it is chosen, not because it stands first", async () => {
  const { page } = await openHome(browser(), gateway().address);
  await say(page, "Say hello");
  await answered(page);
  await at(page, "composer").fill("/");
  await at(page, "slash-menu").waitFor();
  const first = await at(page, "slash-menu").locator("[role=option] .name").first().innerText();
  await page.keyboard.press("Enter");
  expect((await at(page, "composer").inputValue()).trim()).toBe(first.split(" ")[0]);
  await at(page, "composer").fill("/");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("[data-test=composer]")?.value === "");
});

test("a prompt sent while an answer streams waits and is then answered", async () => {
  const { page } = await openHome(browser(), gateway().address, TALL);
  await say(page, "The first of two");
  await at(page, "stop").waitFor();
  await say(page, "The second of two");
  await page.waitForFunction(() => document.querySelectorAll("[data-test=answer]").length === 2);
  await answered(page);
  const kinds = (await picture(page)).map((line) => line.split(":")[0]);
  expect(kinds).toEqual(["prompt", "answer", "prompt", "answer"]);
});

test("a second window on the same chat shows the same, live", async () => {
  const one = await openPage(browser(), gateway().address);
  await at(one.page, "composer").waitFor();
  await say(one.page, "Seen by two");
  await one.page.waitForFunction(() => location.hash.startsWith("#/chat/"));
  const id = new URL(one.page.url()).hash;
  const two = await openPage(browser(), gateway().address.replace("#/", id));
  await at(two.page, "prompt").waitFor();
  await answered(one.page);
  await answered(two.page);
  expect(await picture(two.page)).toEqual(await picture(one.page));
  await say(two.page, "And back again");
  await at(one.page, "prompt").filter({ hasText: "And back again" }).waitFor();
  await answered(two.page);
  await one.page.waitForFunction(() => document.querySelectorAll("[data-test=answer]").length === 2);
  await answered(one.page);
  expect(await picture(one.page)).toEqual(await picture(two.page));
});

test.skipIf(!canRestart)("the gateway is killed in the middle of an answer and comes back: the page goes on by itself", async () => {
  const { page } = await openHome(browser(), gateway().address);
  await say(page, "Something long, please");
  await page.waitForFunction(() => (document.querySelector(".row.answer .md")?.textContent?.length ?? 0) > 5);
  await gateway().kill();
  await at(page, "connection").waitFor();
  await page.screenshot({ path: `${shots}/lost.png` });
  const address = await gateway().again();
  const fresh = await openPage(browser(), address.replace("#/", new URL(page.url()).hash));
  await at(fresh.page, "notice").waitFor();
  // A gateway started anew on loopback has a new secret; the page asks for it and then goes on where it was.
  await at(page, "secret").or(at(page, "notice")).first().waitFor();
  if (await at(page, "secret").isVisible()) {
    await at(page, "secret").fill(address);
    await at(page, "secret").press("Enter");
  }
  await at(page, "notice").waitFor();
  await at(page, "connection").waitFor({ state: "detached" });
  expect(await picture(page)).toEqual(await picture(fresh.page));
  await at(page, "retry").click();
  await at(page, "prompt").nth(1).waitFor();
  await page.waitForFunction(() => (document.querySelector(".row.answer.latest .md")?.textContent?.length ?? 0) > 5);
  await at(page, "stop").click();
  await at(page, "notice").nth(1).waitFor();
});

test.each(["light", "dark"] as const)("in the %s theme", async (colorScheme) => {
  for (const [width, height] of [[1280, 800], [720, 900]] as const) {
    const { page, problems } = await openPage(browser(), gateway().address, { colorScheme, viewport: { width, height } });
    await at(page, "composer").waitFor();
    await say(page, "Show a table and some code");
    await answered(page);
    await page.screenshot({ path: `${shots}/chat-${width}-${colorScheme}.png` });
    const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = Number(/\d+/.exec(background)?.[0]) > 128;
    expect(light).toBe(colorScheme === "light");
    expect(problems).toEqual([]);
  }
});
