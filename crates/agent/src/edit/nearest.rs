//! What in a file resembles a piece that is not in it, so that the one who asked can mend the edit. It only looks.

use super::refusal::Candidate;

/// Places that are told.
const MAX_CANDIDATES: usize = 3;
/// Percent below which nothing is alike.
const MIN_LIKENESS: usize = 45;
/// Lines of the piece that are compared.
const MAX_PIECE_LINES: usize = 12;
/// Lines of the file that are looked at.
const MAX_FILE_LINES: usize = 20_000;
/// Characters of a line that are compared.
const MAX_LINE_CHARS: usize = 160;
/// Characters of a candidate that are told.
const MAX_TEXT_CHARS: usize = 2000;

/// The places of `body` most like `search`, the likest first.
pub(super) fn candidates(body: &str, search: &str) -> Vec<Candidate> {
    let wanted: Vec<Vec<u32>> = search.lines().filter(|line| !line.trim().is_empty()).take(MAX_PIECE_LINES).map(pairs).collect();
    let lines: Vec<&str> = body.lines().take(MAX_FILE_LINES).collect();
    let full: Vec<(usize, Vec<u32>)> =
        lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(at, line)| (at, pairs(line))).collect();
    if wanted.is_empty() || full.is_empty() {
        return Vec::new();
    }
    let width = wanted.len().min(full.len());
    let mut scored: Vec<(usize, usize, usize)> = full
        .windows(width)
        .map(|window| {
            let sum: usize = window.iter().zip(&wanted).map(|((_, line), wanted)| alike(line, wanted)).sum();
            (sum / wanted.len(), window[0].0, window[width - 1].0)
        })
        .filter(|(likeness, ..)| *likeness >= MIN_LIKENESS)
        .collect();
    scored.sort_by_key(|(likeness, first, _)| (usize::MAX - likeness, *first));
    let mut chosen: Vec<(usize, usize, usize)> = Vec::new();
    for place in scored {
        if chosen.len() == MAX_CANDIDATES {
            break;
        }
        if chosen.iter().all(|(_, first, last)| place.2 < *first || place.1 > *last) {
            chosen.push(place);
        }
    }
    chosen.into_iter().map(|(likeness, first, last)| candidate(likeness, &lines[first..=last], first)).collect()
}

fn candidate(likeness: usize, lines: &[&str], first: usize) -> Candidate {
    let text = lines.join("\n").chars().take(MAX_TEXT_CHARS).collect();
    Candidate { line: first + 1, text, likeness: u8::try_from(likeness).unwrap_or(100) }
}

/// The pairs of neighbouring letters of a line, sorted.
fn pairs(line: &str) -> Vec<u32> {
    let chars: Vec<char> = line.trim().chars().take(MAX_LINE_CHARS).collect();
    let mut pairs: Vec<u32> = match chars.as_slice() {
        [only] => vec![*only as u32],
        chars => chars.windows(2).map(|pair| (pair[0] as u32).wrapping_mul(0x1_0001).wrapping_add(pair[1] as u32)).collect(),
    };
    pairs.sort_unstable();
    pairs
}

/// Dice's coefficient of two lines, in percent.
fn alike(left: &[u32], right: &[u32]) -> usize {
    let (mut at, mut other, mut common) = (0, 0, 0);
    while at < left.len() && other < right.len() {
        match left[at].cmp(&right[other]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => other += 1,
            std::cmp::Ordering::Equal => (at, other, common) = (at + 1, other + 1, common + 1),
        }
    }
    match left.len() + right.len() {
        0 => 0,
        total => 200 * common / total,
    }
}
