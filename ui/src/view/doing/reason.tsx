// What a proposal is and why it waits, in the person's language; the gateway's own words where it tells nothing else.
import { td } from "../../i18n/doing.ts";
import { marked } from "../../state/marks.ts";
import type { Because, Proposal, RuleSubject } from "../../wire/types.gen.ts";
import { Shown } from "../row/shown.tsx";

const ABOUT = ["read", "edit", "command", "inspect", "network"] as const;
const NETWORK: Record<string, "fetch" | "search"> = { web_fetch: "fetch", web_search: "search" };

/** What is asked, in one line. */
export function headOf(one: Proposal): string {
  if (one.command !== undefined) return td(one.tool === "inspect" ? "head.inspect" : one.command.background ? "head.background" : "head.command");
  if (one.question !== undefined) return td("head.question");
  if (one.kind === "network") {
    const way = NETWORK[one.tool];
    return way === undefined ? one.title : td(`head.${way}`);
  }
  const [file, ...more] = one.files ?? [];
  if (file === undefined) return one.title;
  if (more.length > 0) return td("head.files", { n: more.length + 1 });
  return td(`head.${file.operation}`, { path: marked(file.path), to: marked(file.to ?? "") });
}

/** Why it waits; a question needs no reason. */
export function Reason(props: { one: Proposal }) {
  const { because, why, kind } = props.one;
  if (kind === "question" || because?.by === "question") return null;
  return (
    <p class="small soft" data-test="reason">
      <Shown text={td("proposal.why", { why: because === undefined ? why : words(because) })} />
    </p>
  );
}

function words(because: Exclude<Because, { by: "question" }>): string {
  switch (because.by) {
    case "preset": {
      const about = ABOUT.find((word) => word === because.about) ?? "command";
      const place = because.outside ? "because.presetOutside" : "because.preset";
      return td(place, { preset: td(`preset.${because.preset}`), about: td(`about.${about}`) });
    }
    case "rule":
      return td(because.sure ? "because.rule" : "because.unsure", { rule: subjectWords(because.rule) });
    case "mode":
    case "sandbox":
    case "network":
      return td(`because.${because.by}`);
  }
}

/** What a rule speaks of. */
export function subjectWords(subject: RuleSubject): string {
  const known = ABOUT.find((word) => word === subject.tool);
  const tool = subject.tool === undefined || subject.tool === "*" ? td("about.any") : known === undefined ? subject.tool : td(`about.${known}`);
  const parts = [
    subject.path === undefined ? "" : td("subject.path", { path: marked(subject.path) }),
    subject.command === undefined ? "" : td("subject.command", { command: marked(subject.command) }),
    subject.host === undefined ? "" : td("subject.host", { host: marked(subject.host) }),
  ];
  return [tool, ...parts.filter(Boolean)].join(" ");
}
