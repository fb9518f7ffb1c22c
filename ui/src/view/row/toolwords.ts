// A tool call in one line for people, as data: what is run, read, written, looked for.
import { t } from "../../i18n/text.ts";
import { marked } from "../../state/marks.ts";
import type { FileEdit, ToolEvent } from "../../wire/types.ts";

const MOST = 160;
const first = (value: unknown): unknown => (typeof value === "object" && value !== null ? Object.values(value)[0] : value);
const field = (value: unknown, name: string): string | undefined => {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" ? found : undefined;
};

/** The script of a command. */
export const scriptOf = (tool: Pick<ToolEvent, "name" | "arguments">): string | undefined =>
  tool.name === "exec" || tool.name === "inspect" ? field(tool.arguments, "command") : undefined;

function paths(given: unknown): string | undefined {
  const list = typeof given === "object" && given !== null ? (given as Record<string, unknown>)["paths"] : undefined;
  if (Array.isArray(list) && list.length > 0) return list.filter((one) => typeof one === "string").join(", ");
  return field(given, "path");
}

const quoted = (text: string | undefined) => JSON.stringify(text ?? "");

function plain(tool: ToolEvent): string {
  const given = tool.arguments;
  const path = paths(given);
  const script = scriptOf(tool);
  if (script !== undefined) return `$ ${script}`;
  if (tool.name === "exec" && field(given, "stop") !== undefined) return `stop ${field(given, "stop") ?? ""}`;
  if (path !== undefined && /^(read|write|edit|delete|remove|list)_/.test(tool.name)) return `${tool.name.split("_")[0]} ${path}`;
  if (tool.name === "move_file" || tool.name === "copy_file") return `${tool.name.split("_")[0]} ${field(given, "from") ?? ""} → ${field(given, "to") ?? ""}`;
  if (tool.name === "grep" || tool.name === "glob") return `${tool.name} ${quoted(field(given, "pattern"))}`;
  if (tool.name === "web_search") return `search ${quoted(field(given, "query"))}`;
  if (tool.name === "web_fetch") return `fetch ${field(given, "url") ?? ""}`;
  if (tool.name === "apply_patch") return "patch";
  if (tool.name === "ask_user") return `ask ${quoted(field(given, "question"))}`;
  const server = /^mcp_([^_]+)_(.+)$/.exec(tool.name);
  const name = server === null ? tool.name : `${server[1]}::${server[2]}`;
  const one = first(given);
  return `${name}(${one === undefined ? "" : JSON.stringify(one)})`;
}

export function toolWords(tool: ToolEvent): string {
  const words = plain(tool).replace(/\s+/g, " ").trim();
  return words.length > MOST ? `${words.slice(0, MOST)}…` : words;
}

const VERBS: Record<string, "write" | "edit" | "patch"> = { write_file: "write", edit_file: "edit", apply_patch: "patch" };

/** A changed file in one line. */
export function editWords(edit: FileEdit): string {
  return t(`edit.line.${edit.operation === "delete" ? "delete" : (VERBS[edit.tool] ?? "edit")}`, { path: marked(edit.path) || t("edit.some") });
}

/** An argument or result as it is read: texts as they are, the rest as JSON. */
export function readable(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** The arguments beside a command's script. */
export function besides(tool: ToolEvent): string {
  const given = tool.arguments;
  if (scriptOf(tool) === undefined || typeof given !== "object" || given === null) return readable(given);
  const { command: _command, ...rest } = given as Record<string, unknown>;
  return Object.keys(rest).length === 0 ? "" : readable(rest);
}
