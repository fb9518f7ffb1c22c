// Over the window while files are held above it: what dropping them would do, or why it would do nothing.
import { dropWords } from "../state/drop.ts";
import { Icon } from "./icon.tsx";

export function DropOverlay() {
  const words = dropWords.value;
  if (words === null) return null;
  return (
    <div class={`drop-over${words.can ? "" : " no"}`} role="status" data-test="drop-over">
      <div class="drop-card">
        <Icon name={words.can ? "clip" : "close"} />
        <strong>{words.title}</strong>
        {words.detail === "" ? null : <span class="soft">{words.detail}</span>}
      </div>
    </div>
  );
}
