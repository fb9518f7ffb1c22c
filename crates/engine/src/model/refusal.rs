//! Which refusals are about the tools that were offered.
//!
//! Pure. Servers say it in their own ways, and with whatever status comes to their mind; what is known is in two tables.

use super::error::ModelError;

/// What is said of calling as such. The last two want something back with old calls that is not kept; without calls they do not.
const OF_CALLING: [&str; 21] = [
    "support tool use",
    "support tool call",
    "support tool-call",
    "supports tool call",
    "support function call",
    "support function-call",
    "tool calling is not supported",
    "tool calls are not supported",
    "tool use is not supported",
    "tool calling not supported",
    "tool calling is not enabled",
    "tool calling is unsupported",
    "function calling is not supported",
    "function calling is not enabled",
    "function calling is unsupported",
    "function calling not supported",
    "functions are not supported",
    "enable-auto-tool-choice",
    "tool-call-parser",
    "thought_signature",
    "reasoning_content",
];

/// What is said of the field `tools`, beside its name.
const OF_THE_FIELD: [&str; 13] = [
    "not support",
    "n't support",
    "unsupported",
    "unknown",
    "unrecognized",
    "unexpected",
    "extra_forbidden",
    "extra inputs",
    "extra fields",
    "not permitted",
    "not allowed",
    "not advertise",
    "requires --jinja",
];

/// The same error as one about tools, if it is: meant for calls that offered some.
pub(super) fn of_tools(error: &ModelError) -> Option<ModelError> {
    let (address, message) = match error {
        ModelError::Status { address, code: 400 | 404 | 405 | 422 | 500 | 501 | 503, message } => (address, message),
        ModelError::Reported { address, message } => (address, message),
        ModelError::Status { .. }
        | ModelError::BadAddress { .. }
        | ModelError::Connect { .. }
        | ModelError::Timeout { .. }
        | ModelError::Auth { .. }
        | ModelError::OutOfCredit { .. }
        | ModelError::ModelNotFound { .. }
        | ModelError::NoTools { .. }
        | ModelError::ContextTooLong { .. }
        | ModelError::RateLimited { .. }
        | ModelError::Broken { .. }
        | ModelError::Malformed { .. }
        | ModelError::LineTooLong { .. }
        | ModelError::TooMuch { .. }
        | ModelError::Empty { .. } => return None,
    };
    is_about_tools(message).then(|| ModelError::NoTools { address: address.clone(), message: message.clone() })
}

fn is_about_tools(message: &str) -> bool {
    let message = message.to_lowercase();
    let says = |phrase: &&str| message.contains(*phrase);
    if OF_CALLING.iter().any(&says) {
        return true;
    }
    // `tools[0].function` and the like are about one tool, which is no refusal of all.
    let part_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '-');
    let names_field = message.split(|c: char| !part_of_word(c)).any(|word| word.trim_matches('.') == "tools");
    names_field && OF_THE_FIELD.iter().any(says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_tools_are_known() {
        for (code, message, expected) in [
            (400, "registry.ollama.ai/library/gemma:2b does not support tools", true),
            (500, "tools param requires --jinja flag", true),
            (500, "Unsupported param: tools", true),
            (400, "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set", true),
            (404, "No endpoints found that support tool use. To learn more about provider routing, visit: …", true),
            (400, "Function calling is not enabled for models/gemma-3-27b-it", true),
            (400, "tools is not supported in this model. For a list of supported models, refer to …", true),
            (400, "`tools` is not supported with this model", true),
            (405, "deepinfra error: Tool calling is not supported for model: m", true),
            (400, "Unrecognized request argument supplied: tools", true),
            (400, "Unsupported parameter: 'tools' is not supported with this model.", true),
            (422, r#"[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted"}]"#, true),
            (422, "unknown field `tools`, expected one of `model`, `messages`", true),
            (400, "This model doesn't support function calling.", true),
            (501, "m does not support Tools.", true),
            (400, "The chat template does not advertise tools", true),
            (503, "No connected provider supports tool calling for this model.", true),
            (400, "Function call is missing a thought_signature in functionCall parts. This is required for tools to work", true),
            (400, "Missing `reasoning_content` field in the assistant message at message index 2.", true),
            (400, "Invalid schema for function 'exec': unsupported keyword in tools[0].function.parameters", false),
            (400, "tools.0.function.name: unknown format", false),
            (400, "messages with role 'tool' must be a response to a preceding message with 'tool_calls'", false),
            (400, "stream_options is not supported", false),
            (500, "internal error", false),
            (429, "does not support tools", false),
            (502, "tools are unsupported", false),
        ] {
            let error = ModelError::Status { address: "a".to_owned(), code, message: message.to_owned() };
            assert_eq!(of_tools(&error).is_some(), expected, "{code} {message}");
        }
        let inside = ModelError::Reported { address: "a".to_owned(), message: "m does not support tools".to_owned() };
        assert_eq!(of_tools(&inside).map(|error| error.kind()), Some("no_tools"));
        let other = ModelError::Auth { address: "a".to_owned(), message: "m does not support tools".to_owned() };
        assert_eq!(of_tools(&other), None);
    }
}
