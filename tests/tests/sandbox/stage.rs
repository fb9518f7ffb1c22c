//! The place a level is tried in: a home with keys and a project in it, Alcove's data folder with its socket, and a program outside that
//! has something to lose. Everything belongs to an ordinary user, also when the tests run as root.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

/// Where the gateway's binary is when nobody says.
const BINARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/alcove-gateway");
/// Who an ordinary user is when the tests run as root: nobody.
const ORDINARY: u32 = 65_534;
/// What nobody inside is to see.
const SECRET: &str = "planted-secret";

/// Files outside the project, or of its repository, and what is in each.
#[rustfmt::skip]
const PLANTED: &[(&str, &str)] = &[
    ("home/.ssh/id_ed25519", SECRET),
    ("home/.aws/credentials", SECRET),
    ("home/.cargo/credentials.toml", SECRET),
    ("home/.cargo/bin/tool", "#!/bin/sh\necho tool\n"),
    ("home/.bashrc", "# planted-secret\n"),
    ("home/outside/file", SECRET),
    ("home/outside/program", "#!/bin/sh\necho ran\n"),
    ("home/outside/folder/inner", SECRET),
    ("home/data/keys.json", SECRET),
    ("home/data/alcove.db", SECRET),
];

/// A program outside: keeps shared memory, has a secret in its environment, answers nobody.
const VICTIM: &str = r"
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(int(sys.argv[1]), 4096, 0o1600)
ctypes.memmove(ctypes.c_void_p(libc.shmat(segment, None, 0)), b'planted-secret', 14)
print('ready', flush=True)
sys.stdin.read()
libc.shmctl(segment, 0, None)
";

/// The gateway's binary where an ordinary user can run it.
pub struct Binary {
    folder: TempDir,
}

impl Binary {
    pub fn new() -> Self {
        let folder = tempfile::tempdir_in("/tmp").expect("the temporary folder is writable");
        let binary = std::env::var_os("ALCOVE_GATEWAY_BIN").map_or_else(|| PathBuf::from(BINARY), PathBuf::from);
        fs::copy(&binary, folder.path().join("alcove-gateway")).unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("a folder of ours");
        Self { folder }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("alcove-gateway")
    }
}

/// The place, and what listens around it.
pub struct Stage<'a> {
    binary: &'a Binary,
    root: TempDir,
    victim: Child,
    uid: u32,
    key: u32,
    shared: PathBuf,
    reached: Arc<AtomicUsize>,
    ports: (u16, u16),
    _listening: Vec<Listening>,
}

enum Listening {
    Unix { _listener: UnixListener },
    Datagrams { _socket: UnixDatagram },
    Udp { _socket: UdpSocket },
}

/// How a command is to be run.
#[derive(Clone, Copy, Debug, Default)]
pub struct How<'a> {
    pub level: Option<&'a str>,
    pub flags: &'a [&'a str],
    /// The chat's folder, in the stage; the project when it is not said.
    pub folder: Option<&'a str>,
}

