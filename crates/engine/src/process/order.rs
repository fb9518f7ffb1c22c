//! What Alcove and a command's guardian say to each other, on the socket that is the guardian's standard input. First, from Alcove, the
//! launch, with the write ends of the command's two output pipes beside it; then orders, a byte each. From the guardian come reports of
//! five bytes. An end of file from Alcove's side is an order too: Alcove is gone.

use std::ffi::{OsStr, OsString};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::process::Command;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, SendAncillaryBuffer, SendAncillaryMessage};
use rustix::net::{RecvFlags, SendFlags};

/// Bytes of a report: a letter and a number.
pub(super) const REPORT: usize = 5;
/// Bytes a launch may have; the system takes about 2 MiB of arguments and environment.
const LAUNCH: usize = 4 << 20;

/// What is started, whole: a command has no more of Alcove's environment than this says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Launch {
    pub(super) program: OsString,
    pub(super) args: Vec<OsString>,
    pub(super) folder: PathBuf,
    pub(super) env: Vec<(OsString, OsString)>,
}

/// How the tree is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Asked first, killed after a short grace.
    Stop,
    /// Killed.
    Kill,
}

/// What the guardian says of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// It runs, under this process id.
    Started(i32),
    /// It could not be started: the system's error number.
    Failed(i32),
    /// Its first process ended by itself, with this code.
    Exited(i32),
    /// Its first process was ended by this signal.
    Signalled(i32),
}

impl Launch {
    /// What a ready-made command says. Its own standard streams are not looked at; without a folder it starts in `/`.
    pub(super) fn of(command: &Command) -> Self {
        let owned = |text: &OsStr| text.to_os_string();
        Self {
            program: owned(command.get_program()),
            args: command.get_args().map(owned).collect(),
            folder: command.get_current_dir().map_or_else(|| PathBuf::from("/"), PathBuf::from),
            env: command.get_envs().filter_map(|(name, value)| Some((owned(name), owned(value?)))).collect(),
        }
    }

    /// Its bytes: each text behind its length.
    pub(super) fn encode(&self) -> io::Result<Vec<u8>> {
        let counts = [self.args.len(), self.env.len()].map(|count| OsString::from(count.to_string()));
        let texts = [self.program.as_os_str(), self.folder.as_os_str(), &counts[0], &counts[1]].into_iter();
        let texts = texts.chain(self.args.iter().map(OsString::as_os_str));
        let mut bytes = Vec::new();
        for text in texts.chain(self.env.iter().flat_map(|(name, value)| [name.as_os_str(), value.as_os_str()])) {
            bytes.extend(length(text.len())?);
            bytes.extend(text.as_bytes());
        }
        if bytes.len() > LAUNCH { Err(io::ErrorKind::ArgumentListTooLong.into()) } else { Ok(bytes) }
    }

    /// The launch in these bytes; `None` when they are none.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut texts = Texts(bytes);
        let (program, folder) = (texts.next()?, texts.next()?);
        let mut count = || texts.next()?.to_str()?.parse::<usize>().ok();
        let (args, env) = (count()?, count()?);
        let args = (0..args).map(|_| texts.next()).collect::<Option<_>>()?;
        let env = (0..env).map(|_| Some((texts.next()?, texts.next()?))).collect::<Option<_>>()?;
        Some(Self { program, args, folder: folder.into(), env })
    }
}

struct Texts<'a>(&'a [u8]);

impl Iterator for Texts<'_> {
    type Item = OsString;

    fn next(&mut self) -> Option<OsString> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        Some(OsString::from_vec(text.to_vec()))
    }
}

fn length(bytes: usize) -> io::Result<[u8; 4]> {
    u32::try_from(bytes).map(u32::to_le_bytes).map_err(|_| io::ErrorKind::ArgumentListTooLong.into())
}

/// Announces a launch of so many bytes, which follow, and hands over the two pipes. Never waits on a new socket.
pub(super) fn announce(socket: impl AsFd, bytes: usize, pipes: [&impl AsFd; 2]) -> io::Result<()> {
    let fds = pipes.map(AsFd::as_fd);
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !beside.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let sent = rustix::net::sendmsg(socket, &[IoSlice::new(&length(bytes)?)], &mut beside, SendFlags::empty())?;
    if sent == 4 { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
}

/// Takes an announcement: how many bytes of a launch follow, and the two pipes.
pub(super) fn announced(socket: impl AsFd) -> io::Result<(usize, [OwnedFd; 2])> {
    let mut length = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let got = rustix::net::recvmsg(socket, &mut [IoSliceMut::new(&mut length)], &mut beside, RecvFlags::CMSG_CLOEXEC)?;
    let mut pipes = Vec::new();
    for message in beside.drain() {
        if let RecvAncillaryMessage::ScmRights(fds) = message {
            pipes.extend(fds);
        }
    }
    let bytes = u32::from_le_bytes(length) as usize;
    match <[OwnedFd; 2]>::try_from(pipes) {
        Ok(pipes) if got.bytes == 4 && bytes <= LAUNCH => Ok((bytes, pipes)),
        Ok(_) | Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

impl Order {
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Stop => b's',
            Self::Kill => b'k',
        }
    }

    /// The order of a byte. What is not known kills: nothing is left running over a misunderstanding.
    pub(super) fn of(byte: u8) -> Self {
        if byte == b's' { Self::Stop } else { Self::Kill }
    }
}

impl Report {
    pub(super) fn bytes(self) -> [u8; REPORT] {
        let (letter, number) = match self {
            Self::Started(pid) => (b'p', pid),
            Self::Failed(error) => (b'f', error),
            Self::Exited(code) => (b'e', code),
            Self::Signalled(signal) => (b's', signal),
        };
        let [a, b, c, d] = number.to_le_bytes();
        [letter, a, b, c, d]
    }

    pub(super) fn of(bytes: [u8; REPORT]) -> Option<Self> {
        let [letter, number @ ..] = bytes;
        let number = i32::from_le_bytes(number);
        match letter {
            b'p' => Some(Self::Started(number)),
            b'f' => Some(Self::Failed(number)),
            b'e' => Some(Self::Exited(number)),
            b's' => Some(Self::Signalled(number)),
            _ => None,
        }
    }
}
