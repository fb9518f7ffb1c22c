// A development fixture: what the scripted gateway answers about acting. Changes of turns that can be taken back by turn, file and hunk, how a
// chat acts, what is asked about, and rules. From memory; nothing is written anywhere.
class Refused extends Error {
  constructor(message, status = 400) {
    super(message);
    this.status = status;
  }
}

const hunk = (from, removed, added, around = ["", ""]) => ({ from, lines: [` ${around[0]}`, ...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`), ` ${around[1]}`], added: added.length, removed: removed.length });
function diffOf(path, operation, hunks) {
  const heads = { add: ["/dev/null", `b/${path}`], remove: [`a/${path}`, "/dev/null"] }[operation] ?? [`a/${path}`, `b/${path}`];
  const body = hunks.map(({ from, lines }) => {
    const all = operation === "add" || operation === "remove" ? lines.filter((line) => !line.startsWith(" ")) : lines;
    const old = all.filter((line) => !line.startsWith("+")).length;
    const now = all.filter((line) => !line.startsWith("-")).length;
    return [`@@ -${old === 0 ? 0 : from},${old} +${now === 0 ? 0 : from},${now} @@`, ...all].join("\n");
  });
  return { format: "unified", context: 1, truncated: false, text: `--- ${heads[0]}\n+++ ${heads[1]}\n${body.join("\n")}\n` };
}
function file(path, operation, hunks, more = {}) {
  const sum = (name) => hunks.reduce((all, one) => all + one[name], 0);
  return { path, operation, added: sum("added"), deleted: sum("removed"), standing: "applied", binary: false, too_big: false, by_command: false, ...(hunks.length > 0 ? { diff: diffOf(path, operation, hunks) } : {}), hunks: operation === "change" ? hunks.length : 0, ...more };
}

const PARSER = [
  hunk(12, ["  const parts = text.split(' ');", "  return parts;"], ["  const parts = text.split(/\\s+/).filter(Boolean);", "  return parts.map((part) => part.trim());"], ["export function words(text: string): string[] {", "}"]),
  hunk(48, ["  if (line === undefined) return null;"], ["  if (line === undefined || line.length > LONGEST) return null;"], ["function lineAt(at: number): Line | null {", "  return line;"]),
  hunk(90, [], ["", "/** Longer lines are no sentences. */", "const LONGEST = 4_096;"], ["const FIRST = 1;", "const LAST = 80;"]),
];
const TURNS = (at) => [
  {
    turn: 4, at_ms: at - 120_000, prompt: "Make the parser split on any white space, and run the tests until they pass",
    note: "dist/bundle.js.map is larger than 8 MB: it was not captured and cannot be restored.",
    files: [
      file("src/read/parser.ts", "change", PARSER),
      file("src/read/parser.test.ts", "add", [hunk(1, [], ["import { expect, test } from 'vitest';", "import { words } from './parser.ts';", "", "test('tabs part words', () => {", "  expect(words('a\\tb')).toEqual(['a', 'b']);", "});"])]),
      file("docs/a rather long name of a folder/that goes on/notes about white space.md", "change", [hunk(3, ["One space."], ["Any white space."], ["# Words", "Nothing else."])], { clash: true }),
      file("dist/bundle.js", "change", [], { binary: true, by_command: true }),
      file("dist/bundle.js.map", "change", [], { too_big: true, by_command: true }),
    ],
  },
  {
    turn: 3, at_ms: at - 3_600_000, prompt: "Take the old splitter out",
    files: [file("src/read/split.ts", "remove", [hunk(1, ["export const split = (text: string) => text.split(' ');"], [])], { standing: "reverted" }), file("src/index.ts", "change", [hunk(2, ["export * from './read/split.ts';"], [], ["export * from './read/parser.ts';", ""])], { standing: "changed_since" })],
  },
  { turn: 1, at_ms: at - 86_400_000, prompt: "chmod the run script", files: [file("run.sh", "mode", [], { by_command: true }), file("src/begin.ts", "move", [])] },
];
const many = (at) => [{ turn: 2, at_ms: at - 60_000, prompt: "Give every file a licence header", files: Array.from({ length: 3000 }, (_, n) => file(`src/part-${String(n % 40).padStart(2, "0")}/file-${String(n).padStart(4, "0")}.ts`, "change", [hunk(1, [], ["// SPDX-License-Identifier: Apache-2.0"], ["", "export {};"])], { by_command: n % 9 === 0 })) }];

const STANDING = {
  3: { level: 3, provider: "bubblewrap, Landlock 7 and seccomp", missing: [] },
  2: { level: 2, provider: "Landlock 7 and seccomp", missing: ["bubblewrap was not found: install it to give commands a world of their own"] },
  1: { level: 1, provider: "", missing: ["bubblewrap was not found", "this kernel has no Landlock"] },
};
const KINDS = ["read", "edit", "command", "inspect", "network"];
const TOOLS = ["read_file", "write_file", "edit_file", "apply_patch", "remove_file", "move_file", "copy_file", "list_dir", "glob", "grep", "exec", "inspect", "web_fetch", "web_search"];
const EFFECTS = ["allow", "ask", "deny"];

function ruleWords({ effect, subject }) {
  const what = [subject.command && `commands like ${subject.command}`, subject.path && `files like ${subject.path}`, subject.host && `the host ${subject.host}`].filter(Boolean).join(", ");
  const kind = { read: "reading", edit: "changing files", command: "running commands", inspect: "looking at the machine", network: "the network" }[subject.tool] ?? subject.tool ?? "everything";
  return `${{ allow: "Allow", ask: "Ask about", deny: "Never allow" }[effect]} ${kind}${what === "" ? "" : `: ${what}`}`;
}

export function mockActing({ chats, everyone, emit }) {
  const standing = STANDING[process.env.ALCOVE_MOCK_SANDBOX ?? "3"];
  const changed = new Map();
  const acting = new Map();
  let preset = "ask";
  let nextRule = 4;
  let rules = [
    { id: "1", effect: "allow", subject: { tool: "command", command: "npm test *" }, span: "folder", place: "/home/me/alcove" },
    { id: "2", effect: "deny", subject: { path: "*.pem" }, span: "always" },
    { id: "3", effect: "allow", subject: { tool: "network", host: "*.example.org" }, span: "chat", place: "acting" },
  ].map((rule) => ({ ...rule, words: ruleWords(rule) }));
  const approvals = () => ({ preset, rules, sandbox: standing });

  const undone = new Map();
  function changesOf(id) {
    if (!chats.has(id)) throw new Refused("session not found", 404);
    if (!changed.has(id)) changed.set(id, id === "acting" ? TURNS(Date.now()) : id === "acting-many" ? many(Date.now()) : []);
    return changed.get(id);
  }

  /** `ALCOVE_MOCK_CHANGES=broken`: they cannot be read. */
  function listed(id) {
    if (process.env.ALCOVE_MOCK_CHANGES === "broken") throw new Refused("the checkpoints could not be opened: disk I/O error", 500);
    return changesOf(id);
  }

  function refusal(file, way, payload) {
    if (file.too_big) return "it was too big to be kept as it was";
    if (clashes(file, way) && payload.force !== true) return "it was changed since, by something else than this turn: 4 lines differ from what the turn left";
    return null;
  }

  const clashes = (file, way) => file.clash && way === "revert" && file.standing === "applied";

  function one(id, turn, file, way, payload) {
    const key = `${id} ${turn} ${file.path}`;
    if (payload.hunk === undefined) {
      file.standing = way === "revert" ? "reverted" : "applied";
      undone.delete(key);
      delete file.hunk_standings;
      return;
    }
    const set = undone.get(key) ?? new Set();
    if (way === "revert") set.add(payload.hunk);
    else set.delete(payload.hunk);
    undone.set(key, set);
    file.standing = set.size === file.hunks ? "reverted" : "applied";
    file.hunk_standings = file.standing === "reverted" ? undefined : Array.from({ length: file.hunks }, (_, at) => (set.has(at) ? "reverted" : "applied"));
  }

  function extent({ path, hunk }, file) {
    if (path === undefined) return { extent: "turn" };
    return hunk === undefined ? { extent: "file" } : { extent: "hunk", partly: new Set(file.hunk_standings).size > 1 };
  }

  function change(way, payload) {
    const turn = changesOf(payload.chat_id).find((found) => found.turn === payload.turn);
    if (turn === undefined) throw new Refused("this turn changed nothing", 404);
    if (chats.get(payload.chat_id).running) throw new Refused("a turn runs; what it does can be taken back when it is complete", 409);
    const files = turn.files.filter((found) => payload.path === undefined || found.path === payload.path);
    const answer = { done: [], refused: [] };
    if (payload.step !== undefined) {
      delete turn.overwritten;
      for (const found of files.filter((file) => file.clash)) {
        found.standing = "applied";
        answer.done.push(found.path);
      }
      emit(chats.get(payload.chat_id), { event: "changes", action: "redone", turn: turn.turn, paths: answer.done, extent: "overwritten", added: 0, deleted: 0 });
      return answer;
    }
    for (const found of files) {
      const why = refusal(found, way, payload);
      if (why !== null) answer.refused.push({ path: found.path, why, can_insist: !found.too_big });
    }
    // All or nothing, but for what was never kept.
    if (answer.refused.some((one) => one.can_insist || payload.path !== undefined)) return answer;
    if (files.some((found) => clashes(found, way))) (answer.step = 1), (turn.overwritten = [{ step: 1, at_ms: Date.now(), files: files.filter((found) => clashes(found, way)).map((found) => found.path) }]);
    for (const found of files.filter((file) => !file.too_big)) {
      one(payload.chat_id, turn.turn, found, way, payload);
      answer.done.push(found.path);
    }
    if (answer.done.length > 0) emit(chats.get(payload.chat_id), { event: "changes", action: way === "revert" ? "reverted" : "redone", turn: turn.turn, paths: answer.done, ...extent(payload, files[0]), added: 0, deleted: 0 });
    return answer;
  }

  function actingOf(id) {
    if (!chats.has(id)) throw new Refused("session not found", 404);
    if (chats.get(id).temporary) throw new Refused("a temporary chat only looks", 409);
    if (!acting.has(id)) acting.set(id, { mode: "act", preset: "", network: false, commands: id === "acting" ? [{ path: "log://turn_4/sh/watch", call_id: "c9", script: "npm run test -- --watch", background: true, started_at_ms: Date.now() - 95_000 }] : [] });
    return acting.get(id);
  }
  const told = (id) => {
    const { mode, preset: own, network, commands } = actingOf(id);
    return { chat_id: id, mode, preset: own || preset, own_preset: own !== "", network, sandbox: standing, commands };
  };

  const actions = {
    "changes.list": ({ chat_id }) => ({ turns: listed(chat_id).map((turn) => ({ ...turn, files: turn.files.map(({ clash: _clash, ...rest }) => rest) })) }),
    "changes.revert": (payload) => change("revert", payload),
    "changes.redo": (payload) => change("redo", payload),
    "approvals.get": approvals,
    "approvals.update": (payload) => {
      if (!["ask", "edit_freely", "full"].includes(payload.preset)) throw new Refused("preset must be ask, edit_freely or full");
      preset = payload.preset;
      return approvals();
    },
    "rule.add": ({ effect, span, subject, place }) => {
      if (!EFFECTS.includes(effect)) throw new Refused("effect must be allow, ask or deny");
      if (Object.keys(subject ?? {}).length === 0 && effect === "allow") throw new Refused("subject: a rule that allows everything is not taken; choose the preset Full instead");
      if (subject.tool && !KINDS.includes(subject.tool) && !TOOLS.includes(subject.tool)) throw new Refused(`tool: there is no tool ${subject.tool}`);
      if (subject.host && /[/:]/.test(subject.host)) throw new Refused("host: give a name like example.org, without http:// and path");
      if (span === "folder" && !String(place ?? "").startsWith("/")) throw new Refused("place must be an absolute folder");
      const rule = { id: String(nextRule++), effect, subject, span, ...(place ? { place } : {}) };
      rules = [...rules, { ...rule, words: ruleWords(rule) }];
      return approvals();
    },
    "rule.remove": ({ id }) => {
      if (!rules.some((rule) => rule.id === id)) throw new Refused("there is no such rule", 404);
      rules = rules.filter((rule) => rule.id !== id);
      return approvals();
    },
    "chat.acting": ({ chat_id }) => told(chat_id),
    "chat.acting.update": ({ chat_id, ...fields }) => {
      const now = actingOf(chat_id);
      if (chats.get(chat_id).running && fields.mode !== undefined) throw new Refused("a turn runs", 409);
      Object.assign(now, fields);
      return told(chat_id);
    },
    "command.stop": ({ chat_id, path }) => {
      const now = actingOf(chat_id);
      const known = now.commands.some((one) => one.path === path);
      now.commands = now.commands.filter((one) => one.path !== path);
      return { stopped: known };
    },
  };

  /** Chats whose turns changed files: some, and three thousand. */
  function fill(makeChat) {
    for (const [id, title, age] of [["acting", "Split words on any white space", 20_000], ["acting-many", "Licence headers", 25_000]]) {
      const source = chats.get("chat-0");
      const chat = makeChat(id, title, "alcove", Date.now() - age);
      if (source) chat.state = { ...chat.state, messages: source.state.messages, lastSeq: 6 };
      chat.log.length = 6;
    }
    everyone({ event: "session_updated", chat_id: "acting", scope: "metadata" });
  }

  /** A turn of any chat changed files. */
  function record(id, turn, prompt, files) {
    changesOf(id).unshift({ turn, at_ms: Date.now(), prompt, files });
  }

  return { actions, fill, record };
}
