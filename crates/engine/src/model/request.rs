//! The body of a chat completions request.
//!
//! Pure. Servers differ in two fields; a refused request tells which one, and is shaped anew once.

use serde::Serialize;

use super::ModelCall;
use super::lines::{self, ImageField, Line, Tool};

/// How the fields servers differ in are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    usage: UsageField,
    limit: LimitField,
    images: ImageField,
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
        Self { usage: UsageField::Asked, limit: LimitField::MaxTokens, images: ImageField::Sent }
    }

    /// The same without images.
    pub(super) fn without_images(self) -> Self {
        Self { images: ImageField::Named, ..self }
    }

    /// Whether images are sent.
    pub(super) fn sends_images(self) -> bool {
        self.images == ImageField::Sent
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
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
struct StreamOptions {
    include_usage: bool,
}

/// What is asked of the server for `call`.
pub(super) fn body(call: &ModelCall, shape: Shape) -> Body<'_> {
    let (max_tokens, max_completion_tokens) = match shape.limit {
        LimitField::MaxTokens => (call.max_tokens, None),
        LimitField::MaxCompletionTokens => (None, call.max_tokens),
    };
    Body {
        model: &call.model,
        messages: lines::lines(&call.messages, shape.images),
        tools: lines::tools(&call.tools),
        stream: true,
        stream_options: (shape.usage == UsageField::Asked).then_some(StreamOptions { include_usage: true }),
        max_tokens,
        max_completion_tokens,
        temperature: call.temperature,
        reasoning_effort: call.reasoning_effort.as_deref(),
    }
}

/// Whether a refusal of a call with images is about them. Servers say it in many ways, some only that content must be a text.
pub(super) fn is_about_images(code: u16, message: &str) -> bool {
    let message = message.to_lowercase();
    let says = |word: &str| message.contains(word);
    let content = says("content") && (says("string") || says("str type"));
    matches!(code, 400 | 404 | 415 | 422 | 500 | 501)
        && (says("image") || says("vision") || says("multimodal") || says("mmproj") || content)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use serde_json::json;

    use super::super::{Endpoint, Image, Limits, Message, Role, ToolCall, ToolSpec};
    use super::*;

    fn sent(call: &ModelCall, shape: Shape) -> String {
        serde_json::to_string(&body(call, shape)).unwrap()
    }

    fn call() -> ModelCall {
        ModelCall {
            endpoint: Endpoint::Demo,
            model: "m".to_owned(),
            messages: vec![Message::text(Role::System, "Be brief."), Message::text(Role::User, "\"Hi\"")],
            tools: Vec::new(),
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
    fn images_are_parts_or_names() {
        let image = Image { name: "a cat.png".to_owned(), url: "data:image/png;base64,AAAA".into() };
        let say = |content: &str| Message { images: vec![image.clone()], ..Message::text(Role::User, content) };
        let call = ModelCall { max_tokens: None, temperature: None, reasoning_effort: None, messages: vec![say("See"), say("")], ..call() };
        expect![[r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"stream":true,"stream_options":{"include_usage":true}}"#]].assert_eq(&sent(&call, Shape::usual()));
        expect![[r#"{"model":"m","messages":[{"role":"user","content":"See\n\n[Image, not shown: a cat.png]"},{"role":"user","content":"\n\n[Image, not shown: a cat.png]"}],"stream":true,"stream_options":{"include_usage":true}}"#]].assert_eq(&sent(&call, Shape::usual().without_images()));
    }

    #[test]
    fn tools_calls_and_answers() {
        let made =
            |id: &str, name: &str, arguments: &str| ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() };
        let answer = |id: &str, content: &str| Message { call_id: Some(id.to_owned()), ..Message::text(Role::Tool, content) };
        let image = Image { name: "a cat.png".to_owned(), url: "data:image/png;base64,AAAA".into() };
        let calls = vec![made("a", "read_file", r#"{"path": "x"}"#), made("b", "", ""), made("c", "odd name!", r#"{"path": "x"#)];
        let mut messages = vec![
            Message::text(Role::User, "Go"),
            Message { calls, ..Message::text(Role::Assistant, "") },
            Message { images: vec![image], ..answer("a", "A cat.") },
            answer("b", "no such tool"),
            answer("c", "not JSON"),
            Message { calls: vec![made("d", "exec", "[1]")], ..Message::text(Role::Assistant, "Again.") },
        ];
        let exec = ToolSpec {
            name: "exec".to_owned(),
            description: "Runs a command.".to_owned(),
            parameters: json!({ "type": "object", "properties": { "command": { "type": "string" } }, "required": ["command"] }),
        };
        let call = ModelCall {
            max_tokens: None,
            temperature: None,
            reasoning_effort: None,
            messages: messages.clone(),
            tools: vec![exec],
            ..call()
        };
        expect![[r#"{"model":"m","messages":[{"role":"user","content":"Go"},{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"read_file","arguments":"{\"path\": \"x\"}"}},{"id":"b","type":"function","function":{"name":"unnamed","arguments":"{}"}},{"id":"c","type":"function","function":{"name":"odd_name_","arguments":"{\"not_an_object\":\"{\\\"path\\\": \\\"x\"}"}}]},{"role":"tool","content":"A cat.","tool_call_id":"a"},{"role":"tool","content":"no such tool","tool_call_id":"b"},{"role":"tool","content":"not JSON","tool_call_id":"c"},{"role":"user","content":[{"type":"text","text":"The pictures that the tools brought:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},{"role":"assistant","content":"Again.","tool_calls":[{"id":"d","type":"function","function":{"name":"exec","arguments":"{\"not_an_object\":\"[1]\"}"}}]}],"tools":[{"type":"function","function":{"name":"exec","description":"Runs a command.","parameters":{"properties":{"command":{"type":"string"}},"required":["command"],"type":"object"}}}],"stream":true,"stream_options":{"include_usage":true}}"#]].assert_eq(&sent(&call, Shape::usual()));
        messages.drain(..2);
        messages.truncate(1);
        let call = ModelCall { messages, tools: Vec::new(), ..call };
        expect![[r#"{"model":"m","messages":[{"role":"tool","content":"A cat.","tool_call_id":"a"},{"role":"user","content":[{"type":"text","text":"The pictures that the tools brought:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"stream":true,"stream_options":{"include_usage":true}}"#]].assert_eq(&sent(&call, Shape::usual()));
        expect![[r#"{"model":"m","messages":[{"role":"tool","content":"A cat.\n\n[Image, not shown: a cat.png]","tool_call_id":"a"}],"stream":true,"stream_options":{"include_usage":true}}"#]].assert_eq(&sent(&call, Shape::usual().without_images()));
    }

    #[test]
    fn refusals_of_images_are_known() {
        let rows = [
            (400, "This model does not support image input", true),
            (404, "No endpoints found that support image input", true),
            (500, "image input is not supported - hint: you may need to provide the mmproj", true),
            (422, "messages.1.content: Input should be a valid string", true),
            (400, "'content' must be of str type", true),
            (400, "Multimodal content is not allowed", true),
            (400, "context length exceeded", false),
            (401, "image quota", false),
            (429, "too many image requests", false),
        ];
        for (code, message, expected) in rows {
            assert_eq!(is_about_images(code, message), expected, "{code} {message}");
        }
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