impl<'a> Stage<'a> {
    /// A fresh place.
    pub fn new(binary: &'a Binary) -> Self {
        let root = tempfile::Builder::new().prefix("alcove-sandbox-").tempdir_in("/tmp").expect("the temporary folder is writable");
        let us = current_uid();
        let uid = if us == 0 { ORDINARY } else { us };
        fs::create_dir(root.path().join("bin")).expect("a folder of ours");
        let key = 0x00a1_0000
            | u32::from(u16::from_be_bytes([
                root.path().as_os_str().as_encoded_bytes()[20],
                root.path().as_os_str().as_encoded_bytes()[21],
            ]));
        let shared = Path::new("/dev/shm").join(root.path().file_name().expect("it has a name"));
        let mut stage = Self {
            binary,
            victim: program("true").spawn().expect("there is `true`"),
            uid,
            key,
            shared,
            reached: Arc::default(),
            ports: (0, 0),
            _listening: Vec::new(),
            root,
        };
        stage.plant();
        stage.listen();
        stage.own();
        stage.victim = stage.start_victim();
        stage
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// The chat's folder.
    pub fn project(&self) -> PathBuf {
        self.at("home/project")
    }

    fn plant(&self) {
        for folder in ["home/project/inner", "home/project/deep/er/still", "home/data/run", "home/data/workspace", "home/empty"] {
            fs::create_dir_all(self.at(folder)).expect("a folder of ours");
        }
        for (path, text) in PLANTED {
            let path = self.at(path);
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder of ours");
            fs::write(&path, text).expect("a file of ours");
        }
        for program in ["home/outside/program", "home/.cargo/bin/tool"] {
            fs::set_permissions(self.at(program), Permissions::from_mode(0o755)).expect("a file of ours");
        }
        fs::write(&self.shared, SECRET).expect("shared memory is a folder");
        symlink(self.at("home/outside/file"), self.at("home/project/planted")).expect("a link of ours");
        for repository in ["home/project", "home/project/inner", "home/project/deep/er/still"] {
            let made =
                program("git").args(["init", "--quiet"]).current_dir(self.at(repository)).env("HOME", self.at("home/empty")).status();
            assert!(made.is_ok_and(|status| status.success()), "git init");
        }
        fs::write(self.at("home/project/.git/hooks/post-commit"), "#!/bin/sh\n").expect("a file of ours");
        if current_uid() == 0 {
            fs::copy("/usr/bin/id", self.at("home/project/id-of-root")).expect("there is `id`");
        }
    }

    /// Everything outside that could be spoken to counts who did.
    fn listen(&mut self) {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let udp = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        self.ports = (tcp.local_addr().expect("it is bound").port(), udp.local_addr().expect("it is bound").port());
        let reached = Arc::clone(&self.reached);
        std::thread::spawn(move || {
            for _caller in tcp.incoming() {
                reached.fetch_add(1, Ordering::SeqCst);
            }
        });
        udp.set_nonblocking(true).expect("a socket of ours");
        let name = SocketAddr::from_abstract_name(self.abstract_name()).expect("a short name");
        let listeners = ["home/data/run/gateway.sock", "home/project/agent.sock", "home/bus"].map(|path| UnixListener::bind(self.at(path)));
        let named = UnixListener::bind_addr(&name);
        let unix = listeners.into_iter().chain([named]).map(|listener| Listening::Unix { _listener: listener.expect("a free name") });
        self._listening.extend(unix);
        self._listening.push(Listening::Datagrams { _socket: UnixDatagram::bind(self.at("home/data/run/log")).expect("a free name") });
        self._listening.push(Listening::Udp { _socket: udp });
    }

    fn abstract_name(&self) -> String {
        self.root.path().file_name().expect("it has a name").to_string_lossy().into_owned()
    }

    /// Gives everything to the ordinary user, but for what is the system's.
    fn own(&self) {
        if current_uid() != 0 {
            return;
        }
        let given = program("chown").args(["-R", &format!("{0}:{0}", self.uid)]).args([self.root.path(), &self.shared]).status();
        assert!(given.is_ok_and(|status| status.success()), "chown");
        let id = self.at("home/project/id-of-root");
        chown(&id, Some(0), Some(0)).expect("root may");
        fs::set_permissions(&id, Permissions::from_mode(0o4755)).expect("root may");
    }

    fn as_ordinary(&self, path: &Path) -> Command {
        let mut command = program(path);
        if current_uid() == 0 {
            command.uid(self.uid).gid(self.uid);
        }
        command.env("HOME", self.at("home")).env("USER", "nobody").env("ALCOVE_TEST_API_KEY", SECRET);
        command
    }

    fn start_victim(&self) -> Child {
        let mut command = self.as_ordinary(Path::new("/usr/bin/python3"));
        command
            .args(["-c", VICTIM, &self.key.to_string()])
            .current_dir(self.at("home/outside"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut victim = command.spawn().expect("there is python3");
        let mut line = String::new();
        BufReader::new(victim.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says that it is ready");
        assert_eq!(line, "ready\n");
        victim
    }

    /// Runs a command at a level as the ordinary user, with a descriptor that was left open by mistake.
    pub fn run(&self, how: How<'_>, command: &[&str]) -> Output {
        let mut sandbox = self.as_ordinary(Path::new("/bin/sh"));
        sandbox.args(["-c", "secret=$1; shift; exec 7<\"$secret\" \"$@\""]).arg("sh").arg(self.at("home/outside/file"));
        sandbox.arg(self.binary.path()).arg("sandbox").arg("--data").arg(self.at("home/data"));
        let folder = how.folder.map_or_else(|| self.project(), |folder| self.at(folder));
        sandbox.arg("--folder").arg(&folder);
        if let Some(level) = how.level {
            sandbox.args(["--level", level]);
        }
        sandbox.args(how.flags);
        for (name, value) in self.told() {
            sandbox.args(["--set", &format!("PROBE_{name}={value}")]);
        }
        sandbox.arg("--").args(command).current_dir(folder).stdin(Stdio::null());
        sandbox.output().expect("there is a shell")
    }

    /// What a probe is told: where things are that it must not reach.
    fn told(&self) -> [(&'static str, String); 9] {
        let at = |path: &str| self.at(path).to_string_lossy().into_owned();
        [
            ("HOME", at("home")),
            ("OUT", at("home/outside")),
            ("DATA", at("home/data")),
            ("PID", self.victim.id().to_string()),
            ("TCP", self.ports.0.to_string()),
            ("UDP", self.ports.1.to_string()),
            ("ABSTRACT", self.abstract_name()),
            ("SHM", self.shared.to_string_lossy().into_owned()),
            ("KEY", self.key.to_string()),
        ]
    }

    /// What of what was planted is not as it was.
    pub fn harmed(&mut self) -> Vec<String> {
        let mut harmed: Vec<String> = Vec::new();
        for (path, text) in PLANTED {
            if fs::read_to_string(self.at(path)).ok().as_deref() != Some(text) {
                harmed.push((*path).to_owned());
            }
        }
        let outside = fs::read_dir(self.at("home/outside")).map_or(0, Iterator::count);
        if outside != 3 {
            harmed.push(format!("home/outside has {outside} names"));
        }
        if fs::read_to_string(&self.shared).ok().as_deref() != Some(SECRET) {
            harmed.push("shared memory".to_owned());
        }
        if fs::read_to_string(self.at("home/project/.git/hooks/post-commit")).ok().as_deref() != Some("#!/bin/sh\n") {
            harmed.push("a hook".to_owned());
        }
        if self.at("home/project/.git/commondir").exists() {
            harmed.push("a repository's rules are looked for elsewhere".to_owned());
        }
        match self.victim.try_wait() {
            Ok(None) if !stopped(self.victim.id()) => {}
            Ok(_) | Err(_) => harmed.push("the program outside".to_owned()),
        }
        harmed
    }

    /// How often something outside was reached by TCP since it was last asked.
    pub fn reached(&self) -> usize {
        self.reached.swap(0, Ordering::SeqCst)
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // It ends when nobody can speak to it any more, and takes its shared memory with it.
        if let Some(mut input) = self.victim.stdin.take() {
            let _ended = input.flush();
        }
        let _ended = rustix::process::kill_process(rustix::process::Pid::from_child(&self.victim), rustix::process::Signal::CONT);
        let _ended = self.victim.wait();
        let _gone = fs::remove_file(&self.shared);
    }
}

/// The one place of this suite that starts something.
#[expect(clippy::disallowed_methods, reason = "what the sandbox is tried on lives outside it")]
pub fn program(path: impl AsRef<OsStr>) -> Command {
    Command::new(path)
}

fn stopped(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status.rsplit(')').next().is_some_and(|rest| matches!(rest.trim().chars().next(), Some('T' | 't' | 'Z' | 'X')))
}

fn current_uid() -> u32 {
    rustix::process::getuid().as_raw()
}
