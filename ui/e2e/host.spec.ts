// The page in a window with a host: files dropped on the window, folders and places for files chosen in the system's dialogs.
// The host is a stand-in here; the real one is held by the window's own tests.
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { answered, at, openPage, say, shots, withBrowser } from "./browser.ts";
import { withFolder } from "./during.ts";
import { withGateway } from "./gateway.ts";

const folder = withFolder("host");
const gateway = withGateway("demo");
const browser = withBrowser();

type Stand = { tell: (event: object) => void; saved: string[] };

async function inWindow(): Promise<Page> {
  const { page } = await openPage(browser(), "about:blank");
  await page.addInitScript((chosen) => {
    const stand: Stand = { tell: () => {}, saved: [] };
    Object.assign(window, {
      stand,
      alcoveHost: {
        onDrop: (tell: Stand["tell"]) => (stand.tell = tell),
        saveFile: async (name: string, address: string) => (stand.saved.push(name, address), `chosen/${name}`),
        pickFolder: async () => chosen,
      },
    });
  }, folder());
  await page.goto(gateway().address);
  await at(page, "composer").waitFor();
  return page;
}

const tell = (page: Page, event: object) => page.evaluate((one) => (window as unknown as { stand: Stand }).stand.tell(one), event);
const kinds = { image: 0, document: 0, video: 0, other: 0 };

test("a drop on the window: what would happen, how far it is, what came and what did not", async () => {
  const page = await inWindow();
  await tell(page, { type: "enter", count: 2, kinds: { ...kinds, image: 1, document: 1 } });
  await at(page, "drop-over").getByText("Drop to attach 2 files").waitFor();
  await tell(page, { type: "leave" });
  await at(page, "drop-over").waitFor({ state: "detached" });
  await tell(page, { type: "enter", count: 1, kinds: { ...kinds, other: 1 } });
  await at(page, "drop-over").getByText("These cannot be attached").waitFor();
  await tell(page, { type: "progress", name: "walk.mp4", received: 40, total: 100 });
  await at(page, "drop-over").getByText("40 %").waitFor();
  const sent = { upload_id: "0123456789abcdef", name: "notes.md", mime: "text/markdown", bytes: 2048, kind: "document" };
  await tell(page, { type: "drop", items: [sent, { name: "garden", error: "folder" }], more: 0 });
  await at(page, "drop-over").waitFor({ state: "detached" });
  await at(page, "attachment").getByText("notes.md").waitFor();
  await at(page, "attach-refused").getByText("garden").waitFor();
  await page.screenshot({ path: `${shots}/host-drop.png` });
  await at(page, "attachment-remove").click();
  expect(await at(page, "attachment").count()).toBe(0);
});

test("folders and places for files are chosen in the system's dialogs", async () => {
  const page = await inWindow();
  await say(page, "Where to?");
  await answered(page);
  const id = new URL(page.url()).hash.replace("#/chat/", "");
  await at(page, "scope-chip").click();
  await at(page, "pick-folder").click();
  await at(page, "scope-chip").getByText(`Only in ${path.basename(folder())}`).waitFor();
  await at(page, "chat-menu-here").click();
  await page.getByRole("menuitem", { name: "Export as HTML" }).click();
  await at(page, "toast").getByText("Saved as chosen/").waitFor();
  const saved = await page.evaluate(() => (window as unknown as { stand: Stand }).stand.saved);
  expect(saved[1]).toBe(`/api/sessions/websocket%3A${id}/export?format=html`);
});
