//! A screen without a monitor whose pixels can be watched from outside: an X server that keeps its picture in a file, and a session bus.

use std::fs::{self, DirBuilder, File};
use std::io::BufRead;
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::process::{Launch, Running};

/// Every so many rows one is looked at.
const ROW_STEP: usize = 6;
/// A picture that has stayed alike for so long is final.
const STILL: Duration = Duration::from_millis(1500);
/// The longest a window is waited for.
const LIMIT: Duration = Duration::from_secs(20);
/// The share of the pixels that must be as in the final picture; a blinking caret may differ.
const ALIKE: f64 = 0.995;
/// Size of the fixed part of an XWD header's numbers we read.
const HEADER_BYTES: usize = 80;

/// The screen.
pub(crate) struct Screen {
    display: String,
    bus: String,
    picture: PathBuf,
    home: PathBuf,
    _server: Running,
    _bus: Running,
}

/// When a window came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// From the start of the process to the first changed pixel.
    pub(crate) first: Duration,
    /// To the first picture that is, but for half a percent of its pixels, the final one.
    pub(crate) whole: Duration,
}

impl Screen {
    /// Starts both; they write into `temp`.
    pub(crate) fn start(temp: &Path) -> Result<Self, Error> {
        let home = temp.join("screen");
        DirBuilder::new().recursive(true).mode(0o700).create(home.join("runtime")).map_err(Error::io(home.display()))?;
        let server = Launch::new("Xvfb").args(&["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir"]).arg(&home);
        let (server, mut said) = server.start_read(&home.join("x.log"))?;
        let display = format!(":{}", line(&mut said)?);
        let bus = Launch::new("dbus-daemon").args(&["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let (bus_process, mut said) = bus.start_read(&home.join("bus.log"))?;
        let bus = line(&mut said)?;
        Ok(Self { display, bus, picture: home.join("Xvfb_screen0"), home, _server: server, _bus: bus_process })
    }

    /// A program on this screen, with a home of its own.
    pub(crate) fn program(&self, program: &Path) -> Launch {
        Launch::new(program)
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", self.home.join("runtime"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("GDK_BACKEND", "x11")
    }

    /// Starts a window and watches the screen until it no longer changes.
    pub(crate) fn watch(&self, launch: Launch, name: &str) -> Result<(Running, Seen), Error> {
        let picture = Picture::open(&self.picture)?;
        let before = picture.read()?;
        let began = Instant::now();
        let process = launch.start(&self.home.join(format!("{name}.log")))?;
        let mut changes: Vec<(Duration, Vec<u8>)> = Vec::new();
        loop {
            std::thread::sleep(Duration::from_millis(1));
            let (now, pixels) = (began.elapsed(), picture.read()?);
            if pixels != changes.last().map_or(before.as_slice(), |(_, last)| last.as_slice()) {
                changes.push((now, pixels));
            }
            if settled(&changes, now) || now > LIMIT {
                break;
            }
        }
        let Some((_, last)) = changes.last() else {
            let log = fs::read_to_string(self.home.join(format!("{name}.log"))).unwrap_or_default();
            return Err(Error::broken(format!("{name} showed nothing: {}", log.lines().last().unwrap_or_default())));
        };
        let whole = changes.iter().find(|(_, pixels)| alike(pixels, last) >= ALIKE).map_or(changes[0].0, |(at, _)| *at);
        Ok((process, Seen { first: changes[0].0, whole }))
    }

    /// Where what a program said was written.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.home.join(format!("{name}.log"))
    }
}

fn line(said: &mut impl BufRead) -> Result<String, Error> {
    let mut line = String::new();
    said.read_line(&mut line).map_err(Error::io("start a screen"))?;
    if line.trim().is_empty() { Err(Error::broken("the screen did not start")) } else { Ok(line.trim().to_owned()) }
}

/// Whether the newest picture has been there, caret apart, for long enough.
fn settled(changes: &[(Duration, Vec<u8>)], now: Duration) -> bool {
    let Some((last_at, last)) = changes.last() else { return false };
    let unlike = changes.iter().rev().find(|(_, pixels)| alike(pixels, last) < ALIKE);
    let since = changes.iter().find(|(at, _)| unlike.is_none_or(|(before, _)| at > before)).map_or(*last_at, |(at, _)| *at);
    now - since > STILL
}

fn alike(one: &[u8], other: &[u8]) -> f64 {
    let same = one.chunks_exact(4).zip(other.chunks_exact(4)).filter(|(one, other)| one == other).count();
    same as f64 / (one.len() / 4) as f64
}

/// The file an X server keeps its picture in: an XWD header, colours, rows.
struct Picture {
    file: File,
    start: u64,
    row: usize,
    rows: usize,
}

impl Picture {
    fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io(path.display()))?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, 0).map_err(Error::io(path.display()))?;
        let number = |index: usize| {
            let at = index * 4;
            u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        // Header size, height, bytes a row, colours of twelve bytes each.
        let (size, rows, row, colours) = (number(0), number(5), number(12), number(19));
        Ok(Self { file, start: u64::from(size) + u64::from(colours) * 12, row: row as usize, rows: rows as usize })
    }

    fn read(&self) -> Result<Vec<u8>, Error> {
        let mut pixels = Vec::with_capacity(self.row * self.rows / ROW_STEP + self.row);
        for row in (0..self.rows).step_by(ROW_STEP) {
            let at = pixels.len();
            pixels.resize(at + self.row, 0);
            let from = self.start + (row * self.row) as u64;
            self.file.read_exact_at(&mut pixels[at..], from).map_err(Error::io("read the screen"))?;
        }
        Ok(pixels)
    }
}
