// A development aid: what a chat of 10,000 messages costs in Chromium. Expects the mock (or ALCOVE_URL and ALCOVE_CHAT).
// Prints first content, DOM nodes, blank gaps while scrolling, and frame times while an answer streams into it.
import { chromium } from "playwright-core";

const address = process.env.ALCOVE_URL ?? "http://127.0.0.1:8799/#/?bootstrapSecret=mock-secret-0123456789";
const chat = process.env.ALCOVE_CHAT ?? "long-10000";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.on("pageerror", (e) => console.log("pageerror", String(e)));
await page.goto(address);
await page.locator("[data-test=composer], [data-test=skip]").first().waitFor();
const skip = page.locator("[data-test=skip]");
if (await skip.isVisible()) await skip.click();
await page.locator("[data-test=chat-row]").first().waitFor();

const opened = await page.evaluate((id) => new Promise((done) => {
  const start = performance.now();
  const look = () => {
    if (document.querySelector("[data-test=answer]")) requestAnimationFrame(() => done(performance.now() - start));
    else requestAnimationFrame(look);
  };
  location.hash = `#/chat/${id}`;
  look();
}), chat);
console.log("first content after", Math.round(opened), "ms");

if (process.env.ALCOVE_PROMPT === undefined) await scrollAll();
async function scrollAll() {
const scrolled = await page.evaluate(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  const scroller = document.querySelector("[data-test=transcript]");
  const result = { frames: 0, blank: 0, nodes: 0, rows: 0, worst: 0, long: 0, pages: 0 };
  let still = 0;
  let height = scroller.scrollHeight;
  scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -100 }));
  let last = await frame();
  while (still < 150 && result.frames < 30000) {
    scroller.scrollTop -= 1500;
    const now = await frame();
    result.frames += 1;
    result.worst = Math.max(result.worst, now - last);
    if (now - last > 34) result.long += 1;
    last = now;
    result.nodes = Math.max(result.nodes, document.querySelectorAll("*").length);
    result.rows = Math.max(result.rows, document.querySelectorAll("article").length);
    const box = scroller.getBoundingClientRect();
    for (const y of [0.1, 0.5, 0.9]) {
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height * y);
      if (hit && hit.getAttribute("aria-hidden") === "true") result.blank += 1;
    }
    if (scroller.scrollHeight !== height) result.pages += 1;
    height = scroller.scrollHeight;
    still = scroller.scrollTop <= 0 && !document.querySelector(".older") ? still + 50 : scroller.scrollTop <= 0 ? still + 1 : 0;
  }
  result.first = document.querySelector("[data-test=prompt] .text")?.textContent.slice(0, 40);
  result.top = scroller.scrollTop;
  return result;
});
console.log("scrolled to the top", scrolled);

const jumps = await page.evaluate(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const scroller = document.querySelector("[data-test=transcript]");
  let blank = 0;
  for (let n = 0; n < 200; n += 1) {
    scroller.scrollTop = ((n * 7919) % 1000) / 1000 * scroller.scrollHeight;
    await frame();
    await frame();
    const box = scroller.getBoundingClientRect();
    for (const y of [0.1, 0.5, 0.9]) {
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height * y);
      if (hit && hit.getAttribute("aria-hidden") === "true") blank += 1;
    }
  }
  return { blank, loaded: scroller.scrollHeight };
});
console.log("200 jumps", jumps);

await page.locator("[data-test=to-end]").click();
}
await page.locator("[data-test=composer]").fill(process.env.ALCOVE_PROMPT ?? "a long answer");
await page.locator("[data-test=composer]").press("Enter");
await page.locator("[data-test=stop]").waitFor();
const streamed = await page.evaluate(async () => {
  const times = [];
  const work = [];
  new PerformanceObserver((list) => list.getEntries().forEach((e) => work.push(e.duration))).observe({ type: "longtask" });
  let last = performance.now();
  while (document.querySelector("[data-test=stop]") && times.length < 1500) {
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  times.sort((a, b) => a - b);
  const at = (q) => Math.round(times[Math.floor(times.length * q)] * 10) / 10;
  return { frames: times.length, p50: at(0.5), p99: at(0.99), longTasks: work.length, characters: document.querySelector(".row.latest .md")?.textContent.length };
});
console.log("streaming into it", streamed);
const end = await page.evaluate(() => {
  const s = document.querySelector("[data-test=transcript]");
  return { gapToEnd: s.scrollHeight - s.scrollTop - s.clientHeight, nodes: document.querySelectorAll("*").length };
});
console.log(end);
await browser.close();
