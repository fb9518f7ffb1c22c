//! What was said, written down by a server that speaks OpenAI's `/audio/transcriptions`.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::address::Address;
use super::discover::Server;
use super::error::ModelError;
use super::{Endpoint, Models};

/// For a whole recording to be sent and written down.
const LIMIT: Duration = Duration::from_secs(120);

/// A recording, and what helps to understand it.
pub(crate) struct Speech {
    /// The recording.
    pub(crate) bytes: Vec<u8>,
    /// Its type, for example `audio/webm`.
    pub(crate) mime: &'static str,
    /// The name it goes by: servers tell the format by its ending.
    pub(crate) file: &'static str,
    /// The model's name as its server knows it.
    pub(crate) model: String,
    /// Two or three letters; `None` lets the model find out.
    pub(crate) language: Option<String>,
}

/// The text; empty when nothing was said.
pub(crate) async fn written(models: &Models, endpoint: &Endpoint, speech: Speech) -> Result<String, ModelError> {
    let Endpoint::OpenAi { api_base, api_key, extra } = endpoint else {
        return Err(ModelError::BadAddress { why: "the demo has none".to_owned() });
    };
    let address = Address::parse(api_base)?;
    let server = Server { models, address: &address, key: api_key.as_ref(), extra: Some(extra), limit: LIMIT };
    let recording = Part::bytes(speech.bytes).file_name(speech.file);
    let recording = recording.mime_str(speech.mime).map_err(|error| ModelError::BadAddress { why: error.to_string() })?;
    let form = Form::new().text("model", speech.model).text("response_format", "json").part("file", recording);
    let form = match speech.language {
        Some(language) => form.text("language", language),
        None => form,
    };
    let reply = server.send(&address.below("/audio/transcriptions"), form).await?;
    let text = reply.get("text").and_then(Value::as_str).map(str::trim);
    text.map(str::to_owned)
        .ok_or_else(|| ModelError::Malformed { address: address.text().to_owned(), what: "something other than a text".to_owned() })
}
