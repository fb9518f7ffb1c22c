//! Voice input (envelope §1.6): a recording is checked against the settings, sent to the provider chosen there, and never kept.

use alcove_proto::http::Surface;
use alcove_proto::settings::TranscriptionSettings;

use crate::catalog::endpoint;
use crate::engine::Engine;
use crate::media::data_url::{DataUrl, Trouble};
use crate::model::Endpoint;
use crate::model::speech::{Speech, written};
use crate::report;

/// How much longer than allowed a recording may be: what clients measure is not exact.
const TOLERANCE_MS: f64 = 1_000.0;
/// What is taken, and the name it is sent by.
const TYPES: [(&str, &str); 10] = [
    ("audio/aac", "audio.aac"),
    ("audio/flac", "audio.flac"),
    ("audio/m4a", "audio.m4a"),
    ("audio/mp4", "audio.mp4"),
    ("audio/mpeg", "audio.mp3"),
    ("audio/ogg", "audio.ogg"),
    ("audio/wav", "audio.wav"),
    ("audio/webm", "audio.webm"),
    ("audio/x-m4a", "audio.m4a"),
    ("audio/x-wav", "audio.wav"),
];

/// What is to be written down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// The recording as a data URL; `None` when the client sent none.
    pub data_url: Option<String>,
    /// How long it is, if the client says so.
    pub duration_ms: Option<f64>,
}

/// Why nothing was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TranscriptionRefused {
    /// The request has no id of 1 to 80 characters; for whoever reads the frame.
    InvalidRequest,
    /// There is no recording.
    MissingAudio,
    /// Voice input is switched off.
    Disabled,
    /// The provider has no key or no model.
    NotConfigured {
        /// The provider chosen.
        provider: String,
    },
    /// Longer than allowed.
    Duration,
    /// Not a recording of a type that is taken.
    Mime,
    /// Larger than allowed.
    Size,
    /// Not what a data URL holds.
    Decode,
    /// Nothing was said, or the provider failed.
    Empty,
}

impl TranscriptionRefused {
    /// The `detail` of the contract.
    pub fn detail(&self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::MissingAudio => "missing_audio",
            Self::Disabled => "disabled",
            Self::NotConfigured { .. } => "not_configured",
            Self::Duration => "duration",
            Self::Mime => "mime",
            Self::Size => "size",
            Self::Decode => "decode",
            Self::Empty => "empty",
        }
    }

    /// The provider that has to be set up.
    pub fn provider(&self) -> Option<&str> {
        match self {
            Self::NotConfigured { provider } => Some(provider),
            Self::InvalidRequest
            | Self::MissingAudio
            | Self::Disabled
            | Self::Duration
            | Self::Mime
            | Self::Size
            | Self::Decode
            | Self::Empty => None,
        }
    }
}

impl Engine {
    /// Writes down what was said. The recording goes to the provider of the settings and nowhere else.
    pub async fn transcribe(&self, recording: Recording) -> Result<String, TranscriptionRefused> {
        let data_url = recording.data_url.filter(|text| !text.is_empty()).ok_or(TranscriptionRefused::MissingAudio)?;
        let settings = self.settings(Surface::Browser).await.transcription;
        if !settings.enabled {
            return Err(TranscriptionRefused::Disabled);
        }
        let (endpoint, model) = self.listener(&settings).await?;
        let longest = f64::from(settings.max_duration_sec) * 1_000.0 + TOLERANCE_MS;
        if recording.duration_ms.is_some_and(|length| length > longest) {
            return Err(TranscriptionRefused::Duration);
        }
        let most = u64::from(settings.max_upload_mb) << 20;
        let decoded = tokio::task::spawn_blocking(move || decode(&data_url, most)).await;
        let (bytes, mime, file) = decoded.map_err(|_| TranscriptionRefused::Decode)??;
        let speech = Speech { bytes, mime, file, model, language: settings.language };
        match written(&self.shared().models, &endpoint, speech).await {
            Ok(text) if !text.is_empty() => Ok(text),
            Ok(_) => Err(TranscriptionRefused::Empty),
            Err(error) => {
                report::problem("a recording could not be written down", &error);
                Err(TranscriptionRefused::Empty)
            }
        }
    }

    /// Who writes it down, and with which model.
    async fn listener(&self, settings: &TranscriptionSettings) -> Result<(Endpoint, String), TranscriptionRefused> {
        let missing = || TranscriptionRefused::NotConfigured { provider: settings.provider.clone() };
        let model = settings.model.clone().filter(|_| settings.provider_configured).ok_or_else(missing)?;
        let catalog = self.shared().shelf.current();
        let server = catalog.server(&settings.provider).ok_or_else(missing)?;
        let endpoint = endpoint(&self.shared().keys, &server).await.map_err(|_| missing())?;
        Ok((endpoint, model))
    }
}

fn decode(data_url: &str, most: u64) -> Result<(Vec<u8>, &'static str, &'static str), TranscriptionRefused> {
    let url = DataUrl::parse(data_url).ok_or(TranscriptionRefused::Mime)?;
    let taken = TYPES.iter().find(|(mime, _)| *mime == url.mime);
    let (mime, file) = taken.copied().ok_or(TranscriptionRefused::Mime)?;
    let mut bytes = Vec::new();
    match url.write(&mut bytes, most) {
        Ok(_) => Ok((bytes, mime, file)),
        Err(Trouble::TooLarge) => Err(TranscriptionRefused::Size),
        Err(Trouble::Malformed | Trouble::Io(_)) => Err(TranscriptionRefused::Decode),
    }
}

