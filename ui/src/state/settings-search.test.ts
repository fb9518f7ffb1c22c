// Texts in, sections out.
import { expect, test } from "vitest";
import { search, type Entry } from "./settings-search.ts";

const entries: Entry[] = [
  { section: "models", name: "Modelle", words: [{ text: "Kontextfenster", also: "Context window" }, { text: "Reihenfolge", also: "Call order" }] },
  { section: "system", name: "System", words: [{ text: "Zeitzone", also: "Time zone" }, { text: "Modell-Neustart", also: "Restart" }] },
];
const text = (wanted: string) => search(entries, wanted).map((found) => [found.section, ...found.words].join(":"));

test.each([
  ["", ["models", "system"]],
  ["   ", ["models", "system"]],
  ["zeitz", ["system:Zeitzone"]],
  ["time zone", ["system:Zeitzone"]],
  ["ORDER", ["models:Reihenfolge"]],
  ["mod", ["models", "system:Modell-Neustart"]],
  ["models", ["models"]],
  ["no such", []],
])("%s", (wanted, found) => {
  expect(text(wanted)).toEqual(found);
});
