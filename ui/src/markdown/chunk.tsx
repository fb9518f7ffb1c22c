// A stretch of a very long answer. Far from the visible part it is an empty box of its own height, so the page stays small.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Block } from "./blocks.ts";
import { memo } from "./memo.ts";
import { BlockView } from "./render.tsx";

/** How far outside the visible part a stretch is still drawn. */
const BEYOND = "1600px 0px";

type Listener = (near: boolean, height: number) => void;
const listeners = new WeakMap<Element, Listener>();
const observers = new WeakMap<Element, IntersectionObserver>();

function observerOf(scroller: Element): IntersectionObserver {
  const known = observers.get(scroller);
  if (known !== undefined) return known;
  const tell = (entries: IntersectionObserverEntry[]) => {
    for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting, entry.boundingClientRect.height);
  };
  const made = new IntersectionObserver(tell, { root: scroller, rootMargin: BEYOND });
  observers.set(scroller, made);
  return made;
}

/** The height a stretch is likely to have before it was ever drawn. */
function guess(blocks: readonly Block[]): number {
  let height = 0;
  for (const block of blocks)
    for (const token of block.tokens) {
      if (token.type === "fence") height += 52 + 20 * token.content.split("\n").length;
      else if (token.type === "inline") height += 24 * Math.ceil((token.content.length + 1) / 85) + 6;
    }
  return height + 8 * blocks.length;
}

function Chunk(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  /** Null while drawn; else the height it had. */
  const away = useSignal<number | null>(props.asleep ? guess(props.blocks) : null);
  useEffect(() => {
    const element = box.current;
    const scroller = element?.closest(".scroller");
    if (element === null || !scroller || !props.whole) return;
    const observer = observerOf(scroller);
    listeners.set(element, (near, height) => {
      if (near) away.value = null;
      else if (away.value === null && height > 0) away.value = height;
    });
    observer.observe(element);
    return () => observer.unobserve(element);
  }, [props.whole]);
  if (away.value !== null) return <div class="md-chunk" ref={box} style={{ height: `${away.value}px` }} />;
  return (
    <div class="md-chunk" ref={box} style={{ height: "auto" }}>
      {props.blocks.map((block) => (
        <BlockView key={block.key} block={block} />
      ))}
    </div>
  );
}

/** `whole`: it will not change any more; `asleep`: begin as an empty box. */
type Props = { blocks: readonly Block[]; whole: boolean; asleep: boolean };
const same = (a: Props, b: Props) => a.whole === b.whole && a.blocks.length === b.blocks.length && a.blocks.every((block, at) => block === b.blocks[at]);
export const ChunkView = memo(Chunk, same);
