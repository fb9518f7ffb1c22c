//! What an element means for a reader: a flat table of names.

/// What an element does to the text within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// Nothing that concerns the text.
    Inline,
    /// Begins on a line of its own.
    Block,
    /// Is set apart by an empty line.
    Paragraph,
    Heading(u8),
    Quote,
    List {
        ordered: bool,
    },
    Item,
    Term,
    Meaning,
    Pre,
    Code,
    Table,
    Row,
    Cell,
    Link,
    Image,
    Break,
    Rule,
    /// The page's content, as it says itself.
    Main,
    Article,
    /// What surrounds the content: menus, mastheads, footers.
    Surrounding,
    /// Begins a part; within the content it is a block.
    Header,
    Title,
    Base,
    /// Never text for a reader.
    Dropped,
}

/// What an element of that name is.
pub(super) fn of_name(name: &[u8]) -> Element {
    match name {
        b"main" => Element::Main,
        b"article" => Element::Article,
        b"nav" | b"aside" | b"footer" | b"menu" => Element::Surrounding,
        b"header" => Element::Header,
        b"h1" => Element::Heading(1),
        b"h2" => Element::Heading(2),
        b"h3" => Element::Heading(3),
        b"h4" => Element::Heading(4),
        b"h5" => Element::Heading(5),
        b"h6" => Element::Heading(6),
        b"p" => Element::Paragraph,
        b"blockquote" => Element::Quote,
        b"ul" | b"dir" => Element::List { ordered: false },
        b"ol" => Element::List { ordered: true },
        b"li" => Element::Item,
        b"dl" | b"figure" | b"details" => Element::Paragraph,
        b"dt" => Element::Term,
        b"dd" => Element::Meaning,
        b"pre" | b"listing" | b"xmp" | b"plaintext" => Element::Pre,
        b"code" | b"kbd" | b"samp" | b"tt" => Element::Code,
        b"table" => Element::Table,
        b"tr" => Element::Row,
        b"td" | b"th" => Element::Cell,
        b"a" => Element::Link,
        b"img" => Element::Image,
        b"br" => Element::Break,
        b"hr" => Element::Rule,
        b"title" => Element::Title,
        b"base" => Element::Base,
        b"html" | b"body" | b"div" | b"section" | b"address" | b"fieldset" | b"form" | b"figcaption" | b"summary" | b"center"
        | b"hgroup" | b"thead" | b"tbody" | b"tfoot" | b"caption" | b"legend" | b"dialog" | b"search" | b"optgroup" | b"frameset"
        | b"noframes" => Element::Block,
        b"head" | b"script" | b"style" | b"noscript" | b"template" | b"svg" | b"math" | b"iframe" | b"object" | b"embed" | b"canvas"
        | b"audio" | b"video" | b"map" | b"select" | b"datalist" | b"textarea" | b"button" | b"noembed" | b"applet" | b"progress"
        | b"meter" => Element::Dropped,
        _ => Element::Inline,
    }
}

/// Whether an element has no end.
pub(super) fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"area"
            | b"base"
            | b"br"
            | b"col"
            | b"embed"
            | b"hr"
            | b"img"
            | b"input"
            | b"link"
            | b"meta"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

impl Element {
    /// What an element is by the role its author gave it.
    pub(super) fn with_role(self, role: &str) -> Self {
        match role.trim().to_ascii_lowercase().as_str() {
            "main" => Self::Main,
            "article" => Self::Article,
            "navigation" | "banner" | "contentinfo" | "complementary" | "search" | "menu" | "menubar" | "toolbar" => Self::Surrounding,
            _ => self,
        }
    }

    /// Whether it is part of a line, so that its end closes nothing but lines' parts.
    pub(super) fn is_inline(self) -> bool {
        matches!(self, Self::Inline | Self::Code | Self::Link | Self::Image | Self::Break)
    }

    /// Whether it ends a paragraph left open.
    pub(super) fn ends_paragraph(self) -> bool {
        !self.is_inline() && !matches!(self, Self::Title | Self::Base | Self::Dropped | Self::Row | Self::Cell)
    }

    /// The elements left open that this one's beginning ends, and where looking for them stops.
    pub(super) fn ends(self, open: Self) -> Ends {
        let (own, wall) = if self == Self::Row {
            (matches!(open, Self::Row | Self::Cell), open == Self::Table)
        } else if self == Self::Cell {
            (open == Self::Cell, open == Self::Table)
        } else if self == Self::Item {
            (open == Self::Item, matches!(open, Self::List { .. } | Self::Table | Self::Cell))
        } else {
            let own = matches!(
                (self, open),
                (Self::Term | Self::Meaning, Self::Term | Self::Meaning) | (Self::Heading(_), Self::Heading(_)) | (Self::Link, Self::Link)
            );
            (own, matches!(open, Self::Table | Self::Cell | Self::Item | Self::Main | Self::Article))
        };
        match (own, wall) {
            (true, _) => Ends::Yes,
            (false, true) => Ends::Wall,
            (false, false) => Ends::No,
        }
    }
}

/// Whether the beginning of one element ends an open one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Yes,
    No,
    /// No, and neither does it end anything further out.
    Wall,
}
