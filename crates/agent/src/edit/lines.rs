//! A text as lines and whether the last one is ended, and where lines stand in others. It only takes apart, looks and puts together.

/// A text, line by line, without the newlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lines<'a> {
    pub(super) all: Vec<&'a str>,
    pub(super) ended: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        if text.is_empty() {
            return Self { all: Vec::new(), ended: true };
        }
        let ended = text.ends_with('\n');
        let all = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
        Self { all, ended }
    }

    pub(super) fn join(&self) -> String {
        let mut text = self.all.join("\n");
        if self.ended && !self.all.is_empty() {
            text.push('\n');
        }
        text
    }
}

/// Where `wanted` stand in `lines`, one after the other: the first line of each place, from the front, also where places overlap. No line
/// is compared again and again, however alike the lines are: the work grows with both texts, not with their product.
pub(super) fn runs<L: AsRef<str>>(lines: &[L], wanted: &[&str]) -> Vec<usize> {
    let mut places = Vec::new();
    let (Some(last), border) = (wanted.len().checked_sub(1), borders(wanted)) else { return places };
    let mut fitting = 0;
    for (at, line) in lines.iter().enumerate() {
        while fitting > 0 && wanted[fitting] != line.as_ref() {
            fitting = border[fitting - 1];
        }
        if wanted[fitting] == line.as_ref() {
            fitting += 1;
        }
        if fitting == wanted.len() {
            places.push(at - last);
            fitting = border[last];
        }
    }
    places
}

/// For each line, how many lines up to and with it are also the first ones: what still fits where the next one does not.
fn borders(wanted: &[&str]) -> Vec<usize> {
    let mut border = vec![0; wanted.len()];
    let mut fitting = 0;
    for at in 1..wanted.len() {
        while fitting > 0 && wanted[fitting] != wanted[at] {
            fitting = border[fitting - 1];
        }
        if wanted[fitting] == wanted[at] {
            fitting += 1;
        }
        border[at] = fitting;
    }
    border
}

/// What a line begins with: spaces and tabs.
pub(super) fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
