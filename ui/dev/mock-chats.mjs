// A development fixture: what the scripted gateway does with chats beside streaming answers. Uploads, forks, temporary chats, folders,
// the side bar's state, export and import, from memory.
import { randomUUID } from "node:crypto";

const MIB = 1024 * 1024;
const COMMANDS = [
  ["/new", "New chat", "Start over with an empty memory in this chat.", "square-pen", "", false],
  ["/stop", "Stop", "Stop what runs in this chat.", "square", "", false],
  ["/status", "Status", "Show the model, the context and what runs.", "activity", "", false],
  ["/model", "Model", "Show the models, or use another one in this chat.", "brain", "[preset]", true],
  ["/history", "History", "Show the last messages.", "history", "[n]", true],
  ["/goal", "Goal", "Work towards a goal until it is reached.", "activity", "<goal>", true],
  ["/help", "Help", "List the commands.", "circle-help", "", false],
].map(([command, title, description, icon, arg_hint, accepts_args]) => ({ command, title, description, icon, arg_hint, lifecycle: "side_channel", accepts_args }));

class Refused extends Error {
  constructor(message, status = 400) {
    super(message);
    this.status = status;
  }
}

export function scopeFor(project_path, access_mode = "restricted") {
  const restricted = access_mode === "restricted";
  const sandbox_status = { restrict_to_workspace: restricted, workspace_root: project_path, level: restricted ? "application" : "off", enforced: false, provider: "none", provider_label: "None", summary: restricted ? "The file tools stay inside the folder." : "Nothing is restricted." };
  return { project_path, access_mode, project_name: project_path.split("/").at(-1), restrict_to_workspace: restricted, sandbox_status };
}

const HOME = "/home/me";
/** What lies in every folder here; folders end with a slash. */
const FILES = ["src/", "src/main.rs", "src/words.rs", "src/field notes/", "src/field notes/herb bed.md", "notes/", "notes/count.txt", "notes/words.sh", "README.md", ...Array.from({ length: 30 }, (_, n) => `notes/old/a rather long name of a page in an old notebook ${n}.md`)];
export const DEFAULT_SCOPE = scopeFor(`${HOME}/alcove`);

