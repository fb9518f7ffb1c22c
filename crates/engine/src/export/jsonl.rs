//! Everything that is kept of a chat, a line each.

use std::io::Read as _;

use alcove_store::{ChatRow, MediaRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::line::{EndLine, Line};
use super::stretch::Stretches;
use super::{Out, Stop, blocking};
use crate::engine::Engine;
use crate::error::{Error, read};
use crate::media::Media;

/// Lines of text put out at once, in bytes.
const PIECE_BYTES: usize = 128 * 1024;
/// Bytes of a file encoded at once; a multiple of three, so that the pieces make one text.
const FILE_BYTES: usize = 96 * 1024;

pub(super) async fn write(engine: &Engine, row: ChatRow, out: &Out) -> Result<(), Stop> {
    let name = row.id.clone();
    let found = read(&engine.shared().store, move |reader| {
        let row = reader.chat(&name)?;
        Ok(row.map(|row| Ok::<_, alcove_store::Error>((row, reader.turns(&name)?, reader.entries(&name)?, reader.media(&name)?))))
    });
    let Some(found) = found.await? else { return Ok(()) };
    let (row, turns, entries, media) = found.map_err(Error::from)?;
    let mut piece = Line::chat(&row)?.text()?;
    let mut end = EndLine { turns: turns.len() as u64, entries: entries.len() as u64, events: 0, media: media.len() as u64 };
    for line in turns.iter().map(Line::turn).chain(entries.iter().map(Line::entry)) {
        piece.push_str(&line?.text()?);
        if piece.len() >= PIECE_BYTES {
            out.put(std::mem::take(&mut piece)).await?;
        }
    }
    drop((turns, entries));
    let mut events = Stretches::new(engine, &row);
    loop {
        let page = events.page().await?;
        if page.is_empty() {
            break;
        }
        end.events += page.len() as u64;
        for event in &page {
            piece.push_str(&Line::event(event)?.text()?);
        }
        out.put(std::mem::take(&mut piece)).await?;
    }
    out.put(piece).await?;
    for row in &media {
        file(engine.media(), row, out).await?;
    }
    out.put(Line::End(end).text()?).await
}

/// One file, a piece at a time.
async fn file(media: &Media, row: &MediaRow, out: &Out) -> Result<(), Stop> {
    let (keeper, path) = (media.clone(), row.file.clone());
    let opened = blocking(move || Ok(keeper.read(&path).ok())).await?;
    let Some(mut file) = opened else { return out.put(Line::media(row, None).text()?).await };
    // The text of the line, cut where the file goes.
    let line = Line::media(row, Some(String::new())).text()?;
    let (head, tail) = line.rsplit_once("\"\"").ok_or(Stop::Left)?;
    out.put(format!("{head}\"")).await?;
    loop {
        let (rest, bytes) = blocking(move || {
            let mut bytes = Vec::with_capacity(FILE_BYTES);
            match file.by_ref().take(FILE_BYTES as u64).read_to_end(&mut bytes) {
                Ok(_) => Ok((file, bytes)),
                Err(source) => Err(Error::Folder { path: std::path::PathBuf::from("media"), source }),
            }
        })
        .await?;
        file = rest;
        if bytes.is_empty() {
            break;
        }
        out.put(STANDARD.encode(&bytes)).await?;
    }
    out.put(format!("\"{tail}")).await
}
