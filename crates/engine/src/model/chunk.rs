//! One JSON object of an answer, be it a chunk of a stream or a whole reply, read leniently.
//!
//! Pure. Servers differ in which fields they send, send as null, or leave out; whatever is missing is empty. Only
//! the first choice is read.

use serde_json::Value;

use super::piece::{self, CallPieces};
use super::{Finish, TokenUsage};

/// What one object said. Text is empty when there was none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) reasoning: String,
    pub(super) content: String,
    pub(super) calls: CallPieces,
    pub(super) finish: Option<Finish>,
    pub(super) usage: Option<TokenUsage>,
    pub(super) error: Option<ServerError>,
}

/// An error in a server's own words, not yet cleaned.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct ServerError {
    /// A number that looks like an HTTP status, when the object held one.
    pub(super) status: Option<u16>,
    /// The error's type and code words, joined by a space.
    pub(super) kind: String,
    pub(super) message: String,
}

/// Reads the text of one object; the error is the JSON parser's.
pub(super) fn parse(text: &str) -> Result<Chunk, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if !value.is_object() {
        return Err("JSON that is not an object".to_owned());
    }
    let choice = &value["choices"][0];
    let said = [&choice["delta"], &choice["message"]].into_iter().find(|said| said.is_object());
    let said = said.unwrap_or(&Value::Null);
    Ok(Chunk {
        reasoning: reasoning_of(said),
        content: match text_of(&said["content"]) {
            text if text.is_empty() => text_of(&choice["text"]),
            text => text,
        },
        calls: piece::pieces_of(choice),
        finish: choice["finish_reason"].as_str().filter(|word| !word.is_empty()).map(finish_of),
        usage: usage_of(&value["usage"]),
        error: error_of(&value),
    })
}

/// The error an error reply or an error chunk holds, in any of the shapes servers use.
pub(super) fn error_of(value: &Value) -> Option<ServerError> {
    let error = &value["error"];
    if let Some(message) = error.as_str() {
        return Some(ServerError { message: message.to_owned(), ..ServerError::default() });
    }
    let holder = if error.is_object() {
        error
    } else if value["object"] == "error" {
        value
    } else {
        return None;
    };
    Some(error_in(holder))
}

/// The error in a reply whose status already says that it is one, so that looser shapes count as well.
pub(super) fn error_of_reply(body: &str) -> ServerError {
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        let looks_like_page = body.trim_start().starts_with('<');
        let message = if looks_like_page { "" } else { body };
        return ServerError { message: message.to_owned(), ..ServerError::default() };
    };
    // Some servers wrap the object in a list.
    let value = match value.as_array().and_then(|list| list.first()) {
        Some(first) => first,
        None => &value,
    };
    match error_of(value) {
        Some(error) => error,
        None => error_in(value),
    }
}

fn error_in(holder: &Value) -> ServerError {
    let message = ["message", "detail", "msg", "error_description"].into_iter().find_map(|field| {
        let value = &holder[field];
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None if value.is_null() => None,
            None => Some(value.to_string()),
        }
    });
    let message = message.map(|message| match holder["metadata"]["raw"].as_str() {
        // A relay's own words only say that someone else refused.
        Some(raw) => format!("{message}: {raw}"),
        None => message,
    });
    let words: Vec<&str> = ["type", "code", "status"].into_iter().filter_map(|field| holder[field].as_str()).collect();
    let code = &holder["code"];
    let status = code.as_u64().or_else(|| code.as_str()?.parse().ok());
    ServerError {
        status: status.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code)),
        kind: words.join(" "),
        message: message.unwrap_or_default(),
    }
}

