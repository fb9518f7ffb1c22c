// A new rule: what it says, of what, and where it holds. What is wrong with it, the gateway says beside the field.
import { ts, type SettingsKey } from "../../i18n/settings.ts";
import { addRule } from "../../state/approvals.ts";
import { titleOf } from "../../state/rename.ts";
import { current } from "../../state/route.ts";
import { KINDS, partsOf, ruleOf, TOOLS, type Filled } from "../../state/ruleform.ts";
import { recentFolders, scopeOf } from "../../state/scope.ts";
import { draft } from "../../state/settings-draft.ts";
import { temporaryOf } from "../../state/temporary.ts";
import { SettingsForm, type FieldSpec } from "./form.tsx";

const FIRST: Omit<Filled, "place"> = { effect: "allow", tool: "command", path: "", command: "", host: "", span: "folder" };
const EXAMPLES = { path: "src/**/*.ts", command: "npm test *", host: "*.example.org" } as const;

export function RuleForm(props: { done: () => void }) {
  const form = draft("approvals", "rule");
  const chat = current.value !== null && temporaryOf(current.value) === undefined ? current.value : null;
  const first: Filled = { ...FIRST, place: scopeOf(current.value)?.project_path ?? "" };
  const value = (name: keyof Filled) => form.value(name, first[name]);
  const filled = (): Filled => ({ effect: value("effect"), tool: value("tool"), path: value("path"), command: value("command"), host: value("host"), span: value("span"), place: value("place") });
  const fields: FieldSpec[] = [
    { kind: "choice", name: "effect", label: "rules.effect", hint: ts(`effect.${word(value("effect"))}Hint`), now: first.effect, options: (["allow", "ask", "deny"] as const).map((one) => ({ value: one, label: ts(`effect.${one}`) })) },
    { kind: "choice", name: "tool", label: "rules.what", now: first.tool, also: ["subject"], options: [{ value: "", label: ts("kind.any") }, ...KINDS.map((one) => ({ value: one as string, label: ts(`kind.${one}`) })), ...TOOLS.map((one) => ({ value: one as string, label: ts("rules.tool", { tool: one }) }))] },
    ...partsOf(value("tool")).map((part): FieldSpec => ({ kind: "text", name: part, label: `rules.${part}`, hint: ts(`rules.${part}Hint`), now: "", example: EXAMPLES[part] })),
    { kind: "choice", name: "span", label: "rules.span", now: first.span, options: spans(chat) },
    ...(value("span") === "folder" ? [{ kind: "text", name: "place", label: "rules.place", hint: ts("rules.placeHint"), now: first.place, list: recentFolders.value, also: ["folder"] } as FieldSpec] : []),
  ];
  const done = () => {
    form.drop();
    props.done();
  };
  return <SettingsForm draft={form} fields={fields} save={() => addRule(ruleOf(filled(), chat))} open={{ submit: "rules.add", done, cancel: props.done }} test="rule-form" />;
}

const word = (effect: string): "allow" | "ask" | "deny" => (effect === "deny" || effect === "ask" ? effect : "allow");

function spans(chat: string | null): { value: string; label: string }[] {
  const named = (key: SettingsKey, values: Record<string, string> = {}) => ts(key, values);
  return [
    { value: "folder", label: named("span.folder") },
    ...(chat === null ? [] : [{ value: "chat", label: named("span.chat", { chat: titleOf(chat) || chat }) }]),
    { value: "always", label: named("span.always") },
  ];
}
