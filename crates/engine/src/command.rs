//! Slash commands: what a text beginning with `/` asks for (envelope §2.5).

use alcove_proto::http::COMMANDS;

/// What a text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Begin anew.
    New,
    /// End the turn that runs.
    Stop,
    /// Start the engine again.
    Restart,
    /// Tell how the chat stands.
    Status,
    /// Tell or change the chat's preset.
    Model(Option<String>),
    /// Show the newest messages.
    History(Option<usize>),
    /// List the commands.
    Help,
    /// A command whose feature comes later.
    Later(String),
    /// A line for the shell.
    Shell,
    /// A command this version does not have.
    Unknown(String),
}

impl Command {
    /// Reads a command; `None` when the text is an ordinary prompt.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let word = text.split_whitespace().next()?;
        let name = word.strip_prefix('/')?;
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !plain {
            return None;
        }
        let rest = text[word.len()..].trim();
        Some(match name {
            "new" => Self::New,
            "stop" => Self::Stop,
            "restart" => Self::Restart,
            "status" => Self::Status,
            "model" => Self::Model((!rest.is_empty()).then(|| rest.to_owned())),
            "history" => Self::History(rest.split_whitespace().next().and_then(|count| count.parse().ok())),
            "help" => Self::Help,
            _ if COMMANDS.iter().any(|row| row.command == word) => Self::Later(word.to_owned()),
            _ => Self::Unknown(word.to_owned()),
        })
    }
}

impl Command {
    /// Whether it is one message and nothing else, whatever runs (envelope §1.9).
    pub(crate) fn is_told_aside(&self) -> bool {
        match self {
            Self::Stop | Self::Restart | Self::Status => true,
            Self::New | Self::Model(_) | Self::History(_) | Self::Help | Self::Later(_) | Self::Shell | Self::Unknown(_) => false,
        }
    }

    /// Whether clients are told that it starts a turn: everything the list of commands does not call a side channel.
    pub(crate) fn takes_a_turn(&self) -> bool {
        match self {
            Self::New | Self::Shell | Self::Unknown(_) => true,
            Self::Later(word) => COMMANDS.iter().any(|row| row.command == *word && row.lifecycle != "side_channel"),
            Self::Stop | Self::Restart | Self::Status | Self::Model(_) | Self::History(_) | Self::Help => false,
        }
    }
}

/// The reply to `/help`.
pub(crate) fn help() -> String {
    let mut text = String::from("Commands:\n\n");
    for row in COMMANDS {
        let hint = if row.arg_hint.is_empty() { String::new() } else { format!(" {}", row.arg_hint) };
        text.push_str(&format!("- `{}{hint}`: {}\n", row.command, row.description));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_leading_word_in_lower_case_is_a_command() {
        let cases = [
            ("/stop", Some(Command::Stop)),
            ("  /stop now ", Some(Command::Stop)),
            ("/model", Some(Command::Model(None))),
            ("/model fast one", Some(Command::Model(Some("fast one".to_owned())))),
            ("/dream-log", Some(Command::Later("/dream-log".to_owned()))),
            ("/history 3", Some(Command::History(Some(3)))),
            ("/history all", Some(Command::History(None))),
            ("/nonsense", Some(Command::Unknown("/nonsense".to_owned()))),
            ("/usr/bin is a folder", None),
            ("/", None),
            ("/ stop", None),
            ("stop /stop", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Command::read(text), expected, "{text:?}");
        }
    }
}
