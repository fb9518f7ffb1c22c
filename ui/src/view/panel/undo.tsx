// The buttons that take something back or do it again, and how many lines it is about. Only the row the keys are at has them among the tab
// stops; a thousand rows would have two thousand.
import { ta } from "../../i18n/acting.ts";
import { keyOf, underway, undo, type Target } from "../../state/changes.ts";
import type { Way, Ways } from "../../state/ways.ts";
import { keepFocus } from "./keys.ts";
import { number } from "./number.ts";

type Props = { chat: string; target: Target; ways: Ways; active: boolean; names: Record<Way, string> };

export function Undo(props: Props) {
  const { chat, target, ways } = props;
  const busy = underway.value.has(keyOf(target));
  const act = (event: MouseEvent, way: Way) => {
    keepFocus(event);
    void undo(chat, target, way);
  };
  const button = (way: Way) => (
    <button type="button" class="button small" data-way={way} data-test={way} tabIndex={props.active ? 0 : -1} aria-label={props.names[way]} title={props.names[way]} disabled={busy} onClick={(event) => act(event, way)}>
      {ta(way === "revert" ? "undo" : "redo")}
    </button>
  );
  return (
    <span class="ways">
      {ways.revert ? button("revert") : null}
      {ways.redo ? button("redo") : null}
    </span>
  );
}

export function Lines(props: { added: number; deleted: number }) {
  if (props.added === 0 && props.deleted === 0) return null;
  return (
    <span class="counts">
      {props.added === 0 ? null : (
        <span class="add" title={ta("changes.added", { n: props.added })}>
          +{number(props.added)}{" "}
        </span>
      )}
      {props.deleted === 0 ? null : (
        <span class="del" title={ta("changes.deleted", { n: props.deleted })}>
          −{number(props.deleted)}
        </span>
      )}
    </span>
  );
}
