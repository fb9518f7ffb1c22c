//! What the reader had to mend, and the one line that tells the model.

use super::tool::Tool;

/// The way a call was written that is not a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Tags inside a `tool_code`, `tool_command`, `xml` or `json` fence.
    Fence,
    /// `<|tool_call>call:NAME{key:"value"}<tool_call|>`.
    Native,
    /// `{"name": …, "arguments": …}`.
    OpenAi,
    /// `<tool_use><name>…</name><input>…</input></tool_use>`.
    Anthropic,
    /// `[TOOL_CALLS] [{"name": …, "arguments": …}]`.
    Mistral,
    /// `<tool_call>{"name": …, "arguments": …}</tool_call>`.
    Hermes,
}

impl Format {
    fn called(self) -> &'static str {
        match self {
            Self::Fence => "a code fence around tags",
            Self::Native => "a <|tool_call> mark",
            Self::OpenAi => "a JSON call",
            Self::Anthropic => "a <tool_use> call",
            Self::Mistral => "a [TOOL_CALLS] list",
            Self::Hermes => "a <tool_call> call",
        }
    }
}

/// What was mended or could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// A tag without its end: it ended before the next tag, or with the reply.
    UnclosedTag(Tool),
    /// A tag ended by another's end.
    MismatchedClose(Tool, String),
    /// A quoted value that never ended.
    UnclosedAttribute(Tool),
    /// Quotes inside a quoted value.
    InnerQuote(Tool),
    /// A tag whose first part was cut off; nothing came of it.
    HalfTag(Tool),
    /// More actions than a reply may hold; how many were left out, and the bound.
    CommandCap {
        /// Actions left out.
        dropped: usize,
        /// Actions a reply may hold.
        cap: usize,
    },
    /// A foreign call that was taken as the tag of the tool.
    ForeignCall(Format, Tool),
    /// A fence that was removed.
    Fence,
    /// A foreign call of a tool that does not exist.
    UnknownCall(Format, String),
    /// A foreign call without arguments.
    EmptyCall(Format, Tool),
    /// A foreign call that cannot be read, or was cut off.
    BrokenCall(Format),
}

/// Characters of a foreign name a line repeats.
const NAME_SHOWN: usize = 60;

impl Repair {
    /// The kind, as probes and records name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnclosedTag(_) => "unclosed_tag",
            Self::MismatchedClose(..) => "mismatched_close",
            Self::UnclosedAttribute(_) => "unclosed_attribute",
            Self::InnerQuote(_) => "inner_quote",
            Self::HalfTag(_) => "half_tag",
            Self::CommandCap { .. } => "command_cap",
            Self::ForeignCall(..) => "foreign_call",
            Self::Fence => "fence",
            Self::UnknownCall(..) => "unknown_call",
            Self::EmptyCall(..) => "empty_call",
            Self::BrokenCall(_) => "broken_call",
        }
    }

    /// Whether it is an error of the reply (422, a strike: entries.md §2.4); the others only tell the model.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        match self {
            Self::UnclosedTag(_) | Self::MismatchedClose(..) | Self::UnclosedAttribute(_) => true,
            Self::InnerQuote(_) | Self::CommandCap { .. } => true,
            Self::ForeignCall(..) | Self::Fence | Self::HalfTag(_) => false,
            Self::UnknownCall(..) | Self::EmptyCall(..) | Self::BrokenCall(_) => false,
        }
    }

    /// Whether a call came to nothing, so that the model must hear of it where the call stood.
    #[must_use]
    pub fn is_feedback(&self) -> bool {
        match self {
            Self::UnknownCall(..) | Self::EmptyCall(..) | Self::BrokenCall(_) => true,
            Self::UnclosedTag(_) | Self::MismatchedClose(..) | Self::UnclosedAttribute(_) | Self::InnerQuote(_) => false,
            Self::HalfTag(_) | Self::CommandCap { .. } | Self::ForeignCall(..) | Self::Fence => false,
        }
    }

    /// One line for the model.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::UnclosedTag(tool) => format!("<{0}> was not closed; close it with </{0}>.", tool.tag()),
            Self::MismatchedClose(tool, wrong) => {
                format!("<{0}> was closed by </{1}>; close it with </{0}>.", tool.tag(), shown(wrong))
            }
            Self::UnclosedAttribute(tool) => format!("A quoted attribute of <{}> was not closed.", tool.tag()),
            Self::InnerQuote(tool) => {
                format!("An attribute of <{}> held its own quotes; put such text into the body.", tool.tag())
            }
            Self::HalfTag(tool) => format!("<{} … was cut off and did nothing.", tool.tag()),
            Self::CommandCap { dropped, cap } => {
                format!("A reply may hold {cap} actions; the last {dropped} were left out.")
            }
            Self::ForeignCall(format, tool) => {
                format!("Read {} as <{}>; write the tag itself.", format.called(), tool.tag())
            }
            Self::Fence => format!("Removed {}; write the tags without it.", Format::Fence.called()),
            Self::UnknownCall(format, name) => {
                let tools = Tool::ALL.map(Tool::tag).join(", ");
                format!("There is no tool `{}` ({} was not run). The tools are: {tools}.", shown(name), format.called())
            }
            Self::EmptyCall(format, tool) => {
                format!("The call of {} in {} has no arguments and did nothing.", tool.tag(), format.called())
            }
            Self::BrokenCall(format) => format!("Could not read {}; it did nothing. Write a tag.", format.called()),
        }
    }
}

/// A name as a line repeats it: short, and on one line.
pub(super) fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(NAME_SHOWN).collect()
}
