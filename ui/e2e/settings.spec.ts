// Models from an address: listed, tested, kept, used; the server's own error shown; hostile answers stay text.
import { expect, test } from "vitest";
import { answered, at, openHome, say, shots, withBrowser } from "./browser.ts";
import { withGateway } from "./gateway.ts";
import { withModel } from "./model.ts";

const model = withModel();
const gateway = withGateway("demo");
const browser = withBrowser();

test("a model is added by address, tested, kept as the default and answers", async () => {
  const { page, problems } = await openHome(browser(), gateway().address);
  await at(page, "settings").click();
  const dialog = at(page, "settings-dialog");
  await at(page, "add-address").click();
  await at(page, "address").fill(model().base);
  await dialog.getByRole("button", { name: "List its models" }).click();
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[data-test=model]")?.value === "small-one");
  await dialog.locator("form").getByRole("button", { name: "Test" }).click();
  await dialog.getByText(/Answered in \d+ ms/).waitFor();
  await page.screenshot({ path: `${shots}/settings-add.png` });
  await dialog.getByRole("button", { name: "Save" }).click();
  const card = at(page, "model-card").filter({ hasText: "small-one" });
  await card.getByText("Default", { exact: true }).waitFor();
  await page.screenshot({ path: `${shots}/settings-models.png` });
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await at(page, "model-chip").innerText()).toContain("small-one");
  await say(page, "Are you there?");
  expect(await answered(page)).toBe("Hello from the small server.");

  // This chat alone goes back to the demo.
  await at(page, "model-chip").click();
  await page.locator("#model-menu").getByText("Demo (offline").click();
  await page.waitForFunction(() => document.querySelector("[data-test=model-chip]")?.textContent?.includes("Demo"));
  expect(problems).toEqual([]);
});

const HOSTILE = [
  "<script>window.hit=1</script>",
  "<img src=x onerror=window.hit=1>",
  '<svg onload="window.hit=1">',
  '<iframe src="https://evil.test/"></iframe>',
  '<meta http-equiv="refresh" content="0;url=https://evil.test/">',
  '<style>@import "https://evil.test/x.css";</style>',
  "[a](javascript:window.hit=1)",
  "[b](JaVaScRiPt&#58;window.hit=1)",
  "[c](data:text/html,<script>window.hit=1</script>)",
  "[d](vbscript:x)",
  "[e](file:///etc/passwd)",
  "![f](https://evil.test/pixel.png)",
  "![g](javascript:window.hit=1)",
  '![h](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)',
  "<https://evil.test/auto>",
  "<javascript:window.hit=1>",
  '[i]: javascript:window.hit=1\n\n[i]',
  "```html\n<script>window.hit=1</script>\n```",
  '| a |\n| --- |\n| <img src=x onerror=window.hit=1> |',
  '- [x] <input autofocus onfocus=window.hit=1>',
  '<a href="javascript:window.hit=1">x</a>',
  "<details open ontoggle=window.hit=1>",
  "<form action=https://evil.test><button>x</button></form>",
  "&lt;script&gt;window.hit=1&lt;/script&gt;",
];

test("a hostile answer stays text: no script, no request, no dangerous element", async () => {
  const { page } = await openHome(browser(), gateway().address);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(gateway().address).origin) && !request.url().startsWith("data:")) asked.push(request.url());
  });
  model().say(HOSTILE.join("\n\n"));
  await say(page, "Be hostile");
  await answered(page);
  await page.screenshot({ path: `${shots}/hostile.png` });
  const found = await page.evaluate(() => ({
    hit: (window as unknown as { hit?: number }).hit ?? null,
    elements: document.querySelectorAll(".md :is(script, iframe, style, meta, svg, form, object, embed, details, base, link):not(button svg)").length,
    handlers: [...document.querySelectorAll(".md *")].filter((one) => one.getAttributeNames().some((name) => name.startsWith("on"))).length,
    images: [...document.querySelectorAll<HTMLImageElement>(".md img")].map((one) => one.src),
    links: [...document.querySelectorAll<HTMLAnchorElement>(".md a")].map((one) => new URL(one.href).protocol),
    answers: document.querySelectorAll("[data-test=answer]").length,
  }));
  expect(found).toMatchObject({ hit: null, elements: 0, handlers: 0, images: [], answers: 1 });
  expect(new Set(found.links)).toEqual(new Set(["https:"]));
  expect(asked).toEqual([]);
});

test("a server that is gone gives its error in the chat, with a retry", async () => {
  const { page } = await openHome(browser(), gateway().address);
  await model().close();
  await say(page, "Still there?");
  await at(page, "notice").waitFor();
  await page.screenshot({ path: `${shots}/error.png` });
  expect(await at(page, "retry").count()).toBe(1);
});
