// What the agent did is found where it is folded: in differences, in output, in what calls were given; and attachments by their names. After a
// reload, so that it is what the gateway keeps that is looked through.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { at, openHome, say, shots, withBrowser } from "./browser.ts";
import { chooseModel, inFolder } from "./choose.ts";
import { withFolder } from "./during.ts";
import { counted, here, open } from "./finding.ts";
import { withGateway } from "./gateway.ts";
import { armed } from "./proposals.ts";
import { withToolModel } from "./toolmodel.ts";

const folder = withFolder("find");
const model = withToolModel();
const gateway = withGateway("demo");
const browser = withBrowser();

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC";
const LINES = Array.from({ length: 200 }, (_, n) => `line ${n + 1}\n`).join("");
const PROGRAM = Array.from({ length: 150 }, (_, n) => `egret ${n + 1}\n`).join("");
const COMMAND = 'for n in $(seq 300); do echo "row $n: a crane"; done; echo "and the stork that is only in what the command prints, and in a command that is far too long for the line it is told in"; true the ibis';

/** In which part of a card the hit stands, once it is none of those, and whether it is cut off there. */
async function placeHere(page: Page, text: string, but: readonly string[]): Promise<{ place: string; isCut: boolean }> {
  const found = await page.waitForFunction(([wanted, known]) => {
    const [range] = [...(CSS.highlights.get("found-here") ?? [])] as Range[];
    const box = range?.startContainer.parentElement?.closest("[data-part], .line");
    if (range?.toString() !== wanted || box == null) return null;
    const place = box.getAttribute("data-part") ?? "line";
    return known.includes(place) ? null : { place, isCut: range.getBoundingClientRect().right > box.getBoundingClientRect().right };
  }, [text, but] as const);
  return (await found.jsonValue()) as { place: string; isCut: boolean };
}

test("a hit in a folded card opens it and is scrolled to; each hit that is counted is one that is marked", async () => {
  await writeFile(path.join(folder(), "a.txt"), LINES);
  const { page, problems } = await openHome(browser(), gateway().address);
  await chooseModel(page, model().base, "tool-one");
  await inFolder(page, folder());
  model().plan(
    [["edit_file", { path: "a.txt", old_text: "line 120\n", new_text: "a heron, line 120\n" }]],
    [["write_file", { path: "birds.txt", content: PROGRAM }]],
    [["exec", { command: COMMAND }]],
    "Done.",
  );
  await at(page, "file-input").setInputFiles([
    { name: "heron.md", mimeType: "text/markdown", buffer: Buffer.from("# Birds\n") },
    { name: "pelican.png", mimeType: "image/png", buffer: Buffer.from(PIXEL, "base64") },
  ]);
  await page.waitForFunction(() => document.querySelectorAll("[data-test=attachment][data-state=done]").length === 2);
  await say(page, "Look after the birds");
  await armed(page, "approve").click();
  await at(page, "changes-review").waitFor();
  await at(page, "stop").waitFor({ state: "detached" });
  await page.reload();
  await at(page, "changes-review").waitFor();
  expect(await page.locator("details.act[open]").count()).toBe(0);
  await open(page);

  // The name of an attachment, and a difference.
  await page.keyboard.type("heron");
  await counted(page, "1 of 2");
  await here(page, "heron");
  await page.screenshot({ path: `${shots}/find-done-name.png` });
  await page.keyboard.press("Enter");
  await counted(page, "2 of 2");
  await page.locator("details.act[open]").waitFor();
  await here(page, "heron");
  expect(await placeHere(page, "heron", [])).toEqual({ place: "diff", isCut: false });

  // Far down in a difference that scrolls by itself, and in output that does.
  for (const [words, shot] of [["egret 149", "diff"], ["row 250: a crane", "output"]] as const) {
    await at(page, "find-field").fill(words);
    await counted(page, "1 of 1");
    await here(page, words);
    await page.screenshot({ path: `${shots}/find-done-${shot}.png` });
  }

  // The name of a picture is not written anywhere: the picture is marked.
  await at(page, "find-field").fill("pelican");
  await counted(page, "1 of 1");
  await page.locator("[data-test=picture][data-found]").waitFor();
  const [bar, picture] = [await at(page, "find").boundingBox(), await at(page, "picture").boundingBox()];
  expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeLessThanOrEqual(picture?.y ?? 0);
  await page.screenshot({ path: `${shots}/find-done-picture.png` });

  // What its line cannot say of a command, and every hit of a word in turn.
  await at(page, "find-field").fill("the ibis");
  await counted(page, "1 of 1");
  await here(page, "the ibis");
  await at(page, "find-field").fill("prints");
  await counted(page, / of [23]$/);
  const all = Number((await at(page, "find-count").innerText()).split(" of ")[1]);
  const places: string[] = [];
  for (let times = 0; times < all; times += 1) {
    const { place, isCut } = await placeHere(page, "prints", places);
    await here(page, "prints");
    expect([place, isCut]).toEqual([place, false]);
    places.push(place);
    await page.keyboard.press("Enter");
  }
  expect([...places].sort()).toEqual(["line", "result", "script"]);
  expect(problems).toEqual([]);
  await page.context().close();
});
