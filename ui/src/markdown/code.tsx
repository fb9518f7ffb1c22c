// A code block: its language, a copy button, colours once it is closed.
import type { ComponentChildren } from "preact";
import { CopyButton } from "../view/copy.tsx";
import { highlight, type Piece } from "./highlight.ts";

function draw(pieces: readonly Piece[]): ComponentChildren[] {
  return pieces.map((piece) => ("text" in piece ? piece.text : <span class={piece.classes}>{draw(piece.children)}</span>));
}

export function CodeBlock(props: { code: string; language: string; closed: boolean }) {
  const code = props.code.replace(/\n$/, "");
  const pieces = props.closed ? highlight(code, props.language) : null;
  return (
    <div class="code" dir="ltr">
      <div class="code-head">
        <span>{props.language || "text"}</span>
        <CopyButton text={() => code} />
      </div>
      <pre tabIndex={0}>
        <code>{pieces === null ? code : draw(pieces)}</code>
      </pre>
    </div>
  );
}
