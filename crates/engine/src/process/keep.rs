//! What is kept of one channel however much comes: its beginning, its end, and how much there was. Bounded in memory; tells nobody.

/// What is left of a channel when its command has ended, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// 1 is the standard output, 2 the standard error.
    pub(crate) channel: u8,
    /// The beginning; everything, when nothing was left out.
    pub(crate) head: String,
    /// The end; empty when nothing was left out.
    pub(crate) tail: String,
    /// Bytes that came.
    pub(crate) bytes: u64,
    /// Lines that came; a last one without an end counts.
    pub(crate) lines: u64,
    /// Bytes that came between `head` and `tail` and are lost.
    pub(crate) left_out: u64,
}

/// One channel's memory.
#[derive(Debug)]
pub(super) struct Keep {
    head: Vec<u8>,
    head_cap: usize,
    /// The newest bytes: the last `tail_cap` of it count, it grows to about twice that before it is cut.
    recent: Vec<u8>,
    tail_cap: usize,
    bytes: u64,
    ends: u64,
    open_line: bool,
}

impl Kept {
    /// The record's text: the beginning, a line that says what is missing, the end.
    pub(crate) fn text(&self) -> String {
        if self.left_out == 0 {
            return self.head.clone();
        }
        let gap = if self.head.is_empty() || self.head.ends_with('\n') { "" } else { "\n" };
        let unit = if self.left_out == 1 { "byte" } else { "bytes" };
        format!("{}{gap}… {} {unit} left out …\n{}", self.head, grouped(self.left_out), self.tail)
    }
}

impl Keep {
    pub(super) fn new(head_cap: usize, tail_cap: usize) -> Self {
        Self { head: Vec::new(), head_cap, recent: Vec::new(), tail_cap, bytes: 0, ends: 0, open_line: false }
    }

    /// Takes what came.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.open_line = *last != b'\n';
        self.bytes += bytes.len() as u64;
        self.ends += memchr::memchr_iter(b'\n', bytes).count() as u64;
        let room = self.head_cap.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        // One more than counts tells whether the first that does begins a line.
        let spare = self.tail_cap + 1;
        self.recent.extend_from_slice(&bytes[bytes.len().saturating_sub(spare)..]);
        if self.recent.len() > 2 * spare {
            self.recent.drain(..self.recent.len() - spare);
        }
    }

    /// Bytes that came so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its newest lines, at most so many and so many bytes of them; the last one as far as it came.
    pub(super) fn newest(&self, lines: usize, cap: usize) -> String {
        let Some(before) = lines.checked_sub(1) else { return String::new() };
        let complete = self.recent.strip_suffix(b"\n").unwrap_or(&self.recent);
        let begins = memchr::memrchr_iter(b'\n', complete).nth(before).map_or(0, |end| end + 1);
        let most = cap.min(self.tail_cap);
        let text = if self.recent.len() - begins > most { self.last(most) } else { self.last(self.recent.len() - begins) };
        String::from_utf8_lossy(text).into_owned()
    }

    /// What is left of it.
    pub(super) fn kept(&self, channel: u8) -> Kept {
        let lines = self.ends + u64::from(self.open_line);
        let kept = Kept { channel, head: String::new(), tail: String::new(), bytes: self.bytes, lines, left_out: 0 };
        let recent = &self.recent[self.recent.len().saturating_sub(self.tail_cap)..];
        let after_head = self.bytes - self.head.len() as u64;
        if let Some(overlap) = (recent.len() as u64).checked_sub(after_head) {
            let whole = [&self.head, &recent[usize::try_from(overlap).unwrap_or(recent.len())..]].concat();
            return Kept { head: String::from_utf8_lossy(&whole).into_owned(), ..kept };
        }
        let (head, tail) = (to_line(&self.head), self.last(self.tail_cap));
        let left_out = self.bytes - (head.len() + tail.len()) as u64;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Kept { head: text(head), tail: text(tail), left_out, ..kept }
    }

    /// Its last bytes, as many at most, from the beginning of a line where there is one in their first half.
    fn last(&self, most: usize) -> &[u8] {
        let (before, last) = self.recent.split_at(self.recent.len().saturating_sub(most));
        let whole = before.is_empty() && self.recent.len() as u64 == self.bytes;
        if whole || before.ends_with(b"\n") { last } else { from_line(last) }
    }
}

/// Cut back to the end of a line when there is one in the second half, else to the end of a character.
fn to_line(bytes: &[u8]) -> &[u8] {
    let half = bytes.len() / 2;
    if let Some(end) = memchr::memrchr(b'\n', &bytes[half..]) {
        return &bytes[..=half + end];
    }
    // The last character begins at most four bytes before the end; cut, it is left out.
    let starts = (bytes.len().saturating_sub(4)..bytes.len()).rev().find(|at| bytes[*at] & 0xc0 != 0x80);
    match starts.map(|at| (at, std::str::from_utf8(&bytes[at..]))) {
        Some((at, Err(error))) if error.error_len().is_none() => &bytes[..at],
        Some(_) | None => bytes,
    }
}

/// Cut to the beginning of a line when there is one in the first half, else to the beginning of a character.
fn from_line(bytes: &[u8]) -> &[u8] {
    match memchr::memchr(b'\n', &bytes[..bytes.len() / 2]) {
        Some(end) => &bytes[end + 1..],
        None => from_char(bytes),
    }
}

fn from_char(bytes: &[u8]) -> &[u8] {
    let begins = bytes.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    &bytes[begins..]
}

/// `199,998,123`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
