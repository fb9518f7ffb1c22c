//! Where the gateway listens: a Unix socket only this user can reach, or a loopback port when asked for. Nothing else is ever opened.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, flock};
use rustix::process::{geteuid, umask};
use tokio::net::{TcpListener, UnixListener};

use crate::config::{Endpoint, Listen};
use crate::error::Error;
use crate::socket::Socket;

/// The lock a running gateway holds on its data folder.
const LOCK: &str = "gateway.lock";

/// A bound listener.
pub(crate) enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// What is given back when the gateway ends.
pub(crate) struct Place {
    pub(crate) endpoint: Endpoint,
    /// Held as long as the gateway runs.
    _lock: File,
}

/// Takes the data folder for this process alone.
pub(crate) fn lock(data_dir: &Path, listen: &Listen) -> Result<File, Error> {
    private_folder(data_dir)?;
    let path = data_dir.join(LOCK);
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).custom_flags(nofollow).open(&path);
    let file = file.map_err(Error::io("open the lock file", path.display()))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(_taken) => Err(Error::AlreadyRunning {
            path: match listen {
                Listen::Unix(path) => path.clone(),
                Listen::Tcp(_) => crate::config::default_socket(data_dir),
            },
        }),
    }
}

/// Binds. Must be called with the data folder's lock held, which is kept until the place is given back.
pub(crate) async fn bind(listen: &Listen, lock: File) -> Result<(Listener, Place), Error> {
    let (listener, endpoint) = match listen {
        Listen::Unix(path) => (Listener::Unix(unix(path).await?), Endpoint::Unix(path.clone())),
        Listen::Tcp(address) => {
            let listener = tcp(*address).await?;
            let real = listener.local_addr().map_err(Error::io("read the port of", address))?;
            (Listener::Tcp(listener), Endpoint::Tcp(real))
        }
    };
    Ok((listener, Place { endpoint, _lock: lock }))
}

async fn tcp(address: SocketAddr) -> Result<TcpListener, Error> {
    if !address.ip().is_loopback() {
        return Err(Error::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(Error::io("listen on", address))
}

async fn unix(path: &Path) -> Result<UnixListener, Error> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_symlink() => return Err(in_the_way(path, "a symbolic link")),
        Ok(found) if !found.file_type().is_socket() => return Err(in_the_way(path, "not a socket")),
        Ok(_) => {
            if tokio::net::UnixStream::connect(path).await.is_ok() {
                return Err(Error::AlreadyRunning { path: path.to_owned() });
            }
            fs::remove_file(path).map_err(Error::io("remove the stale socket", path.display()))?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("look at", path.display())(error)),
    }
    // The mask is the process's; it is set only for the moment in which the socket appears.
    let before = umask(Mode::from_raw_mode(0o077));
    let bound = UnixListener::bind(path);
    umask(before);
    let listener = bound.map_err(Error::io("listen on", path.display()))?;
    fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(Error::io("protect", path.display()))?;
    Ok(listener)
}

fn in_the_way(path: &Path, what: &'static str) -> Error {
    Error::InTheWay { path: path.to_owned(), what }
}

/// A folder of mode 0700 that belongs to this user.
fn private_folder(folder: &Path) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(Error::io("make the folder", folder.display()))?;
    let found = fs::symlink_metadata(folder).map_err(Error::io("look at", folder.display()))?;
    if found.file_type().is_symlink() {
        return Err(in_the_way(folder, "a symbolic link"));
    }
    if found.uid() != geteuid().as_raw() {
        return Err(in_the_way(folder, "a folder of another user"));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(Error::io("protect", folder.display()))?;
    }
    Ok(())
}

impl Listener {
    /// The next connection; over a Unix socket only of this user. A refused or broken one is `None`.
    pub(crate) async fn accept(&self) -> std::io::Result<Option<Socket>> {
        match self {
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                let ours = stream.peer_cred().is_ok_and(|peer| peer.uid() == geteuid().as_raw());
                Ok(ours.then_some(Socket::Unix(stream)))
            }
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Frames are small and wanted at once.
                let _unsupported = stream.set_nodelay(true);
                Ok(Some(Socket::Tcp(stream)))
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Endpoint::Unix(path) = &self.endpoint {
            let path: &PathBuf = path;
            // The next start removes it otherwise.
            let _gone = fs::remove_file(path);
        }
    }
}
