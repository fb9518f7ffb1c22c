//! What a person set beside the models: kept as one value in the store. Never holds a key.

use alcove_proto::scope::AccessMode;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The setting they are kept under.
pub(crate) const SETTING: &str = "preferences";

/// Everything a person set beside the models. A field an older version did not have takes its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Preferences {
    /// IANA name; `None` follows the system.
    pub(crate) timezone: Option<String>,
    /// Longest hint of a tool call in characters.
    pub(crate) tool_hint_max_length: u32,
    /// What early clients call the agent.
    pub(crate) bot_name: String,
    /// The sign early clients show for it.
    pub(crate) bot_icon: String,
    /// Who is asked when the web is searched.
    pub(crate) search: Search,
    /// Whether the reader service is asked for pages.
    pub(crate) use_jina_reader: bool,
    /// Who draws images.
    pub(crate) image: Image,
    /// Who writes down what is spoken.
    pub(crate) transcription: Transcription,
    /// Whether chats may reach servers on this machine.
    pub(crate) allow_local_services: bool,
    /// Whether chats that chose nothing may go anywhere.
    pub(crate) default_full_access: bool,
}

/// Who is asked when the web is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    pub(crate) provider: String,
    pub(crate) base_url: Option<String>,
    pub(crate) max_results: u32,
    pub(crate) timeout: u32,
}

/// Who draws images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Image {
    pub(crate) enabled: bool,
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) aspect_ratio: String,
    pub(crate) size: String,
    pub(crate) max_per_turn: u32,
}

/// Who writes down what is spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Transcription {
    pub(crate) enabled: bool,
    pub(crate) provider: String,
    pub(crate) model: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) max_duration_sec: u32,
    pub(crate) max_upload_mb: u32,
}

impl Preferences {
    /// The mode of chats that chose none.
    pub(crate) fn access_mode(&self) -> AccessMode {
        if self.default_full_access { AccessMode::Full } else { AccessMode::Restricted }
    }

    /// The time zone days are counted in.
    pub(crate) fn zone(&self) -> TimeZone {
        let chosen = self.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
        chosen.unwrap_or_else(TimeZone::system)
    }

    /// [`Self::access_mode`] as the contract words it (envelope §3.2).
    pub(crate) fn access_word(&self) -> &'static str {
        if self.default_full_access { "full" } else { "default" }
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            timezone: None,
            tool_hint_max_length: 40,
            bot_name: "Alcove".to_owned(),
            bot_icon: String::new(),
            search: Search::default(),
            use_jina_reader: false,
            image: Image::default(),
            transcription: Transcription::default(),
            allow_local_services: false,
            default_full_access: false,
        }
    }
}

impl Default for Search {
    fn default() -> Self {
        Self { provider: "duckduckgo".to_owned(), base_url: None, max_results: 5, timeout: 30 }
    }
}

impl Default for Image {
    fn default() -> Self {
        Self {
            enabled: false,
            provider: "openai".to_owned(),
            model: "gpt-image-1".to_owned(),
            aspect_ratio: "1:1".to_owned(),
            size: "1024x1024".to_owned(),
            max_per_turn: 4,
        }
    }
}

impl Default for Transcription {
    fn default() -> Self {
        Self { enabled: true, provider: "groq".to_owned(), model: None, language: None, max_duration_sec: 120, max_upload_mb: 25 }
    }
}
