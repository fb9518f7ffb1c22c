//! The real gateway as a process of its own, with a folder of its own, ended with the scenario. What it says on standard error is
//! shown when the scenario fails; a panic in there fails it.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::net::{TcpStream, UnixStream};
use tokio_util::either::Either;

/// A connected stream of either kind.
pub type Stream = Either<TcpStream, UnixStream>;

/// Where the gateway's binary is when nobody says.
const BINARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/alcove-gateway");

/// A folder in which gateways live one after the other.
pub struct Home {
    folder: TempDir,
}

/// Where a gateway listens.
#[derive(Clone, Debug)]
pub enum Place {
    /// A loopback port.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

/// A running gateway.
pub struct Gateway {
    child: Child,
    /// Where it listens.
    pub place: Place,
    /// Opens bootstrap on a loopback port.
    pub secret: String,
    log: PathBuf,
}

impl Default for Home {
    fn default() -> Self {
        Self { folder: tempfile::tempdir().expect("the temporary folder is writable") }
    }
}

impl Home {
    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the gateway keeps everything.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Where the gateway listens when it is started with [`Home::unix`].
    pub fn socket(&self) -> PathBuf {
        self.path().join("run").join("gateway.sock")
    }

    /// A gateway on a free loopback port.
    pub fn tcp(&self) -> Gateway {
        self.start(&["--listen", "127.0.0.1:0"])
    }

    /// A gateway on a Unix socket.
    pub fn unix(&self) -> Gateway {
        let socket = self.socket();
        self.start(&["--socket", socket.to_str().expect("a temporary folder has a plain name")])
    }

    /// A gateway with these arguments, as soon as it says where it listens.
    pub fn start(&self, args: &[&str]) -> Gateway {
        self.try_start(args).unwrap_or_else(|said| panic!("the gateway did not start: {said}"))
    }

    /// A gateway with these arguments, or what it said when it ended instead.
    pub fn try_start(&self, args: &[&str]) -> Result<Gateway, String> {
        let log = self.path().join(format!("gateway-{}.log", fs::read_dir(self.path()).map_or(0, Iterator::count)));
        let errors = File::create(&log).expect("the log is writable");
        let mut command = self.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().expect("the gateway's binary runs");
        let mut line = String::new();
        let out = child.stdout.take().expect("standard output is piped");
        BufReader::new(out).read_line(&mut line).expect("standard output is readable");
        if line.is_empty() {
            let status = child.wait().expect("a child can be waited for");
            return Err(format!("{status}: {}", fs::read_to_string(&log).unwrap_or_default().trim()));
        }
        let (place, secret) = read_place(line.trim());
        Ok(Gateway { child, place, secret, log })
    }

    fn command(&self, args: &[&str]) -> Command {
        let binary = std::env::var("ALCOVE_GATEWAY_BIN").unwrap_or_else(|_| BINARY.to_owned());
        assert!(Path::new(&binary).is_file(), "no gateway at {binary}: cargo build -p alcove-gateway, or name it in ALCOVE_GATEWAY_BIN");
        let mut command = program(&binary);
        command.arg("serve").arg("--data").arg(self.data()).args(args).env("HOME", self.path());
        for unwanted in ["XDG_DATA_HOME", "XDG_RUNTIME_DIR", "ALCOVE_DATA_DIR", "DBUS_SESSION_BUS_ADDRESS"] {
            command.env_remove(unwanted);
        }
        command
    }
}

/// `Alcove is at http://127.0.0.1:PORT/#/?bootstrapSecret=SECRET`, the same by https or without a secret, or `Alcove listens on PATH`.
fn read_place(line: &str) -> (Place, String) {
    if let Some(path) = line.strip_prefix("Alcove listens on ") {
        return (Place::Unix(PathBuf::from(path)), String::new());
    }
    let address = line.strip_prefix("Alcove is at ").and_then(|rest| rest.strip_prefix("https://").or(rest.strip_prefix("http://")));
    let parts = address.and_then(|rest| rest.split_once('/'));
    let (address, rest) = parts.unwrap_or_else(|| panic!("no place in {line:?}"));
    let secret = rest.split_once("bootstrapSecret=").map_or("", |(_, secret)| secret);
    (Place::Tcp(address.parse().expect("an address")), secret.to_owned())
}

#[expect(clippy::disallowed_methods, reason = "scenarios start the real binaries and the tools they are driven with")]
pub(crate) fn program(name: &str) -> Command {
    Command::new(name)
}

impl Gateway {
    /// A fresh connection.
    pub async fn connect(&self) -> Stream {
        match &self.place {
            Place::Tcp(address) => {
                let stream = TcpStream::connect(address).await.expect("the gateway takes a connection");
                stream.set_nodelay(true).expect("a TCP socket has the option");
                Either::Left(stream)
            }
            Place::Unix(path) => Either::Right(UnixStream::connect(path).await.expect("the gateway takes a connection")),
        }
    }

    /// What its clients call it in `Host`.
    pub fn host(&self) -> String {
        match &self.place {
            Place::Tcp(address) => address.to_string(),
            Place::Unix(_) => "localhost".to_owned(),
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Memory it holds, in KiB.
    pub fn resident(&self) -> u64 {
        self.status_line("VmRSS:").trim_end_matches(" kB").trim().parse().expect("a number")
    }

    /// The most memory it ever held, in KiB.
    pub fn peak(&self) -> u64 {
        self.status_line("VmHWM:").trim_end_matches(" kB").trim().parse().expect("a number")
    }

    /// Descriptors it holds.
    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.id())).expect("the gateway runs").count()
    }

    fn status_line(&self, name: &str) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).expect("the gateway runs");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the line is there");
        line.trim().to_owned()
    }

    /// What it said on standard error.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it without a warning, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("the gateway ran");
        self.child.wait().expect("a child can be waited for");
    }

    /// Asks it to look at its configuration again.
    pub fn hang_up(&self) {
        let told = program("kill").args(["-HUP", &self.id().to_string()]).status().expect("kill runs");
        assert!(told.success(), "the gateway runs");
    }

    /// Asks it to end; gives its exit and how long it took.
    pub fn terminate(mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let id = self.id().to_string();
        let told = program("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(told.success(), "the gateway ran");
        let status = self.child.wait().expect("a child can be waited for");
        (status, began.elapsed())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended already, which is what the scenario wanted then.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
        let said = self.said();
        if std::thread::panicking() {
            eprintln!("the gateway said: {}", if said.is_empty() { "nothing" } else { said.as_str() });
        } else {
            assert!(!said.contains("panicked at"), "the gateway panicked: {said}");
        }
    }
}
