// A file in pieces against a scripted gateway: what is sent, what a broken line and a lost answer do.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PIECE, upload } from "./uploads.ts";

type Reply = { status: number; body?: object | string; headers?: Record<string, string> } | "broken";
let said: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  vi.stubGlobal("window", { sessionStorage: { getItem: () => null } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function script(replies: Reply[]): void {
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    if (path === "/webui/bootstrap") return new Response(JSON.stringify({ token: "t", api_token: "a" }));
    const headers = init.headers as Record<string, string>;
    said.push(`${init.method} ${headers["Content-Range"] ?? "whole"} ${(init.body as Blob | undefined)?.size ?? "-"}`);
    const reply = replies.shift();
    if (reply === undefined) throw new Error("nothing more was expected");
    if (reply === "broken") throw new TypeError("network");
    return new Response(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {}), { status: reply.status, headers: reply.headers });
  });
}

const status = (received: number, complete: boolean) => ({ status: 200, body: { id: "x", received, total: 0, complete, url: complete ? "/api/media/a/b" : null } });

async function run(size: number, replies: Reply[]): Promise<{ end: string; progress: number[] }> {
  script(replies);
  const progress: number[] = [];
  const body = new Blob([new Uint8Array(size)], { type: "text/plain" });
  const going = upload({ id: "x", name: "ä b.txt", body, signal: new AbortController().signal, progress: (received) => progress.push(received) }).then(
    (done) => `done ${done.url}`,
    (error: Error) => `failed ${error.message}`,
  );
  await vi.runAllTimersAsync();
  return { end: await going, progress };
}

test("a small file goes whole", async () => {
  expect(await run(10, [status(10, true)])).toEqual({ end: "done /api/media/a/b", progress: [10] });
  expect(said).toEqual(["PUT whole 10"]);
});

test("a larger one goes in pieces of a mebibyte", async () => {
  const size = 2 * PIECE + 5;
  const { progress } = await run(size, [status(PIECE, false), status(2 * PIECE, false), status(size, true)]);
  expect(progress).toEqual([PIECE, 2 * PIECE, size]);
  expect(said).toEqual([`PUT bytes 0-${PIECE - 1}/${size} ${PIECE}`, `PUT bytes ${PIECE}-${2 * PIECE - 1}/${size} ${PIECE}`, `PUT bytes ${2 * PIECE}-${size - 1}/${size} 5`]);
});

test("it goes on where the gateway stopped", async () => {
  const size = 2 * PIECE;
  const { end } = await run(size, [status(PIECE, false), "broken", { status: 409, body: "upload continues at 1048580", headers: { "X-Alcove-Received": "1048580" } }, status(size, true)]);
  expect(end).toBe("done /api/media/a/b");
  expect(said.at(-1)).toBe(`PUT bytes 1048580-${size - 1}/${size} ${size - 1_048_580}`);
});

test("when only the last answer got lost, it is asked for", async () => {
  const { end } = await run(10, ["broken", { status: 409, body: "upload continues at 10", headers: { "X-Alcove-Received": "10" } }, status(10, true)]);
  expect(end).toBe("done /api/media/a/b");
  expect(said).toEqual(["PUT whole 10", "PUT whole 10", "GET whole -"]);
});

test.each([
  [413, "size"],
  [415, "mime"],
  [429, "too many uploads"],
  [409, "upload continues at 0"],
])("%i ends it with the gateway's words", async (code, words) => {
  expect((await run(10, [{ status: code, body: words, headers: { "X-Alcove-Received": "0" } }])).end).toBe(`failed ${words}`);
});

test("a line that stays broken ends it", async () => {
  expect((await run(10, ["broken", "broken", "broken", "broken", "broken"])).end).toBe("failed network");
});
