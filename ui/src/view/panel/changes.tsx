// The turns of the chat in front with the files they changed, newest first; or why there is nothing to see.
import { useEffect, useRef } from "preact/hooks";
import { ta } from "../../i18n/acting.ts";
import { changes, keyOf, readChanges, watchChanges } from "../../state/changes.ts";
import { forgetOpen, turnsShown, TURNS_FIRST } from "../../state/changes-open.ts";
import { panelTurn } from "../../state/panel.ts";
import { current } from "../../state/route.ts";
import { onChangesKey } from "./keys.ts";
import { Turn } from "./turn.tsx";

export function Changes() {
  const id = current.value;
  useEffect(watchChanges, []);
  useEffect(() => forgetOpen, [id]);
  const here = changes.value;
  if (id === null) return <Still title={ta("changes.noChat")} text={ta("changes.noneText")} />;
  if (here?.chat !== id || here.phase === "loading") return <Skeleton />;
  if (here.phase === "error")
    return (
      <div class="panel-still" role="alert" data-test="changes-error">
        <h3>{ta("changes.failed")}</h3>
        <p>{ta("changes.failedKept", { why: here.why })}</p>
        <button type="button" class="button" onClick={() => void readChanges(id)}>
          {ta("changes.again")}
        </button>
      </div>
    );
  if (here.turns.length === 0) return <Still title={ta("changes.none")} text={ta("changes.noneText")} />;
  return <List chat={id} />;
}

function List(props: { chat: string }) {
  const box = useRef<HTMLDivElement>(null);
  const turns = changes.value?.turns ?? [];
  const asked = panelTurn.value;
  const known = asked !== null && turns.some((turn) => turn.turn === asked);
  useEffect(() => {
    if (!known) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${keyOf({ turn: asked })}"]`);
    row?.scrollIntoView({ block: "start" });
    row?.focus({ preventScroll: true });
    panelTurn.value = null;
  }, [asked, known]);
  // The panel took the focus before there was a row to have it.
  useEffect(() => {
    if (document.activeElement?.id === "side-panel") box.current?.querySelector<HTMLElement>("[data-row]")?.focus();
  }, []);
  const shown = turns.slice(0, Math.max(turnsShown.value, known ? turns.findIndex((turn) => turn.turn === asked) + 1 : 0));
  const older = turns.length - shown.length;
  return (
    <>
      <div class="panel-body" ref={box} role="group" aria-label={ta("changes.list")} onKeyDown={(event) => onChangesKey(event, box.current)} data-test="changes">
        {shown.map((turn, at) => (
          <Turn key={turn.turn} chat={props.chat} turn={turn} newest={at === 0} />
        ))}
        {older > 0 ? (
          <button type="button" class="button quiet more" onClick={() => (turnsShown.value += TURNS_FIRST)}>
            {ta("changes.moreTurns", { n: older })}
          </button>
        ) : null}
      </div>
      <p class="panel-keys faint small">{ta("changes.keys")}</p>
    </>
  );
}

function Still(props: { title: string; text: string }) {
  return (
    <div class="panel-still" data-test="changes-none">
      <h3>{props.title}</h3>
      <p>{props.text}</p>
    </div>
  );
}

function Skeleton() {
  return (
    <div class="panel-skeleton" role="status" aria-label={ta("changes.reading")}>
      <i />
      <i />
      <i />
      <i />
    </div>
  );
}
