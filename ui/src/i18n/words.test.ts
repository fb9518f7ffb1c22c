// Every language has every key, with the same blanks in it, and none is empty.
import { expect, test } from "vitest";
import actingDe from "./acting.de.json" with { type: "json" };
import actingEn from "./acting.en.json" with { type: "json" };
import de from "./de.json" with { type: "json" };
import doingDe from "./doing.de.json" with { type: "json" };
import doingEn from "./doing.en.json" with { type: "json" };
import en from "./en.json" with { type: "json" };
import settingsDe from "./settings.de.json" with { type: "json" };
import settingsEn from "./settings.en.json" with { type: "json" };

type Words = Readonly<Record<string, string>>;
const blanks = (text: string | undefined) => (text?.match(/\{\w+\}/g) ?? []).sort();

test.each<[string, Words, Words]>([
  ["the page", en, de],
  ["acting", actingEn, actingDe],
  ["what the agent does", doingEn, doingDe],
  ["the settings", settingsEn, settingsDe],
])("the words of %s: German has the keys of English with their blanks, and nothing is empty", (_, english, german) => {
  expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
  for (const [key, text] of Object.entries(english)) {
    expect([key, blanks(german[key])]).toEqual([key, blanks(text)]);
    expect(text.trim() === "" || german[key]?.trim() === "", key).toBe(false);
  }
});
