// Colours code of closed blocks. The grammars are one lazy chunk: nothing is loaded before the first code block.
import { signal } from "@preact/signals";
import type { createLowlight } from "lowlight";

type Lowlight = ReturnType<typeof createLowlight>;
export type Piece = { text: string } | { classes: string; children: Piece[] };

/** Longer code is shown plain: colouring it would hold up the page. */
const LONGEST = 40_000;
const loaded = signal<Lowlight | null>(null);
let asked = false;

function load(): void {
  if (asked) return;
  asked = true;
  void import("./grammars.ts").then((module) => {
    loaded.value = module.make();
  });
}

type Node = { type: string; value?: string; properties?: { className?: unknown }; children?: Node[] };

function pieces(nodes: readonly Node[]): Piece[] {
  return nodes.map((node) => {
    if (node.type === "text") return { text: node.value ?? "" };
    const names = node.properties?.className;
    return { classes: Array.isArray(names) ? names.join(" ") : "", children: pieces(node.children ?? []) };
  });
}

/** Null: show it plain (language unknown, too long, or the grammars are still on their way). */
export function highlight(code: string, language: string): Piece[] | null {
  if (language === "" || code.length > LONGEST) return null;
  const low = loaded.value;
  if (low === null) {
    load();
    return null;
  }
  if (!low.registered(language)) return null;
  return pieces(low.highlight(language, code).children as Node[]);
}
