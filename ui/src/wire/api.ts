// The HTTP reads: chats, thread pages, settings, a provider's models. A stale token is renewed once.
import { apiToken, bootstrap } from "./bootstrap.ts";
import type { ProviderModels, SessionRow, Settings, ThreadPage } from "./types.ts";

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

async function get<T>(path: string, again = true): Promise<T> {
  if (apiToken() === "") await bootstrap();
  const answer = await fetch(path, {
    headers: { Authorization: `Bearer ${apiToken()}` },
    cache: "no-store",
    signal: AbortSignal.timeout(30_000),
  });
  if (answer.status === 401 && again) {
    await bootstrap();
    return get<T>(path, false);
  }
  if (!answer.ok) throw new ApiError((await answer.text()) || answer.statusText, answer.status);
  return (await answer.json()) as T;
}

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
