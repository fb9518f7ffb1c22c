//! From pieces to text: headings, lists, quotes, code and links in Markdown's marks, table rows as lines, everything else as plain
//! paragraphs.

use std::collections::HashSet;

use reqwest::Url;

use super::element::Element;
use super::outline::Piece;

/// Links that are listed.
const LINKS: usize = 200;
/// How deep lists and quotes are shown; deeper ones stand where that one does.
const DEPTH: usize = 12;
/// The longest line mark of code seen in the wild, and then some.
const FENCE: &str = "```";

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) links: Vec<String>,
    /// Whether it stopped before the end because there was enough.
    pub(super) stopped: bool,
}

/// Renders pieces until there are `limit` bytes of text.
pub(super) fn text(pieces: Vec<&Piece>, base: &Url, limit: usize) -> Rendered {
    let mut pen = Pen { base, ..Pen::new(base) };
    let mut stopped = false;
    for piece in pieces {
        if pen.out.len() > limit {
            stopped = true;
            break;
        }
        match piece {
            Piece::Begin(element) => pen.begin(*element),
            Piece::End(element) => pen.end(*element),
            Piece::Target(target) => pen.target(target),
            Piece::Words(words) => pen.image(words),
            Piece::Text(text) => pen.text(text),
        }
    }
    pen.out.truncate(pen.out.trim_end().len());
    Rendered { text: pen.out, links: pen.links, stopped }
}

/// What stands before each line of a list's item or a quote.
#[derive(Debug)]
struct Margin {
    /// For its first line, once.
    first: Option<String>,
    rest: &'static str,
}

/// Where a table is.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// Whether a cell of the row began.
    begun: bool,
    in_cell: bool,
}

/// A link being written.
#[derive(Debug)]
struct Link {
    target: String,
    /// Where its text begins.
    from: usize,
}

struct Pen<'a> {
    base: &'a Url,
    out: String,
    /// Line ends to be written before the next text.
    ends: u8,
    /// Whether white space stands between the last text and the next.
    space: bool,
    margins: Vec<Margin>,
    /// Margins not shown because they are too deep.
    deeper: usize,
    /// For each list that is open, the number of its next item, when it counts.
    lists: Vec<Option<u32>>,
    /// For each table that is open, the row it is at.
    rows: Vec<Row>,
    pre: usize,
    code: usize,
    link: Option<Link>,
    links: Vec<String>,
    listed: HashSet<String>,
}

impl<'a> Pen<'a> {
    fn new(base: &'a Url) -> Self {
        Self {
            base,
            out: String::new(),
            ends: 0,
            space: false,
            margins: Vec::new(),
            deeper: 0,
            lists: Vec::new(),
            rows: Vec::new(),
            pre: 0,
            code: 0,
            link: None,
            links: Vec::new(),
            listed: HashSet::new(),
        }
    }

