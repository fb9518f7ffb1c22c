//! Which part of a page is its content: what it calls so itself when that holds enough of its text, else everything but menus,
//! mastheads and footers.

use super::element::Element;
use super::outline::Piece;

/// Characters that are a content by themselves.
const ENOUGH: usize = 250;

/// A part that may be the content.
#[derive(Clone, Copy, Debug)]
struct Part {
    element: Element,
    from: usize,
    to: usize,
    /// Characters a reader would see.
    seen: usize,
}

/// The pieces to be rendered.
pub(super) fn content(pieces: &[Piece]) -> Vec<&Piece> {
    let (parts, total) = measure(pieces);
    let longest = |wanted: Element| parts.iter().filter(|part| part.element == wanted).max_by_key(|part| part.seen);
    if let Some(main) = longest(Element::Main).filter(|part| part.seen >= ENOUGH || part.seen * 3 >= total) {
        return within(&pieces[main.from..main.to]);
    }
    let articles: Vec<&Part> = parts.iter().filter(|part| part.element == Element::Article).collect();
    if let [article] = articles.as_slice()
        && (article.seen >= ENOUGH * 2 || article.seen * 2 >= total)
    {
        return within(&pieces[article.from..article.to]);
    }
    let whole = within(pieces);
    let kept: usize = whole.iter().map(|piece| visible(piece)).sum();
    // A page that is nothing but its surroundings is read whole.
    if kept == 0 { pieces.iter().collect() } else { whole }
}

/// The parts that call themselves content, outermost articles only, and how much a reader would see altogether.
fn measure(pieces: &[Piece]) -> (Vec<Part>, usize) {
    let mut parts = Vec::new();
    let mut open: Vec<Part> = Vec::new();
    let (mut seen, mut surrounded) = (0, 0_usize);
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Begin(element @ (Element::Main | Element::Article)) => open.push(Part { element: *element, from: at, to: at, seen }),
            Piece::End(Element::Main | Element::Article) => {
                let Some(part) = open.pop() else { continue };
                let is_nested = part.element == Element::Article && open.iter().any(|outer| outer.element == Element::Article);
                if !is_nested {
                    parts.push(Part { to: at + 1, seen: seen - part.seen, ..part });
                }
            }
            Piece::Begin(Element::Surrounding) => surrounded += 1,
            Piece::End(Element::Surrounding) => surrounded = surrounded.saturating_sub(1),
            Piece::Begin(_) | Piece::End(_) | Piece::Target(_) | Piece::Words(_) | Piece::Text(_) if surrounded == 0 => {
                seen += visible(piece)
            }
            Piece::Begin(_) | Piece::End(_) | Piece::Target(_) | Piece::Words(_) | Piece::Text(_) => {}
        }
    }
    (parts, seen)
}

fn visible(piece: &Piece) -> usize {
    match piece {
        Piece::Text(text) => text.split_whitespace().map(str::len).sum(),
        Piece::Begin(_) | Piece::End(_) | Piece::Target(_) | Piece::Words(_) => 0,
    }
}

/// A part without what surrounds content; a header is that only outside of content.
fn within(pieces: &[Piece]) -> Vec<&Piece> {
    let mut kept = Vec::new();
    let (mut left_out, mut inside) = (0_usize, 0_usize);
    for piece in pieces {
        let is_left_out = |element: &Element| *element == Element::Surrounding || (*element == Element::Header && inside == 0);
        match piece {
            Piece::Begin(element) if left_out > 0 || is_left_out(element) => left_out += 1,
            Piece::End(_) if left_out > 0 => left_out -= 1,
            Piece::Target(_) | Piece::Words(_) | Piece::Text(_) if left_out > 0 => {}
            Piece::Begin(Element::Main | Element::Article) => {
                inside += 1;
                kept.push(piece);
            }
            Piece::End(Element::Main | Element::Article) => {
                inside = inside.saturating_sub(1);
                kept.push(piece);
            }
            Piece::Begin(_) | Piece::End(_) | Piece::Target(_) | Piece::Words(_) | Piece::Text(_) => kept.push(piece),
        }
    }
    kept
}
