//! Text as a person must see it before saying yes: what is hidden, turns the reading round, or passes for something else is given a visible
//! name. Nothing is cut and nothing is judged: the pieces together are the text, byte for byte.

use serde::Serialize;
use unicode_security::confusable_detection::skeleton;

/// Blanks in a row that push what follows out of sight.
const GAP: usize = 32;
/// Empty lines in a row that do.
const EMPTY_LINES: usize = 8;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// What it looks like.
    Plain,
    /// A control character.
    Control,
    /// It turns the direction of reading.
    Direction,
    /// It has no width, or no form of its own.
    Invisible,
    /// It looks like a blank, or breaks a line, and is no ordinary one.
    Blank,
    /// It looks like another letter or sign.
    Lookalike,
    /// So many blanks that something may be hidden behind them.
    Gap,
    /// No character is assigned, or everybody has another one.
    Unassigned,
}

/// One piece: the text itself, and what is shown in its place or behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// What it is.
    pub what: What,
    /// The text, as it is.
    pub text: String,
    /// What is shown: the text, or a mark like `‹U+202E›`; a lookalike and a gap are shown with their mark behind them.
    pub shown: String,
}

/// The text in pieces.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = text;
    let (mut start, mut foreign) = (true, false);
    while let Some(first) = rest.chars().next() {
        if start {
            foreign = reads_foreign(rest.split('\n').next().unwrap_or(rest));
        }
        let piece = gap(rest).or_else(|| lookalike_word(rest, start_of_word(&pieces), foreign)).unwrap_or_else(|| single(rest, first));
        start = piece.text.ends_with('\n');
        rest = rest.get(piece.text.len()..).unwrap_or_default();
        match pieces.last_mut() {
            Some(last) if last.what == What::Plain && piece.what == What::Plain => {
                last.text.push_str(&piece.text);
                last.shown.push_str(&piece.shown);
            }
            Some(_) | None => pieces.push(piece),
        }
    }
    pieces
}

/// The text as it is shown where pieces cannot be.
pub fn shown(text: &str) -> String {
    pieces(text).into_iter().map(|piece| piece.shown).collect()
}

/// Whether the text is what it looks like.
pub fn is_plain(text: &str) -> bool {
    pieces(text).iter().all(|piece| piece.what == What::Plain)
}

fn start_of_word(pieces: &[Piece]) -> bool {
    let within = |last: &Piece| last.what == What::Plain && last.text.ends_with(char::is_alphanumeric);
    !pieces.last().is_some_and(within)
}

/// One character; a line end of two is one.
fn single(rest: &str, first: char) -> Piece {
    if rest.starts_with("\r\n") {
        return Piece { what: What::Plain, text: "\r\n".to_owned(), shown: "\r\n".to_owned() };
    }
    let what = of(first);
    let shown = match what {
        What::Plain => first.to_string(),
        What::Lookalike => format!("{first}‹{}›", looks(first)),
        What::Control | What::Direction | What::Invisible | What::Blank | What::Gap | What::Unassigned => format!("‹{}›", name(first)),
    };
    Piece { what, text: first.to_string(), shown }
}

/// A run of blanks or of empty lines that is too long to be an indentation.
fn gap(rest: &str) -> Option<Piece> {
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let lines = rest.len() - rest.trim_start_matches('\n').len();
    let (length, word) = if blanks > GAP { (blanks, "blanks") } else { (lines, "line ends") };
    let long = blanks > GAP || lines > EMPTY_LINES;
    let text = rest.get(..length)?;
    long.then(|| Piece { what: What::Gap, text: text.to_owned(), shown: format!("{text}‹{length} {word}›") })
}

