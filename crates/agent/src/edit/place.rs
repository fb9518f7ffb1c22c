//! Putting search and replace blocks into a text: letter by letter first, then as [`fuzzy`] finds them (entries §3.4). All blocks
//! or none; what was not plain is noted.

use super::note::Note;
use super::refusal::Refusal;
use super::text::{Text, without_returns};
use super::{Block, Emptied, MAX_RESULT_BYTES, Times, fuzzy, lines::Lines, literal, nearest};

/// One piece and its replacement, with line feeds only.
pub(super) struct Piece<'a> {
    pub(super) number: usize,
    pub(super) search: &'a str,
    pub(super) replace: &'a str,
    pub(super) times: Times,
    pub(super) emptied: Emptied,
}

/// The body of `text` after `blocks`.
pub(super) fn blocks(text: &Text, blocks: &[Block], notes: &mut Vec<Note>) -> Result<String, Refusal> {
    if blocks.is_empty() {
        return Err(Refusal::Malformed { why: "The edit has no parts.".to_owned() });
    }
    let mut body = text.body().to_owned();
    let mut exists = text.exists();
    for (index, block) in blocks.iter().enumerate() {
        let number = index + 1;
        let replace = without_returns(&block.replace);
        let Some(search) = &block.search else {
            body = whole(&body, &replace);
            exists = true;
            continue;
        };
        let search = without_returns(search);
        if !exists && !search.trim().is_empty() {
            return Err(Refusal::Missing);
        }
        let reading = reading(&body, block, &search);
        let (search, replace) = match &reading {
            Some((search, replace)) => {
                notes.push(Note::Separator { piece: number });
                (search.as_str(), replace.as_str())
            }
            None => (search.as_ref(), replace.as_ref()),
        };
        let piece = Piece { number, search, replace, times: block.times, emptied: block.emptied };
        body = one(&body, &piece, notes)?;
        exists = true;
    }
    Ok(body)
}

/// A whole new content keeps the last newline, or gets one.
fn whole(body: &str, replace: &str) -> String {
    let wants = body.is_empty() || body.ends_with('\n');
    if wants && !replace.is_empty() && !replace.ends_with('\n') { format!("{replace}\n") } else { replace.to_owned() }
}

/// The longest other reading of a block that is in the file letter by letter.
fn reading(body: &str, block: &Block, search: &str) -> Option<(String, String)> {
    block
        .readings
        .iter()
        .map(|reading| (without_returns(&reading.search).into_owned(), without_returns(&reading.replace).into_owned()))
        .filter(|(other, _)| other.len() > search.len() && body.contains(other.as_str()))
        .max_by_key(|(other, _)| other.len())
}

/// `body` with one piece replaced.
pub(super) fn one(body: &str, piece: &Piece<'_>, notes: &mut Vec<Note>) -> Result<String, Refusal> {
    let appends = piece.search.trim().is_empty() && (piece.search.is_empty() || piece.search.contains('\n'));
    if appends {
        notes.push(Note::Appended { piece: piece.number });
        return Ok(appended(body, piece.replace));
    }
    let places = literal::places(body, piece.search);
    match (places.len(), piece.times) {
        (0, _) => loosely(body, piece, notes),
        (1, _) => replaced(body, piece.search, piece, &places),
        (_, Times::Once) => {
            Err(Refusal::Several { piece: piece.number, search: piece.search.to_owned(), lines: literal::lines(body, &places) })
        }
        (_, Times::Every) => {
            notes.push(Note::Every { piece: piece.number, lines: literal::lines(body, &places) });
            replaced(body, piece.search, piece, &places)
        }
    }
}

fn appended(body: &str, text: &str) -> String {
    let ended = body.is_empty() || body.ends_with('\n');
    let (between, end) = match (ended, text.is_empty() || text.ends_with('\n')) {
        (true, true) => ("", ""),
        (true, false) => ("", "\n"),
        (false, _) => ("\n", ""),
    };
    format!("{body}{between}{text}{end}")
}

fn replaced(body: &str, search: &str, piece: &Piece<'_>, places: &[usize]) -> Result<String, Refusal> {
    let size = body.len().saturating_add(piece.replace.len().saturating_mul(places.len()));
    if size > MAX_RESULT_BYTES * 2 {
        return Err(Refusal::TooLarge { bytes: size, limit: MAX_RESULT_BYTES });
    }
    let mut text = String::with_capacity(size);
    let mut from = 0;
    for place in places {
        text.push_str(&body[from..*place]);
        text.push_str(piece.replace);
        from = end(body, *place, search.len(), piece);
    }
    text.push_str(&body[from..]);
    Ok(text)
}

/// Where a replaced piece ends: after its newline when whole lines give way to nothing.
fn end(body: &str, start: usize, length: usize, piece: &Piece<'_>) -> usize {
    let bytes = body.as_bytes();
    let end = start + length;
    let whole_lines = (start == 0 || bytes[start - 1] == b'\n') && bytes.get(end) == Some(&b'\n');
    if piece.emptied == Emptied::Gone && piece.replace.is_empty() && whole_lines { end + 1 } else { end }
}

fn loosely(body: &str, piece: &Piece<'_>, notes: &mut Vec<Note>) -> Result<String, Refusal> {
    for (search, replace) in fuzzy::unescaped(piece.search, piece.replace) {
        let places = literal::at_line_starts(body, &search);
        let Some(last) = places.last() else {
            continue;
        };
        let lines = literal::lines(body, &places);
        let line = chosen(piece, &lines, notes)?;
        notes.push(Note::Unescaped { piece: piece.number, line });
        let plain = Piece { search: &search, replace: &replace, ..*piece };
        return replaced(body, &search, &plain, &[*last]);
    }
    let text = Lines::of(body);
    let search = fuzzy::pieces(piece.search);
    let ranges = fuzzy::by_line(&text.all, &search);
    let Some(last) = ranges.last() else {
        let nearest = nearest::candidates(body, piece.search);
        return Err(Refusal::NoMatch { piece: piece.number, search: piece.search.to_owned(), nearest });
    };
    let lines: Vec<usize> = ranges.iter().map(|range| range.start + 1).collect();
    let line = chosen(piece, &lines, notes)?;
    notes.push(Note::Indentation { piece: piece.number, line });
    let new = fuzzy::indented(&fuzzy::pieces(piece.replace), &search, &text.all[last.clone()]);
    let mut all = text.all[..last.start].to_vec();
    all.extend(new.iter().map(String::as_str));
    all.extend(&text.all[last.end..]);
    Ok(Lines { all, ended: text.ended }.join())
}

/// The last of several places, told; or a refusal where only one may be.
fn chosen(piece: &Piece<'_>, lines: &[usize], notes: &mut Vec<Note>) -> Result<usize, Refusal> {
    if lines.len() > 1 {
        match piece.times {
            Times::Once => {
                return Err(Refusal::Several { piece: piece.number, search: piece.search.to_owned(), lines: lines.to_vec() });
            }
            Times::Every => notes.push(Note::Last { piece: piece.number, lines: lines.to_vec() }),
        }
    }
    Ok(lines.last().copied().unwrap_or(1))
}
