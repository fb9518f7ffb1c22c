// The colours as data: every text stands on every ground it is used on with AA contrast; both dark blocks agree.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
const colours = (text: string) => Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]])) as Record<string, string>;
const [first = "", system = "", chosen = ""] = [css.slice(0, css.indexOf("@media")), css.slice(css.indexOf("@media"), css.indexOf(':root[data-theme="dark"]')), css.slice(css.indexOf(':root[data-theme="dark"]'))];
const light = colours(first);
const dark = { ...light, ...colours(chosen) };

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a = "", b = ""): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ["bg", "side", "raised", "sunken", "hover", "selected", "prompt", "code-bg"];
const pairs = [
  ...["text", "text-soft", "text-faint"].flatMap((text) => grounds.map((ground) => [text, ground])),
  ...["keyword", "string", "number", "comment", "title"].map((code) => [`code-${code}`, "code-bg"]),
  ["accent", "bg"], ["accent", "accent-soft"], ["on-accent", "accent"], ["danger", "danger-soft"], ["danger", "raised"], ["danger", "bg"],
  ["warn", "warn-soft"], ["warn", "bg"], ["warn", "raised"], ["text", "danger-soft"], ["text", "warn-soft"], ["text-soft", "warn-soft"],
  ["text", "found"], ["on-found", "found-here"],
] as [string, string][];

test("the dark colours are the same whether chosen or the system's", () => {
  expect(colours(system)).toEqual(colours(chosen));
});

test.each([["light", light], ["dark", dark]] as const)("%s: every text has AA contrast", (_, theme) => {
  const low = pairs.filter(([text, ground]) => contrast(theme[text], theme[ground]) < 4.5);
  expect(low).toEqual([]);
});
