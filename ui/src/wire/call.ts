// One authorised HTTP call: bearer token, time limit, and one renewal when the token has grown old.
import { apiToken, bootstrap } from "./bootstrap.ts";

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type CallOptions = { method?: "GET" | "PUT" | "DELETE"; headers?: Record<string, string>; body?: Blob; signal?: AbortSignal; limitMs?: number };
const LIMIT_MS = 30_000;

/** The answer, whatever its status, except that 401 is tried once more with a fresh token. */
export async function call(path: string, options: CallOptions = {}): Promise<Response> {
  if (apiToken() === "") await bootstrap(options.signal);
  const answer = await once(path, options);
  if (answer.status !== 401) return answer;
  await bootstrap(options.signal);
  return once(path, options);
}

function once(path: string, options: CallOptions): Promise<Response> {
  const limit = AbortSignal.timeout(options.limitMs ?? LIMIT_MS);
  return fetch(path, {
    method: options.method ?? "GET",
    headers: { ...options.headers, Authorization: `Bearer ${apiToken()}` },
    cache: "no-store",
    signal: options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]),
    ...(options.body === undefined ? {} : { body: options.body }),
  });
}

export async function failure(answer: Response): Promise<ApiError> {
  return new ApiError((await answer.text()) || answer.statusText, answer.status);
}

export async function getJson<T>(path: string): Promise<T> {
  const answer = await call(path);
  if (!answer.ok) throw await failure(answer);
  return (await answer.json()) as T;
}
