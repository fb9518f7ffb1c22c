//! From HTML's tokens to pieces that nest: every beginning has its end, whatever the page forgot or mixed up. What no reader sees is
//! left out.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::element::{Element, Ends, is_void, of_name};

/// How many elements may be open at once; deeper ones are read as if their tags were not there.
const DEPTH: usize = 256;
/// How far back a forgotten end is looked for.
const LOOK_BACK: usize = 32;
/// The longest title and address that are kept, in bytes.
const LONGEST: usize = 2048;

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Begin(Element),
    /// The end of the innermost element that is open.
    End(Element),
    /// A link's target, right after its beginning.
    Target(String),
    /// An image's words.
    Words(String),
    Text(String),
}

/// A page, read.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) title: String,
    /// What addresses in it are relative to, when it says so.
    pub(super) base: Option<String>,
    pub(super) pieces: Vec<Piece>,
}

/// Reads a page.
pub(super) fn read(html: &str) -> Outline {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
        match token {
            Token::StartTag(tag) => reader.begin(&tag),
            Token::EndTag(tag) => reader.end(&tag.name),
            Token::String(text) => reader.text(&text),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    while !reader.open.is_empty() {
        reader.close_last();
    }
    reader.outline
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    /// Names and meanings of what is open, the innermost last.
    open: Vec<(Vec<u8>, Element)>,
    /// How many of them drop what is within.
    dropping: usize,
    /// How many began deeper than that and have not ended.
    beyond: usize,
    /// Whether what is read is the page's title.
    in_title: bool,
}

impl Reader {
    fn begin(&mut self, tag: &StartTag<()>) {
        let name = tag.name.as_slice();
        let element = self.meaning(tag);
        // A page's frame begins once; a second one is a mistake that would nest everything.
        let is_frame = matches!(name, b"html" | b"body");
        if is_frame && self.open.iter().take(4).any(|(open, _)| open.as_slice() == name) {
            return;
        }
        if element == Element::Base {
            self.outline.base = self.outline.base.take().or_else(|| attribute(tag, b"href"));
            return;
        }
        // A head ends where a body begins, said or not.
        if self.open.last().is_some_and(|(open, _)| open == b"head") && is_of_body(name, element) {
            self.close_last();
        }
        self.end_forgotten(element);
        let (is_hidden, pieces) = (self.dropping > 0, &mut self.outline.pieces);
        if element == Element::Image {
            let words = attribute(tag, b"alt").filter(|alt| !is_hidden && !alt.trim().is_empty());
            pieces.extend(words.map(Piece::Words));
        } else if matches!(element, Element::Break | Element::Rule) {
            pieces.extend([Piece::Begin(element), Piece::End(element)].into_iter().filter(|_| !is_hidden));
        } else if !(is_void(name) || (tag.self_closing && self.in_drawing())) {
            self.push(name, element, attribute(tag, b"href").filter(|_| element == Element::Link));
        }
    }

    fn push(&mut self, name: &[u8], element: Element, target: Option<String>) {
        if self.open.len() >= DEPTH && (element != Element::Dropped || self.open.len() >= 2 * DEPTH) {
            self.beyond += 1;
            return;
        }
        if element == Element::Dropped {
            self.dropping += 1;
        }
        self.in_title = element == Element::Title && self.outline.title.is_empty() && !self.in_drawing();
        self.open.push((name.to_owned(), element));
        if self.dropping == 0 && element != Element::Title {
            self.outline.pieces.push(Piece::Begin(element));
            self.outline.pieces.extend(target.map(Piece::Target));
        }
    }

    fn close_last(&mut self) {
        let Some((_, element)) = self.open.pop() else { return };
        if self.dropping == 0 && element != Element::Title {
            self.outline.pieces.push(Piece::End(element));
        }
        if element == Element::Dropped {
            self.dropping -= 1;
        }
        self.in_title = false;
    }

    /// Ends the innermost element of that name, and what was left open in it; an end without a beginning is passed over.
    fn end(&mut self, name: &[u8]) {
        if name == b"p" && !self.open.iter().any(|(open, _)| open == b"p") {
            return;
        }
        if self.beyond > 0 && self.open.last().is_none_or(|(open, _)| open.as_slice() != name) {
            self.beyond -= 1;
            return;
        }
        let element = of_name(name);
        let in_line = element.is_inline();
        for (back, (open, meaning)) in self.open.iter().rev().enumerate() {
            if open.as_slice() == name {
                for _ in 0..=back {
                    self.close_last();
                }
                return;
            }
            // The end of a line's part ends no block, and what is in a cell ends nothing outside of it.
            let is_wall = if *meaning == Element::Cell {
                !matches!(element, Element::Row | Element::Table) && !matches!(name, b"tbody" | b"thead" | b"tfoot")
            } else if *meaning == Element::Table {
                element != Element::Table
            } else {
                (in_line && !meaning.is_inline()) || (element == Element::Paragraph && back > LOOK_BACK)
            };
            if is_wall {
                return;
            }
        }
    }

    fn text(&mut self, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        if self.in_title {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let end = words.floor_char_boundary(LONGEST);
            self.outline.title.push_str(&words[..end]);
        } else if self.dropping == 0 && !text.is_empty() {
            match self.outline.pieces.last_mut() {
                Some(Piece::Text(before)) => before.push_str(&text),
                _ => self.outline.pieces.push(Piece::Text(text.into_owned())),
            }
        }
    }

    /// Ends what the page forgot to end before this.
    fn end_forgotten(&mut self, element: Element) {
        if element.ends_paragraph() {
            let found = self.open.iter().rev().take(LOOK_BACK).take_while(|(_, open)| !is_wall_of_paragraphs(*open));
            let found = found.enumerate().find(|(_, (name, _))| name == b"p").map(|(back, _)| back);
            self.close(found);
        }
        let mut found = None;
        for (back, (_, open)) in self.open.iter().rev().take(LOOK_BACK).enumerate() {
            match element.ends(*open) {
                Ends::Yes => found = Some(back),
                Ends::No => {}
                Ends::Wall => break,
            }
            // A row ends its cell and the row before, everything else only one.
            if found.is_some() && element != Element::Row {
                break;
            }
        }
        self.close(found);
    }

    fn close(&mut self, back: Option<usize>) {
        for _ in 0..back.map_or(0, |back| back + 1) {
            self.close_last();
        }
    }

    /// Whether a drawing or formula is being read, where tags that end themselves do so.
    fn in_drawing(&self) -> bool {
        self.dropping > 0 && self.open.iter().any(|(name, _)| name == b"svg" || name == b"math")
    }

    fn meaning(&self, tag: &StartTag<()>) -> Element {
        let element = of_name(&tag.name);
        if matches!(element, Element::Dropped | Element::Title | Element::Base) || matches!(tag.name.as_slice(), b"html" | b"body") {
            return element;
        }
        if is_hidden(tag) { Element::Dropped } else { attribute(tag, b"role").map_or(element, |role| element.with_role(&role)) }
    }
}

fn is_wall_of_paragraphs(open: Element) -> bool {
    matches!(open, Element::Table | Element::Cell | Element::Item | Element::Quote | Element::Main | Element::Article)
}

fn is_of_body(name: &[u8], element: Element) -> bool {
    name == b"body" || !matches!(element, Element::Inline | Element::Dropped | Element::Title | Element::Base)
}

/// Whether no reader would see it.
fn is_hidden(tag: &StartTag<()>) -> bool {
    let style = || attribute(tag, b"style").map(|style| style.to_ascii_lowercase().split_whitespace().collect::<String>());
    tag.attributes.contains_key(b"hidden".as_slice())
        || attribute(tag, b"aria-hidden").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || style().is_some_and(|style| style.contains("display:none") || style.contains("visibility:hidden"))
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    let value = tag.attributes.get(name)?;
    (value.len() <= LONGEST).then(|| String::from_utf8_lossy(value).into_owned())
}
