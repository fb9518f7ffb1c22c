// A development aid: CPU of a streamed answer parsed by growing tail, and by parsing all of it at each piece.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const here = path.dirname(fileURLToPath(import.meta.url));
const { module: blocks } = await runnerImport(path.join(here, "../src/markdown/blocks.ts"));
const { module: samples } = await runnerImport(path.join(here, "../src/markdown/sample.ts"));

function cost(length, step, whole) {
  const text = samples.sample(80).slice(0, length);
  const growing = new blocks.GrowingText();
  const begun = performance.now();
  for (let at = step; at < text.length; at += step) {
    if (whole) blocks.parseWhole(text.slice(0, at));
    else growing.update(text.slice(0, at), false);
  }
  return Math.round((performance.now() - begun) * 10) / 10;
}
cost(5_000, 5, false);
for (const length of [5_000, 10_000, 20_000, 40_000]) console.log(length, "characters, 5 at a time: growing", cost(length, 5, false), "ms, whole each time", length <= 20_000 ? cost(length, 5, true) : "-", "ms");
