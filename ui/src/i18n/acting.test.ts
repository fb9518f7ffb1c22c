// The words of acting: every language has every key, with the same blanks in it, and none is empty.
import { expect, test } from "vitest";
import de from "./acting.de.json" with { type: "json" };
import en from "./acting.en.json" with { type: "json" };

const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("German has the keys of English, and no others", () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});

test("the blanks agree, and nothing is empty", () => {
  for (const [key, text] of Object.entries(en)) {
    const other = de[key as keyof typeof de];
    expect([key, blanks(other)]).toEqual([key, blanks(text)]);
    expect(text.trim() === "" || other.trim() === "", key).toBe(false);
  }
});
