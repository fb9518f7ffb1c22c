// A Markdown text that may still grow. Keeps its parser between draws; the last few finished texts stay parsed.
import { useRef } from "preact/hooks";
import { GrowingText, parseWhole, type Block } from "./blocks.ts";
import { ChunkView } from "./chunk.tsx";
import { BlockView } from "./render.tsx";
import { CHUNK, CUT_FROM } from "./stretch.ts";

const KEPT = 200;
const parsed = new Map<string, readonly Block[]>();

/** A finished text scrolled out and back in is not parsed again. */
function whole(text: string): readonly Block[] {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const blocks = parseWhole(text);
  parsed.set(text, blocks);
  if (parsed.size > KEPT) parsed.delete(parsed.keys().next().value as string);
  return blocks;
}

export function Markdown(props: { text: string; streaming: boolean }) {
  const growing = useRef<GrowingText | null>(null);
  if (props.streaming) growing.current ??= new GrowingText();
  const blocks = growing.current === null ? whole(props.text) : growing.current.update(props.text, !props.streaming);
  return (
    <div class="md" dir="auto">
      {blocks.length < CUT_FROM ? blocks.map((block) => <BlockView key={block.key} block={block} />) : chunks(blocks, growing.current === null)}
    </div>
  );
}

function chunks(blocks: readonly Block[], finished: boolean) {
  const out = [];
  for (let at = 0; at < blocks.length; at += CHUNK) {
    const part = blocks.slice(at, at + CHUNK);
    const whole = finished || (part.length === CHUNK && part.every((block) => block.closed));
    out.push(<ChunkView key={`chunk ${at}`} blocks={part} whole={whole} asleep={finished} />);
  }
  return out;
}
