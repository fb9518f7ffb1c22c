// Gets the page its tokens. The launch secret comes once in the address's fragment, leaves it at once and lives in this tab only.
import type { Bootstrap } from "./types.ts";

const KEY = "alcove.launch-secret";

/** Raised when the gateway wants a secret the page does not have, or has wrong. */
export class Refused extends Error {}

/** Takes `bootstrapSecret` out of the fragment, leaving the route as it is. */
export function takeSecretFromAddress(): void {
  const hash = window.location.hash;
  const at = hash.indexOf("?");
  if (at < 0) return;
  const query = new URLSearchParams(hash.slice(at + 1));
  const secret = query.get("bootstrapSecret");
  if (secret === null) return;
  query.delete("bootstrapSecret");
  const rest = query.toString();
  const route = hash.slice(0, at) + (rest ? `?${rest}` : "");
  window.history.replaceState(null, "", `${window.location.pathname}${window.location.search}${route}`);
  keepSecret(secret);
}

export function keepSecret(secret: string): void {
  window.sessionStorage.setItem(KEY, secret);
}

/** Reads a pasted launch address or a bare secret; null when there is nothing in it. */
export function secretFromPaste(text: string): string | null {
  const found = /bootstrapSecret=([^&\s]+)/.exec(text);
  const value = found?.[1] ? decodeURIComponent(found[1]) : text.trim();
  return /^[A-Za-z0-9._~-]{8,256}$/.test(value) ? value : null;
}

let current: Bootstrap | null = null;

export function apiToken(): string {
  return current?.api_token ?? current?.token ?? "";
}

export async function bootstrap(signal?: AbortSignal): Promise<Bootstrap> {
  const secret = window.sessionStorage.getItem(KEY);
  const headers: Record<string, string> = {};
  if (secret) headers.Authorization = `Bearer ${secret}`;
  const limit = AbortSignal.timeout(10_000);
  const answer = await fetch("/webui/bootstrap", { headers, cache: "no-store", signal: signal ? AbortSignal.any([signal, limit]) : limit });
  if (answer.status === 401 || answer.status === 403) throw new Refused(await answer.text());
  if (!answer.ok) throw new Error((await answer.text()) || String(answer.status));
  current = (await answer.json()) as Bootstrap;
  return current;
}