    fn begin(&mut self, element: Element) {
        match element {
            Element::Block | Element::Main | Element::Article | Element::Header | Element::Surrounding => self.apart(1),
            Element::Paragraph | Element::Table => self.apart(2),
            Element::Heading(level) => {
                self.apart(2);
                self.word(&format!("{} ", "#".repeat(usize::from(level))));
            }
            Element::Quote => {
                self.apart(2);
                self.indent(Margin { first: None, rest: "> " });
            }
            Element::List { ordered } => {
                self.apart(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push(ordered.then_some(1));
            }
            Element::Item => self.item(),
            Element::Term => self.apart(1),
            Element::Meaning => {
                self.apart(1);
                self.indent(Margin { first: Some(": ".to_owned()), rest: "  " });
            }
            Element::Pre => self.fence(),
            Element::Code if self.pre == 0 => self.tick(),
            Element::Row => {
                self.apart(1);
                if let Some(row) = self.rows.last_mut() {
                    *row = Row::default();
                }
            }
            Element::Cell => self.cell(),
            Element::Break => self.line_end(),
            Element::Rule => {
                self.apart(2);
                self.word("---");
                self.apart(2);
            }
            Element::Code | Element::Link | Element::Inline | Element::Image | Element::Title | Element::Base | Element::Dropped => {}
        }
        if element == Element::Table {
            self.rows.push(Row::default());
        }
    }

    fn end(&mut self, element: Element) {
        match element {
            Element::Block | Element::Main | Element::Article | Element::Header | Element::Surrounding | Element::Term => self.apart(1),
            Element::Paragraph | Element::Heading(_) => self.apart(2),
            Element::Quote => {
                self.outdent();
                self.apart(2);
            }
            Element::List { .. } => {
                self.lists.pop();
                self.apart(if self.lists.is_empty() { 2 } else { 1 });
            }
            Element::Item | Element::Meaning => {
                self.outdent();
                self.apart(1);
            }
            Element::Pre => self.unfence(),
            Element::Code if self.pre == 0 => self.untick(),
            Element::Table => {
                self.rows.pop();
                self.apart(2);
            }
            Element::Row => self.apart(1),
            Element::Cell => {
                if let Some(row) = self.rows.last_mut() {
                    row.in_cell = false;
                }
            }
            Element::Link => self.link_end(),
            Element::Code | Element::Break | Element::Rule | Element::Inline | Element::Image => {}
            Element::Title | Element::Base | Element::Dropped => {}
        }
    }

    /// Lets the next text begin after so many line ends. Within a table's row, only what cannot be in a line breaks it.
    fn apart(&mut self, ends: u8) {
        if self.rows.last().is_some_and(|row| row.in_cell) && self.lists.is_empty() {
            self.space = true;
            return;
        }
        self.ends = self.ends.max(ends);
        self.space = false;
    }

    fn line_end(&mut self) {
        if self.pre > 0 {
            self.out.push('\n');
        } else if !self.out.is_empty() {
            self.ends = self.ends.max(1);
            self.space = false;
        }
    }

    fn indent(&mut self, margin: Margin) {
        if self.margins.len() < DEPTH { self.margins.push(margin) } else { self.deeper += 1 }
    }

    fn outdent(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else {
            self.margins.pop();
        }
    }

    fn item(&mut self) {
        self.apart(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            Some(None) | None => "- ".to_owned(),
        };
        self.indent(Margin { first: Some(mark), rest: "  " });
    }

    fn cell(&mut self) {
        let Some(row) = self.rows.last_mut() else { return };
        let is_first = !row.begun;
        *row = Row { begun: true, in_cell: true };
        if !is_first {
            self.space = false;
            self.word(" | ");
        }
    }

    /// Writes what is due before a text, then the text as it is.
    fn word(&mut self, text: &str) {
        if self.out.is_empty() {
            self.ends = 1;
        } else if self.ends > 0 {
            self.out.truncate(self.out.trim_end_matches(' ').len());
            for _ in 0..self.ends {
                self.out.push('\n');
            }
        }
        if self.ends > 0 {
            self.margin();
        } else if self.space && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
        self.ends = 0;
        self.space = false;
        self.out.push_str(text);
    }

    fn margin(&mut self) {
        for margin in &mut self.margins {
            match margin.first.take() {
                Some(first) => self.out.push_str(&first),
                None => self.out.push_str(margin.rest),
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            return self.verbatim(text);
        }
        // A space that does not break a line is a space for a reader, too.
        let is_space = |letter: char| letter.is_whitespace() || letter == '\u{a0}';
        self.space |= text.starts_with(is_space);
        for word in text.split(is_space).filter(|word| !word.is_empty()) {
            let clean: String = word.chars().filter(|letter| !letter.is_control()).collect();
            self.word(&clean);
            self.space = true;
        }
        self.space &= text.ends_with(is_space);
    }

    fn verbatim(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n");
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.out.push('\n');
                self.margin();
            }
            self.out.extend(line.chars().filter(|letter| !letter.is_control() || *letter == '\t'));
        }
    }

    fn fence(&mut self) {
        if self.pre == 0 {
            self.link = None;
            self.ends = self.ends.max(2);
            self.word(FENCE);
            self.out.push('\n');
            self.margin();
        }
        self.pre += 1;
    }

    fn unfence(&mut self) {
        self.pre = self.pre.saturating_sub(1);
        if self.pre == 0 {
            self.out.truncate(self.out.trim_end().len());
            self.ends = 1;
            self.word(FENCE);
            self.ends = 2;
        }
    }

    fn tick(&mut self) {
        self.code += 1;
        if self.code == 1 {
            self.word("`");
        }
    }

    fn untick(&mut self) {
        self.code = self.code.saturating_sub(1);
        if self.code == 0 {
            // The space before the mark belongs after it.
            let space = std::mem::take(&mut self.space);
            if self.out.ends_with('`') && self.ends == 0 {
                self.out.pop();
            } else {
                self.out.push('`');
            }
            self.space = space;
        }
    }

    fn target(&mut self, target: &str) {
        let resolved = self.base.join(target.trim()).ok();
        let url = resolved.filter(|url| matches!(url.scheme(), "http" | "https") && !target.trim().starts_with('#'));
        self.link = url.map(|url| Link { target: url.to_string(), from: self.out.len() });
    }

    fn link_end(&mut self) {
        let Some(Link { target, from }) = self.link.take().filter(|link| link.from <= self.out.len()) else { return };
        let written = &self.out[from..];
        let begins = from + (written.len() - written.trim_start().len());
        let words = written.trim_start().trim_end();
        if words.is_empty() {
            return;
        }
        let is_address = words == target || target.trim_end_matches('/') == words;
        if !is_address {
            // A line's margin was written with the first word.
            let begins = begins + words.find(|letter: char| !"-#>: ".contains(letter)).unwrap_or(0);
            let end = self.out.trim_end().len();
            self.out.truncate(end);
            if self.out[begins..].contains(['\n', '[']) {
                self.out.push_str(&format!(" <{target}>"));
            } else {
                self.out.insert(begins, '[');
                self.out.push_str(&format!("]({target})"));
            }
        }
        if self.links.len() < LINKS && self.listed.insert(target.clone()) {
            self.links.push(target);
        }
    }

    fn image(&mut self, words: &str) {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: String = words.chars().filter(|letter| !letter.is_control()).collect();
        self.word(&format!("(image: {words})"));
    }
}
