//! The tools of the tag language, their tags, and the names other dialects call them by.

/// One tool of the tag language (entries.md §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tool {
    /// Reasoning; not an action in the world.
    Think,
    /// Reads entries and files.
    Get,
    /// Writes or edits an entry or a file.
    Set,
    /// Runs a command that only looks.
    Env,
    /// Runs a command.
    Sh,
    /// Removes.
    Rm,
    /// Copies.
    Cp,
    /// Moves, or changes what is visible.
    Mv,
    /// Asks the person.
    AskUser,
    /// Searches.
    Search,
    /// The turn's closing signal.
    Update,
}

/// Names other dialects use, without their name spaces.
const ALIASES: [(&str, Tool); 29] = [
    ("read_file", Tool::Get),
    ("read", Tool::Get),
    ("list_dir", Tool::Get),
    ("glob", Tool::Get),
    ("web_fetch", Tool::Get),
    ("write_file", Tool::Set),
    ("write", Tool::Set),
    ("create_file", Tool::Set),
    ("edit_file", Tool::Set),
    ("edit", Tool::Set),
    ("apply_patch", Tool::Set),
    ("str_replace", Tool::Set),
    ("remove_file", Tool::Rm),
    ("delete_file", Tool::Rm),
    ("move_file", Tool::Mv),
    ("rename_file", Tool::Mv),
    ("copy_file", Tool::Cp),
    ("grep", Tool::Search),
    ("web_search", Tool::Search),
    ("exec", Tool::Sh),
    ("bash", Tool::Sh),
    ("shell", Tool::Sh),
    ("run_command", Tool::Sh),
    ("run_shell_command", Tool::Sh),
    ("execute_command", Tool::Sh),
    ("inspect", Tool::Env),
    ("ask", Tool::AskUser),
    ("askuser", Tool::AskUser),
    ("thinking", Tool::Think),
];

impl Tool {
    /// Every tool, in the order the model is told of them.
    pub const ALL: [Self; 11] =
        [Self::Think, Self::Get, Self::Set, Self::Env, Self::Sh, Self::Rm, Self::Cp, Self::Mv, Self::AskUser, Self::Search, Self::Update];

    /// Its tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Think => "think",
            Self::Get => "get",
            Self::Set => "set",
            Self::Env => "env",
            Self::Sh => "sh",
            Self::Rm => "rm",
            Self::Cp => "cp",
            Self::Mv => "mv",
            Self::AskUser => "ask_user",
            Self::Search => "search",
            Self::Update => "update",
        }
    }

    /// The tool of a tag, whatever its case.
    #[must_use]
    pub fn of_tag(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.tag().eq_ignore_ascii_case(name))
    }

    /// The tool another dialect means; the name may stand in a name space (`functions.exec`, `default_api:get`).
    #[must_use]
    pub fn of_call(name: &str) -> Option<Self> {
        let bare = name.trim().rsplit(['.', ':', '/']).next().unwrap_or(name);
        Self::of_tag(bare).or_else(|| ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(bare)).map(|(_, tool)| *tool))
    }

    /// The attribute the body stands in for; none where the body is the body.
    #[must_use]
    pub fn main_attribute(self) -> Option<&'static str> {
        match self {
            Self::Get | Self::Rm | Self::Search => Some("path"),
            Self::Env | Self::Sh => Some("command"),
            Self::Cp | Self::Mv => Some("to"),
            Self::AskUser => Some("options"),
            Self::Think | Self::Set | Self::Update => None,
        }
    }
}
