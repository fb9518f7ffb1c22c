//! Contents by their hash, in the data folder: `<aa>/<sha256>`, private, each once, written whole or not at all. What is read has the hash
//! it is asked for, or it is not there.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use alcove_agent::edit::Digest;

use super::guard;
use crate::clock::{hex, random};
use crate::report;

/// The contents that are kept.
pub(super) struct Blobs {
    root: PathBuf,
    /// Bytes of all contents, as far as they were counted.
    total: AtomicU64,
    /// Guards which contents are known to be on disk.
    synced: Mutex<HashSet<String>>,
}

impl Blobs {
    /// Makes the folder where it is missing, and counts what is there.
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(&root)?;
        let blobs = Self { root, total: AtomicU64::new(0), synced: Mutex::default() };
        blobs.total.store(blobs.all().map(|(_, bytes)| bytes).sum(), Ordering::Relaxed);
        Ok(blobs)
    }

    /// Bytes of all contents.
    pub(super) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Keeps a content; answers its hash. It is on disk once it was synced.
    pub(super) fn put(&self, content: &[u8]) -> io::Result<String> {
        let hash = Digest::of(content).as_str().to_owned();
        if self.has(&hash, content.len() as u64) {
            return Ok(hash);
        }
        let path = self.path(&hash);
        let folder = path.parent().unwrap_or(&self.root);
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let part = folder.join(format!(".{}.part", hex(&random::<12>())));
        let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).and_then(|mut file| {
            file.write_all(content)?;
            fs::rename(&part, &path)
        });
        if written.is_err() {
            remove(&part);
        }
        written?;
        guard::lock(&self.synced).remove(&hash);
        self.total.fetch_add(content.len() as u64, Ordering::Relaxed);
        Ok(hash)
    }

    /// Whether a content of this size is there.
    pub(super) fn has(&self, hash: &str, bytes: u64) -> bool {
        fs::symlink_metadata(self.path(hash)).is_ok_and(|meta| meta.is_file() && meta.len() == bytes)
    }

    /// A content; `None` when it is not there or not what it was.
    pub(super) fn get(&self, hash: &str) -> io::Result<Option<Vec<u8>>> {
        let mut content = Vec::new();
        match File::open(self.path(hash)).and_then(|mut file| file.read_to_end(&mut content)) {
            Ok(_) => Ok((Digest::of(&content).as_str() == hash).then_some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts contents on disk.
    pub(super) fn sync<'h>(&self, hashes: impl Iterator<Item = &'h str>) -> io::Result<()> {
        let mut folders = HashSet::new();
        let fresh: Vec<&str> = {
            let synced = guard::lock(&self.synced);
            hashes.filter(|hash| !synced.contains(*hash)).collect()
        };
        for hash in &fresh {
            let path = self.path(hash);
            match File::open(&path) {
                Ok(file) => file.sync_all()?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            folders.extend(path.parent().map(Path::to_owned));
        }
        folders.iter().try_for_each(|folder| File::open(folder)?.sync_all())?;
        guard::lock(&self.synced).extend(fresh.into_iter().map(str::to_owned));
        Ok(())
    }

    /// Removes every content that `keep` does not want, and what was left half-written.
    pub(super) fn retain(&self, keep: impl Fn(&str) -> bool) {
        let mut total = 0;
        guard::lock(&self.synced).clear();
        for (path, bytes) in self.all() {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if Digest::parse(name).is_some() && keep(name) {
                total += bytes;
            } else {
                remove(&path);
            }
        }
        self.total.store(total, Ordering::Relaxed);
    }

    fn all(&self) -> impl Iterator<Item = (PathBuf, u64)> {
        let folders = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
        files.map(|file| (file.path(), file.metadata().map(|meta| meta.len()).unwrap_or_default()))
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.root.join(hash.get(..2).unwrap_or_default()).join(hash)
    }
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => report::problem("a content kept for undoing could not be removed", &error),
    }
}
