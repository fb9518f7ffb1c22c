// A development aid: what 10,000 chats in the side bar cost in Chromium (mock started with ALCOVE_MOCK_CHATS=10000), and a chat's
// first content over several openings.
import { chromium } from "playwright-core";

const address = process.env.ALCOVE_URL ?? "http://127.0.0.1:8799/#/?bootstrapSecret=mock-secret-0123456789";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(address);
await page.locator("[data-test=chat-row]").first().waitFor();
const list = await page.evaluate(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  const scroller = document.querySelector(".side-list");
  const times = [];
  let nodes = 0;
  let last = await frame();
  for (let n = 0; n < 300; n += 1) {
    scroller.scrollTop = ((n * 7919) % 1000) / 1000 * scroller.scrollHeight;
    const now = await frame();
    times.push(now - last);
    last = now;
    nodes = Math.max(nodes, document.querySelectorAll("*").length);
  }
  times.sort((a, b) => a - b);
  const filter = document.querySelector(".side-filter input");
  const begun = performance.now();
  filter.value = "herb bed 99";
  filter.dispatchEvent(new Event("input", { bubbles: true }));
  await frame();
  const filtered = performance.now() - begun;
  filter.value = "";
  filter.dispatchEvent(new Event("input", { bubbles: true }));
  return { height: scroller.scrollHeight, p50: times[150], p99: times[297], nodes, filtered };
});
console.log("10,000 chats", list);
const opened = [];
for (let n = 0; n < 7; n += 1) {
  opened.push(
    await page.evaluate(() => new Promise((done) => {
      location.hash = "#/";
      setTimeout(() => {
        const start = performance.now();
        const look = () => (document.querySelector("[data-test=answer]") ? requestAnimationFrame(() => done(performance.now() - start)) : requestAnimationFrame(look));
        location.hash = "#/chat/long-10000";
        look();
      }, 400);
    })),
  );
  await page.reload();
  await page.locator("[data-test=chat-row]").first().waitFor();
}
console.log("first content of the long chat, ms", opened.map(Math.round));
await browser.close();
