//! Where the gateway listens: a Unix socket only this user can reach, an address when one was asked for, with TLS when it has a
//! certificate. Nothing else is ever opened.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alcove_proto::http::Surface;
use rustix::fs::{FlockOperation, Mode, flock};
use rustix::process::{geteuid, umask};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio_rustls::TlsAcceptor;

use crate::caller::{Door, Peer};
use crate::config::{Address, Endpoint, Listen};
use crate::error::Error;
use crate::socket::Socket;

/// The lock a running gateway holds on its data folder.
const LOCK: &str = "gateway.lock";
/// The mode's bit of a folder in which nobody removes what is another's.
const STICKY: u32 = 0o1000;

/// A bound listener with its door.
pub(crate) struct Listener {
    bound: Bound,
    pub(crate) door: Arc<Door>,
}

enum Bound {
    Unix(UnixListener),
    Tcp(TcpListener, Option<TlsAcceptor>),
}

/// A connection that was accepted, and what it has to do before it can speak.
pub(crate) struct Accepted {
    stream: Stream,
    pub(crate) peer: Peer,
}

enum Stream {
    Ready(Socket),
    Secured(TcpStream, TlsAcceptor),
}

/// What is given back when the gateway ends.
pub(crate) struct Place {
    pub(crate) endpoints: Vec<Endpoint>,
    /// Held as long as the gateway runs.
    _lock: File,
}

/// Takes the data folder for this process alone.
pub(crate) fn lock(data_dir: &Path, socket: PathBuf) -> Result<File, Error> {
    private_folder(data_dir)?;
    let path = data_dir.join(LOCK);
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).custom_flags(nofollow).open(&path);
    let file = file.map_err(Error::io("open the lock file", path.display()))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(_taken) => Err(Error::AlreadyRunning { path: socket }),
    }
}

/// Binds. Must be called with the data folder's lock held, which is kept until the place is given back.
pub(crate) async fn bind(
    listen: &[Listen],
    tls: Option<&TlsAcceptor>,
    lock: File,
    surface: Surface,
) -> Result<(Vec<Listener>, Place), Error> {
    let (mut listeners, mut place) = (Vec::new(), Place { endpoints: Vec::new(), _lock: lock });
    for listen in listen {
        let (bound, endpoint, scheme, surface) = match listen {
            Listen::Unix(path) => (Bound::Unix(unix(path).await?), Endpoint::Unix(path.clone()), "http", surface),
            Listen::Tcp(address) => {
                let listener = tcp(address).await?;
                let real = listener.local_addr().map_err(Error::io("read the port of", &address.host))?;
                let scheme = if tls.is_some() { "https" } else { "http" };
                (Bound::Tcp(listener, tls.cloned()), Endpoint::Tcp(real), scheme, Surface::Browser)
            }
        };
        // From here on the place gives it back, whatever comes.
        place.endpoints.push(endpoint.clone());
        listeners.push(Listener { bound, door: Arc::new(Door { endpoint, scheme, surface }) });
    }
    Ok((listeners, place))
}

async fn tcp(address: &Address) -> Result<TcpListener, Error> {
    let said = || format!("{}:{}", address.host, address.port);
    let bound = match address.ip() {
        Some(ip) => TcpListener::bind((ip, address.port)).await,
        // The name of this machine is not asked for: what it is said to be elsewhere does not matter.
        None if address.is_loopback() => TcpListener::bind((Ipv4Addr::LOCALHOST, address.port)).await,
        None => TcpListener::bind((address.host.as_str(), address.port)).await,
    };
    bound.map_err(Error::io("listen on", said()))
}

async fn unix(path: &Path) -> Result<UnixListener, Error> {
    if let Some(folder) = path.parent() {
        socket_folder(folder, path)?;
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

/// The socket's folder: private when it is the socket's alone. One that holds other things too, or the system's folder for everybody's
/// sockets, is left as it is: the socket's own mode and the check of every peer's user are what guards it there.
fn socket_folder(folder: &Path, socket: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() && found.uid() == 0 && found.mode() & STICKY != 0 => Ok(()),
        Ok(found) if found.is_dir() && found.uid() == geteuid().as_raw() && holds_more(folder, socket) => Ok(()),
        Ok(_) | Err(_) => private_folder(folder),
    }
}

fn holds_more(folder: &Path, socket: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| entry.path() != socket)))
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
    pub(crate) async fn accept(&self) -> std::io::Result<Option<Accepted>> {
        match &self.bound {
            Bound::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                let ours = stream.peer_cred().is_ok_and(|peer| peer.uid() == geteuid().as_raw());
                let peer = Peer { door: self.door.clone(), address: None };
                Ok(ours.then_some(Accepted { stream: Stream::Ready(Socket::Unix(stream)), peer }))
            }
            Bound::Tcp(listener, tls) => {
                let (stream, from) = listener.accept().await?;
                // Frames are small and wanted at once.
                let _unsupported = stream.set_nodelay(true);
                let peer = Peer { door: self.door.clone(), address: Some(from.ip()) };
                let stream = match tls {
                    Some(tls) => Stream::Secured(stream, tls.clone()),
                    None => Stream::Ready(Socket::Tcp(stream)),
                };
                Ok(Some(Accepted { stream, peer }))
            }
        }
    }
}

impl Accepted {
    /// The stream, once it is secured where it has to be; `None` when that failed or took longer than `limit`.
    pub(crate) async fn ready(self, limit: Duration) -> Option<Socket> {
        match self.stream {
            Stream::Ready(socket) => Some(socket),
            Stream::Secured(stream, tls) => {
                let secured = tokio::time::timeout(limit, tls.accept(stream)).await.ok()?;
                secured.ok().map(|stream| Socket::Tls(Box::new(stream)))
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for endpoint in &self.endpoints {
            if let Endpoint::Unix(path) = endpoint {
                // The next start removes it otherwise.
                let _gone = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).expect("it is there").mode() & 0o777
    }

    fn folder(name: &str) -> (tempfile::TempDir, PathBuf) {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(name);
        fs::create_dir(&folder).expect("a folder");
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).expect("it is ours");
        (home, folder)
    }

    #[tokio::test]
    async fn a_folder_of_the_sockets_own_is_private_and_one_of_others_stays_as_it_is() {
        let (_home, own) = folder("own");
        let listener = unix(&own.join("a.sock")).await.expect("it listens");
        assert_eq!((mode(&own), mode(&own.join("a.sock"))), (0o700, 0o600));
        drop(listener);
        fs::set_permissions(&own, Permissions::from_mode(0o755)).expect("it is ours");
        unix(&own.join("a.sock")).await.expect("the stale socket is replaced");
        assert_eq!(mode(&own), 0o700);

        let (_home, shared) = folder("shared");
        fs::write(shared.join("letters"), "kept").expect("it is written");
        unix(&shared.join("a.sock")).await.expect("it listens");
        assert_eq!((mode(&shared), mode(&shared.join("a.sock"))), (0o755, 0o600));
        assert_eq!(fs::read_to_string(shared.join("letters")).expect("it is there"), "kept");

        let made = shared.join("new").join("deeper");
        unix(&made.join("a.sock")).await.expect("it listens");
        assert_eq!(mode(&made), 0o700);
    }
}
