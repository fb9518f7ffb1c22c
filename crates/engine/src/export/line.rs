//! The lines of an exported chat: one JSON object each, written and read through these types. Events and what else is JSON already
//! stand in them byte for byte.

use alcove_store::{ChatRow, EntryRow, EventRow, MediaRow, PageStart, TitleSource, TurnRow, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of the lines; a file of another one is not read.
pub(crate) const VERSION: u32 = 1;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first: what the chat is.
    Chat(Box<ChatLine>),
    /// One turn, in order.
    Turn(TurnLine),
    /// One thing the model can be shown, in order.
    Entry(EntryLine),
    /// One thing that was told, in order.
    Event(EventLine),
    /// One file.
    Media(MediaLine),
    /// The last: what the file has to hold.
    End(EndLine),
}

/// What the chat is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChatLine {
    pub(crate) version: u32,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) title_source: String,
    pub(crate) preview: String,
    pub(crate) scope: Box<RawValue>,
    pub(crate) preset: Option<String>,
    pub(crate) origin: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) usage: Option<Box<RawValue>>,
}

/// One turn.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TurnLine {
    pub(crate) id: String,
    pub(crate) ordinal: u64,
    pub(crate) state: String,
    pub(crate) prompt_seq: u64,
    pub(crate) preset: Option<String>,
    pub(crate) usage: Option<Box<RawValue>>,
    pub(crate) outcome: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) started_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
}

/// One thing the model can be shown.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EntryLine {
    pub(crate) path: String,
    pub(crate) state: String,
    pub(crate) outcome: Option<String>,
    pub(crate) visibility: String,
    pub(crate) body: String,
    pub(crate) attributes: Box<RawValue>,
    pub(crate) turn: u64,
    pub(crate) seq: u64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// One thing that was told, or a run of streamed pieces.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EventLine {
    pub(crate) seq: u64,
    pub(crate) last: u64,
    pub(crate) turn: Option<String>,
    pub(crate) kind: String,
    pub(crate) page_start: bool,
    pub(crate) at: i64,
    pub(crate) payload: Box<RawValue>,
}

/// One file, whole.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MediaLine {
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) created_at: i64,
    /// Absent when the file could not be read any more.
    pub(crate) base64: Option<String>,
}

/// What the file has to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndLine {
    pub(crate) turns: u64,
    pub(crate) entries: u64,
    pub(crate) events: u64,
    pub(crate) media: u64,
}

fn raw(text: &str) -> Result<Box<RawValue>, serde_json::Error> {
    RawValue::from_string(text.to_owned())
}

impl Line {
    /// The line as text, with its end.
    pub(crate) fn text(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string(self)?;
        text.push('\n');
        Ok(text)
    }

    pub(crate) fn chat(row: &ChatRow) -> Result<Self, serde_json::Error> {
        Ok(Self::Chat(Box::new(ChatLine {
            version: VERSION,
            id: row.id.clone(),
            title: row.title.clone(),
            title_source: row.title_by_person.as_str().to_owned(),
            preview: row.preview.clone(),
            scope: raw(&row.scope)?,
            preset: row.preset.clone(),
            origin: row.webui.as_str().to_owned(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            usage: row.usage.as_deref().map(raw).transpose()?,
        })))
    }

    pub(crate) fn turn(row: &TurnRow) -> Result<Self, serde_json::Error> {
        Ok(Self::Turn(TurnLine {
            id: row.id.clone(),
            ordinal: row.ordinal,
            state: row.state.as_str().to_owned(),
            prompt_seq: row.prompt_seq,
            preset: row.preset.clone(),
            usage: row.usage.as_deref().map(raw).transpose()?,
            outcome: row.outcome.clone(),
            created_at: row.created_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
        }))
    }

    pub(crate) fn entry(row: &EntryRow) -> Result<Self, serde_json::Error> {
        Ok(Self::Entry(EntryLine {
            path: row.path.clone(),
            state: row.state.as_str().to_owned(),
            outcome: row.outcome.clone(),
            visibility: row.visibility.as_str().to_owned(),
            body: row.body.clone(),
            attributes: raw(&row.attributes)?,
            turn: row.turn,
            seq: row.seq,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }))
    }

    pub(crate) fn event(row: &EventRow) -> Result<Self, serde_json::Error> {
        Ok(Self::Event(EventLine {
            seq: row.seq,
            last: row.last,
            turn: row.turn.clone(),
            kind: row.kind.clone(),
            page_start: row.boundary == PageStart::Yes,
            at: row.at,
            payload: raw(&row.payload)?,
        }))
    }

    pub(crate) fn media(row: &MediaRow, base64: Option<String>) -> Self {
        let MediaRow { file, name, mime, created_at, .. } = row.clone();
        Self::Media(MediaLine { file, name, mime, created_at, base64 })
    }
}

/// The word a title's source is kept as.
pub(crate) fn title_source(word: &str) -> Option<TitleSource> {
    [TitleSource::Generated, TitleSource::Person].into_iter().find(|known| known.as_str() == word)
}

/// The word an entry's visibility is kept as.
pub(crate) fn visibility(word: &str) -> Option<Visibility> {
    [Visibility::Visible, Visibility::Summarized, Visibility::Archived].into_iter().find(|known| known.as_str() == word)
}
