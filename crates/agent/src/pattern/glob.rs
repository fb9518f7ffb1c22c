//! Globs over paths (entries §3.5): anchored at both ends, case-sensitive, dotfiles included, no braces, no extended forms. `*` and
//! `?` stay within a segment, `**` does not; right after `://` a single `*` does not either. A class never fits a slash.

use std::ops::Range;

use fancy_regex::{Regex, RegexBuilder};

/// Bytes a glob may have.
pub const MAX_BYTES: usize = 4096;
const MAX_COMPILED_BYTES: usize = 4 << 20;

/// A glob, ready to be used.
#[derive(Clone, Debug)]
pub struct Glob {
    whole: Regex,
    part: Regex,
}

/// Whether a text is meant as a glob: `**`, or `*` or `?` behind neither a dot nor a backslash.
pub fn looks_like_one(text: &str) -> bool {
    let bytes = text.as_bytes();
    let wild = |at: usize| matches!(bytes[at], b'*' | b'?') && !(at > 0 && matches!(bytes[at - 1], b'.' | b'\\'));
    text.contains("**") || (0..bytes.len()).any(wild)
}

impl Glob {
    /// Reads a glob; the error says why it is none.
    pub fn parse(glob: &str) -> Result<Self, String> {
        if glob.len() > MAX_BYTES {
            return Err(format!("a glob may have {MAX_BYTES} bytes"));
        }
        let source = translated(glob);
        let build = |source: &str| {
            RegexBuilder::new(source)
                .dot_matches_new_line(true)
                .delegate_size_limit(MAX_COMPILED_BYTES)
                .build()
                .map_err(|error| error.to_string())
        };
        Ok(Self { whole: build(&format!("\\A(?:{source})\\z"))?, part: build(&source)? })
    }

    /// Whether the whole of `path` fits.
    pub fn matches(&self, path: &str) -> bool {
        self.whole.is_match(path).unwrap_or(false)
    }

    /// The first part of a text that fits and is not empty.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        let found = self.part.find(text).ok()??;
        (found.end() > found.start()).then(|| found.start()..found.end())
    }
}

fn translated(glob: &str) -> String {
    let chars: Vec<char> = glob.chars().collect();
    let mut out = String::with_capacity(glob.len() * 2);
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            '*' => at = star(&mut out, &chars, at),
            '?' => {
                out.push_str("[^/]");
                at += 1;
            }
            '[' => at = class(&mut out, &chars, at),
            '\\' if at + 1 < chars.len() => {
                plain(&mut out, chars[at + 1]);
                at += 2;
            }
            char => {
                plain(&mut out, char);
                at += 1;
            }
        }
    }
    out
}

fn plain(out: &mut String, char: char) {
    if char.is_ascii_punctuation() && !matches!(char, '<' | '>' | '_') || char == ' ' {
        out.push('\\');
    }
    out.push(char);
}

fn star(out: &mut String, chars: &[char], at: usize) -> usize {
    let end = at + chars[at..].iter().take_while(|char| **char == '*').count();
    let begins = at == 0 || chars[at - 1] == '/';
    let ends = end == chars.len() || chars[end] == '/';
    let after_scheme = at >= 3 && chars[at - 3..at] == [':', '/', '/'];
    match (end - at > 1, begins && ends) {
        (false, _) if after_scheme => out.push_str(".*"),
        (false, true) => out.push_str("[^/]+"),
        (true, true) if end < chars.len() => {
            out.push_str("(?:.*/)?");
            return end + 1;
        }
        (true, true) => out.push_str(if at == 0 || after_scheme { ".*" } else { ".+" }),
        (_, false) => out.push_str("[^/]*"),
    }
    end
}

/// A class, or a bracket where none is closed.
fn class(out: &mut String, chars: &[char], at: usize) -> usize {
    let negated = matches!(chars.get(at + 1), Some('!' | '^'));
    let begin = at + 1 + usize::from(negated);
    let close = (begin + 1..chars.len()).find(|index| chars[*index] == ']');
    let Some(close) = close else {
        out.push_str("\\[");
        return at + 1;
    };
    let (mut members, mut index) = (String::new(), begin);
    while index < close {
        let ranged = index + 2 < close && chars[index + 1] == '-' && chars[index] <= chars[index + 2];
        member(&mut members, chars[index]);
        if ranged {
            members.push('-');
            member(&mut members, chars[index + 2]);
        }
        index += if ranged { 3 } else { 1 };
    }
    // Kept from slashes by looking ahead, so that a range like [+-9] cannot reach over one.
    out.push_str(&if negated { format!("[^/{members}]") } else { format!("(?!/)[{members}]") });
    close + 1
}

fn member(out: &mut String, char: char) {
    if matches!(char, '\\' | '[' | ']' | '^' | '-' | '&' | '~') {
        out.push('\\');
    }
    out.push(char);
}
