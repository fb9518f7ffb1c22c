//! The key file: `keys.json` in the data directory, readable by its owner alone.
//!
//! It is replaced as a whole and durably, never written in place. A link, a foreign owner, a second name or rights
//! for others make it refused, not mended: someone else may have read or placed it.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::keys::Record;

/// The file's name in the data directory.
pub(super) const FILE_NAME: &str = "keys.json";

/// What the name of a file begins with that has not taken its place yet; sixteen hexadecimal digits follow.
const TEMPORARY: &str = ".keys.json.";

/// Larger files are not ours.
const MAX_FILE_BYTES: u64 = 1 << 20;

const OWNER_ONLY: Mode = Mode::RUSR.union(Mode::WUSR);

/// Rights of the group and of others.
const OTHERS: u32 = 0o077;

/// Everything the file holds: the latest record of each name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Records {
    pub(super) keys: BTreeMap<String, Record>,
}

/// Where the file is.
#[derive(Debug, Clone)]
pub(super) struct KeyFile {
    dir: PathBuf,
}

impl KeyFile {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.join(FILE_NAME)
    }

    /// The records; none when there is no file. A damaged file is moved aside and counts as none.
    pub(super) fn read(&self) -> io::Result<Records> {
        let dir = match self.open_dir() {
            Ok(dir) => dir,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Records::default()),
            Err(error) => return Err(error),
        };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&dir, FILE_NAME, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(Records::default()),
            Err(Errno::LOOP) => return Err(self.refused("is a symbolic link")),
            Err(error) => return Err(error.into()),
        };
        self.check(&file)?;
        let mut text = String::new();
        let read = file.take(MAX_FILE_BYTES).read_to_string(&mut text);
        let records = match read {
            Ok(_) => serde_json::from_str(&text).ok(),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
            Err(error) => return Err(error),
        };
        match records {
            Some(records) => Ok(records),
            None => {
                let aside = format!("{FILE_NAME}.damaged-{:08x}", getrandom::u32().unwrap_or(0));
                rustix::fs::renameat(&dir, FILE_NAME, &dir, aside)?;
                Ok(Records::default())
            }
        }
    }

    /// Replaces the file; when this returns, the records have reached the disk.
    pub(super) fn write(&self, records: &Records) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.dir)?;
        let dir = self.open_dir()?;
        let temporary = format!("{TEMPORARY}{:016x}", getrandom::u64().map_err(io::Error::other)?);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(&dir, &temporary, flags, OWNER_ONLY)?);
        let written = (|| {
            // The umask may have taken rights away; nothing can have added any.
            rustix::fs::fchmod(&file, OWNER_ONLY)?;
            let mut bytes = serde_json::to_vec_pretty(records)?;
            let written = file.write_all(&bytes);
            bytes.fill(0);
            std::hint::black_box(&bytes);
            written?;
            file.sync_all()?;
            rustix::fs::renameat(&dir, &temporary, &dir, FILE_NAME)?;
            dir.sync_all()
        })();
        if written.is_err() {
            let _ = rustix::fs::unlinkat(&dir, &temporary, AtFlags::empty());
        }
        written
    }

    /// Removes what writers that were killed left behind: keys stand in it. Nobody may be writing.
    pub(super) fn sweep(&self) -> io::Result<()> {
        let dir = match self.open_dir() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            dir => dir?,
        };
        for entry in Dir::read_from(&dir)? {
            let entry = entry?;
            if is_temporary(entry.file_name().to_bytes()) {
                rustix::fs::unlinkat(&dir, entry.file_name(), AtFlags::empty())?;
            }
        }
        Ok(())
    }

    fn open_dir(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(File::from(rustix::fs::open(&self.dir, flags, Mode::empty())?))
    }

    fn check(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::MetadataExt;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(self.refused("is not a regular file"));
        }
        if found.uid() != rustix::process::geteuid().as_raw() {
            return Err(self.refused("belongs to another user"));
        }
        if found.mode() & OTHERS != 0 {
            return Err(self.refused("may be read by others (its mode must be 0600)"));
        }
        if found.nlink() != 1 {
            return Err(self.refused("has a second name"));
        }
        if found.len() > MAX_FILE_BYTES {
            return Err(self.refused("is too large"));
        }
        Ok(())
    }

    fn refused(&self, why: &str) -> io::Error {
        io::Error::other(format!("the key file {} {why}, so it is not used", self.path().display()))
    }
}

