#!/usr/bin/env node
// A development fixture, not a product part: speaks the gateway's frames from memory so that the page can be worked on alone.
// `npm run mock` serves ui/dist on 127.0.0.1:8799. Chats with 10,000 messages, 10,000 chats (ALCOVE_MOCK_CHATS) and a scripted model.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { WebSocketServer } from "ws";
import { mockActing } from "./mock-acting.mjs";
import { DEFAULT_SCOPE, mockChats, scopeFor } from "./mock-chats.mjs";
import { mockSettings } from "./mock-settings.mjs";
import { mockTurns } from "./mock-turns.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { module: folding } = await runnerImport(path.join(here, "../src/reduce/reduce.ts"));
const { module: shapes } = await runnerImport(path.join(here, "../src/reduce/chat.ts"));
const { module: samples } = await runnerImport(path.join(here, "../src/markdown/sample.ts"));
const given = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const port = Number(given("--listen")?.split(":")[1] ?? process.env.ALCOVE_MOCK_PORT ?? 8799);
const SECRET = "mock-secret-0123456789";
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app";
let instance = randomUUID();
const chats = new Map();
const sockets = new Set();
const fixture = mockSettings(given("--model") ?? process.env.ALCOVE_MOCK_PRESET ?? null, () => {
  instance = randomUUID();
  for (const socket of sockets) socket.close(1012);
});
const settings = fixture.settings;

function makeChat(id, title, project, updated) {
  const chat = { id, title, project, updated, log: [], state: shapes.emptyChat(id), running: null, queue: [], preset: null, seen: new Map(), mark: "idle" };
  chats.set(id, chat);
  return chat;
}

function emit(chat, event, sender) {
  const full = { chat_id: chat.id, seq: chat.log.length + 1, created_at_ms: Date.now(), ...event };
  chat.log.push(full);
  chat.state = folding.reduce(chat.state, full);
  chat.updated = Date.now();
  for (const socket of sockets) {
    if (!socket.attached.has(chat.id)) continue;
    if (socket === sender && full.event === "user_message") say(socket, { ...full, event: "message_accepted", text: undefined });
    else say(socket, full);
  }
}
const say = (socket, event) => socket.readyState === 1 && socket.send(JSON.stringify(event));
const everyone = (event) => sockets.forEach((socket) => say(socket, event));
function mark(chat, state) {
  chat.mark = state;
  for (const socket of sockets) if (socket.watching) say(socket, { event: "chat_state", chat_id: chat.id, state });
}

