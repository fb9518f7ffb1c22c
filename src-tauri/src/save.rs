//! Saving what the gateway answers to a place the person chose: fetched with the shell's own token, written piece by piece beside
//! the place and renamed into it when it is whole. It fetches from the gateway's API only and writes nowhere else.

use std::path::{Path, PathBuf};

use http::Method;
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

use crate::calls::{Failure, Key, send};
use crate::engine::Engine;

/// Where everything that can be saved comes from.
const API: &str = "/api/";
/// The longest path that is asked for.
const PATH_LIMIT: usize = 2048;
/// The longest name that is suggested, in characters.
const NAME_LIMIT: usize = 120;
/// What is suggested when nothing is left of the page's suggestion.
const NAME: &str = "alcove";

/// The path if it is one of the gateway's API, as the page may name it.
pub(crate) fn check(path: &str) -> Result<(), &'static str> {
    let (bare, _) = path.split_once('?').unwrap_or((path, ""));
    let plain = path.len() <= PATH_LIMIT && path.bytes().all(|byte| byte.is_ascii_graphic()) && !path.contains(['\\', '#']);
    let steps = bare.split('/').skip(1);
    if plain && bare.starts_with(API) && steps.into_iter().all(|step| !matches!(step, "" | "." | "..")) {
        Ok(())
    } else {
        Err("only what the engine's API answers can be saved")
    }
}

/// A file name made of the page's suggestion: no folders, nothing hidden, nothing a file system chokes on.
pub(crate) fn file_name(suggested: &str) -> String {
    let cleaned: String = suggested.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c }).collect();
    let cleaned = cleaned.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name: String = cleaned.chars().take(NAME_LIMIT).collect();
    if name.is_empty() { NAME.to_owned() } else { name }
}

/// Fetches `path` and writes it to `place`, which is replaced whole or stays as it was.
pub(crate) async fn save(engine: &Engine, path: &str, place: &Path) -> Result<(), String> {
    let key = Key::fetch(engine).await.map_err(|failure| failure.to_string())?;
    let request = key.request(Method::GET, path).map_err(|failure| failure.to_string())?;
    let mut answer =
        send(engine, request).await.map_err(|failure| failure.to_string())?.success().await.map_err(|failure| failure.to_string())?;
    let part = Part::beside(place)?;
    let written = async {
        let mut file = part.create().await?;
        while let Some(piece) = answer.piece().await? {
            file.write_all(&piece).await?;
        }
        file.sync_all().await?;
        drop(file);
        fs::rename(&part.path, place).await?;
        Ok::<(), Trouble>(())
    };
    match written.await {
        Ok(()) => Ok(()),
        Err(trouble) => {
            part.remove().await;
            Err(trouble.words(place))
        }
    }
}

/// Where the file grows until it is whole.
struct Part {
    path: PathBuf,
}

impl Part {
    fn beside(place: &Path) -> Result<Self, String> {
        let name = place.file_name().ok_or("this is no place for a file")?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        Ok(Self { path: place.with_file_name(hidden) })
    }

    async fn create(&self) -> std::io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(&self.path).await
    }

    async fn remove(&self) {
        // It may never have been made.
        let _absent = fs::remove_file(&self.path).await;
    }
}

/// What broke off the writing.
enum Trouble {
    Engine(Failure),
    Disk(std::io::Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Engine(failure)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Trouble {
    fn words(self, place: &Path) -> String {
        match self {
            Self::Engine(failure) => failure.to_string(),
            Self::Disk(error) => format!("{} could not be written: {error}", place.display()),
        }
    }
}

#[cfg(test)]
mod tests;
