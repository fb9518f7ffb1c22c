//! Server-sent events, decoded byte by byte: bytes in, the text of whole events out.
//!
//! Pure: it reads no socket and knows nothing of models. Only `data` fields matter here; `event`, `id`, `retry` and
//! comments are passed over. However the bytes were cut on their way, the same events come out. Invalid UTF-8 becomes
//! the replacement character; nothing a server sends makes it panic or buffer more than [`MAX_EVENT_BYTES`].

/// The longest line, and the most text of one event, that is kept while it is still incomplete.
pub(super) const MAX_EVENT_BYTES: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A line, or the lines of one event together, grew past [`MAX_EVENT_BYTES`]. The decoder is of no use afterwards.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineTooLong;

/// What is known of the line and the event being read.
#[derive(Debug, Default)]
pub(super) struct SseDecoder {
    line: Vec<u8>,
    /// The event's data so far; `None` until its first `data` field, because an empty field is data, too.
    data: Option<String>,
    /// The last byte was a carriage return: a line feed right after it belongs to the same line end.
    after_return: bool,
    /// A first line has been read, so a byte order mark would be text from now on.
    begun: bool,
}

impl SseDecoder {
    /// Reads `bytes` and appends the data of every event they complete to `events`.
    pub(super) fn feed(&mut self, bytes: &[u8], events: &mut Vec<String>) -> Result<(), LineTooLong> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_return) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.hold(rest);
            };
            self.hold(&rest[..end])?;
            self.after_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            self.end_line(events)?;
        }
        Ok(())
    }

    /// The stream has ended: a last line or event that lacks its line end counts as whole.
    pub(super) fn finish(&mut self, events: &mut Vec<String>) -> Result<(), LineTooLong> {
        if !self.line.is_empty() {
            self.end_line(events)?;
        }
        events.extend(self.data.take());
        Ok(())
    }

    fn hold(&mut self, part: &[u8]) -> Result<(), LineTooLong> {
        if self.line.len() + part.len() > MAX_EVENT_BYTES {
            self.line = Vec::new();
            return Err(LineTooLong);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    fn end_line(&mut self, events: &mut Vec<String>) -> Result<(), LineTooLong> {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.begun, true) && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if line.is_empty() {
            events.extend(self.data.take());
        } else if let Some(value) = data_of(&line) {
            self.append(&String::from_utf8_lossy(value))?;
        }
        line.clear();
        self.line = line;
        Ok(())
    }

    fn append(&mut self, value: &str) -> Result<(), LineTooLong> {
        let data = match &mut self.data {
            None => self.data.insert(String::new()),
            Some(data) => {
                data.push('\n');
                data
            }
        };
        if data.len() + value.len() > MAX_EVENT_BYTES {
            self.data = None;
            return Err(LineTooLong);
        }
        data.push_str(value);
        Ok(())
    }
}

/// The value of a `data` line, with the one space after the colon removed; `None` for comments and other fields.
fn data_of(line: &[u8]) -> Option<&[u8]> {
    let value = line.strip_prefix(b"data")?;
    match value {
        [] => Some(value),
        [b':', b' ', rest @ ..] | [b':', rest @ ..] => Some(rest),
        [..] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stream and the events it holds.
    const CASES: &[(&[u8], &[&str])] = &[
        (b"", &[]),
        (b"data: a\n\n", &["a"]),
        (b"data:a\n\ndata: b\n\n", &["a", "b"]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
        (b"data: a\r\rdata: b\r\r", &["a", "b"]),
        (b"data: a\n\r\ndata: b\r\n\n", &["a", "b"]),
        (b"data: one\ndata: two\n\n", &["one\ntwo"]),
        (b"data\n\n", &[""]),
        (b"data:\n\n", &[""]),
        (b"data:  two spaces\n\n", &[" two spaces"]),
        (b": keep-alive\n\n: PROCESSING\n\ndata: a\n\n:\n\n", &["a"]),
        (b"event: x\nid: 7\nretry: 10\ndata: a\n\n", &["a"]),
        (b"event: x\n\n", &[]),
        (b"database: a\n\n", &[]),
        (b"\xEF\xBB\xBFdata: a\n\n", &["a"]),
        (b"data: a\n\n\xEF\xBB\xBFdata: b\n\n", &["a"]),
        (b"data: a", &["a"]),
        (b"data: a\n", &["a"]),
        (b"data: a\r", &["a"]),
        (b"data: caf\xC3\xA9 \xF0\x9F\x8C\x8A\n\n", &["caf\u{e9} \u{1f30a}"]),
        (b"data: \xFF\xC3\n\n", &["\u{fffd}\u{fffd}"]),
        (b"\0\x01nonsense\n{\"a\":1}\n\n", &[]),
        (b"\n\n\n\n", &[]),
    ];

    fn decode(parts: &[&[u8]]) -> Vec<String> {
        let mut decoder = SseDecoder::default();
        let mut events = Vec::new();
        for part in parts {
            decoder.feed(part, &mut events).unwrap();
        }
        decoder.finish(&mut events).unwrap();
        events
    }

    #[test]
    fn whole_streams_decode() {
        for (stream, events) in CASES {
            assert_eq!(decode(&[stream]), *events, "{:?}", String::from_utf8_lossy(stream));
        }
    }

    #[test]
    fn every_chunking_gives_the_same_events() {
        for (stream, events) in CASES {
            for first in 0..=stream.len() {
                for second in first..=stream.len() {
                    let parts = [&stream[..first], &stream[first..second], &stream[second..]];
                    assert_eq!(decode(&parts), *events, "cut at {first} and {second}");
                }
            }
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            assert_eq!(decode(&bytes), *events, "byte by byte");
        }
    }

    #[test]
    fn an_endless_line_is_refused_at_the_limit() {
        let mut decoder = SseDecoder::default();
        let part = vec![b'x'; 64 * 1024];
        let mut events = Vec::new();
        let taken = (0..).take_while(|_| decoder.feed(&part, &mut events).is_ok()).count();
        assert_eq!(taken, MAX_EVENT_BYTES / part.len());
        assert_eq!(decoder.line.capacity(), 0, "the line is not kept");
    }

    #[test]
    fn endless_data_lines_of_one_event_are_refused() {
        let mut decoder = SseDecoder::default();
        let line = [b"data: ".as_slice(), &[b'x'; 1024], b"\n"].concat();
        let mut events = Vec::new();
        assert!((0..2000).any(|_| decoder.feed(&line, &mut events) == Err(LineTooLong)));
        assert_eq!(events, [] as [String; 0]);
    }

    #[test]
    fn any_bytes_in_any_pieces_are_survived() {
        let mut seed = 1_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize
        };
        const ALPHABET: &[u8] = b"data: \r\n:x\xFF\xEF\xBB\xBF\xC3{}[]";
        for round in 0..2000 {
            let stream: Vec<u8> = (0..next() % 60).map(|_| ALPHABET[next() % ALPHABET.len()]).collect();
            let cut = next() % (stream.len() + 1);
            assert_eq!(decode(&[&stream]), decode(&[&stream[..cut], &stream[cut..]]), "round {round}");
        }
    }
}
