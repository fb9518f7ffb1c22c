//! The body of a chat completions request.
//!
//! Pure. Servers differ in two fields; a refused request tells which one, and is shaped anew once.

use serde::Serialize;

use super::{Message, ModelCall, Role};

/// How the fields servers differ in are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    usage: UsageField,
    limit: LimitField,
    images: ImageField,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ImageField {
    /// As `image_url` parts.
    Sent,
    /// Left out, with their names in the text, for models that take none.
    Named,
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
    content: Content<'a>,
}

/// Plain text wherever that says it all: some servers know nothing else.
#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(&'a str),
    Named(String),
    Parts(Vec<Part<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: Address<'a> },
}

#[derive(Serialize)]
struct Address<'a> {
    url: &'a str,
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
        messages: messages.map(|message| Line { role: role_word(message.role), content: content(message, shape.images) }).collect(),
        stream: true,
        stream_options: (shape.usage == UsageField::Asked).then_some(StreamOptions { include_usage: true }),
        max_tokens,
        max_completion_tokens,
        temperature: call.temperature,
        reasoning_effort: call.reasoning_effort.as_deref(),
    }
}

fn content(message: &Message, images: ImageField) -> Content<'_> {
    match images {
        ImageField::Sent | ImageField::Named if message.images.is_empty() => Content::Text(&message.content),
        ImageField::Sent => {
            let text = Some(Part::Text { text: &message.content }).filter(|_| !message.content.is_empty());
            let images = message.images.iter().map(|image| Part::ImageUrl { image_url: Address { url: &image.url } });
            Content::Parts(text.into_iter().chain(images).collect())
        }
        ImageField::Named => {
            let names = message.images.iter().map(|image| format!("\n\n[Image, not shown: {}]", image.name));
            Content::Named(std::iter::once(message.content.clone()).chain(names).collect())
        }
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

    use super::super::{Endpoint, Image, Limits};
    use super::*;

    fn sent(call: &ModelCall, shape: Shape) -> String {
        serde_json::to_string(&body(call, shape)).unwrap()
    }

    fn call() -> ModelCall {
        ModelCall {
            endpoint: Endpoint::Demo,
            model: "m".to_owned(),
            messages: vec![
                Message { role: Role::System, content: "Be brief.".to_owned(), images: Vec::new() },
                Message { role: Role::User, content: "\"Hi\"".to_owned(), images: Vec::new() },
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
    fn images_are_parts_or_names() {
        let image = Image { name: "a cat.png".to_owned(), url: "data:image/png;base64,AAAA".into() };
        let say = |content: &str| Message { role: Role::User, content: content.to_owned(), images: vec![image.clone()] };
        let call = ModelCall { max_tokens: None, temperature: None, reasoning_effort: None, messages: vec![say("See"), say("")], ..call() };
        expect![[r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"stream":true,"stream_options":{"include_usage":true}}"#]].assert_eq(&sent(&call, Shape::usual()));
        expect![[r#"{"model":"m","messages":[{"role":"user","content":"See\n\n[Image, not shown: a cat.png]"},{"role":"user","content":"\n\n[Image, not shown: a cat.png]"}],"stream":true,"stream_options":{"include_usage":true}}"#]].assert_eq(&sent(&call, Shape::usual().without_images()));
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
