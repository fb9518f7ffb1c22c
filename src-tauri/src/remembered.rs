//! What the shell remembers between starts, in `window.json` of the data folder: where the window stood, the theme its page
//! had, and whether WebKit's DMABUF renderer failed to paint. Losing the file costs comfort only, so every failure is survived.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::theme::Choice;

const FILE: &str = "window.json";
/// A file of ours is a few hundred bytes; anything larger is not ours.
const FILE_LIMIT: u64 = 64 * 1024;
/// Smaller than this the page has no room; larger than this no screen is.
const SIDES: std::ops::RangeInclusive<f64> = 360.0..=16_384.0;

/// Where the window stood, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Placement {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// None where the desktop keeps positions to itself (Wayland).
    pub(crate) position: Option<(f64, f64)>,
    #[serde(default)]
    pub(crate) maximized: bool,
}

impl Placement {
    fn sane(&self) -> bool {
        let placed = self.position.is_none_or(|(x, y)| x.is_finite() && y.is_finite());
        placed && SIDES.contains(&self.width) && SIDES.contains(&self.height)
    }
}

/// How WebKit hands its pictures to the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Renderer {
    /// WebKit's own choice, buffers shared with the GPU.
    #[default]
    Dmabuf,
    /// Shared memory: right where there is no GPU, or where DMABUF painted nothing.
    SharedMemory,
}

/// The whole file. Unknown fields are ignored, missing ones are defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    pub(crate) placement: Option<Placement>,
    pub(crate) theme: Choice,
    pub(crate) renderer: Renderer,
}

/// Reads the file; anything missing, broken or absurd is the default.
pub(crate) fn load(data_dir: &Path) -> Remembered {
    let path = data_dir.join(FILE);
    let small = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= FILE_LIMIT);
    let read = if small { fs::read(&path).ok() } else { None };
    let mut remembered: Remembered = read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    remembered.placement = remembered.placement.filter(Placement::sane);
    remembered
}

/// Writes the file beside the old one and renames it into place.
pub(crate) fn save(data_dir: &Path, remembered: &Remembered) -> std::io::Result<()> {
    create_private(data_dir)?;
    let temporary: PathBuf = data_dir.join(format!("{FILE}.{}", std::process::id()));
    let bytes = serde_json::to_vec_pretty(remembered)?;
    let mut file = fs::File::create(&temporary)?;
    file.write_all(&bytes)?;
    drop(file);
    fs::rename(&temporary, data_dir.join(FILE)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

fn create_private(data_dir: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(text: &str) -> Remembered {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), text).unwrap();
        load(dir.path())
    }

    #[test]
    fn what_was_saved_is_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let placement = Placement { width: 900.0, height: 700.0, position: Some((-20.0, 40.0)), maximized: true };
        let remembered = Remembered { placement: Some(placement), theme: Choice::Dark, renderer: Renderer::SharedMemory };
        save(&dir.path().join("new"), &remembered).unwrap();
        assert_eq!(load(&dir.path().join("new")), remembered);
    }

    #[test]
    fn a_missing_file_is_the_default() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(load(dir.path()), Remembered::default());
    }

    #[test]
    fn a_broken_file_is_the_default() {
        assert_eq!(read_back("{\"theme\": 7"), Remembered::default());
    }

    #[test]
    fn an_absurd_placement_is_forgotten_and_the_rest_kept() {
        let read = read_back(r#"{"placement":{"width":3,"height":1e9,"position":null},"theme":"dark","other":1}"#);
        assert_eq!(read, Remembered { theme: Choice::Dark, ..Remembered::default() });
    }
}
