//! The log: `logs/alcove.log` in the data folder, for its owner's eyes only, of bounded size. Two processes may append to it; neither
//! loses a line when the other one begins a new file.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// The file that is written.
const FILE: &str = "alcove.log";
/// A file larger than this is set aside.
const FILE_BYTES: u64 = 2 * 1024 * 1024;
/// Files that were set aside, `alcove.log.1` being the newest.
const ASIDE: u32 = 2;

/// The open log.
pub(super) struct Log {
    folder: PathBuf,
    file: File,
}

impl Log {
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if fs::symlink_metadata(folder)?.is_symlink() {
            return Err(io::Error::other(format!("{} is a symbolic link", folder.display())));
        }
        Ok(Self { folder: folder.to_owned(), file: open(&folder.join(FILE))? })
    }

    /// Appends a line.
    pub(super) fn write(&mut self, line: &str) -> io::Result<()> {
        if self.was_replaced() {
            self.file = open(&self.folder.join(FILE))?;
        }
        if self.file.metadata()?.len() + line.len() as u64 > FILE_BYTES {
            self.set_aside()?;
        }
        self.file.write_all(line.as_bytes())
    }

    /// Whether the name leads to another file by now, or to none.
    fn was_replaced(&self) -> bool {
        let identity = |found: fs::Metadata| (found.dev(), found.ino());
        let (ours, named) = (self.file.metadata(), fs::symlink_metadata(self.folder.join(FILE)));
        ours.map(identity).ok() != named.map(identity).ok()
    }

    fn set_aside(&mut self) -> io::Result<()> {
        let name = |number: u32| self.folder.join(format!("{FILE}.{number}"));
        for number in (1..ASIDE).rev() {
            // There may be fewer of them yet.
            let _absent = fs::rename(name(number), name(number + 1));
        }
        fs::rename(self.folder.join(FILE), name(1))?;
        self.file = open(&self.folder.join(FILE))?;
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(flags).open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::other(format!("{} is not a file", path.display())));
    }
    if found.mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// The last whole lines of the log, at most so many bytes.
pub(super) fn tail(folder: &Path, bytes: u64) -> io::Result<String> {
    let mut file = match File::open(folder.join(FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(bytes)))?;
    let mut read = Vec::new();
    file.take(bytes).read_to_end(&mut read)?;
    let text = String::from_utf8_lossy(&read);
    let whole = if length > bytes { text.split_once('\n').map_or("", |(_cut, rest)| rest) } else { &text };
    Ok(whole.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<(String, u32)> {
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
        let mut names: Vec<_> =
            entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().mode() & 0o777)).collect();
        names.sort();
        names
    }

    #[test]
    fn three_files_are_kept_and_only_their_owner_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        let mut log = Log::open(&logs).unwrap();
        let line = format!("{}\n", "x".repeat(64 * 1024 - 1));
        for _ in 0..(4 * FILE_BYTES / line.len() as u64) {
            log.write(&line).unwrap();
        }
        let expected = ["alcove.log", "alcove.log.1", "alcove.log.2"].map(|name| (name.to_owned(), 0o600));
        assert_eq!(names(&logs), expected);
        assert_eq!(fs::metadata(&logs).unwrap().mode() & 0o777, 0o700);
        assert!(fs::metadata(logs.join("alcove.log.1")).unwrap().len() <= FILE_BYTES);
        assert_eq!(tail(&logs, line.len() as u64 * 3 + 10).unwrap(), line.repeat(3), "whole lines only");
    }

    #[test]
    fn a_line_goes_to_the_file_of_that_name_whoever_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (Log::open(folder.path()).unwrap(), Log::open(folder.path()).unwrap());
        one.write("first\n").unwrap();
        one.set_aside().unwrap();
        other.write("second\n").unwrap();
        one.write("third\n").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join(FILE)).unwrap(), "second\nthird\n");
        fs::remove_file(folder.path().join(FILE)).unwrap();
        one.write("fourth\n").unwrap();
        assert_eq!(tail(folder.path(), 100).unwrap(), "fourth\n");
    }

    #[test]
    fn no_link_is_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        fs::write(&victim, "").unwrap();
        let logs = folder.path().join("logs");
        fs::create_dir(&logs).unwrap();
        std::os::unix::fs::symlink(&victim, logs.join(FILE)).unwrap();
        assert!(Log::open(&logs).is_err());
        let linked = folder.path().join("linked");
        std::os::unix::fs::symlink(&logs, &linked).unwrap();
        assert!(Log::open(&linked).is_err());
    }

    #[test]
    fn no_log_has_an_empty_tail() {
        assert_eq!(tail(Path::new("/nonexistent"), 10).unwrap(), "");
    }
}