#[cfg(test)]
mod tests {
    use alcove_proto::envelope::WebuiRequest;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::{Value, json};
    use tempfile::TempDir;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    use super::*;
    use crate::engine::Config;
    use crate::scope::Controls;
    use crate::secret::keys::{Keys, Place};

    fn open() -> (Engine, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open_in(folder.path(), Place::File).unwrap();
        (Engine::start_with(Config::new(folder.path().to_owned()), keys).unwrap(), folder)
    }

    async fn set(engine: &Engine, action: &str, payload: Value) {
        let payload = payload.as_object().unwrap().clone();
        let request = WebuiRequest { request_id: crate::clock::fresh_uuid(), action: action.to_owned(), payload };
        engine.request(&request, Surface::Browser, Controls::All).await.unwrap();
    }

    fn recording(mime: &str, bytes: &[u8]) -> Recording {
        let data_url = format!("data:{mime};codecs=opus;base64,{}", STANDARD.encode(bytes));
        Recording { data_url: Some(data_url), duration_ms: Some(900.0) }
    }

    async fn told(engine: &Engine, recording: Recording) -> String {
        match engine.transcribe(recording).await {
            Ok(text) => text,
            Err(refused) => format!("{} {:?}", refused.detail(), refused.provider()),
        }
    }

    /// A server that answers one request with this JSON, and the request it saw.
    async fn server(reply: &'static str) -> (String, JoinSet<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_base = format!("http://{}/v1", listener.local_addr().unwrap());
        let mut seen = JoinSet::new();
        seen.spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            // The last boundary of a form ends with two dashes and a line break.
            while !request.ends_with(b"--\r\n") {
                assert_ne!(socket.read_buf(&mut request).await.unwrap(), 0, "the client left");
            }
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                reply.len()
            );
            socket.write_all(head.as_bytes()).await.unwrap();
            socket.write_all(reply.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request).into_owned()
        });
        (api_base, seen)
    }

    #[tokio::test]
    async fn what_cannot_be_written_down_says_why_in_order() {
        let (engine, _folder) = open();
        let good = || recording("audio/webm", b"spoken");
        assert_eq!(told(&engine, Recording::default()).await, "missing_audio None");
        assert_eq!(told(&engine, Recording { data_url: Some(String::new()), duration_ms: None }).await, "missing_audio None");
        assert_eq!(told(&engine, good()).await, r#"not_configured Some("groq")"#);
        set(&engine, "settings.transcription.update", json!({"enabled": false})).await;
        assert_eq!(told(&engine, good()).await, "disabled None");
        set(&engine, "settings.provider.create", json!({"name": "Ear", "api_base": "http://127.0.0.1:9/v1"})).await;
        set(&engine, "settings.transcription.update", json!({"enabled": true, "provider": "ear"})).await;
        assert_eq!(told(&engine, good()).await, r#"not_configured Some("ear")"#, "its model has to be named");
        set(&engine, "settings.transcription.update", json!({"model": "w", "max_duration_sec": 1, "max_upload_mb": 1})).await;
        assert_eq!(told(&engine, Recording { duration_ms: Some(2_001.0), ..good() }).await, "duration None");
        assert_eq!(told(&engine, recording("video/webm", b"seen")).await, "mime None");
        assert_eq!(told(&engine, Recording { data_url: Some("spoken".to_owned()), duration_ms: None }).await, "mime None");
        assert_eq!(told(&engine, recording("audio/wav", &vec![0; (1 << 20) + 1])).await, "size None");
        let broken = Recording { data_url: Some("data:audio/wav;base64,???".to_owned()), duration_ms: None };
        assert_eq!(told(&engine, broken).await, "decode None");
        assert_eq!(told(&engine, Recording { duration_ms: Some(2_000.0), ..good() }).await, "empty None", "nobody listens there");
    }

    #[tokio::test]
    async fn a_recording_goes_to_the_provider_and_comes_back_as_text() {
        let (engine, _folder) = open();
        let (api_base, mut seen) = server(r#"{"text":" Hello there. "}"#).await;
        set(&engine, "settings.provider.create", json!({"name": "Ear", "api_base": api_base, "api_key": "sk-ear-0123456789"})).await;
        set(&engine, "settings.transcription.update", json!({"provider": "ear", "model": "whisper", "language": "en"})).await;
        assert_eq!(told(&engine, recording("audio/x-m4a", b"spoken")).await, "Hello there.");
        let seen = seen.join_next().await.unwrap().unwrap();
        for part in [
            "POST /v1/audio/transcriptions HTTP/1.1",
            "authorization: Bearer sk-ear-0123456789",
            "name=\"model\"\r\n\r\nwhisper",
            "name=\"language\"\r\n\r\nen",
            "name=\"file\"; filename=\"audio.m4a\"\r\nContent-Type: audio/x-m4a\r\n\r\nspoken",
        ] {
            assert!(seen.contains(part), "{part} in {seen}");
        }
    }

    #[tokio::test]
    async fn silence_is_empty() {
        let (engine, _folder) = open();
        let (api_base, mut seen) = server(r#"{"text":"  "}"#).await;
        set(&engine, "settings.provider.create", json!({"name": "Ear", "api_base": api_base})).await;
        set(&engine, "settings.transcription.update", json!({"provider": "ear", "model": "whisper"})).await;
        assert_eq!(told(&engine, recording("audio/ogg", b"")).await, "decode None", "no bytes are no recording");
        assert_eq!(told(&engine, recording("audio/ogg", b"hush")).await, "empty None");
        assert!(!seen.join_next().await.unwrap().unwrap().contains("authorization"));
    }
}
