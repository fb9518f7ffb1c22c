// Asks the gateway to change something and waits for its answer; the same id is sent again after a reconnect, so it happens once.
import { newId } from "./id.ts";
import { send } from "./socket.ts";
import type { HomeEvent } from "./types.ts";

/** The server's own words, with its HTTP-like status; status 0 means no answer came in time. */
export class RequestFailed extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** No answer came: what was asked for may have been done all the same, or may be done yet. */
export const isSilence = (error: unknown): boolean => error instanceof RequestFailed && error.status === 0;

type Open = { frame: object; done: (result: unknown) => void; failed: (error: RequestFailed) => void; timer: number };
const waiting = new Map<string, Open>();
const LIMIT_MS = 20_000;
/** These wait for a person, a model or a large file. */
const LONGER_MS: Record<string, number> = { "models.test": 150_000, "session.import": 150_000, "workspace.pick_folder": 310_000, "changes.list": 60_000, "changes.revert": 120_000, "changes.redo": 120_000 };

export function request<T>(action: string, payload: object): Promise<T> {
  const request_id = newId();
  const frame = { type: "webui_request", request_id, action, payload };
  const limit = LONGER_MS[action] ?? LIMIT_MS;
  return new Promise<T>((resolve, reject) => {
    const timer = window.setTimeout(() => {
      waiting.delete(request_id);
      reject(new RequestFailed("", 0));
    }, limit);
    waiting.set(request_id, { frame, done: (result) => resolve(result as T), failed: reject, timer });
    send(frame);
  });
}

export function resendRequests(): void {
  for (const open of waiting.values()) send(open.frame);
}

export function takeResponse(event: Extract<HomeEvent, { event: "webui_response" }>): void {
  const open = waiting.get(event.request_id);
  if (!open) return;
  waiting.delete(event.request_id);
  window.clearTimeout(open.timer);
  if (event.ok) open.done(event.result);
  else open.failed(new RequestFailed(event.error?.message ?? "", event.error?.status ?? 500));
}
