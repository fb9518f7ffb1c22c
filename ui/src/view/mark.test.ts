// The window's icon, the page's icon and the mark in the page are one picture.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const shapes = (text: string) => [...text.matchAll(/<(rect|path) ([^>]*?)\s*\/>/g)].map((found) => `${found[1]} ${found[2]}`);

test("the page's icon is the window's", () => {
  expect(read("../../public/icon.svg")).toBe(read("../../../icons/alcove.svg"));
});

test("the mark has the icon's shapes", () => {
  expect(shapes(read("./mark.tsx"))).toEqual(shapes(read("../../../icons/alcove.svg")));
});