fn is_temporary(name: &[u8]) -> bool {
    let digits = name.strip_prefix(TEMPORARY.as_bytes());
    digits.is_some_and(|digits| digits.len() == 16 && digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn written() -> (tempfile::TempDir, KeyFile) {
        let dir = tempfile::tempdir().unwrap();
        let file = KeyFile::new(&dir.path().join("data"));
        let mut records = Records::default();
        records.keys.insert("one".to_owned(), Record::removed());
        file.write(&records).unwrap();
        (dir, file)
    }

    #[test]
    fn written_for_the_owner_alone() {
        let (_dir, file) = written();
        assert_eq!(fs::metadata(file.path()).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(fs::metadata(&file.dir).unwrap().mode() & 0o777, 0o700);
        assert_eq!(file.read().unwrap().keys.len(), 1);
        let names: Vec<_> = fs::read_dir(&file.dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [FILE_NAME], "no temporary file stays");
    }

    #[test]
    fn what_killed_writers_left_goes() {
        let (_dir, file) = written();
        let kept = [FILE_NAME, ".keys.json", ".keys.json.0123", ".keys.json.backup-of-mine.", "keys.json.damaged-01234567"];
        for name in [".keys.json.0123456789abcdef", ".keys.json.ffffffffffffffff"].iter().chain(&kept[1..]) {
            fs::write(file.dir.join(name), "half").unwrap();
        }
        file.sweep().unwrap();
        let mut names: Vec<_> = fs::read_dir(&file.dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        let mut kept = kept.map(str::to_owned);
        kept.sort();
        assert_eq!(names, kept);
        assert_eq!(file.read().unwrap().keys.len(), 1);
        KeyFile::new(&file.dir.join("none")).sweep().unwrap();
    }

    #[test]
    fn nothing_there_is_no_keys() {
        let dir = tempfile::tempdir().unwrap();
        assert!(KeyFile::new(dir.path()).read().unwrap().keys.is_empty());
        assert!(KeyFile::new(&dir.path().join("none")).read().unwrap().keys.is_empty());
    }

    #[test]
    fn files_others_had_a_hand_in_are_refused() {
        type Spoil = fn(&KeyFile);
        let spoils: &[(&str, Spoil)] = &[
            ("symbolic link", |file| {
                fs::rename(file.path(), file.dir.join("elsewhere")).unwrap();
                symlink(file.dir.join("elsewhere"), file.path()).unwrap();
            }),
            ("symbolic link", |file| {
                fs::remove_file(file.path()).unwrap();
                symlink("/nowhere", file.path()).unwrap();
            }),
            ("read by others", |file| {
                fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).unwrap();
            }),
            ("second name", |file| fs::hard_link(file.path(), file.dir.join("twin")).unwrap()),
            ("not a regular file", |file| {
                fs::remove_file(file.path()).unwrap();
                fs::create_dir(file.path()).unwrap();
            }),
            ("too large", |file| {
                fs::OpenOptions::new().write(true).open(file.path()).unwrap().set_len(MAX_FILE_BYTES + 1).unwrap();
            }),
        ];
        for (why, spoil) in spoils {
            let (_dir, file) = written();
            spoil(&file);
            let words = file.read().unwrap_err().to_string();
            assert!(words.contains(why), "{why}: {words}");
        }
    }

    #[test]
    fn a_damaged_file_is_moved_aside() {
        for damage in [b"{".as_slice(), b"", b"\xFF\xFE"] {
            let (_dir, file) = written();
            fs::write(file.path(), damage).unwrap();
            assert!(file.read().unwrap().keys.is_empty());
            let names: Vec<_> = fs::read_dir(&file.dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            assert_eq!(names.len(), 1);
            assert!(names[0].starts_with("keys.json.damaged-"), "{names:?}");
        }
    }
}
