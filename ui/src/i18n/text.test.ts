// Every language has every key, with the same blanks in it.
import { expect, test } from "vitest";
import de from "./de.json" with { type: "json" };
import en from "./en.json" with { type: "json" };

const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("German has the keys of English, and no others", () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});

test("the blanks agree", () => {
  for (const [key, text] of Object.entries(en)) expect([key, blanks(de[key as keyof typeof de])]).toEqual([key, blanks(text)]);
});
