// Fragments in, sections out.
import { expect, test } from "vitest";
import { SECTIONS, sectionOf, settingsAddress } from "./settings-place.ts";

test.each([
  ["", null],
  ["#/", null],
  ["#/chat/abc?section=models", null],
  ["#/settingsx", null],
  ["#/settings", "overview"],
  ["#/settings?section=models", "models"],
  ["#/settings?section=advanced", "security"],
  ["#/settings?section=transcription&x=1", "voice"],
  ["#/settings?x=1&section=browser", "web"],
  ["#/settings?section=no-such", "overview"],
  ["#/settings?section=rules", "approvals"],
  ["#/settings?section=constructor", "overview"],
])("%s → %s", (hash, section) => {
  expect(sectionOf(hash)).toBe(section);
});

test("every section has an address that leads back to it", () => {
  expect(SECTIONS.map((section) => sectionOf(settingsAddress(section)))).toEqual([...SECTIONS]);
});
