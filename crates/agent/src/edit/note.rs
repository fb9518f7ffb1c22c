//! What a person must know of a change besides its difference: where a piece was found by looking past differences, in several
//! places, or elsewhere than it was said to be. A note never changes what is written.

use std::fmt;

use serde_json::{Value, json};

/// A note on one piece of an edit. Pieces and lines count from 1; lines are those of the text the piece met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The piece occurs more than once, and every occurrence was replaced.
    Every {
        /// Which piece.
        piece: usize,
        /// Where it occurs.
        lines: Vec<usize>,
    },
    /// An expression that finds nothing was taken as plain text.
    Literal {
        /// Which piece.
        piece: usize,
    },
    /// Found only after its escapes were taken back; those of the replacement were, too.
    Unescaped {
        /// Which piece.
        piece: usize,
        /// Where it was found.
        line: usize,
    },
    /// Found only by ignoring indentation and blank lines; the replacement was indented anew.
    Indentation {
        /// Which piece.
        piece: usize,
        /// Where it was found.
        line: usize,
    },
    /// Several places were equally good, and the last was taken.
    Last {
        /// Which piece.
        piece: usize,
        /// The places.
        lines: Vec<usize>,
    },
    /// The piece is blank, so the replacement was put at the end.
    Appended {
        /// Which piece.
        piece: usize,
    },
    /// A hunk stands elsewhere than it says.
    Moved {
        /// Which piece.
        piece: usize,
        /// The line it says.
        said: usize,
        /// The line it was found at.
        line: usize,
    },
    /// Lines of the block's own text look like its separator; this reading is in the file.
    Separator {
        /// Which piece.
        piece: usize,
    },
}

impl Note {
    /// Whether the piece was found only by looking past differences.
    pub fn is_fuzzy(&self) -> bool {
        match self {
            Self::Literal { .. } | Self::Unescaped { .. } | Self::Indentation { .. } | Self::Last { .. } => true,
            Self::Every { .. } | Self::Appended { .. } | Self::Moved { .. } | Self::Separator { .. } => false,
        }
    }

    /// The kind, for those that ask by name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Every { .. } => "every",
            Self::Literal { .. } => "literal",
            Self::Unescaped { .. } => "unescaped",
            Self::Indentation { .. } => "indentation",
            Self::Last { .. } => "last",
            Self::Appended { .. } => "appended",
            Self::Moved { .. } => "moved",
            Self::Separator { .. } => "separator",
        }
    }

    /// `{kind, fuzzy, text}`.
    pub fn to_value(&self) -> Value {
        json!({ "kind": self.kind(), "fuzzy": self.is_fuzzy(), "text": self.to_string() })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every { piece, lines } => {
                write!(f, "Edit {piece} was applied in {} places: {}.", lines.len(), listed(lines))
            }
            Self::Literal { piece } => write!(f, "Edit {piece} finds nothing as an expression and was taken as plain text."),
            Self::Unescaped { piece, line } => {
                write!(f, "Edit {piece} was found at line {line} only after its escapes were taken back, there and in the new text.")
            }
            Self::Indentation { piece, line } => {
                write!(
                    f,
                    "Edit {piece} was found at line {line} only by ignoring indentation and blank lines; the new text was indented to fit."
                )
            }
            Self::Last { piece, lines } => {
                write!(f, "Edit {piece} fits in {} places, {}; the last was taken.", lines.len(), listed(lines))
            }
            Self::Appended { piece } => write!(f, "Edit {piece} looks for nothing, so its text was put at the end."),
            Self::Moved { piece, said, line } => write!(f, "Hunk {piece} says line {said} and was found at line {line}."),
            Self::Separator { piece } => write!(f, "Edit {piece} has more than one separator; the reading that is in the file was taken."),
        }
    }
}

/// `line 4`, `lines 4, 9 and 12`, with the middle of long lists left out and counted.
pub(super) fn listed(lines: &[usize]) -> String {
    const SHOWN: usize = 20;
    let mut words: Vec<String> = lines.iter().take(SHOWN).map(ToString::to_string).collect();
    if lines.len() > SHOWN {
        words.push(format!("{} more", lines.len() - SHOWN));
    }
    match words.split_last() {
        None => "no line".to_owned(),
        Some((only, [])) => format!("line {only}"),
        Some((last, rest)) => format!("lines {} and {last}", rest.join(", ")),
    }
}
