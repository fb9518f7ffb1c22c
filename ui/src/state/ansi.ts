// Terminal text as pieces with classes: colours of the usual escape sequences, everything else of them left out. Plain data, never markup.

/** What later text looks like; classes of the style sheet. */
export type Pen = { readonly colour: string; readonly bold: boolean; readonly faint: boolean; readonly underlined: boolean };
export type Piece = { readonly text: string; readonly classes: string };
export const PLAIN: Pen = { colour: "", bold: false, faint: false, underlined: false };

const SEQUENCE = /\u001b(?:\[([0-9;:]*)([\x20-\x3f]*)([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])|\u009b[0-9;:]*[@-~]/g;
const REST = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const PLAINLY = /^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$/;
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/** A carriage return begins its line anew, as a terminal draws it. */
function overwritten(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => line.slice(line.replace(/\r+$/, "").lastIndexOf("\r") + 1).replace(/\r+$/, ""))
    .join("\n");
}

function classesOf(pen: Pen): string {
  return [pen.colour === "" ? "" : `ansi-${pen.colour}`, pen.bold ? "ansi-bold" : "", pen.faint ? "ansi-faint" : "", pen.underlined ? "ansi-under" : ""].filter(Boolean).join(" ");
}

function drawn(pen: Pen, codes: string): Pen {
  const list = codes.split(/[;:]/).map(Number);
  let next = pen;
  for (let at = 0; at < list.length; at += 1) {
    const code = list[at] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, faint: true };
    else if (code === 4) next = { ...next, underlined: true };
    else if (code === 22) next = { ...next, bold: false, faint: false };
    else if (code === 24) next = { ...next, underlined: false };
    else if (code === 39) next = { ...next, colour: "" };
    else if (code >= 30 && code <= 37) next = { ...next, colour: NAMES[code - 30] ?? "" };
    else if (code >= 90 && code <= 97) next = { ...next, colour: NAMES[code - 90] ?? "" };
    else if (code === 38 || code === 48) {
      const five = list[at + 1] === 5;
      const number = list[at + 2] ?? 16;
      if (code === 38) next = { ...next, colour: five && number < 16 ? (NAMES[number % 8] ?? "") : "" };
      at += five ? 2 : 4;
    }
  }
  return next;
}

/** The text's pieces, and what it leaves the pen at. */
export function ansi(text: string, pen: Pen = PLAIN): { pieces: Piece[]; pen: Pen } {
  const pieces: Piece[] = [];
  let now = pen;
  let from = 0;
  const add = (raw: string) => {
    const clean = raw.replace(REST, "");
    const classes = classesOf(now);
    const last = pieces.at(-1);
    if (clean === "") return;
    if (last?.classes === classes) pieces[pieces.length - 1] = { text: last.text + clean, classes };
    else pieces.push({ text: clean, classes });
  };
  const whole = overwritten(text);
  for (const found of whole.matchAll(SEQUENCE)) {
    add(whole.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[3] === "m") now = drawn(now, found[1] ?? "");
  }
  add(whole.slice(from));
  return { pieces, pen: now };
}

/** The text without them; the same text where there are none. */
export const bare = (text: string): string => (PLAINLY.test(text) ? text : ansi(text).pieces.map((piece) => piece.text).join(""));
