// The panel's edge: drag it, or walk it with the arrows; a double click makes it as wide as usual.
import { ta } from "../../i18n/acting.ts";
import { LEAST, MOST, panelWidth, setPanelWidth } from "../../state/panel-kept.ts";

const STEP = 24;

export function Edge() {
  const away = () => (document.documentElement.dir === "rtl" ? 1 : -1);
  const drag = (event: PointerEvent) => {
    const edge = event.currentTarget as HTMLElement;
    if (!edge.hasPointerCapture(event.pointerId)) return;
    const box = edge.parentElement?.getBoundingClientRect();
    if (box !== undefined) setPanelWidth(away() < 0 ? box.right - event.clientX : event.clientX - box.left);
  };
  const walk = (event: KeyboardEvent) => {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (by === 0) return;
    event.preventDefault();
    setPanelWidth(panelWidth.value + by * away() * STEP);
  };
  return (
    <div
      class="panel-edge"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={ta("changes.resize")}
      aria-valuenow={panelWidth.value}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      title={ta("changes.resize")}
      data-test="panel-edge"
      onPointerDown={(event) => (event.currentTarget.setPointerCapture(event.pointerId), event.preventDefault())}
      onPointerMove={drag}
      onDblClick={() => setPanelWidth(null)}
      onKeyDown={walk}
    />
  );
}
