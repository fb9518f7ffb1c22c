// What the specs of a file stand on: begun before the first of them, ended after the last, what came last first.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";

export function during<T>(begin: () => Promise<T>, end: (begun: T) => Promise<unknown>): () => T {
  let begun: { readonly it: T } | null = null;
  beforeAll(async () => {
    begun = { it: await begin() };
  });
  afterAll(async () => {
    if (begun !== null) await end(begun.it);
  });
  return () => {
    if (begun === null) throw new Error("this is there only while a spec runs");
    return begun.it;
  };
}

/** An empty folder of the specs' own. */
export const withFolder = (name: string): (() => string) => during(() => mkdtemp(path.join(tmpdir(), `alcove-${name}-`)), (folder) => rm(folder, { recursive: true, force: true }));
