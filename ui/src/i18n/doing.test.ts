// The words of what the agent does in a conversation: every language has every key, with the same blanks in it.
import { expect, test } from "vitest";
import de from "./doing.de.json" with { type: "json" };
import en from "./doing.en.json" with { type: "json" };

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
