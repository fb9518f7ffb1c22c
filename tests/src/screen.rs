//! A screen without a monitor: an X server of its own, a session bus, and the programs started on them, all ended with it.
//! It needs Debian's `xvfb` and `dbus`, and says so instead of skipping when they are missing.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a condition may take to come true before the test has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at a condition.
const LOOK: Duration = Duration::from_millis(20);

/// Looks again and again until there is something to see; panics with `what` when the patience is over.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "not seen within {PATIENCE:?}: {what}");
        std::thread::park_timeout(LOOK);
    }
}

/// A program of the scenario, killed when the scenario is over.
pub struct Program(Child);

impl Program {
    /// Starts it; a program that is not installed fails the test with its name.
    pub fn start(mut command: Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        Self(command.spawn().unwrap_or_else(|error| panic!("{name} did not start: {error}")))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// The next line of its piped standard output.
    pub fn first_line(&mut self) -> String {
        let out = self.0.stdout.take().expect("standard output is piped");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("standard output is readable");
        line.trim().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An X server with a session bus.
pub struct Screen {
    display: String,
    bus: String,
    _x: Program,
    _dbus: Program,
}

impl Screen {
    /// Starts both and waits until they have said where they listen.
    pub fn start() -> Self {
        let mut x = program("Xvfb");
        x.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut x = Program::start(x);
        let mut dbus = program("dbus-daemon");
        dbus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut dbus = Program::start(dbus);
        Self { display: format!(":{}", x.first_line()), bus: dbus.first_line(), _x: x, _dbus: dbus }
    }

    /// The name its programs know it by.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// A program on this screen, with a home and a runtime folder of its own beneath `home`.
    pub fn program(&self, name: &str, home: &Path) -> Command {
        let runtime = home.join("runtime");
        std::fs::create_dir_all(&runtime).expect("the test's folder is writable");
        let mut command = program(name);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
        for unwanted in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ALCOVE_DATA_DIR"] {
            command.env_remove(unwanted);
        }
        command
    }
}

#[expect(clippy::disallowed_methods, reason = "scenarios start the real binaries and the tools they are driven with")]
fn program(name: &str) -> Command {
    Command::new(name)
}

/// The shell's binary, named by `ALCOVE_BIN`; a test without it fails, it is never skipped.
pub fn alcove_binary() -> String {
    let binary = std::env::var("ALCOVE_BIN").expect("ALCOVE_BIN names the shell's binary: cargo build -p alcove, then target/debug/alcove");
    assert!(Path::new(&binary).is_file(), "ALCOVE_BIN is no file: {binary}");
    binary
}
