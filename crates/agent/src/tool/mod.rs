//! The tools, each declared once: its name for models with tool calling and its tag, what it may touch, what it is for, what it takes
//! (entries §3.1, envelope §7.1). Everything else that speaks of tools is made from this table: requests, the tag language's text,
//! policy's words, hints.

mod argument;
mod call;
mod hint;
mod native;
mod schema;
mod tag;
mod teach;

use crate::policy::Kind;

pub use call::{Ask, Call, Find, Read, Run, Search, Unread, Wish, with_command};
pub use hint::{hint, hints, shown_arguments, title};
pub use native::read as read_native;
pub use schema::{about, parameters};
pub use tag::{as_tag, read as read_tag};
pub use teach::{native_text, tag_text};

/// One tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Reads files, slices of files, entries.
    ReadFile,
    /// Writes a whole file.
    WriteFile,
    /// Changes a part of a file.
    EditFile,
    /// Changes several files by a patch.
    ApplyPatch,
    /// Removes a file or a folder.
    RemoveFile,
    /// Moves or renames.
    MoveFile,
    /// Copies.
    CopyFile,
    /// Lists a folder.
    ListDir,
    /// Finds files by name.
    Glob,
    /// Finds text in files.
    Grep,
    /// Runs a command.
    Exec,
    /// Runs a command that only looks.
    Inspect,
    /// Fetches a page.
    WebFetch,
    /// Searches the web.
    WebSearch,
    /// Asks the person.
    AskUser,
    /// Says something before the turn's end.
    Message,
    /// Reasons; touches nothing.
    Think,
    /// Closes a step or the turn.
    Update,
}

/// A tool's row: its native name, its tag, what it may do.
struct Row {
    tool: Tool,
    name: &'static str,
    tag: &'static str,
    kind: Kind,
}

const fn row(tool: Tool, name: &'static str, tag: &'static str, kind: Kind) -> Row {
    Row { tool, name, tag, kind }
}

/// Every tool, in the order models are told of them.
const TABLE: &[Row] = &[
    row(Tool::ReadFile, "read_file", "get", Kind::Read),
    row(Tool::ListDir, "list_dir", "get", Kind::Read),
    row(Tool::Glob, "glob", "get", Kind::Read),
    row(Tool::Grep, "grep", "search", Kind::Read),
    row(Tool::WriteFile, "write_file", "set", Kind::Edit),
    row(Tool::EditFile, "edit_file", "set", Kind::Edit),
    row(Tool::ApplyPatch, "apply_patch", "set", Kind::Edit),
    row(Tool::RemoveFile, "remove_file", "rm", Kind::Edit),
    row(Tool::MoveFile, "move_file", "mv", Kind::Edit),
    row(Tool::CopyFile, "copy_file", "cp", Kind::Edit),
    row(Tool::Exec, "exec", "sh", Kind::Command),
    row(Tool::Inspect, "inspect", "env", Kind::Inspect),
    row(Tool::WebFetch, "web_fetch", "get", Kind::Network),
    row(Tool::WebSearch, "web_search", "search", Kind::Network),
    row(Tool::AskUser, "ask_user", "ask_user", Kind::Question),
    row(Tool::Message, "message", "message", Kind::Chat),
    row(Tool::Think, "think", "think", Kind::Chat),
    row(Tool::Update, "update", "update", Kind::Chat),
];

impl Tool {
    /// Every tool, in the order models are told of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.tool)
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.tool == self)
    }

    /// Its name for models with tool calling.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        self.row().map_or("", |row| row.tag)
    }

    /// What it may do.
    pub fn kind(self) -> Kind {
        self.row().map_or(Kind::Command, |row| row.kind)
    }

    /// The tool of a native name. A name space before it counts for nothing (`functions.exec`), and neither does case.
    pub fn named(name: &str) -> Option<Self> {
        let bare = name.trim().rsplit(['.', ':', '/']).next().unwrap_or(name);
        let known = TABLE.iter().find(|row| row.name.eq_ignore_ascii_case(bare)).map(|row| row.tool);
        known.or_else(|| ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(bare)).map(|(_, tool)| *tool))
    }

    /// Whether calls of one step may run beside each other.
    pub fn only_looks(self) -> bool {
        match self.kind() {
            Kind::Read | Kind::Network => true,
            Kind::Edit | Kind::Command | Kind::Inspect | Kind::Question | Kind::Chat => false,
        }
    }

    /// Whether it is told as file edits beside its own events (envelope §7.3).
    pub fn edits_files(self) -> bool {
        matches!(self, Self::WriteFile | Self::EditFile | Self::ApplyPatch)
    }

    /// Its name in file edits, which know three.
    pub fn editor(self) -> &'static str {
        if self.edits_files() { self.name() } else { Self::EditFile.name() }
    }
}

/// Names that models of other houses use for the same.
const ALIASES: &[(&str, Tool)] = &[
    ("read", Tool::ReadFile),
    ("view", Tool::ReadFile),
    ("cat", Tool::ReadFile),
    ("write", Tool::WriteFile),
    ("create_file", Tool::WriteFile),
    ("edit", Tool::EditFile),
    ("str_replace", Tool::EditFile),
    ("delete_file", Tool::RemoveFile),
    ("rename_file", Tool::MoveFile),
    ("ls", Tool::ListDir),
    ("list_directory", Tool::ListDir),
    ("bash", Tool::Exec),
    ("shell", Tool::Exec),
    ("run_command", Tool::Exec),
    ("run_shell_command", Tool::Exec),
    ("execute_command", Tool::Exec),
];

/// Every name and tag with what the tool may do, as policy knows tools.
pub(crate) fn kinds() -> impl Iterator<Item = (&'static str, &'static str, Kind)> {
    TABLE.iter().map(|row| (row.name, row.tag, row.kind))
}
