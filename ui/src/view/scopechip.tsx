// Where the chat works, in words: "Only in app" or "Anywhere". Opens the menu that changes it.
import { useRef } from "preact/hooks";
import { t } from "../i18n/text.ts";
import { tilde } from "../state/plain.ts";
import { current } from "../state/route.ts";
import { scopeMenu, scopeOf } from "../state/scope.ts";
import { temporaryOf } from "../state/temporary.ts";
import { Icon } from "./icon.tsx";
import { overlays } from "./parts.ts";

export function ScopeChip() {
  const chip = useRef<HTMLButtonElement>(null);
  const id = current.value;
  const scope = scopeOf(id);
  if (scope === null) return id === null ? null : <Unread />;
  const full = scope.access_mode === "full";
  const folder = tilde(scope.project_path);
  const name = folder.split("/").findLast((part) => part !== "") ?? folder;
  const open = () => {
    const box = chip.current?.getBoundingClientRect();
    overlays.load();
    scopeMenu.value = scopeMenu.value === null && box !== undefined ? { x: box.left, y: box.bottom + 4 } : null;
  };
  const words = t(full ? "scope.full" : "scope.restricted", { folder: name });
  return (
    <button
      type="button"
      class={`chip scope${full ? " full" : ""}`}
      ref={chip}
      aria-haspopup="dialog"
      aria-expanded={scopeMenu.value !== null}
      title={t(full ? "scope.fullHint" : "scope.restrictedHint", { folder })}
      data-test="scope-chip"
      onPointerDown={(event) => scopeMenu.value !== null && event.preventDefault()}
      onClick={open}
    >
      <span class="icon">
        <Icon name={full ? "globe" : "folder"} />
      </span>
      <span class="label">{words}</span>
      {temporaryOf(id) === undefined ? <Icon name="down" /> : null}
    </button>
  );
}

/** Its place while the chats are read. */
function Unread() {
  return (
    <span class="chip scope" aria-hidden="true">
      <i class="blank" />
    </span>
  );
}
