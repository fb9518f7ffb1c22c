// Changes where a chat works and how far it may go. What is not possible says why.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n/text.ts";
import type { Scope } from "../../state/asks.ts";
import { shortPath } from "../../state/plain.ts";
import { current } from "../../state/route.ts";
import { canPick, changeScope, pickFolder, recentFolders, sandboxOf, scopeLock, scopeMenu, scopeOf, scopeReason, workplaces } from "../../state/scope.ts";
import { words } from "../../state/words.ts";
import { Icon } from "../icon.tsx";
import { FolderField } from "./folderfield.tsx";

const WIDTH = 340;

export function ScopeMenu() {
  const at = scopeMenu.value;
  const scope = scopeOf(current.value);
  return at === null || scope === null ? null : <Open x={at.x} y={at.y} scope={scope} />;
}

function Open(props: { x: number; y: number; scope: Scope }) {
  const box = useRef<HTMLDivElement>(null);
  const { scope } = props;
  const id = current.value;
  const why = useSignal("");
  const busy = useSignal(false);
  const sure = useSignal(false);
  useLayoutEffect(() => {
    box.current?.showPopover();
    box.current?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
  }, []);
  const change = async (fields: Partial<Scope>) => {
    busy.value = true;
    why.value = "";
    sure.value = false;
    try {
      await changeScope(id, { project_path: scope.project_path, access_mode: scope.access_mode, ...fields });
      scopeMenu.value = null;
    } catch (error) {
      why.value = scopeReason(words(error));
    }
    busy.value = false;
  };
  const pick = () => {
    pickFolder().then(
      (path) => path !== null && void change({ project_path: path }),
      (error: unknown) => (why.value = words(error)),
    );
  };
  const lock = scopeLock(id);
  const full = scope.access_mode === "full";
  const still = busy.value || lock.folder !== "";
  const own = workplaces.value?.default_scope.project_path ?? "";
  const folders = [...new Set([scope.project_path, own, ...recentFolders.value])].filter((path) => path !== "");
  return (
    <div
      ref={box}
      class="popover scope-menu"
      popover="auto"
      role="dialog"
      aria-label={t("scope.title")}
      data-test="scope-menu"
      style={{ left: `${Math.max(8, Math.min(props.x, window.innerWidth - WIDTH - 8))}px`, top: `${props.y}px` }}
      onToggle={(event) => event.newState === "closed" && (scopeMenu.value = null)}
    >
      {lock.folder === "" ? null : <p class="scope-lock" role="note" data-test="scope-lock">{lock.folder}</p>}
      <h2>{t("scope.mode")}</h2>
      <Mode chosen={!full} disabled={busy.value || (full && lock.narrow !== "")} name={t("scope.restrictedMode")} detail={kept(id)} run={() => full && void change({ access_mode: "restricted" })} test="mode-restricted" />
      <Mode chosen={full} disabled={busy.value || (!full && lock.widen !== "")} name={t("scope.fullMode")} detail={lock.widen === "" || full || lock.widen === lock.folder ? t("scope.fullText") : lock.widen} run={() => full || (sure.value = true)} test="mode-full" />
      {sure.value ? (
        <div class="scope-sure" role="alertdialog" aria-label={t("scope.sure")} data-test="scope-sure">
          <p>{t("scope.sureText")}</p>
          <button type="button" class="button danger" data-test="scope-sure-yes" onClick={() => void change({ access_mode: "full" })}>
            {t("scope.sureYes")}
          </button>
          <button type="button" class="button" onClick={() => (sure.value = false)}>
            {t("models.cancel")}
          </button>
        </div>
      ) : null}
      <hr />
      <h2>{t("scope.folder")}</h2>
      <div class="folders">
        {folders.map((path) => (
          <button key={path} type="button" class="menu-item" disabled={still} aria-pressed={path === scope.project_path} title={path} onClick={() => path !== scope.project_path && void change({ project_path: path })}>
            {path === scope.project_path ? <Icon name="check" /> : <span />}
            <span class="name">{shortPath(path)}</span>
            {path === own ? <span class="detail">{t("scope.default")}</span> : null}
          </button>
        ))}
      </div>
      {canPick.value ? (
        <button type="button" class="menu-item" disabled={still} data-test="pick-folder" onClick={pick}>
          <Icon name="folder" />
          <span class="name">{t("scope.pick")}</span>
        </button>
      ) : null}
      <FolderField disabled={still} use={(path) => void change({ project_path: path })} />
      {why.value === "" ? null : <p class="error-text" role="alert" data-test="scope-error">{why.value}</p>}
    </div>
  );
}

/** By what it is kept in its folder: the system's own walls, or the tools alone. */
function kept(chatId: string | null): string {
  const sandbox = sandboxOf(chatId);
  if (sandbox?.level === "system") return t("scope.bySystem", { name: sandbox.provider_label });
  return t(sandbox?.level === "application" ? "scope.byTools" : "scope.restrictedText");
}

function Mode(props: { chosen: boolean; disabled: boolean; name: string; detail: string; run: () => void; test: string }) {
  return (
    <button type="button" class="menu-item" role="radio" aria-checked={props.chosen} disabled={props.disabled} data-test={props.test} onClick={props.run}>
      {props.chosen ? <Icon name="check" /> : <span />}
      <span class="name">{props.name}</span>
      <span class="detail">{props.detail}</span>
    </button>
  );
}
