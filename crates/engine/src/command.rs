//! Slash commands: what a text beginning with `/` asks for (envelope §2.5).

use alcove_proto::http::COMMANDS;

/// What a text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// End the turn that runs.
    Stop,
    /// Tell how the chat stands.
    Status,
    /// Tell or change the chat's preset.
    Model(Option<String>),
    /// List the commands.
    Help,
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
            "stop" => Self::Stop,
            "status" => Self::Status,
            "model" => Self::Model((!rest.is_empty()).then(|| rest.to_owned())),
            "help" => Self::Help,
            _ => Self::Unknown(word.to_owned()),
        })
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
            ("/dream-log", Some(Command::Unknown("/dream-log".to_owned()))),
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
