// A tool call in one line for people, as data: what is run, read, written, looked for.
import type { ToolEvent } from "../../wire/types.ts";

const MOST = 160;
const first = (value: unknown): unknown => (typeof value === "object" && value !== null ? Object.values(value)[0] : value);
const field = (value: unknown, name: string): string | undefined => {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === "string" ? found : undefined;
};

function plain(tool: ToolEvent): string {
  const given = tool.arguments;
  const path = field(given, "path");
  if (tool.name === "exec") return `$ ${field(given, "command") ?? ""}`;
  if (path !== undefined && /^(read|write|edit|delete|list)_/.test(tool.name)) return `${tool.name.split("_")[0]} ${path}`;
  if (tool.name === "grep") return `grep ${JSON.stringify(field(given, "pattern") ?? "")}`;
  if (tool.name === "web_search") return `search ${JSON.stringify(field(given, "query") ?? "")}`;
  const server = /^mcp_([^_]+)_(.+)$/.exec(tool.name);
  const name = server === null ? tool.name : `${server[1]}::${server[2]}`;
  const one = first(given);
  return `${name}(${one === undefined ? "" : JSON.stringify(one)})`;
}

export function toolWords(tool: ToolEvent): string {
  const words = plain(tool).replace(/\s+/g, " ").trim();
  return words.length > MOST ? `${words.slice(0, MOST)}…` : words;
}

/** An argument or result as it is read: texts as they are, the rest as JSON. */
export function readable(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