/// Reasoning from the first field that holds any; servers that send several send the same text in each.
fn reasoning_of(said: &Value) -> String {
    [&said["reasoning_content"], &said["reasoning"], &said["reasoning_details"]]
        .into_iter()
        .map(text_of)
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// Text as a string, or as a list of parts that hold strings.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(part_text).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

fn part_text(part: &Value) -> &str {
    let field = ["text", "summary"].into_iter().find_map(|field| part[field].as_str());
    field.unwrap_or_default()
}

fn finish_of(word: &str) -> Finish {
    match word.to_ascii_lowercase().as_str() {
        "stop" | "eos" | "end_turn" | "stop_sequence" => Finish::Stop,
        "length" | "max_tokens" | "max_output_tokens" => Finish::Length,
        "tool_calls" | "tool_call" | "function_call" | "tool_use" => Finish::ToolCalls,
        "content_filter" => Finish::ContentFilter,
        _ => Finish::Other(word.chars().take(64).collect()),
    }
}

fn usage_of(usage: &Value) -> Option<TokenUsage> {
    let count = |field: &str| usage[field].as_u64();
    let (prompt, completion) = match (count("prompt_tokens"), count("completion_tokens")) {
        (None, None) => return None,
        (prompt, completion) => (prompt.unwrap_or(0), completion.unwrap_or(0)),
    };
    Some(TokenUsage {
        prompt,
        completion,
        total: count("total_tokens").unwrap_or(prompt.saturating_add(completion)),
        cached: usage["prompt_tokens_details"]["cached_tokens"].as_u64().or(count("prompt_cache_hit_tokens")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_from_whichever_field_holds_it() {
        for (object, reasoning, content) in [
            (r#"{"choices":[{"delta":{"content":"a"}}]}"#, "", "a"),
            (r#"{"choices":[{"delta":{"content":null,"reasoning_content":"r"}}]}"#, "r", ""),
            (r#"{"choices":[{"delta":{"reasoning":"r"}}]}"#, "r", ""),
            (r#"{"choices":[{"delta":{"reasoning":"r","reasoning_content":"r"}}]}"#, "r", ""),
            (r#"{"choices":[{"delta":{"reasoning":"r","reasoning_details":[{"text":"r"}]}}]}"#, "r", ""),
            (r#"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"r"}]}}]}"#, "r", ""),
            (r#"{"choices":[{"delta":{"reasoning_details":[{"summary":"r"},{"data":"x"}]}}]}"#, "r", ""),
            (r#"{"choices":[{"message":{"content":"a","reasoning_content":"r"}}]}"#, "r", "a"),
            (r#"{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"text":"b"}]}}]}"#, "", "ab"),
            (r#"{"choices":[{"text":"a"}]}"#, "", "a"),
            (r#"{"choices":[]}"#, "", ""),
            (r#"{"choices":"x","usage":7}"#, "", ""),
            (r#"{}"#, "", ""),
        ] {
            let chunk = parse(object).unwrap();
            assert_eq!((chunk.reasoning.as_str(), chunk.content.as_str()), (reasoning, content), "{object}");
        }
    }

    #[test]
    fn an_empty_finish_reason_is_none() {
        for (reason, finish) in [("null", None), ("\"\"", None), ("\"stop\"", Some(Finish::Stop))] {
            let object = format!("{{\"choices\":[{{\"delta\":{{}},\"finish_reason\":{reason}}}]}}");
            assert_eq!(parse(&object).unwrap().finish, finish);
        }
    }

    #[test]
    fn not_an_object_is_an_error() {
        for text in ["", "hello", "[1]", "7", "{\"choices\":", "\"\\ud800\"", &"[".repeat(100_000)] {
            assert!(parse(text).is_err());
        }
    }

    #[test]
    fn usage_is_counted_as_far_as_it_is_told() {
        let usage = |text: &str| parse(&format!(r#"{{"choices":[],"usage":{text}}}"#)).unwrap().usage;
        let tokens = |prompt, completion, total, cached| Some(TokenUsage { prompt, completion, total, cached });
        assert_eq!(usage(r#"{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}"#), tokens(3, 4, 7, None));
        assert_eq!(usage(r#"{"prompt_tokens":3,"completion_tokens":4}"#), tokens(3, 4, 7, None));
        assert_eq!(usage(r#"{"prompt_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}"#), tokens(3, 0, 3, Some(2)));
        assert_eq!(usage(r#"{"prompt_tokens":3,"prompt_cache_hit_tokens":1}"#), tokens(3, 0, 3, Some(1)));
        for nothing in ["null", "{}", "7", r#"{"prompt_tokens":null}"#] {
            assert_eq!(usage(nothing), None);
        }
    }

    #[test]
    fn errors_are_found_in_every_shape() {
        for (body, status, kind, message) in [
            (r#"{"error":{"message":"m","type":"t","code":"c"}}"#, None, "t c", "m"),
            (r#"{"error":{"message":"m","code":502}}"#, Some(502), "", "m"),
            (r#"{"error":{"message":"m","code":"429"}}"#, Some(429), "429", "m"),
            (r#"{"error":"m"}"#, None, "", "m"),
            (r#"{"object":"error","message":"m","type":"BadRequestError","code":400}"#, Some(400), "BadRequestError", "m"),
            (r#"{"error":{"message":"m","code":400,"metadata":{"raw":"{\"error\":\"r\"}"}}}"#, Some(400), "", "m: {\"error\":\"r\"}"),
            (r#"{"detail":"m"}"#, None, "", "m"),
            (r#"{"detail":[{"loc":1}]}"#, None, "", r#"[{"loc":1}]"#),
            (r#"[{"error":{"message":"m","status":"INVALID_ARGUMENT"}}]"#, None, "INVALID_ARGUMENT", "m"),
            ("plain words", None, "", "plain words"),
            ("<html><body>502</body></html>", None, "", ""),
            ("", None, "", ""),
            ("[]", None, "", ""),
        ] {
            let expected = ServerError { status, kind: kind.to_owned(), message: message.to_owned() };
            assert_eq!(error_of_reply(body), expected, "{body}");
        }
        assert_eq!(parse(r#"{"choices":[],"error":null}"#).unwrap().error, None);
        assert_eq!(parse(r#"{"error":{"message":"m"}}"#).unwrap().error.unwrap().message, "m");
    }
}
