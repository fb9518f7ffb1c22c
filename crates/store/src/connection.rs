//! How the database file is made and opened: private to its owner, durable, and trusting nothing that stands in it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::Error;

/// How long a statement waits for another process that holds the database, a backup for instance.
const BUSY: Duration = Duration::from_secs(5);
/// What the log is cut back to after a checkpoint, in bytes.
const LOG_BYTES: u32 = 16 << 20;
/// Prepared statements kept by a connection; there are fewer than this in the tables.
const STATEMENTS: usize = 64;

/// Makes the folder and an empty private database where there are none; answers the file's path without symbolic links.
pub(crate) fn prepare(dir: &Path, file: &str) -> Result<PathBuf, Error> {
    make_folder(dir).map_err(|source| Error::Folder { path: dir.to_owned(), source })?;
    let dir = dir.canonicalize().map_err(|source| Error::Folder { path: dir.to_owned(), source })?;
    let path = dir.join(file);
    match make_private(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(Error::Folder { path, source }),
    }
}

/// The writer's connection.
pub(crate) fn writer(path: &Path) -> Result<Connection, Error> {
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let db = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    set_up_writer(&db).map_err(failed)?;
    Ok(db)
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path) -> Result<Connection, Error> {
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let db = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    db.pragma_update(None, "query_only", true).map_err(failed)?;
    Ok(db)
}

#[expect(clippy::disallowed_methods, reason = "this is the store, the only place that opens databases")]
fn open(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))?;
    Ok(db)
}

fn set_up_writer(db: &Connection) -> rusqlite::Result<()> {
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    // On macOS a plain fsync does not reach the disk; elsewhere these two change nothing.
    db.pragma_update(None, "fullfsync", true)?;
    db.pragma_update(None, "checkpoint_fullfsync", true)?;
    db.pragma_update(None, "foreign_keys", true)?;
    // The writer makes its checkpoints itself, outside of commits, and sees them fail.
    db.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    db.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    Ok(())
}

fn make_folder(dir: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// SQLite gives its log the permissions of the database, so these are set before it first opens it.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => narrow(path),
        Err(e) => Err(e),
    }
}

#[cfg(unix)]
fn narrow(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let meta = fs::symlink_metadata(path)?;
    // Changing a link would change what it points to; SQLite refuses to open it next.
    if meta.is_symlink() || meta.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn narrow(_: &Path) -> std::io::Result<()> {
    Ok(())
}
