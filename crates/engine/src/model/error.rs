//! Everything that can end a model call badly, in words for the person who waits for the answer.
//!
//! Each kind says what happened, at what address, and what to do. None of them holds a key: server messages are
//! cleaned before they get here.

use std::fmt;
use std::time::Duration;

/// Why a model call failed. `message` fields are the server's own words, cleaned and at most 300 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelError {
    /// The base address of the model is not one that can be called.
    BadAddress {
        /// What is wrong with it.
        why: String,
    },
    /// No connection came about: refused, unknown host, no route, TLS.
    Connect {
        /// The base address.
        address: String,
        /// The cause, in the operating system's or TLS library's words.
        why: String,
    },
    /// A time limit ran out.
    Timeout {
        /// The base address.
        address: String,
        /// What was being waited for.
        phase: Phase,
        /// The limit that ran out.
        limit: Duration,
    },
    /// The server answered with an HTTP status that no other kind explains.
    Status {
        /// The base address.
        address: String,
        /// The HTTP status.
        code: u16,
        /// The server's message; may be empty.
        message: String,
    },
    /// The server reported an error inside an answer it had begun with status 200.
    Reported {
        /// The base address.
        address: String,
        /// The server's message; may be empty.
        message: String,
    },
    /// The key is missing, wrong, or not allowed to do this.
    Auth {
        /// The base address.
        address: String,
        /// The server's message; may be empty.
        message: String,
    },
    /// The account has no credit left. Waiting does not help, so it is never retried by itself.
    OutOfCredit {
        /// The base address.
        address: String,
        /// The server's message; may be empty.
        message: String,
    },
    /// The server does not have the model.
    ModelNotFound {
        /// The base address.
        address: String,
        /// The model asked for.
        model: String,
        /// The server's message; may be empty.
        message: String,
    },
    /// The server refused because tools were offered: it, or this model, takes none. Asked without tools it may well answer.
    NoTools {
        /// The base address.
        address: String,
        /// The server's message; may be empty.
        message: String,
    },
    /// The conversation is longer than the model can read.
    ContextTooLong {
        /// The base address.
        address: String,
        /// The server's message; may be empty.
        message: String,
    },
    /// Too many requests in too short a time, also after waiting and trying again.
    RateLimited {
        /// The base address.
        address: String,
        /// The server's message; may be empty.
        message: String,
    },
    /// The connection ended before the answer was complete.
    Broken {
        /// The base address.
        address: String,
        /// The cause.
        why: String,
    },
    /// The server sent something that is not a model's answer.
    Malformed {
        /// The base address.
        address: String,
        /// What it sent instead.
        what: String,
    },
    /// One line of the answer was longer than 1 MiB.
    LineTooLong {
        /// The base address.
        address: String,
    },
    /// The answer as a whole was larger than Alcove keeps.
    TooMuch {
        /// The base address.
        address: String,
    },
    /// The answer was complete and held no text at all.
    Empty {
        /// The base address.
        address: String,
    },
}

/// What a call was waiting for when its time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The connection.
    Connect,
    /// The answer's beginning.
    Begin,
    /// More of an answer that had begun.
    Idle,
    /// The end of the whole call.
    Total,
}

