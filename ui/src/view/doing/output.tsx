// What a command puts out: each channel a box that follows its end while the person is there. What is drawn stays; only what is new is made.
import { useSignal, type Signal } from "@preact/signals";
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { grouped, td } from "../../i18n/doing.ts";
import { ansi, bare } from "../../state/ansi.ts";
import { advance, NO_BLOCKS, type Block } from "../../state/blocks.ts";
import { CopyButton } from "../copy.tsx";
import { Icon } from "../icon.tsx";

const AT_END = 24;

/** `whole`: reads what was left out before it. */
type Props = { channel: number; text: string; skipped: number; whole?: (() => void) | null };

export function Output(props: Props) {
  const { channel, text, skipped, whole = null } = props;
  const wrap = useSignal(false);
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  const known = useRef(NO_BLOCKS);
  known.current = advance(known.current, text, skipped);
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [text, skipped]);
  const noteEnd = (element: HTMLElement) => (atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END);
  const name = td(channel === 2 ? "output.err" : "output.out");
  return (
    <div class={`output${channel === 2 ? " err" : ""}`} data-test={channel === 2 ? "output-err" : "output"}>
      <Head name={name} wrap={wrap} text={() => bare(text)} />
      {skipped > 0 ? (
        <div class="left-out" data-test="left-out">
          {td("output.left", { bytes: grouped(skipped) })}
          {whole === null ? null : (
            <button type="button" class="button small quiet" data-test="output-whole" onClick={whole}>
              {td("output.whole")}
            </button>
          )}
        </div>
      ) : null}
      <pre ref={box} data-part={`out${channel}`} class={wrap.value ? "wrap" : ""} dir="ltr" tabIndex={0} role="log" aria-live="off" aria-label={name} onScroll={(event) => noteEnd(event.currentTarget)}>
        {known.current.list.map((block) => (
          <Piece key={block.key} block={block} />
        ))}
      </pre>
    </div>
  );
}

function Head(props: { name: string; wrap: Signal<boolean>; text: () => string }) {
  const { wrap } = props;
  return (
    <div class="output-head">
      <span class="part">{props.name}</span>
      <button type="button" class="button quiet small" aria-pressed={wrap.value} aria-label={td("output.wrap")} title={td("output.wrap")} data-test="output-wrap" onClick={() => (wrap.value = !wrap.value)}>
        <Icon name="wrap" />
      </button>
      <CopyButton text={props.text} />
    </div>
  );
}

/** Drawn once for as long as the block is the same. */
function Piece(props: { block: Block }) {
  const last = useRef<{ block: Block; drawn: VNode } | null>(null);
  if (last.current?.block !== props.block) last.current = { block: props.block, drawn: draw(props.block) };
  return last.current.drawn;
}

function draw(block: Block) {
  return <div class="block">{block.pieces.map((piece, at) => (piece.classes === "" ? piece.text : <span key={at} class={piece.classes}>{piece.text}</span>))}</div>;
}

/** A text that is whole: a result. */
export function TerminalText(props: { text: string }) {
  return <>{ansi(props.text).pieces.map((piece, at) => (piece.classes === "" ? piece.text : <span key={at} class={piece.classes}>{piece.text}</span>))}</>;
}
