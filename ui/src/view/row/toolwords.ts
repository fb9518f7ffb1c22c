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

/** What is done to paths, as such tools begin. */
const ON_PATHS = ["read", "write", "edit", "delete", "remove", "list"] as const;

function plain(tool: ToolEvent): string {
  const given = tool.arguments;
  const path = paths(given);
  const script = scriptOf(tool);
  if (script !== undefined) return `$ ${script}`;
  if (tool.name === "exec" && field(given, "stop") !== undefined) return t("tool.line.stop", { what: field(given, "stop") ?? "" });
  const verb = ON_PATHS.find((one) => tool.name.startsWith(`${one}_`));
  if (path !== undefined && verb !== undefined) return t(`tool.line.${verb}`, { what: path });
  if (tool.name === "move_file") return t("tool.line.move", { from: field(given, "from") ?? "", to: field(given, "to") ?? "" });
  if (tool.name === "copy_file") return t("tool.line.copy", { from: field(given, "from") ?? "", to: field(given, "to") ?? "" });
  if (tool.name === "grep" || tool.name === "glob") return t(`tool.line.${tool.name}`, { what: quoted(field(given, "pattern")) });
  if (tool.name === "web_search") return t("tool.line.search", { what: quoted(field(given, "query")) });
  if (tool.name === "web_fetch") return t("tool.line.fetch", { what: field(given, "url") ?? "" });
  if (tool.name === "apply_patch") return t("tool.line.patch");
  if (tool.name === "ask_user") return t("tool.line.ask", { what: quoted(field(given, "question")) });
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
