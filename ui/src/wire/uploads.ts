// Sends a file to the gateway in pieces. A piece that got lost is sent again, and a broken line goes on where the gateway stopped.
import { Refused } from "./bootstrap.ts";
import { call, failure } from "./call.ts";
import type { UploadStatus } from "./types.ts";

/** Largest piece: small enough that progress moves and little is sent twice. */
export const PIECE = 1024 * 1024;
/** How often a piece whose call failed altogether is tried again. */
const TRIES = 5;
const FIRST_WAIT_MS = 400;
const PIECE_MS = 120_000;

export type Upload = {
  id: string;
  name: string;
  body: Blob;
  purpose?: "import";
  signal: AbortSignal;
  progress: (received: number) => void;
};

const pathOf = (id: string, purpose?: string) => `/api/media/uploads/${id}${purpose === undefined ? "" : `?purpose=${purpose}`}`;

/** Resolves when the gateway has the whole file; rejects with its own words, or when the signal says so. */
export async function upload(one: Upload): Promise<UploadStatus> {
  let at = 0;
  for (;;) {
    const answer = await piece(one, at);
    if (typeof answer === "number") {
      at = answer;
      continue;
    }
    one.progress(answer.received);
    if (answer.complete) return answer;
    at = answer.received;
  }
}

/** The status after the piece at `at`, or where the gateway wants the next one to begin. */
async function piece(one: Upload, at: number): Promise<UploadStatus | number> {
  const end = Math.min(at + PIECE, one.body.size);
  const range: Record<string, string> = end - at === one.body.size ? {} : { "Content-Range": `bytes ${at}-${end - 1}/${one.body.size}` };
  const headers = { "Content-Type": one.body.type || "application/octet-stream", "X-Alcove-Name": encodeURIComponent(one.name), ...range };
  const answer = await patiently(one, () =>
    call(pathOf(one.id, one.purpose), { method: "PUT", headers, body: one.body.slice(at, end, one.body.type), signal: one.signal, limitMs: PIECE_MS }),
  );
  if (answer.ok) return (await answer.json()) as UploadStatus;
  const received = answer.status === 409 ? Number(answer.headers.get("X-Alcove-Received") ?? Number.NaN) : Number.NaN;
  if (!Number.isInteger(received) || received === at) throw await failure(answer);
  return received < one.body.size ? received : status(one);
}

/** The gateway has everything already: only its answer got lost. */
async function status(one: Upload): Promise<UploadStatus> {
  const answer = await patiently(one, () => call(pathOf(one.id, one.purpose), { signal: one.signal }));
  if (!answer.ok) throw await failure(answer);
  return (await answer.json()) as UploadStatus;
}

/** No answer at all is the line's fault, not the file's: the same piece again, after a growing wait. */
async function patiently(one: Upload, run: () => Promise<Response>): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await run();
    } catch (error) {
      if (one.signal.aborted || error instanceof Refused || tried >= TRIES) throw error;
      await wait(FIRST_WAIT_MS * 2 ** (tried - 1), one.signal);
    }
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, reject) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }, { once: true });
  });
}

/** Tells the gateway that the file is not wanted any more; it forgets unused ones by itself, so a failure does not matter. */
export async function dropUpload(id: string): Promise<void> {
  try {
    await call(pathOf(id), { method: "DELETE" });
  } catch {
    // It goes after a day anyway.
  }
}
