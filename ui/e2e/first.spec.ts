// Someone new: first run, the demo, a streamed answer; it is there after a reload.
import { expect, test } from "vitest";
import { answered, at, openPage, picture, say, shots, withBrowser } from "./browser.ts";
import { withGateway } from "./gateway.ts";

const gateway = withGateway(null);
const browser = withBrowser();

test("first run, the demo, an answer that streams, a reload that keeps it", async () => {
  const { page, problems } = await openPage(browser(), gateway().address);
  await at(page, "choose-demo").or(at(page, "composer")).first().waitFor();
  expect(page.url()).not.toContain("bootstrapSecret");
  if (await at(page, "choose-demo").isVisible()) {
    await page.screenshot({ path: `${shots}/first-run.png` });
    await at(page, "choose-demo").click();
  }
  await at(page, "composer").waitFor();
  expect(await at(page, "model-chip").innerText()).toContain("Demo");

  await say(page, "Hello there");
  await at(page, "stop").waitFor();
  const lengths = await page.evaluate(async () => {
    const seen = new Set<number>();
    while (document.querySelector("[data-test=stop]")) {
      seen.add(document.querySelector(".row.latest .md")?.textContent?.length ?? 0);
      await new Promise((done) => requestAnimationFrame(done));
    }
    return seen.size;
  });
  expect(lengths, "the answer grows bit by bit").toBeGreaterThan(3);
  expect((await answered(page)).length).toBeGreaterThan(10);
  expect(await at(page, "chat-row").count()).toBeGreaterThan(0);

  const before = await picture(page);
  await page.reload();
  await page.locator(".row.latest").waitFor();
  expect(await picture(page)).toEqual(before);

  // A fresh start, without a chat in the address, begins with the one that was in front last; a new chat stays one over a reload.
  const chat = new URL(page.url()).hash;
  await page.goto("about:blank");
  await page.goto(gateway().address);
  await page.locator(".row.latest").waitFor();
  expect(new URL(page.url()).hash).toBe(chat);
  expect(await picture(page)).toEqual(before);
  await at(page, "new-chat").click();
  await page.reload();
  await page.locator(".start").waitFor();
  expect(problems).toEqual([]);

  // One that is gone gives way to a new chat.
  await page.evaluate(() => localStorage.setItem("alcove.chat", "11111111-2222-4333-8444-555555555555"));
  await page.goto("about:blank");
  await page.goto(gateway().address);
  await page.locator(".start").waitFor();
  expect(new URL(page.url()).hash).toBe("#/");
});

test("a wrong secret leads to the form, the right one from there in", async () => {
  const { page } = await openPage(browser(), gateway().address.replace(/=.*/, "=not-the-secret-at-all"));
  await at(page, "secret").waitFor();
  await page.screenshot({ path: `${shots}/refused.png` });
  await at(page, "secret").fill(gateway().address);
  await at(page, "secret").press("Enter");
  await at(page, "composer").waitFor();
});