export function mockChats({ chats, makeChat, say, everyone, folding, shapes }) {
  const uploads = new Map();
  let arrangement = { schema_version: 1, pinned_keys: [], archived_keys: [], session_order: [], title_overrides: {}, project_name_overrides: {}, tags_by_key: {}, collapsed_groups: {}, view: { density: "comfortable", show_previews: false, show_timestamps: false, show_archived: false, sort: "updated_desc" }, updated_at: null };
  const idOf = (key) => String(key).replace(/^websocket:/, "");
  const known = (key) => {
    const chat = chats.get(idOf(key));
    if (chat === undefined) throw new Refused("session not found", 404);
    return chat;
  };

  /** The gateway's reading of a scope, or its reason. */
  function readScope(wanted, stored) {
    const path = (wanted.project_path ?? stored.project_path).replace(/^~/, HOME);
    if (!path.startsWith("/")) throw new Refused("project_path must be absolute");
    if (path.includes("missing")) throw new Refused("project_path must be an existing directory");
    return scopeFor(path.replace(/\/+$/, ""), wanted.access_mode ?? stored.access_mode);
  }

  const actions = {
    "sidebar.update": ({ state }) => {
      arrangement = { ...arrangement, ...state, updated_at: new Date().toISOString() };
      everyone({ event: "sidebar_state_updated", state: arrangement });
      return arrangement;
    },
    "session.rename": ({ key, title }) => {
      known(key).title = title;
      everyone({ event: "session_updated", chat_id: idOf(key), scope: "metadata" });
      return { key, title };
    },
    "session.delete": ({ key }) => {
      const deleted = chats.delete(idOf(key));
      everyone({ event: "session_updated", chat_id: idOf(key), scope: "metadata" });
      return { deleted };
    },
    "session.import": ({ upload_id }) => {
      const one = uploads.get(upload_id);
      if (!one?.complete) throw new Refused("unknown upload", 404);
      if (/broken/i.test(one.name)) throw new Refused("this is no export that can be read");
      const chat = makeChat(randomUUID(), `From ${one.name}`, "alcove", Date.now());
      everyone({ event: "session_updated", chat_id: chat.id, scope: "metadata" });
      return { imported: [{ key: `websocket:${chat.id}`, title: chat.title, messages: 12 }], skipped: [{ what: "line 7", why: "not JSON" }], warnings: ["Two pictures are not part of the export."] };
    },
    "files.find": ({ query = "", limit = 20 }) => {
      const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
      const fits = FILES.filter((path) => (words.length > 0 ? words.every((word) => path.toLowerCase().replace(/\/$/, "").includes(word)) : !path.slice(0, -1).includes("/")));
      return { files: fits.slice(0, limit).map((path) => ({ path: path.replace(/\/$/, ""), folder: path.endsWith("/") })), truncated: fits.length > limit };
    },
    "workspace.pick_folder": () => ({ path: `${HOME}/picked` }),
  };

  function copyBefore(source, index) {
    let seen = 0;
    const end = source.state.messages.findIndex((row) => row.role === "user" && seen++ === index);
    return end < 0 ? source.state.messages.slice() : source.state.messages.slice(0, end);
  }

  const handlers = {
    fork_chat(socket, frame) {
      const source = chats.get(frame.source_chat_id);
      const prompts = source?.state.messages.filter((row) => row.role === "user").length ?? 0;
      if (source === undefined || frame.before_user_index > prompts) return say(socket, { event: "error", detail: "invalid fork source or index" });
      const fork = makeChat(randomUUID(), source.title ? `${source.title} (fork)` : "", source.project, Date.now());
      const rows = copyBefore(source, frame.before_user_index);
      fork.scope = source.scope;
      fork.log.length = source.log.length + 1;
      fork.state = { ...shapes.emptyChat(fork.id), messages: rows, forkAt: rows.length, lastSeq: fork.log.length };
      socket.attached.add(fork.id);
      say(socket, { event: "attached", chat_id: fork.id, model_preset: fork.preset, last_seq: fork.log.length });
      everyone({ event: "session_updated", chat_id: fork.id, scope: "metadata" });
    },
    new_temporary_chat(socket) {
      const chat = makeChat(randomUUID(), "", "", Date.now());
      chat.temporary = true;
      socket.attached.add(chat.id);
      say(socket, { event: "attached", chat_id: chat.id, model_preset: null, last_seq: 0, temporary: true });
    },
    discard_temporary_chat(_socket, frame) {
      chats.delete(frame.chat_id);
    },
    set_workspace_scope(socket, frame) {
      const chat = chats.get(frame.chat_id);
      const refuse = (reason) => say(socket, { event: "error", detail: "workspace_scope_rejected", reason, chat_id: frame.chat_id });
      if (chat?.running) return refuse("chat_running");
      try {
        chat.scope = readScope(frame.workspace_scope, chat.scope ?? DEFAULT_SCOPE);
      } catch (error) {
        return refuse(error.message);
      }
      chat.project = chat.scope.project_name;
      everyone({ event: "session_updated", chat_id: chat.id, scope: "metadata" });
      say(socket, { event: "session_updated", chat_id: chat.id, scope: "metadata", workspace_scope: chat.scope });
    },
    transcribe_audio(socket, frame) {
      say(socket, { event: "transcription_result", request_id: frame.request_id, text: "This is what was said." });
    },
  };

  const json = (res, value) => void res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  const no = (res, status, text, headers = {}) => void res.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(text);

  async function putUpload(req, res, id) {
    const pieces = [];
    for await (const piece of req) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const name = decodeURIComponent(req.headers["x-alcove-name"] ?? "file");
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(req.headers["content-range"] ?? "");
    const mime = (req.headers["content-type"] ?? "").split(";")[0];
    const one = uploads.get(id) ?? { id, name, mime, parts: [], received: 0, total: range ? Number(range[3]) : body.length, failed: false };
    if (/refuse/.test(name)) return no(res, 415, "mime");
    // The first piece of such a file gets lost once, as on a bad line.
    if (/flaky/.test(name) && !one.failed) {
      uploads.set(id, { ...one, failed: true });
      return req.socket.destroy();
    }
    uploads.set(id, one);
    if (range && Number(range[1]) !== one.received) return no(res, 409, `upload continues at ${one.received}`, { "x-alcove-received": String(one.received) });
    one.parts.push(body);
    one.received += body.length;
    one.complete = one.received >= one.total;
    await new Promise((done) => setTimeout(done, Number(process.env.ALCOVE_MOCK_SLOW ?? 60)));
    status(res, one);
  }
  function status(res, one) {
    const kind = one.mime.startsWith("image/") ? "image" : one.mime.startsWith("video/") ? "video" : "document";
    json(res, { id: one.id, received: one.received, total: one.total, complete: one.complete === true, kind, mime: one.mime, name: one.name, bytes: one.total, ...(one.complete ? { url: `/api/media/sig/${one.id}` } : {}) });
  }

  function exported(res, chat, format) {
    const rows = chat.state.messages.filter((row) => row.kind === undefined);
    const text = format === "jsonl" ? rows.map((row) => JSON.stringify(row)).join("\n") : rows.map((row) => `**${row.role}**\n\n${row.content}\n`).join("\n");
    res.writeHead(200, { "content-type": "text/plain; charset=utf-8", "content-disposition": "attachment" }).end(text);
  }

  /** True when the request was one of these. */
  function answer(req, url, res) {
    const upload = /^\/api\/media\/uploads\/([A-Za-z0-9_-]{16,64})$/.exec(url.pathname);
    if (upload) {
      const one = uploads.get(upload[1]);
      if (req.method === "PUT") void putUpload(req, res, upload[1]);
      else if (req.method === "DELETE") json(res, { deleted: uploads.delete(upload[1]) });
      else if (one === undefined) no(res, 404, "unknown upload");
      else status(res, one);
      return true;
    }
    const media = /^\/api\/media\/sig\/([A-Za-z0-9_-]+)$/.exec(url.pathname);
    if (media) {
      const one = uploads.get(media[1]);
      if (one === undefined) no(res, 404, "not found");
      else res.writeHead(200, { "content-type": one.mime, "x-content-type-options": "nosniff" }).end(Buffer.concat(one.parts));
      return true;
    }
    const out = /^\/api\/sessions\/([^/]+)\/export$/.exec(url.pathname);
    if (out) {
      exported(res, known(decodeURIComponent(out[1])), url.searchParams.get("format"));
      return true;
    }
    const fixed = { "/api/commands": { commands: COMMANDS }, "/api/webui/sidebar-state": arrangement, "/api/workspaces": { schema_version: 1, default_access_mode: "default", default_scope: DEFAULT_SCOPE, controls: { can_change_project: process.env.ALCOVE_MOCK_REMOTE !== "1", can_use_full_access: process.env.ALCOVE_MOCK_REMOTE !== "1", can_pick_folder: process.env.ALCOVE_MOCK_PICK === "1" } } }[url.pathname];
    if (fixed === undefined) return false;
    json(res, fixed);
    return true;
  }

  /** What a message's `media` becomes for the other windows. */
  const mediaUrls = (media) => media?.map(({ upload_id, name }) => ({ kind: uploads.get(upload_id)?.mime.split("/")[0] === "image" ? "image" : uploads.get(upload_id)?.mime.startsWith("video/") ? "video" : "file", url: `/api/media/sig/${upload_id}`, name }));

  /** A chat that shows everything a row can be. */
  function gallery() {
    const chat = makeChat("gallery", "Everything a row can be", "alcove", Date.now() - 30_000);
    const picture = (hue) => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="640" height="420"><rect width="640" height="420" fill="hsl(${hue} 45% 62%)"/><circle cx="210" cy="230" r="120" fill="hsl(${hue + 40} 50% 42%)"/><rect x="330" y="90" width="220" height="260" rx="20" fill="hsl(${hue + 80} 55% 75%)"/></svg>`);
    const keep = (id, mime, name, body) => (uploads.set(id, { id, mime, name, parts: [body], received: body.length, total: body.length, complete: true }), `/api/media/sig/${id}`);
    const images = [20, 140, 260].map((hue, at) => ({ kind: "image", url: keep(`gallery-picture-0${at}`, "image/svg+xml", `garden-${at}.png`, picture(hue)), name: `garden-${at}.png` }));
    const file = { kind: "file", url: keep("gallery-document-0", "application/pdf", "minutes.pdf", Buffer.from("%PDF-1.7")), name: "minutes of the long meeting.pdf" };
    const video = { kind: "video", url: keep("gallery-video-0000", "video/mp4", "walk.mp4", Buffer.from("")), name: "walk.mp4" };
    const edits = [{ version: 1, call_id: "c2", tool: "edit_file", path: "src/garden.ts", phase: "end", added: 3, deleted: 1, status: "done", diff: { text: "--- src/garden.ts\n+++ src/garden.ts\n@@ -1,4 +1,6 @@\n import { bed } from \"./bed.ts\";\n-export const rows = 3;\n+export const rows = 4;\n+/** Thyme wants sun. */\n+export const thyme = bed(\"south\");\n" } }, { version: 1, call_id: "c3", tool: "write_file", path: "notes/plan.md", phase: "error", added: 0, deleted: 0, status: "error", error: "The folder is read only." }];
    const tools = [{ phase: "end", call_id: "c1", name: "exec", arguments: { command: "npm test -- --run garden" }, result: "3 passed\n0 failed" }, { phase: "error", call_id: "c4", name: "mcp_weather_today", arguments: { city: "Bonn" }, error: "The server did not answer." }];
    const rows = [
      { role: "user", content: "What grows in these beds? The minutes say who planted them.", turnId: "g1", media: [...images, file] },
      { role: "tool", kind: "trace", content: "", turnId: "g1", traces: ["exec({\"command\":\"npm test -- --run garden\"})", "mcp_weather_today({\"city\":\"Bonn\"})"], toolEvents: tools, fileEdits: edits },
      { role: "assistant", content: `Three beds, and all of them need water.\n\n![the first bed](${images[0].url})\n\nA remote one: ![plan](https://example.com/plan.png)`, isStreaming: false, turnId: "g1", latencyMs: 5210, usage: { prompt_tokens: 812, completion_tokens: 96, context_tokens: 9210 } },
      { role: "user", forkBoundary: true, content: "And the walk?", turnId: "g2", media: [video] },
      { role: "assistant", content: "A short one, through the south gate.", isStreaming: false, turnId: "g2", media: [images[1]], latencyMs: 1900, source: { kind: "cron", label: "Every morning" } },
    ];
    const messages = rows.map((row, at) => ({ id: shapes.rowId("u", at + 1), createdAt: Date.now() - (10 - at) * 60_000, ...row }));
    chat.state = { ...chat.state, messages, lastSeq: 6 };
    chat.log.length = 6;
  }

  return { actions, handlers, answer, mediaUrls, gallery, readScope };
}
