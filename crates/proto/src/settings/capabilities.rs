//! What a chat may use beside its model: the web, images, the spoken word.

use serde::{Deserialize, Serialize};

/// Who is asked when the web is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchSettings {
    /// The provider chosen.
    pub provider: String,
    /// First and last characters of its key; null when there is none.
    pub api_key_hint: Option<String>,
    /// Its address, for providers one runs oneself.
    pub base_url: Option<String>,
    /// Results wanted, 1 to 10.
    pub max_results: u32,
    /// Seconds a search may take, 1 to 120.
    pub timeout: u32,
    /// What can be chosen from.
    pub providers: Vec<SearchProviderRow>,
}

/// A provider of web search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchProviderRow {
    /// Names it.
    pub name: String,
    /// For people.
    pub label: String,
    /// What it asks for: `none`, `api_key`, `optional_api_key` or `base_url`.
    pub credential: String,
}

/// How the web is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WebSettings {
    /// Whether chats may reach the web at all.
    pub enable: bool,
    /// Address of a proxy.
    pub proxy: Option<String>,
    /// What Alcove calls itself.
    pub user_agent: Option<String>,
    /// Of searches.
    pub search: SearchLimits,
    /// Of pages.
    pub fetch: FetchSettings,
}

/// Bounds of a search, as in [`SearchSettings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SearchLimits {
    /// Results wanted.
    pub max_results: u32,
    /// Seconds a search may take.
    pub timeout: u32,
}

/// How a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FetchSettings {
    /// Whether the reader service at r.jina.ai is asked for pages.
    pub use_jina_reader: bool,
}

/// Who draws images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImageSettings {
    /// Whether chats may ask for images.
    pub enabled: bool,
    /// The provider chosen.
    pub provider: String,
    /// Whether it can be used.
    pub provider_configured: bool,
    /// Model id at its provider.
    pub model: String,
    /// For example `1:1`.
    pub default_aspect_ratio: String,
    /// As the provider spells it.
    pub default_image_size: String,
    /// 1 to 8.
    pub max_images_per_turn: u32,
    /// Where images go, inside the data folder.
    pub save_dir: String,
    /// What can be chosen from.
    pub providers: Vec<ImageProviderRow>,
}

/// A provider of images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ImageProviderRow {
    /// Names it, as in the list of providers.
    pub name: String,
    /// For people.
    pub label: String,
    /// Whether it can be used.
    pub configured: bool,
    /// `api_key`
    pub auth_type: String,
    /// First and last characters of its key; null when there is none.
    pub api_key_hint: Option<String>,
    /// Its address, when a person set one.
    pub api_base: Option<String>,
    /// Its address otherwise.
    pub default_api_base: Option<String>,
    /// Models known to draw.
    pub models: Vec<String>,
    /// The first of them.
    pub default_model: Option<String>,
}

/// Who writes down what is spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TranscriptionSettings {
    /// Whether voice input is offered.
    pub enabled: bool,
    /// The provider chosen.
    pub provider: String,
    /// Whether it can be used.
    pub provider_configured: bool,
    /// Model id at its provider.
    pub model: Option<String>,
    /// Two or three letters; null lets the model find out.
    pub language: Option<String>,
    /// Longest recording in seconds, 1 to 600.
    pub max_duration_sec: u32,
    /// Largest recording in MiB, 1 to 100.
    pub max_upload_mb: u32,
    /// What can be chosen from.
    pub providers: Vec<TranscriptionProviderRow>,
}

/// A provider that writes down what is spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TranscriptionProviderRow {
    /// Names it, as in the list of providers.
    pub name: String,
    /// For people.
    pub label: String,
    /// Whether it can be used.
    pub configured: bool,
    /// First and last characters of its key; null when there is none.
    pub api_key_hint: Option<String>,
    /// Its address, when a person set one.
    pub api_base: Option<String>,
    /// Its address otherwise.
    pub default_api_base: Option<String>,
    /// The model asked when none is set; null when one has to be set.
    pub default_model: Option<String>,
}