impl ModelError {
    /// A stable word for the kind, for the log and for tests.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::BadAddress { .. } => "bad_address",
            Self::Connect { .. } => "connect",
            Self::Timeout { .. } => "timeout",
            Self::Status { .. } => "status",
            Self::Reported { .. } => "reported",
            Self::Auth { .. } => "auth",
            Self::OutOfCredit { .. } => "out_of_credit",
            Self::ModelNotFound { .. } => "model_not_found",
            Self::NoTools { .. } => "no_tools",
            Self::ContextTooLong { .. } => "context_too_long",
            Self::RateLimited { .. } => "rate_limited",
            Self::Broken { .. } => "broken",
            Self::Malformed { .. } => "malformed",
            Self::LineTooLong { .. } => "line_too_long",
            Self::TooMuch { .. } => "too_much",
            Self::Empty { .. } => "empty",
        }
    }

    /// True when sending the same prompt again, with nothing else changed, may help.
    pub fn retryable_by_person(&self) -> bool {
        match self {
            Self::BadAddress { .. }
            | Self::Auth { .. }
            | Self::OutOfCredit { .. }
            | Self::ModelNotFound { .. }
            | Self::NoTools { .. }
            | Self::ContextTooLong { .. } => false,
            Self::Connect { .. }
            | Self::Timeout { .. }
            | Self::Status { .. }
            | Self::Reported { .. }
            | Self::RateLimited { .. }
            | Self::Broken { .. }
            | Self::Malformed { .. }
            | Self::LineTooLong { .. }
            | Self::TooMuch { .. }
            | Self::Empty { .. } => true,
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadAddress { why } => {
                write!(f, "the model's address cannot be used: {why}. Correct it in Settings › Models.")
            }
            Self::Connect { address, why } => {
                write!(f, "{} ({address}). Check that it is running and that the address is right.", connect_words(why))
            }
            Self::Timeout { address, phase, limit } => timeout_words(f, address, *phase, *limit),
            Self::Status { address, code, message } => status_words(f, address, *code, message),
            Self::Reported { address, message } => {
                write!(f, "the model server reported an error ({address}){}. Try again.", said(message))
            }
            Self::Auth { address, message } => {
                write!(f, "the model server did not accept the key ({address}){}. Check the key in Settings › Models.", said(message))
            }
            Self::OutOfCredit { address, message } => write!(
                f,
                "the account at the model server has no credit left ({address}){}. Check its billing, or choose another model.",
                said(message)
            ),
            Self::ModelNotFound { address, model, message } => write!(
                f,
                "the model server has no model “{model}” ({address}){}. Choose one of its models in Settings › Models.",
                said(message)
            ),
            Self::NoTools { address, message } => write!(
                f,
                "the model server takes no tool calls for this model ({address}){}. Choose text commands for it in Settings › Models, or another model.",
                said(message)
            ),
            Self::ContextTooLong { address, message } => write!(
                f,
                "the conversation is longer than the model can read ({address}){}. Start a new chat, or choose a model with a larger context.",
                said(message)
            ),
            Self::RateLimited { address, message } => {
                write!(f, "the model server takes no more requests for now ({address}){}. Wait a little and try again.", said(message))
            }
            Self::Broken { address, why } => {
                write!(f, "the model server's answer was cut off ({address}): {why}. What had arrived is kept; try again.")
            }
            Self::Malformed { address, what } => write!(
                f,
                "the model server sent something that is not an answer ({address}): {what}. Check that the address is that of an OpenAI-compatible server; it usually ends with /v1."
            ),
            Self::LineTooLong { address } => write!(
                f,
                "the model server sent a line of more than 1 MiB ({address}), and the answer was ended there. Try again, or choose another model."
            ),
            Self::TooMuch { address } => {
                write!(f, "the model's answer grew too large ({address}) and was ended. What had arrived is kept.")
            }
            Self::Empty { address } => {
                write!(f, "the model ended its answer without a word ({address}). Try again, or choose another model.")
            }
        }
    }
}

impl std::error::Error for ModelError {}

fn connect_words(why: &str) -> String {
    if why.starts_with("Connection refused") {
        "the model server refused the connection".to_owned()
    } else {
        format!("the model server could not be reached: {why}")
    }
}

fn timeout_words(f: &mut fmt::Formatter<'_>, address: &str, phase: Phase, limit: Duration) -> fmt::Result {
    let seconds = limit.as_secs_f64();
    match phase {
        Phase::Connect => write!(
            f,
            "the model server did not take the connection within {seconds} s ({address}). Check that it is running and that the address is right."
        ),
        Phase::Begin => {
            write!(f, "the model server did not begin to answer within {seconds} s ({address}). Try again.")
        }
        Phase::Idle => write!(
            f,
            "the model server sent nothing for {seconds} s ({address}), and the answer was ended. What had arrived is kept; try again."
        ),
        Phase::Total => write!(
            f,
            "the model server did not finish within {seconds} s ({address}), and the answer was ended. What had arrived is kept; try again."
        ),
    }
}

fn status_words(f: &mut fmt::Formatter<'_>, address: &str, code: u16, message: &str) -> fmt::Result {
    let advice = match code {
        300..=399 => "Enter the address it leads to in Settings › Models.",
        404 | 405 if !address.ends_with("/v1") => "Check the address: that of an OpenAI-compatible server usually ends with /v1.",
        404 | 405 => "Check the address in Settings › Models.",
        500..=599 => "Try again in a moment, or choose another model.",
        _ => "Check the model's settings.",
    };
    write!(f, "the model server answered with status {code} ({address}){}. {advice}", said(message))
}

/// The server's words as the tail of a sentence, or nothing.
fn said(message: &str) -> String {
    match message.trim_end_matches('.') {
        "" => String::new(),
        message => format!(": {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_the_address_and_what_to_do() {
        let address = "http://127.0.0.1:8080".to_owned();
        let refused = ModelError::Connect { address: address.clone(), why: "Connection refused (os error 111)".into() };
        assert_eq!(
            refused.to_string(),
            "the model server refused the connection (http://127.0.0.1:8080). Check that it is running and that the address is right."
        );
        let missing = ModelError::Status { address: address.clone(), code: 404, message: "Not Found.".into() };
        assert_eq!(
            missing.to_string(),
            "the model server answered with status 404 (http://127.0.0.1:8080): Not Found. Check the address: that of an OpenAI-compatible server usually ends with /v1."
        );
        let idle = ModelError::Timeout { address, phase: Phase::Idle, limit: Duration::from_secs(120) };
        assert!(idle.to_string().contains("nothing for 120 s"));
    }
}
