//! The body of a chat completions request.
//!
//! Pure. Servers differ in two fields; a refused request tells which one, and is shaped anew once.

use serde::Serialize;

use super::{ModelCall, Role};

/// How the fields servers differ in are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    usage: UsageField,
    limit: LimitField,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UsageField {
    /// `stream_options.include_usage`, without which many servers tell no usage.
    Asked,
    /// Left out, for servers that do not know the field.
    Omitted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LimitField {
    /// `max_tokens`, which nearly every server knows.
    MaxTokens,
    /// `max_completion_tokens`, which some newer models insist on.
    MaxCompletionTokens,
}

impl Shape {
    pub(super) fn usual() -> Self {
        Self { usage: UsageField::Asked, limit: LimitField::MaxTokens }
    }

    /// The shape to try instead after the server refused this one with `message`, if the message names a field.
    pub(super) fn reshaped(self, message: &str) -> Option<Self> {
        if self.usage == UsageField::Asked && (message.contains("stream_options") || message.contains("include_usage")) {
            return Some(Self { usage: UsageField::Omitted, ..self });
        }
        if self.limit == LimitField::MaxTokens && message.contains("max_completion_tokens") {
            return Some(Self { limit: LimitField::MaxCompletionTokens, ..self });
        }
        None
    }
}

/// The request body of `call`, borrowed from it.
#[derive(Serialize)]
pub(super) struct Body<'a> {
    model: &'a str,
    messages: Vec<Line<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'a str>,
}

#[derive(Serialize)]
struct Line<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// What is asked of the server for `call`.
pub(super) fn body(call: &ModelCall, shape: Shape) -> Body<'_> {
    let (max_tokens, max_completion_tokens) = match shape.limit {
        LimitField::MaxTokens => (call.max_tokens, None),
        LimitField::MaxCompletionTokens => (None, call.max_tokens),
    };
    let messages = call.messages.iter();
    Body {
        model: &call.model,
        messages: messages.map(|message| Line { role: role_word(message.role), content: &message.content }).collect(),
        stream: true,
        stream_options: (shape.usage == UsageField::Asked).then_some(StreamOptions { include_usage: true }),
        max_tokens,
        max_completion_tokens,
        temperature: call.temperature,
        reasoning_effort: call.reasoning_effort.as_deref(),
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::{Endpoint, Limits, Message};
    use super::*;

    fn sent(call: &ModelCall, shape: Shape) -> String {
        serde_json::to_string(&body(call, shape)).unwrap()
    }

    fn call() -> ModelCall {
        ModelCall {
            endpoint: Endpoint::Demo,
            model: "m".to_owned(),
            messages: vec![
                Message { role: Role::System, content: "Be brief.".to_owned() },
                Message { role: Role::User, content: "\"Hi\"".to_owned() },
            ],
            max_tokens: Some(64),
            temperature: Some(0.7),
            reasoning_effort: Some("low".to_owned()),
            limits: Limits::default(),
        }
    }

    #[test]
    fn every_field_is_sent() {
        expect![[r#"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"\"Hi\""}],"stream":true,"stream_options":{"include_usage":true},"max_tokens":64,"temperature":0.7,"reasoning_effort":"low"}"#]].assert_eq(&sent(&call(), Shape::usual()));
    }

    #[test]
    fn fields_not_set_are_left_out() {
        let call = ModelCall { max_tokens: None, temperature: None, reasoning_effort: None, messages: vec![], ..call() };
        expect![[r#"{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#]]
            .assert_eq(&sent(&call, Shape::usual()));
    }

    #[test]
    fn a_refused_field_is_shaped_anew_once() {
        let shape = Shape::usual().reshaped("unknown field stream_options").unwrap();
        assert_eq!(shape.reshaped("unknown field stream_options"), None);
        let shape = shape.reshaped("Use 'max_completion_tokens' instead.").unwrap();
        let call = ModelCall { temperature: None, reasoning_effort: None, messages: vec![], ..call() };
        expect![[r#"{"model":"m","messages":[],"stream":true,"max_completion_tokens":64}"#]].assert_eq(&sent(&call, shape));
        assert_eq!(shape.reshaped("something else"), None);
    }
}
