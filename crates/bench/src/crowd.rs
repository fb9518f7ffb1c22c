//! Many subscribers of one chat in one thread: reads what comes, counts it, and stops when everybody has everything.

use std::time::{Duration, Instant};

use rustix::event::epoll;

use crate::error::Error;
use crate::http::find;
use crate::socket::Socket;

/// Without a single frame for this long a round is over, whole or not.
const STALL: Duration = Duration::from_secs(8);

/// What ended, as the start of a frame's text: names come within the first bytes.
const NAME_BYTES: usize = 48;

/// Subscribers.
pub(crate) struct Crowd {
    sockets: Vec<Socket>,
    epoll: std::os::fd::OwnedFd,
}

/// What a round brought.
#[derive(Default, Clone, Debug)]
pub(crate) struct Round {
    /// Frames of all subscribers.
    pub(crate) frames: u64,
    /// Characters streamed to the witness.
    pub(crate) characters: u64,
    /// From the first frame to the last.
    pub(crate) time: Duration,
    /// Subscribers that did not get as many frames as the witness.
    pub(crate) short: usize,
    /// The size of the witness's last streamed frame.
    pub(crate) frame_bytes: usize,
}

/// What the witness, the first subscriber, makes of a frame.
pub(crate) enum Seen {
    /// A streamed piece with so many characters.
    Piece(u64),
    /// The end of the round, itself with so many characters.
    End(u64),
    /// Something else.
    Other,
}

impl Crowd {
    /// Takes subscribers; the first is the witness and must take frames uncompressed.
    pub(crate) fn new(sockets: Vec<Socket>) -> Result<Self, Error> {
        let failed = |error: rustix::io::Errno| Error::io("epoll")(error.into());
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(failed)?;
        for (index, socket) in sockets.iter().enumerate() {
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&epoll, socket.stream(), data, epoll::EventFlags::IN).map_err(failed)?;
        }
        Ok(Self { sockets, epoll })
    }

    /// Reads and forgets until nothing has come for a moment.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        loop {
            let ready = self.ready(Duration::from_millis(150))?;
            if ready.is_empty() {
                self.sockets.iter_mut().for_each(Socket::forget);
                return Ok(());
            }
            for index in ready {
                self.sockets[index].drain(&mut |_| {})?;
            }
        }
    }

    /// The witness, to send with.
    pub(crate) fn witness(&mut self) -> &mut Socket {
        &mut self.sockets[0]
    }

    /// Counts until the witness has seen the end and everybody has as many frames as it.
    pub(crate) fn count(&mut self, judge: impl Fn(&[u8]) -> Seen) -> Result<Round, Error> {
        let mut round = Round::default();
        let mut counts = vec![0_u64; self.sockets.len()];
        let mut ended = false;
        let mut first = None;
        let mut last = Instant::now();
        while !(ended && counts.iter().all(|count| *count >= counts[0])) {
            let ready = self.ready(Duration::from_millis(200))?;
            if ready.is_empty() {
                if last.elapsed() > STALL {
                    break;
                }
                continue;
            }
            for index in ready {
                let count = &mut counts[index];
                let mut witness = |payload: &[u8]| match judge(payload) {
                    Seen::Piece(characters) => {
                        round.characters += characters;
                        round.frame_bytes = payload.len();
                    }
                    Seen::End(characters) => {
                        round.characters += characters;
                        ended = true;
                    }
                    Seen::Other => {}
                };
                self.sockets[index].drain(&mut |payload| {
                    *count += 1;
                    if index == 0 {
                        witness(payload);
                    }
                })?;
            }
            last = Instant::now();
            first.get_or_insert(last);
        }
        round.time = last - first.unwrap_or(last);
        round.frames = counts.iter().sum();
        round.short = counts.iter().filter(|count| **count < counts[0]).count();
        if !ended {
            return Err(Error::broken(format!("the stream did not end: {round:?}")));
        }
        Ok(round)
    }

    fn ready(&self, limit: Duration) -> Result<Vec<usize>, Error> {
        let mut events = Vec::with_capacity(self.sockets.len());
        let limit = rustix::event::Timespec { tv_sec: 0, tv_nsec: i64::from(limit.subsec_nanos()) };
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&limit)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Error::io("epoll")(error.into())),
        }
        Ok(events.iter().filter_map(|event| usize::try_from(event.data.u64()).ok()).collect())
    }
}

/// Reads frames of the envelope, ours or the original's.
pub(crate) fn envelope(payload: &[u8]) -> Seen {
    let head = &payload[..payload.len().min(NAME_BYTES)];
    if find(head, b"\"delta\"").is_some() {
        let text: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
        return Seen::Piece(text["text"].as_str().map_or(0, |text| text.chars().count() as u64));
    }
    if find(head, b"\"turn_end\"").is_some() { Seen::End(0) } else { Seen::Other }
}