function fill() {
  const long = makeChat("long-10000", "Ten thousand messages", "alcove", Date.now() - 60_000);
  const rows = [];
  for (let n = 0; n < 5000; n += 1) {
    const turnId = `t${n}`;
    const at = Date.now() - (5000 - n) * 60_000;
    rows.push({ id: shapes.rowId("u", 2 * n + 1), role: "user", content: `Question ${n + 1}: ${"how does this part work? ".repeat(1 + (n % 3))}`, turnId, createdAt: at });
    const content = n % 7 === 0 ? samples.sample(1) : `Answer ${n + 1}. ${"It works in a calm and obvious way, with `code` and **care**. ".repeat(1 + (n % 6))}\n\n- first\n- second`;
    rows.push({ id: shapes.rowId("buf", 2 * n + 2), role: "assistant", content, isStreaming: false, turnId, createdAt: at + 2000, latencyMs: 1800 + (n % 900) });
  }
  long.state = { ...long.state, messages: rows, lastSeq: 10_000 };
  long.log.length = 10_000;
  const projects = ["alcove", "garden", "", "thesis"];
  const many = Number(process.env.ALCOVE_MOCK_CHATS ?? 40);
  for (let n = 0; n < many; n += 1) {
    const chat = makeChat(`chat-${n}`, `${["Why the build is slow", "Plan the herb bed", "Rewrite the introduction", "Compare two parsers"][n % 4]} ${n + 1}`, projects[n % 4], Date.now() - n * 4_300_000);
    chat.state = { ...chat.state, messages: rows.slice(2 * n, 2 * n + 6), lastSeq: 6 };
    chat.log.length = 6;
    if (n === 2) chat.mark = "failed";
    if (n === 5) chat.mark = "running";
  }
}
const acting = mockActing({ chats, everyone, emit });
const beside = mockChats({ chats, makeChat, say, everyone, folding, shapes });
if (process.env.ALCOVE_MOCK_EMPTY !== "1" && given("--data") === undefined) {
  fill();
  beside.gallery();
  acting.fill(makeChat);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const pace = Number(process.env.ALCOVE_MOCK_PACE ?? 20);
const turns = mockTurns({ chats, emit, mark, record: acting.record, say, sockets, pace });

async function turn(chat, turnId, text) {
  const run = { turnId, stopped: false };
  chat.running = run;
  const extra = { turn_id: turnId };
  mark(chat, "running");
  if (!chat.title) chat.title = text.slice(0, 60);
  emit(chat, { event: "turn_model_updated", model_name: "demo", model_preset: chat.preset ?? settings.agent.model_preset ?? "demo", context_window_tokens: 32768, ...extra });
  emit(chat, { event: "goal_status", status: "running", started_at: Date.now() / 1000, ...extra });
  await pause(pace * 10);
  if (/error/i.test(text)) {
    emit(chat, { event: "stream_end", ...extra });
    emit(chat, { event: "message", text: "Error: the model server refused the connection (http://127.0.0.1:8080). Start it, then retry.", notice: { kind: "error", retry: true }, ...extra });
    return finish(chat, turnId, "failed");
  }
  if (await turns.play(chat, run, extra, text)) return end(chat, run, extra);
  for (const word of "The person wants to see how this looks. A short plan: say hello, show a table, show some code, and stop there.".split(/(?<= )/)) {
    if (run.stopped) break;
    emit(chat, { event: "reasoning_delta", text: word, ...extra });
    await pause(pace);
  }
  emit(chat, { event: "reasoning_end", ...extra });
  const answer = /long/i.test(text) ? samples.sample(/huge/i.test(text) ? 400 : 40) : /table|code|show/i.test(text) ? samples.sample(1) : `You said: *${text}*\n\nThis is a **scripted** answer. It streams word by word, so that the window can be seen at work without a model.\n\nA few things to notice:\n\n1. the text grows without moving what you read,\n2. Stop is always there,\n3. and what you type meanwhile waits its turn.\n`;
  for (const word of answer.split(/(?<=\s)/)) {
    if (run.stopped) break;
    emit(chat, { event: "delta", text: word, stream_id: `s:${turnId}`, ...extra });
    await pause(pace);
  }
  emit(chat, { event: "stream_end", stream_id: `s:${turnId}`, ...extra });
  end(chat, run, extra);
}

function end(chat, run, extra) {
  if (run.stopped) {
    emit(chat, { event: "message", text: "Stopped 1 task(s).", notice: { kind: "stopped", retry: false }, ...extra });
    emit(chat, { event: "goal_status", status: "idle", ...extra });
    chat.running = null;
    mark(chat, "idle");
    return next(chat);
  }
  finish(chat, run.turnId, "idle");
}

function finish(chat, turnId, state) {
  emit(chat, { event: "turn_end", turn_id: turnId, latency_ms: 1234, usage: { prompt_tokens: 900, completion_tokens: 140, context_tokens: 4211 }, context_window_tokens: 32768 });
  everyone({ event: "session_updated", chat_id: chat.id, scope: "thread" });
  emit(chat, { event: "goal_status", status: "idle", turn_id: turnId });
  chat.running = null;
  mark(chat, state);
  next(chat);
}
function next(chat) {
  const one = chat.queue.shift();
  if (one) void turn(chat, one.turn_id, one.content);
}

function message(socket, frame) {
  if (frame.content === "/restart") {
    say(socket, { event: "message_accepted", chat_id: frame.chat_id, turn_id: frame.turn_id, starts_turn: false });
    return void pause(pace * 20).then(fixture.restarted);
  }
  const chat = chats.get(frame.chat_id) ?? makeChat(frame.chat_id, "", "", Date.now());
  socket.attached.add(chat.id);
  const { turn_id, content } = frame;
  if (chat.seen.has(turn_id)) return say(socket, { event: "message_accepted", chat_id: chat.id, turn_id, starts_turn: false, seq: chat.seen.get(turn_id) });
  const starts_turn = chat.running === null && !content.startsWith("/");
  if (chat.queue.length >= 20) return say(socket, { event: "error", detail: "message_rejected", reason: "queue_full", chat_id: chat.id, turn_id });
  if (content === "/stop") {
    if (chat.running) chat.running.stopped = true;
    turns.cancel(chat);
    return say(socket, { event: "message_accepted", chat_id: chat.id, turn_id, starts_turn: false });
  }
  if (content.startsWith("/model ")) {
    chat.preset = content.slice(7);
    say(socket, { event: "message_accepted", chat_id: chat.id, turn_id, starts_turn: false });
    emit(chat, { event: "message", text: `This chat now uses \`${chat.preset}\`.`, turn_id, notice: { kind: "command", retry: false } });
    return emit(chat, { event: "turn_model_updated", model_name: chat.preset, model_preset: chat.preset });
  }
  const media_urls = beside.mediaUrls(frame.media);
  emit(chat, { event: "user_message", text: content, ...(media_urls ? { media_urls } : {}), starts_turn, turn_id, active_turn_id: chat.running?.turnId ?? turn_id, started_at: Date.now() / 1000 }, socket);
  chat.seen.set(turn_id, chat.log.length);
  if (starts_turn) void turn(chat, turn_id, content);
  else chat.queue.push(frame);
}

const ACTIONS = { ...fixture.actions, ...beside.actions, ...acting.actions, ...turns.actions(acting.actions) };

async function request(socket, frame) {
  const { request_id, action, payload } = frame;
  try {
    const act = ACTIONS[action];
    if (!act) throw new Error("unknown WebUI mutation action");
    await pause(300);
    say(socket, { event: "webui_response", request_id, ok: true, result: act(payload) });
  } catch (error) {
    say(socket, { event: "webui_response", request_id, ok: false, error: { status: error.status ?? 400, message: error.message } });
  }
}

function attach(socket, frame) {
  const chat = chats.get(frame.chat_id) ?? makeChat(frame.chat_id, "", "", Date.now());
  const run = chat.running ? { turn_id: chat.running.turnId, started_at: Date.now() / 1000 } : undefined;
  say(socket, { event: "attached", chat_id: chat.id, model_preset: chat.preset, last_seq: chat.log.length, run });
  socket.attached.add(chat.id);
  if (frame.after_seq !== undefined) for (const event of chat.log.slice(frame.after_seq)) if (event) say(socket, event);
}

const HANDLERS = {
  attach,
  message,
  webui_request: request,
  ...beside.handlers,
  new_chat(socket, frame) {
    let scope = DEFAULT_SCOPE;
    try {
      if (frame.workspace_scope) scope = beside.readScope(frame.workspace_scope, DEFAULT_SCOPE);
    } catch (error) {
      return say(socket, { event: "error", detail: "workspace_scope_rejected", reason: error.message });
    }
    const chat = makeChat(randomUUID(), "", scope.project_name, Date.now());
    chat.scope = scope;
    socket.attached.add(chat.id);
    say(socket, { event: "attached", chat_id: chat.id, model_preset: null, last_seq: 0, request_id: frame.request_id });
    everyone({ event: "session_updated", chat_id: chat.id, scope: "metadata" });
  },
  watch(socket) {
    socket.watching = true;
    say(socket, { event: "watching", chats: [...chats.values()].filter((c) => c.mark !== "idle").map((c) => ({ chat_id: c.id, state: c.mark })) });
  },
};

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const json = (res, value) => res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

function sessions() {
  return [...chats.values()]
    .filter((c) => !c.temporary)
    .sort((a, b) => b.updated - a.updated)
    .map((c) => ({ key: `websocket:${c.id}`, title: c.title, preview: "", created_at: new Date(c.updated).toISOString(), updated_at: new Date(c.updated).toISOString(), workspace_scope: c.scope ?? (c.project ? scopeFor(`/home/me/${c.project}`) : DEFAULT_SCOPE), model_preset: c.preset }));
}

function thread(res, url, key) {
  const chat = chats.get(key.replace(/^websocket:/, ""));
  if (!chat) return res.writeHead(404).end("webui thread not found");
  const limit = Number(url.searchParams.get("limit") ?? 160);
  const rows = chat.state.messages;
  const end = url.searchParams.has("before") ? Number(url.searchParams.get("before")) : rows.length;
  let from = Math.max(0, end - limit);
  while (from > 0 && rows[from].role !== "user") from -= 1;
  const boundary = chat.state.forkAt ?? rows.findIndex((row) => row.forkBoundary);
  const forked = boundary >= from ? { fork_boundary_message_count: boundary - from } : {};
  json(res, { schemaVersion: 3, ...forked, sessionKey: key, messages: rows.slice(from, end), last_seq: chat.log.length, active_turn_id: chat.running?.turnId ?? null, page: { before_cursor: from > 0 ? String(from) : null, has_more_before: from > 0, user_message_offset: rows.slice(0, from).filter((row) => row.role === "user").length } });
}

const server = createServer(async (req, res) => {
  const url = new URL(req.url, "http://x");
  if (url.pathname === "/webui/bootstrap") {
    if (req.headers.authorization !== `Bearer ${SECRET}`) return res.writeHead(401).end("Unauthorized");
    return json(res, { token: "t", api_token: "a", ws_path: "/ws", ws_url: `ws://127.0.0.1:${port}/ws`, expires_in: 300, runtime_surface: "browser", limits: { message: { max_text_bytes: 65536 } }, instance, version: "0.1.0-mock" });
  }
  if (url.pathname === "/api/sessions") return json(res, { sessions: sessions() });
  if (beside.answer(req, url, res) || fixture.answer(url, res)) return;
  const found = /^\/api\/sessions\/([^/]+)\/webui-thread$/.exec(url.pathname);
  if (found) return thread(res, url, decodeURIComponent(found[1]));
  const file = url.pathname === "/" ? "/index.html" : path.posix.normalize(url.pathname);
  try {
    const body = await readFile(path.join(process.env.ALCOVE_MOCK_DIST ?? path.join(here, "../dist"), file));
    res.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream", "content-security-policy": POLICY, "x-content-type-options": "nosniff" }).end(body);
  } catch {
    res.writeHead(404).end("Not Found");
  }
});
const wss = new WebSocketServer({ server });
wss.on("connection", (socket) => {
  socket.attached = new Set();
  sockets.add(socket);
  say(socket, { event: "ready", chat_id: randomUUID(), client_id: "anon", instance });
  socket.on("message", (data) => {
    const frame = JSON.parse(data.toString());
    HANDLERS[frame.type]?.(socket, frame);
  });
  socket.on("close", () => sockets.delete(socket));
});
server.listen(port, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/#/?bootstrapSecret=${SECRET}\n`));