/// A word that mixes letters which look alike, or is made of such letters only, in a line that is otherwise no foreign text.
fn lookalike_word(rest: &str, starts: bool, foreign: bool) -> Option<Piece> {
    if !starts {
        return None;
    }
    let word = rest.get(..rest.find(|letter: char| !letter.is_alphanumeric() || of(letter) != What::Plain).unwrap_or(rest.len()))?;
    let odd: Vec<char> = word.chars().filter(|letter| passes_for_ascii(*letter)).collect();
    if odd.is_empty() {
        return None;
    }
    let mixed = word.chars().any(|letter| letter.is_ascii_alphabetic());
    let whole = !foreign && word.chars().all(|letter| letter.is_ascii_digit() || passes_for_ascii(letter));
    let marks: Vec<String> = odd.iter().map(|letter| looks(*letter)).collect();
    (mixed || whole).then(|| Piece { what: What::Lookalike, text: word.to_owned(), shown: format!("{word}‹{}›", marks.join(", ")) })
}

/// Whether a line has letters of another script that pass for nothing else, so that it is text of that script.
fn reads_foreign(line: &str) -> bool {
    line.chars().any(|letter| letter.is_alphabetic() && !is_latin(letter) && !passes_for_ascii(letter))
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Whether a letter that is no Latin one looks like a letter or a digit of ASCII.
fn passes_for_ascii(letter: char) -> bool {
    if letter.is_ascii() || !letter.is_alphanumeric() || is_latin(letter) {
        return false;
    }
    let form = plain_form(letter);
    !form.is_empty() && form.chars().all(|form| form.is_ascii_alphanumeric())
}

/// What a character looks like.
fn plain_form(letter: char) -> String {
    let form: String = skeleton(&letter.to_string()).collect();
    let wide = matches!(letter, '\u{ff01}'..='\u{ff5e}').then(|| char::from_u32(u32::from(letter) - 0xfee0)).flatten();
    wide.map_or(form, |narrow| narrow.to_string())
}

fn looks(letter: char) -> String {
    format!("{} looks like {}", code(letter), plain_form(letter))
}

/// What one character is by itself.
fn of(letter: char) -> What {
    match letter {
        '\n' | '\t' | ' '..='~' => What::Plain,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => What::Control,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => What::Direction,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' => {
            What::Invisible
        }
        '\u{2060}'..='\u{2065}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' => {
            What::Invisible
        }
        '\u{1d173}'..='\u{1d17a}' | '\u{1bca0}'..='\u{1bca3}' | '\u{e0000}'..='\u{e0fff}' => What::Invisible,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{2800}' | '\u{3000}' => {
            What::Blank
        }
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}' => What::Unassigned,
        _ if u32::from(letter) & 0xfffe == 0xfffe => What::Unassigned,
        _ if passes_for_sign(letter) => What::Lookalike,
        _ => What::Plain,
    }
}

/// Signs that look like those which part words, paths, commands and addresses.
fn passes_for_sign(letter: char) -> bool {
    matches!(
        letter,
        '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{2024}' | '\u{37e}' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2212}' | '\u{2216}' | '\u{29f5}'
            | '\u{2223}' | '\u{1c3}' | '\u{2236}' | '\u{a789}' | '\u{205a}' | '\u{2c8}' | '\u{2bc}' | '\u{2f8}' | '\u{204e}' | '\u{2217}' | '\u{29f9}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff5e}' | '\u{fe52}' | '\u{fe54}' | '\u{fe55}'
    )
}

fn code(letter: char) -> String {
    format!("U+{:04X}", u32::from(letter))
}

/// A character's short name where it has one everybody knows.
fn name(letter: char) -> String {
    let known = match letter {
        '\0' => "NUL",
        '\u{7}' => "BEL",
        '\u{8}' => "BS",
        '\u{b}' => "VT",
        '\u{c}' => "FF",
        '\r' => "CR",
        '\u{1b}' => "ESC",
        '\u{7f}' => "DEL",
        '\u{9b}' => "CSI",
        '\u{a0}' => "NBSP",
        '\u{ad}' => "SHY",
        '\u{200b}' => "ZWSP",
        '\u{200c}' => "ZWNJ",
        '\u{200d}' => "ZWJ",
        '\u{200e}' => "LRM",
        '\u{200f}' => "RLM",
        '\u{202a}' => "LRE",
        '\u{202b}' => "RLE",
        '\u{202c}' => "PDF",
        '\u{202d}' => "LRO",
        '\u{202e}' => "RLO",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        '\u{feff}' => "BOM",
        _ => return code(letter),
    };
    format!("{} {known}", code(letter))
}
