// The HTTP reads: chats, thread pages, settings, commands, folders, exports.
import { ApiError, call, failure, getJson as get } from "./call.ts";
import type { CommandRow, ProviderModels, SessionRow, Settings, SidebarState, ThreadPage, Workspaces } from "./types.ts";

export { ApiError } from "./call.ts";

const key = (chatId: string) => encodeURIComponent(`websocket:${chatId}`);

export async function readSessions(): Promise<SessionRow[]> {
  return (await get<{ sessions: SessionRow[] }>("/api/sessions")).sessions;
}

/** Null where the chat has no thread yet. */
export async function readThread(chatId: string, limit: number, before?: string): Promise<ThreadPage | null> {
  const cursor = before === undefined ? "" : `&before=${encodeURIComponent(before)}`;
  try {
    return await get<ThreadPage>(`/api/sessions/${key(chatId)}/webui-thread?limit=${limit}${cursor}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export function readSettings(): Promise<Settings> {
  return get<Settings>("/api/settings");
}

export function readProviderModels(provider: string): Promise<ProviderModels> {
  return get<ProviderModels>(`/api/settings/provider-models?provider=${encodeURIComponent(provider)}`);
}

export async function readCommands(): Promise<CommandRow[]> {
  return (await get<{ commands: CommandRow[] }>("/api/commands")).commands;
}

export function readWorkspaces(): Promise<Workspaces> {
  return get<Workspaces>("/api/workspaces");
}

export function readSidebarState(): Promise<SidebarState> {
  return get<SidebarState>("/api/webui/sidebar-state");
}

export type ExportFormat = "markdown" | "jsonl" | "html";

export function exportPath(chatId: string, format: ExportFormat): string {
  return `/api/sessions/${key(chatId)}/export?format=${format}`;
}

/** How long a large chat may take to be written out. */
const EXPORT_MS = 120_000;

export async function readExport(chatId: string, format: ExportFormat): Promise<Blob> {
  const answer = await call(exportPath(chatId, format), { limitMs: EXPORT_MS });
  if (!answer.ok) throw await failure(answer);
  return answer.blob();
}
