//! The body of a chat completions request.
//!
//! Pure. Servers differ in two fields; a refused request tells which one, and is shaped anew once.

use serde_json::{Map, Value, json};

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

/// The request body of `call`.
pub(super) fn body(call: &ModelCall, shape: Shape) -> Value {
    let messages: Vec<Value> =
        call.messages.iter().map(|message| json!({ "role": role_word(message.role), "content": message.content })).collect();
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(call.model));
    body.insert("messages".to_owned(), json!(messages));
    body.insert("stream".to_owned(), json!(true));
    if shape.usage == UsageField::Asked {
        body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
    }
    if let Some(max_tokens) = call.max_tokens {
        let field = match shape.limit {
            LimitField::MaxTokens => "max_tokens",
            LimitField::MaxCompletionTokens => "max_completion_tokens",
        };
        body.insert(field.to_owned(), json!(max_tokens));
    }
    if let Some(temperature) = call.temperature {
        // Through decimal text, so that 0.7 is sent as 0.7 and not as the nearest f32.
        body.insert("temperature".to_owned(), json!(temperature.to_string().parse::<f64>().unwrap_or(1.0)));
    }
    if let Some(effort) = &call.reasoning_effort {
        body.insert("reasoning_effort".to_owned(), json!(effort));
    }
    Value::Object(body)
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
        expect![[r#"{"max_tokens":64,"messages":[{"content":"Be brief.","role":"system"},{"content":"\"Hi\"","role":"user"}],"model":"m","reasoning_effort":"low","stream":true,"stream_options":{"include_usage":true},"temperature":0.7}"#]]
            .assert_eq(&body(&call(), Shape::usual()).to_string());
    }

    #[test]
    fn fields_not_set_are_left_out() {
        let call = ModelCall { max_tokens: None, temperature: None, reasoning_effort: None, messages: vec![], ..call() };
        expect![[r#"{"messages":[],"model":"m","stream":true,"stream_options":{"include_usage":true}}"#]]
            .assert_eq(&body(&call, Shape::usual()).to_string());
    }

    #[test]
    fn a_refused_field_is_shaped_anew_once() {
        let shape = Shape::usual().reshaped("unknown field stream_options").unwrap();
        assert_eq!(shape.reshaped("unknown field stream_options"), None);
        let shape = shape.reshaped("Use 'max_completion_tokens' instead.").unwrap();
        expect![[r#"{"max_completion_tokens":64,"messages":[],"model":"m","stream":true}"#]]
            .assert_eq(&body(&ModelCall { temperature: None, reasoning_effort: None, messages: vec![], ..call() }, shape).to_string());
        assert_eq!(shape.reshaped("something else"), None);
    }
}
