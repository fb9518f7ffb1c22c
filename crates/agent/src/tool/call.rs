//! One call as it was meant, whatever dialect it came in.

use serde_json::{Map, Value};

use super::{Tool, native};
use crate::edit::Edit;
use crate::edit::patch::FilePatch;
use crate::verdict::Update;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Names it within its turn.
    pub id: String,
    /// The tool.
    pub tool: Tool,
    /// The arguments under their native names, as clients are told.
    pub arguments: Map<String, Value>,
    /// What it asks for.
    pub ask: Ask,
    /// The text its record is named by.
    pub target: String,
}

impl Call {
    /// The same call of another command; none where it runs no command.
    pub fn with_command(&self, command: &str) -> Option<Self> {
        let Ask::Run(run) = &self.ask else { return None };
        let ask = Ask::Run(Run { script: command.to_owned(), ..run.clone() });
        Some(Self { target: native::target(&ask), ask, arguments: with_command(&self.arguments, command), ..self.clone() })
    }
}

/// The arguments of a command as those of another one; under whatever name the first came, it is gone.
pub fn with_command(arguments: &Map<String, Value>, command: &str) -> Map<String, Value> {
    let mut arguments = arguments.clone();
    arguments.retain(|name, _| !native::COMMAND.contains(&name.as_str()));
    arguments.insert("command".to_owned(), command.into());
    arguments
}

/// What a call asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Read files, folders, entries or addresses.
    Read(Read),
    /// List a folder.
    List {
        /// The folder.
        path: String,
        /// With files whose names begin with a dot, and ignored ones.
        all: bool,
    },
    /// Find files by name.
    Find(Find),
    /// Find text in files.
    Search(Search),
    /// Write or change one file or entry.
    Edit {
        /// The file or entry.
        path: String,
        /// What becomes of its text.
        edit: Edit,
    },
    /// Change several files.
    Patch(Vec<FilePatch>),
    /// Remove.
    Remove {
        /// The file, folder or entry; with `*` every match.
        path: String,
        /// Only say what would go.
        preview: bool,
    },
    /// Move or rename.
    Move {
        /// From here.
        from: String,
        /// To there.
        to: String,
    },
    /// Copy.
    Copy {
        /// From here.
        from: String,
        /// To there.
        to: String,
    },
    /// Change how much of an entry is shown.
    Show {
        /// The entry.
        path: String,
        /// `visible`, `summarized` or `archived`.
        visibility: String,
    },
    /// Run a command.
    Run(Run),
    /// End a command that runs in the background.
    Halt {
        /// Its record.
        path: String,
    },
    /// Fetch a page.
    Fetch {
        /// Its address.
        url: String,
    },
    /// Search the web.
    WebSearch {
        /// The query.
        query: String,
        /// Hits wanted.
        count: Option<u32>,
    },
    /// Ask the person.
    Question {
        /// The question.
        text: String,
        /// Answers to choose from.
        options: Vec<String>,
    },
    /// Say something now.
    Say {
        /// The text, Markdown.
        text: String,
    },
}

/// What is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Files, folders, entries; one may be a pattern.
    pub paths: Vec<String>,
    /// The first line, from 1; negative counts from the end.
    pub line: Option<i64>,
    /// Lines wanted.
    pub limit: Option<u64>,
    /// Only say what matches.
    pub preview: bool,
    /// Only what has this in its content.
    pub filter: Option<String>,
}

/// Files that are to be found by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// The pattern.
    pub pattern: String,
    /// Beneath this folder.
    pub path: String,
}

/// Text that is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The pattern, a regular expression unless `literal`.
    pub pattern: String,
    /// In this file, or beneath this folder.
    pub path: String,
    /// Only in files of such names.
    pub glob: Option<String>,
    /// The pattern is plain text.
    pub literal: bool,
    /// Without regard to case.
    pub ignore_case: bool,
    /// Lines shown around a match.
    pub context: u32,
    /// Only the names of files.
    pub files_only: bool,
    /// Matches wanted.
    pub limit: Option<u32>,
}

/// A command that is to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The script, byte for byte.
    pub script: String,
    /// Where it starts; the chat's folder when nothing is said.
    pub cwd: Option<String>,
    /// The turn goes on while it runs.
    pub background: bool,
    /// Seconds it may take.
    pub limit_s: Option<u64>,
    /// It wants the network.
    pub network: bool,
    /// It is meant to look only.
    pub looks: bool,
}

/// What a reply holds beside text.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// An action.
    Act(Box<Call>),
    /// Reasoning.
    Think(String),
    /// A closing signal.
    Update(Update),
    /// A call that cannot be read.
    Unread(Unread),
}

/// A call that cannot be read: it is answered, and never carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Unread {
    /// Names it within its turn.
    pub id: String,
    /// The tool's name as it was written.
    pub name: String,
    /// The arguments, as far as they are some.
    pub arguments: Map<String, Value>,
    /// What is wrong, for the model.
    pub words: String,
}
