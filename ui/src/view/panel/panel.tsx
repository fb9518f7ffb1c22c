// The side panel's frame: its name, its edge to make it wider, and the way out. What it shows is the changes of the chat in front.
import { useEffect, useRef } from "preact/hooks";
import { ta } from "../../i18n/acting.ts";
import { leavePanel, panelFocus, panelWidth } from "../../state/panel-kept.ts";
import { Icon } from "../icon.tsx";
import { Changes } from "./changes.tsx";
import { Edge } from "./edge.tsx";
import { Sum } from "./sum.tsx";

export function SidePanel() {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (panelFocus.value > 0) (box.current?.querySelector<HTMLElement>("[data-row][tabindex='0']") ?? box.current)?.focus();
    panelFocus.value = 0;
  }, [panelFocus.value > 0]);
  return (
    <aside class="panel" id="side-panel" ref={box} tabIndex={-1} aria-labelledby="panel-title" style={{ "--panel": `${panelWidth.value}px` }} data-test="side-panel">
      <Edge />
      <div class="panel-head">
        <h2 id="panel-title">{ta("changes.title")}</h2>
        <Sum />
        <span class="spring" />
        <button type="button" class="icon-button" aria-label={ta("changes.close")} title={ta("changes.close")} onClick={leavePanel} data-test="panel-close">
          <Icon name="close" />
        </button>
      </div>
      <Changes />
    </aside>
  );
}
