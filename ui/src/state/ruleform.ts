// What a rule's form asks for, and the rule that comes of it. Plain data, no page.
import type { RuleEffect, RuleSpan, RuleSubject } from "../wire/types.gen.ts";
import type { NewRule } from "./approvals.ts";

/** What a tool may do; a rule may also name one tool. */
export const KINDS = ["read", "edit", "command", "inspect", "network"] as const;
export const TOOLS = ["read_file", "list_dir", "glob", "grep", "write_file", "edit_file", "apply_patch", "remove_file", "move_file", "copy_file", "exec", "inspect", "web_fetch", "web_search"] as const;

type Part = "path" | "command" | "host";
const FILES: readonly Part[] = ["path"];
const PARTS: Record<string, readonly Part[]> = { read: FILES, edit: FILES, command: ["command"], exec: ["command"], inspect: ["command"], network: ["host"], web_fetch: ["host"], web_search: [] };

/** What a rule about this can narrow itself to; about everything: any of it. */
export function partsOf(tool: string): readonly Part[] {
  if (tool === "") return ["path", "command", "host"];
  return PARTS[tool] ?? FILES;
}

export type Filled = { readonly effect: string; readonly tool: string; readonly path: string; readonly command: string; readonly host: string; readonly span: string; readonly place: string };

/** The rule as the gateway takes it; what the form does not show now does not go along. The gateway says what is wrong with it. */
export function ruleOf(filled: Filled, chat: string | null): NewRule {
  const subject: RuleSubject = { ...(filled.tool === "" ? {} : { tool: filled.tool }) };
  for (const part of partsOf(filled.tool)) if (filled[part].trim() !== "") subject[part] = filled[part].trim();
  const place = filled.span === "chat" ? chat : filled.span === "folder" ? filled.place.trim() : null;
  return { effect: filled.effect as RuleEffect, span: filled.span as RuleSpan, subject, ...(place === null ? {} : { place }) };
}
