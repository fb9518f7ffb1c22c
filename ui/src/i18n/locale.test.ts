// Dates are written as they are where the person lives, in the language they chose.
import { expect, test } from "vitest";
import { localeOf } from "./text.ts";

test.each([
  ["en", ["en-GB", "en"], "en-GB"],
  ["de", ["de-AT", "en"], "de-AT"],
  ["en", ["de-AT", "en-IE"], "en-IE"],
  ["de", ["en-US"], "de"],
  ["en", ["eng-Latn"], "en"],
  ["en", [], "en"],
] as const)("%s with %j is %s", (chosen, known, locale) => expect(localeOf(chosen, known)).toBe(locale));
