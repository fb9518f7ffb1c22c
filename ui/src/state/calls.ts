// How a tool call stands, what kind of thing it does, and which calls are one line together, as data.
import type { Message, ToolEvent } from "../wire/types.ts";

export type CallState = "next" | "running" | "background" | "waiting" | "done" | "failed" | "refused" | "stopped";
export type CallKind = "command" | "read" | "search" | "edit" | "network" | "question" | "other";

const KINDS: Record<string, CallKind> = {
  exec: "command",
  inspect: "command",
  read_file: "read",
  list_dir: "read",
  glob: "search",
  grep: "search",
  write_file: "edit",
  edit_file: "edit",
  apply_patch: "edit",
  remove_file: "edit",
  move_file: "edit",
  copy_file: "edit",
  web_fetch: "network",
  web_search: "network",
  ask_user: "question",
};

export const kindOf = (tool: Pick<ToolEvent, "name">): CallKind => KINDS[tool.name] ?? "other";

/** `live`: its turn runs. `waits`: a proposal of it waits for a person. `behind`: calls before it have not ended. */
export type Around = { readonly live: boolean; readonly waits: boolean; readonly behind: boolean };

/** Calls that only look run beside each other; every other waits until those before it have ended. */
const BESIDE: readonly CallKind[] = ["read", "search", "network"];

/** Whether one of the calls before it stands in its way. */
export function isBehind(calls: readonly ToolEvent[], tool: ToolEvent): boolean {
  const at = calls.findIndex((one) => one.call_id === tool.call_id);
  const beside = BESIDE.includes(kindOf(tool));
  return calls.slice(0, Math.max(0, at)).some((one) => one.phase === "start" && !(beside && BESIDE.includes(kindOf(one))));
}

export function stateOf(tool: ToolEvent, around: Around): CallState {
  if (tool.phase === "start") {
    if (around.waits) return "waiting";
    if (!around.live) return "stopped";
    return around.behind ? "next" : "running";
  }
  if (tool.background === true) return "background";
  if (tool.status === 403) return "refused";
  if (tool.status === 499) return "stopped";
  if (tool.phase === "error" || (tool.exit_code ?? 0) !== 0) return "failed";
  return "done";
}

/** Whether it can be stopped by itself. */
export const isStoppable = (tool: ToolEvent, state: CallState): boolean => kindOf(tool) === "command" && (state === "running" || state === "background");

/** Whether its output is asked for while somebody looks: no turn tells it any more. */
export const isLeftAlone = (tool: ToolEvent): tool is ToolEvent & { path: string } => tool.background !== undefined && tool.path !== undefined;

/** What the message holds of its output, the usual channel first. */
export function outputsOf(message: Pick<Message, "outputs">, tool: ToolEvent): NonNullable<Message["outputs"]> {
  if (isLeftAlone(tool)) return [];
  return (message.outputs ?? []).filter((one) => one.call_id === tool.call_id).sort((a, b) => a.channel - b.channel);
}

/** Fewer than this in a row stay lines of their own. */
const GROUP_LEAST = 4;

export type Group = { readonly kind: "one"; readonly tool: ToolEvent } | { readonly kind: "many"; readonly tools: readonly ToolEvent[] };

/** Calls that only looked and went well, many in a row, are one line. */
export function grouped(tools: readonly ToolEvent[]): Group[] {
  const looked = (tool: ToolEvent) => tool.phase === "end" && ["read", "search"].includes(kindOf(tool)) && stateOf(tool, { live: false, waits: false, behind: false }) === "done";
  const out: Group[] = [];
  let run: ToolEvent[] = [];
  const close = () => {
    if (run.length >= GROUP_LEAST) out.push({ kind: "many", tools: run });
    else out.push(...run.map((tool): Group => ({ kind: "one", tool })));
    run = [];
  };
  for (const tool of tools) {
    if (looked(tool)) {
      run.push(tool);
      continue;
    }
    close();
    out.push({ kind: "one", tool });
  }
  close();
  return out;
}

/** How many of a group read a file, and how many looked for something. */
export function counts(tools: readonly ToolEvent[]): { files: number; searches: number } {
  const searches = tools.filter((tool) => kindOf(tool) === "search").length;
  return { files: tools.length - searches, searches };
}
