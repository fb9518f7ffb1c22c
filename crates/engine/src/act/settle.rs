//! How calls end, in the words the model and the person are told.

use alcove_agent::edit::refusal::Refusal;
use alcove_agent::policy::Verdict;
use alcove_agent::tool::Call;
use alcove_agent::turn::Settled;

use super::At;
use crate::files::FileError;

/// Bytes of a result that clients are told; the record has it all.
const RESULT_BYTES: usize = 16 * 1024;

/// It went well.
pub(crate) fn done(call: &Call, body: impl Into<String>) -> Settled {
    let body = body.into();
    Settled {
        call: call.id.clone(),
        status: 200,
        result: without_middle(&body, RESULT_BYTES),
        body,
        well: true,
        strike: false,
        edits: Vec::new(),
        record: String::new(),
        why: None,
        exit_code: None,
        duration_ms: None,
        background: false,
        said: None,
    }
}

/// It could not be done; nothing was changed.
pub(crate) fn failed(call: &Call, status: u16, words: impl Into<String>) -> Settled {
    Settled { status, well: false, ..done(call, words) }
}

/// It may not be done.
pub(crate) fn refused(call: &Call, verdict: &Verdict) -> Settled {
    let words = format!("Not allowed: {}. Nothing was done.", verdict.why.trim_end_matches('.'));
    Settled { strike: true, why: Some(verdict.why.clone()), ..failed(call, 403, words) }
}

/// A person said no.
pub(crate) fn rejected(call: &Call, reason: Option<&str>) -> Settled {
    let words = match reason.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("The person rejected this, and says: {reason}"),
        None => "The person rejected this.".to_owned(),
    };
    failed(call, 403, words)
}

/// The chat's folder is gone, or may not be opened.
pub(super) fn unopened(call: &Call, at: &At, error: &std::io::Error) -> Settled {
    failed(call, 404, format!("The chat's folder {} cannot be opened: {error}.", at.scope.project_path))
}

/// The engine ended before it was done.
pub(super) fn unended(call: &Call) -> Settled {
    failed(call, 500, "Alcove is ending.")
}

/// A file or folder did not allow it.
pub(super) fn unfiled(call: &Call, error: &FileError) -> Settled {
    failed(call, error.status, error.words.clone())
}

/// An edit does not fit what it is for, a file or an entry.
pub(super) fn unedited(call: &Call, path: &str, refusal: &Refusal) -> Settled {
    let status = match refusal {
        Refusal::Missing => 404,
        Refusal::Binary { .. } | Refusal::Encoding { .. } => 415,
        Refusal::TooLarge { .. } => 413,
        Refusal::Changed { .. } | Refusal::NoMatch { .. } | Refusal::Several { .. } => 409,
        Refusal::Malformed { .. } => 422,
    };
    let Refusal::Changed { found, diff, .. } = refusal else {
        return failed(call, status, format!("{path} was not changed. {refusal}"));
    };
    let since = match (found, diff) {
        (None, _) => "It is gone since you read it.".to_owned(),
        (Some(_), Some(diff)) if !diff.truncated => {
            format!("It is not what you read. What has changed since:\n{}\nEdit it again as it is now.", diff.text)
        }
        (Some(_), Some(diff)) => {
            format!("It is not what you read. The beginning of what has changed since:\n{}\nRead it again.", diff.text)
        }
        (Some(_), None) => "It is not what you read, and too long to say what has changed since. Read it again.".to_owned(),
    };
    failed(call, status, format!("{path} was not changed by you. {since}"))
}

/// A text of at most about so many bytes: of a longer one the beginning and the end.
pub(super) fn without_middle(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let half = most / 2;
    let (head, tail) = (text.floor_char_boundary(half), text.ceil_char_boundary(text.len() - half));
    let parts = (text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default());
    format!("{}\n… {} bytes left out …\n{}", parts.0, tail - head, parts.1)
}
