// Where a chat works and how far it may go: read with the chats, changed by asking the gateway, chosen beforehand for a new one.
import { computed, effect, signal } from "@preact/signals";
import { host } from "../wire/host.ts";
import { readWorkspaces } from "../wire/api.ts";
import { request } from "../wire/request.ts";
import { boot, send } from "../wire/socket.ts";
import type { WorkspaceScope, Workspaces } from "../wire/types.ts";
import { t } from "../i18n/text.ts";
import type { Scope } from "./asks.ts";
import { knownChat } from "./chats.ts";
import { later } from "./clock.ts";
import { list, listPhase } from "./list.ts";
import { temporaryOf } from "./temporary.ts";

export const workplaces = signal<Workspaces | null>(null);
/** What the gateway told since the list was read. */
const told = signal<ReadonlyMap<string, WorkspaceScope>>(new Map());
/** For a chat that does not exist yet; null: the default. */
export const nextScope = signal<Scope | null>(null);

export async function readWorkplaces(): Promise<void> {
  try {
    workplaces.value = await readWorkspaces();
  } catch {
    // The chip shows what the chats say; changing it waits for the next connection.
  }
}

export function scopeOf(chatId: string | null): Scope | null {
  if (chatId === null) return nextScope.value ?? workplaces.value?.default_scope ?? null;
  const known = told.value.get(chatId) ?? list.value.rows.find((row) => row.id === chatId)?.scope;
  // Before the chats were read it may be anywhere.
  return known ?? (listPhase.value === "loading" ? null : (workplaces.value?.default_scope ?? null));
}

export function sandboxOf(chatId: string | null): WorkspaceScope["sandbox_status"] | null {
  const scope = chatId === null ? workplaces.value?.default_scope : (told.value.get(chatId) ?? list.value.rows.find((row) => row.id === chatId)?.scope);
  return scope?.sandbox_status ?? null;
}

type Waiting = { done: () => void; failed: (error: Error) => void; cancel: () => void };
const waiting = new Map<string, Waiting>();
const LIMIT_MS = 15_000;

export function takeScope(event: { chat_id: string; workspace_scope?: WorkspaceScope }): void {
  if (event.workspace_scope === undefined) return;
  told.value = new Map(told.value).set(event.chat_id, event.workspace_scope);
  remember(event.workspace_scope.project_path);
  finish(event.chat_id)?.done();
}

export function takeScopeRefusal(error: { chat_id: string; detail: string; reason?: string }): void {
  if (error.detail === "workspace_scope_rejected") finish(error.chat_id)?.failed(new Error(error.reason ?? error.detail));
}

function finish(chatId: string): Waiting | undefined {
  const one = waiting.get(chatId);
  waiting.delete(chatId);
  one?.cancel();
  return one;
}

/** Asks for another scope; a chat not begun yet gets it when it begins. Rejects with the gateway's reason. */
export function changeScope(chatId: string | null, scope: Scope): Promise<void> {
  if (chatId === null) {
    nextScope.value = scope;
    return Promise.resolve();
  }
  return new Promise((done, failed) => {
    const cancel = later(LIMIT_MS, () => finish(chatId)?.failed(new Error(t("request.timeout"))));
    waiting.set(chatId, { done, failed, cancel });
    if (!send({ type: "set_workspace_scope", chat_id: chatId, workspace_scope: scope })) finish(chatId)?.failed(new Error(t("send.offline")));
  });
}

/** The gateway's short reasons, for people; others are shown as they are. */
export function scopeReason(reason: string): string {
  if (reason === "chat_running") return t("scope.no.running");
  if (reason === "workspace controls are localhost-only") return t("scope.no.remote");
  if (reason === "project_path must be absolute") return t("scope.no.absolute");
  if (reason === "project_path must be an existing directory") return t("scope.no.missing");
  return reason;
}

export const canPick = computed(() => host()?.pickFolder !== undefined || (workplaces.value?.controls.can_pick_folder ?? false));

/** The folder a person chose in the system's dialog; null when they chose none. */
export async function pickFolder(): Promise<string | null> {
  const native = host()?.pickFolder;
  if (native !== undefined) return native();
  return (await request<{ path: string | null }>("workspace.pick_folder", {})).path;
}

export const nativeSurface = computed(() => boot.value?.runtime_surface === "native" || host() !== undefined);

const FOLDERS = "alcove.folders";
const FOLDERS_MOST = 8;
const remembered = signal<readonly string[]>(kept());

function kept(): readonly string[] {
  try {
    const found: unknown = JSON.parse(window.localStorage.getItem(FOLDERS) ?? "[]");
    return Array.isArray(found) ? found.filter((path): path is string => typeof path === "string") : [];
  } catch {
    return [];
  }
}

function remember(path: string): void {
  if (path === workplaces.value?.default_scope.project_path) return;
  remembered.value = [path, ...remembered.value.filter((one) => one !== path)].slice(0, FOLDERS_MOST);
  try {
    window.localStorage.setItem(FOLDERS, JSON.stringify(remembered.value));
  } catch {
    // The chats still name their folders.
  }
}

/** Folders chosen lately, then those of the newest chats. */
export const recentFolders = computed<readonly string[]>(() => {
  const own = workplaces.value?.default_scope.project_path;
  const paths = new Set(remembered.value);
  for (const row of list.value.rows) {
    if (paths.size >= FOLDERS_MOST) break;
    if (row.scope?.project_path) paths.add(row.scope.project_path);
  }
  return [...paths].filter((path) => path !== own).slice(0, FOLDERS_MOST);
});

// What the list says is newer than what was told before it was read.
effect(() => {
  const rows = list.value.rows;
  const known = told.peek();
  const left = [...known].filter(([id]) => !rows.some((row) => row.id === id && row.scope !== null));
  if (left.length !== known.size) told.value = new Map(left);
});


/** Where the menu of the chip stands; null: shut. */
export const scopeMenu = signal<{ x: number; y: number } | null>(null);

export type Lock = { folder: string; widen: string; narrow: string };

/** Why folder and mode cannot be changed now; empty: they can. Less access is always possible between turns. */
export function scopeLock(chatId: string | null): Lock {
  const every = (why: string): Lock => ({ folder: why, widen: why, narrow: why });
  if (chatId !== null && knownChat(chatId)?.run.value != null) return every(t("scope.no.running"));
  if (temporaryOf(chatId) !== undefined) return every(t("scope.no.temporary"));
  const controls = workplaces.value?.controls;
  if (controls === undefined) return every(t("scope.no.unknown"));
  const remote = t("scope.no.remote");
  return { folder: controls.can_change_project ? "" : remote, widen: controls.can_use_full_access ? "" : remote, narrow: "" };
}
