//! A chat as a file: Markdown and a web page for people, lines of JSON that hold everything for another Alcove. It is made a piece at a
//! time while it is taken, so that neither a long chat nor a slow reader costs memory.

mod html;
mod jsonl;
pub(crate) mod line;
mod markdown;
mod page;
mod stretch;

use alcove_proto::ChatId;
use alcove_proto::thread::UiMessage;
use alcove_store::{ChatRow, EventRow};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::engine::Engine;
use crate::error::{Error, read};
use crate::media::Media;
use crate::thread;
use stretch::Stretches;

/// Pieces made ahead of the reader.
const PIECES_AHEAD: usize = 2;
/// Characters of a title in a file's name.
const NAME_CHARS: usize = 80;

/// What a chat is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// One JSON object a line; can be imported again.
    Jsonl,
    /// A web page of its own.
    Html,
}

impl Format {
    /// The format of that name.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "markdown" => Some(Self::Markdown),
            "jsonl" => Some(Self::Jsonl),
            "html" => Some(Self::Html),
            _ => None,
        }
    }

    /// The media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Jsonl => "application/x-ndjson; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Jsonl => "jsonl",
            Self::Html => "html",
        }
    }
}

/// A chat on its way out.
#[derive(Debug)]
pub struct Export {
    /// What the file is to be called.
    pub name: String,
    pieces: mpsc::Receiver<Result<Bytes, Error>>,
}

impl Export {
    /// The next piece of the file; an error ends it.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        self.pieces.recv().await
    }
}

impl Engine {
    /// A chat as a file; `None` when there is no such chat.
    pub async fn export(&self, chat: &ChatId, format: Format) -> Result<Option<Export>, Error> {
        let name = chat.as_str().to_owned();
        let Some(row) = read(&self.shared().store, move |reader| reader.chat(&name)).await? else { return Ok(None) };
        let (tx, pieces) = mpsc::channel(PIECES_AHEAD);
        let name = file_name(&row, format);
        let (engine, out) = (self.clone(), Out(tx));
        self.own(async move {
            let made = match format {
                Format::Jsonl => jsonl::write(&engine, row, &out).await,
                Format::Markdown | Format::Html => tell(&engine, &row, format, &out).await,
            };
            if let Err(Stop::Failed(error)) = made {
                crate::report::problem("a chat could not be exported", &error);
                // A reader that left needs no reason.
                let _left = out.0.send(Err(error)).await;
            }
        });
        Ok(Some(Export { name, pieces }))
    }
}

/// Why an export ends before its end.
enum Stop {
    /// Nobody reads it any more.
    Left,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<serde_json::Error> for Stop {
    fn from(source: serde_json::Error) -> Self {
        Self::Failed(Error::Unreadable { what: "a row", source })
    }
}

/// Where pieces go.
struct Out(mpsc::Sender<Result<Bytes, Error>>);

impl Out {
    async fn put(&self, piece: impl Into<Bytes>) -> Result<(), Stop> {
        self.0.send(Ok(piece.into())).await.map_err(|_| Stop::Left)
    }
}

/// Writes a chat for people, a few turns at a time.
async fn tell(engine: &Engine, row: &ChatRow, format: Format, out: &Out) -> Result<(), Stop> {
    let zone = engine.zone();
    let began = crate::clock::local_minute(row.created_at, zone);
    let title = if row.title.is_empty() { row.preview.as_str() } else { row.title.as_str() };
    out.put(match format {
        Format::Html => page::head(title, &began),
        Format::Markdown | Format::Jsonl => markdown::head(title, &began),
    })
    .await?;
    let mut stretches = Stretches::new(engine, row);
    while let Some(rows) = stretches.next().await? {
        let (media, zone) = (engine.media().clone(), zone.clone());
        let text = blocking(move || {
            let messages = folded(&rows)?;
            let when = |message: &UiMessage| message.created_at.map(|at| crate::clock::local_minute(at, &zone)).unwrap_or_default();
            Ok(match format {
                Format::Html => html::messages(&messages, &when, &media),
                Format::Markdown | Format::Jsonl => markdown::messages(&messages, &when),
            })
        });
        out.put(text.await?).await?;
    }
    if format == Format::Html {
        out.put(page::FOOT).await?;
    }
    Ok(())
}

fn folded(rows: &[EventRow]) -> Result<Vec<UiMessage>, Error> {
    Ok(thread::fold(rows)?.messages)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closing)?
}

/// The title as a file may be called, with the format's ending.
fn file_name(row: &ChatRow, format: Format) -> String {
    let title = if row.title.is_empty() { &row.preview } else { &row.title };
    let plain: String = title.chars().map(|c| if c.is_control() || "/\\:*?\"<>|%".contains(c) { ' ' } else { c }).collect();
    let short: String = plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(NAME_CHARS).collect();
    let stem = crate::media::shown_name(&short).unwrap_or_else(|| "chat".to_owned());
    format!("{stem}.{}", format.ending())
}

/// The bytes of a file a signed address names, if they can be had.
fn bytes_of(media: &Media, url: &str, most: u64) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let (signature, payload) = url.strip_prefix(crate::media::MEDIA_PATH)?.split_once('/')?;
    let served = media.serve(signature, payload).ok()??;
    if served.bytes > most {
        return None;
    }
    let mut bytes = Vec::new();
    let mut file = served.file.take(most);
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
