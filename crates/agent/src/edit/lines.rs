//! A text as lines and whether the last one is ended. It only takes apart and puts together.

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

/// What a line begins with: spaces and tabs.
pub(super) fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
