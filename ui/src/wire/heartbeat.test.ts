// When the gateway is asked whether it is there, and when its silence is told.
import { expect, test } from "vitest";
import { EVERY_MS, heardAt, look, type Beat } from "./heartbeat.ts";

/** Looks every time it is due; what it did and told, by the second. */
function watch(until: number, heard: (at: number) => boolean = () => false): string[] {
  let beat: Beat = heardAt(0);
  const said: string[] = [];
  for (let now = EVERY_MS; now <= until; now += EVERY_MS) {
    if (heard(now)) beat = heardAt(now);
    const seen = look(beat, now);
    beat = seen.beat;
    if (seen.ask) said.push(`${now}: ask`);
    if (seen.silentSince !== null) said.push(`${now}: silent for ${now - seen.silentSince}`);
  }
  return said;
}

test("a quiet gateway is asked once, and told as silent when no answer comes", () => {
  expect(watch(20_000)).toEqual(["10000: ask", "15000: silent for 5000", "17500: silent for 7500", "20000: silent for 10000"]);
});

test("one that says something is not asked; an answer ends the silence", () => {
  expect(watch(30_000, () => true)).toEqual([]);
  expect(watch(20_000, (at) => at === 17_500)).toEqual(["10000: ask", "15000: silent for 5000"]);
});

test("a page that stood still asks anew before it tells anything", () => {
  const asked = look(heardAt(0), 10_000).beat;
  expect(look(asked, 3_600_000)).toEqual({ beat: { heard: 0, asked: 3_600_000, looked: 3_600_000 }, ask: true, silentSince: null });
});
