// Paths are told by their last part; names are left alone.
import { expect, test } from "vitest";
import { modelLabel } from "./modelid.ts";

test.each([
  ["/some/where/gemma3-270m-q4.gguf", "gemma3-270m-q4.gguf"],
  ["models/qwen2.5-0.5b.gguf", "qwen2.5-0.5b.gguf"],
  ["C:\\models\\phi.gguf", "phi.gguf"],
  ["~/models/llama/", "llama"],
  ["Qwen/Qwen2.5-0.5B-Instruct", "Qwen/Qwen2.5-0.5B-Instruct"],
  ["llama3.2:1b", "llama3.2:1b"],
])("%s is told as %s", (id, label) => {
  expect(modelLabel(id)).toBe(label);
});
