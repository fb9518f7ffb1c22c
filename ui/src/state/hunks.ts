// A unified diff taken apart into its hunks, with the number of every line. Plain data, no page.

export type DiffLine = { readonly kind: "same" | "added" | "removed" | "note"; readonly text: string; readonly old: number | null; readonly now: number | null };
/** `from` and `to`: the lines it covers in the file as the change left it, counted from 1. */
export type Hunk = { readonly from: number; readonly to: number; /** What stands behind the header: the function it is in. */ readonly within: string; readonly lines: readonly DiffLine[] };

/** What a line begins with. */
export const SIGNS: Readonly<Record<DiffLine["kind"], string>> = { same: " ", added: "+", removed: "-", note: "\\" };

const HEAD = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** What is no hunk (file headers, words of git) is left out; a diff cut short gives the lines it has. */
export function hunksOf(diff: string): readonly Hunk[] {
  const lines = diff.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const hunks: Hunk[] = [];
  for (let at = 0; at < lines.length; ) {
    const head = HEAD.exec(lines[at] ?? "");
    at += 1;
    if (head === null) continue;
    const [hunk, next] = readHunk(lines, at, head);
    hunks.push(hunk);
    at = next;
  }
  return hunks;
}

function readHunk(all: readonly string[], start: number, head: RegExpExecArray): [Hunk, number] {
  const count = (text: string | undefined) => (text === undefined ? 1 : Number(text));
  let old = Number(head[1]);
  let now = Number(head[3]);
  let oldLeft = count(head[2]);
  let nowLeft = count(head[4]);
  const from = now;
  const lines: DiffLine[] = [];
  let at = start;
  for (; at < all.length; at += 1) {
    const line = all[at] ?? "";
    const text = line.slice(1);
    if (line.startsWith("\\")) lines.push({ kind: "note", text: text.trim(), old: null, now: null });
    else if (oldLeft <= 0 && nowLeft <= 0) break;
    else if (line.startsWith("+")) (lines.push({ kind: "added", text, old: null, now: now++ }), (nowLeft -= 1));
    else if (line.startsWith("-")) (lines.push({ kind: "removed", text, old: old++, now: null }), (oldLeft -= 1));
    else if (line === "" || line.startsWith(" ")) (lines.push({ kind: "same", text, old: old++, now: now++ }), (oldLeft -= 1), (nowLeft -= 1));
    else break;
  }
  return [{ from, to: Math.max(from, now - 1), within: head[5] ?? "", lines }, at];
}
