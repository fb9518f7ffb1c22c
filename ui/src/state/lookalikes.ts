// Letters and signs that pass for those of ASCII, marked as the gateway marks them, for texts it has not marked. Pure.

/** Letters of other scripts, each before the one it looks like. */
const PAIRS =
  "аaеeоoрpсcуyхxѕsіiјjԁdһhԛqԝwӏlгrАAВBЕEКKМMНHОOРPСCТTХXУYЅSІIЈJԌGԜWҮYЗ3б6" +
  "οoαaρpνvυuιiγyσoϲcϳjΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹC" +
  "օoսuհhոnցgզqաwɡgɑa";
const LETTERS: ReadonlyMap<string, string> = new Map((PAIRS.match(/../gu) ?? []).map((pair) => [pair[0] ?? "", pair[1] ?? ""]));

/** Signs that look like those which part words, paths, commands and addresses. */
const SIGNS: Readonly<Record<string, string>> = {
  "/": "\u2044\u2215\u29f8\uff0f", ".": "\u2024\uff0e\ufe52", ";": "\u037e\uff1b\ufe54", "-": "\u2010\u2011\u2012\u2212\uff0d", "\\": "\u2216\u29f5\u29f9\uff3c", "|": "\u2223\uff5c",
  "!": "\u01c3\uff01", ":": "\u2236\ua789\u205a\u02f8\uff1a\ufe55", "'": "\u02c8\u02bc\uff07", "*": "\u204e\u2217\uff0a", "&": "\uff06", "$": "\uff04", "<": "\uff1c", ">": "\uff1e", "`": "\uff40", "~": "\uff5e", "=": "\uff1d", "#": "\uff03",
  '"': "\uff02", "(": "\uff08", ")": "\uff09", "{": "\uff5b", "}": "\uff5d", "[": "\uff3b", "]": "\uff3d", "?": "\uff1f", "@": "\uff20", "+": "\uff0b", ",": "\uff0c", "%": "\uff05", "_": "\uff3f", "^": "\uff3e",
};
const SIGN_OF: ReadonlyMap<string, string> = new Map(Object.entries(SIGNS).flatMap(([plain, all]) => [...all].map((sign): [string, string] => [sign, plain])));

/** Wide letters and those of formulas have the plain one as their form. */
const FORMED = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}]/u;
const LATIN = /[a-zA-ZªºÀ-ɏḀ-ỿ]/;

/** What a letter passes for; nothing where it passes for none of ASCII. */
function plainOf(letter: string): string | undefined {
  const known = LETTERS.get(letter);
  if (known !== undefined) return known;
  const form = FORMED.test(letter) ? letter.normalize("NFKC") : "";
  return /^[a-zA-Z0-9]$/.test(form) ? form : undefined;
}

const looks = (letter: string, plain: string) => `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")} looks like ${plain}`;

/** A word that mixes such letters with plain ones, or is made of them alone in a line that is otherwise no foreign text. */
function word(text: string, foreign: boolean): string {
  const letters = [...text];
  const odd = letters.flatMap((letter) => {
    const plain = plainOf(letter);
    return plain === undefined ? [] : [looks(letter, plain)];
  });
  if (odd.length === 0) return text;
  const mixed = /[a-zA-Z]/.test(text);
  const whole = !foreign && letters.every((letter) => /[0-9]/.test(letter) || plainOf(letter) !== undefined);
  return mixed || whole ? `${text}‹${odd.join(", ")}›` : text;
}

const isForeign = (line: string) => [...line].some((letter) => /\p{Alphabetic}/u.test(letter) && !LATIN.test(letter) && plainOf(letter) === undefined);

/** What has a mark behind it already is left as it is. */
const PIECES = /([\p{Alphabetic}\p{N}]+)(?!‹U\+|[\p{Alphabetic}\p{N}])|[^\p{ASCII}](?!‹U\+)/gu;

function line(text: string): string {
  const foreign = isForeign(text);
  return text.replace(PIECES, (piece, letters: string | undefined) => {
    const sign = SIGN_OF.get(piece);
    if (sign !== undefined) return `${piece}‹${looks(piece, sign)}›`;
    return letters === undefined ? piece : word(piece, foreign);
  });
}

/** The same text with a mark behind each word and sign that is not what it looks like. */
export function lookalikes(text: string): string {
  return /^\p{ASCII}*$/u.test(text) ? text : text.split("\n").map(line).join("\n");
}
