//! Whole chats: how they get their names, how they go, how they are copied, taken out and brought back, and what can be asked about them.

mod files;
mod forks;
mod life;
mod titles;

use alcove_tests::http::Answer;

/// The body of an answer that came in chunks.
pub fn whole(answer: &Answer) -> Vec<u8> {
    if answer.header("transfer-encoding") != "chunked" {
        return answer.body.clone();
    }
    let (mut out, mut rest) = (Vec::new(), answer.body.as_slice());
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").expect("a chunk has a head");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).expect("a chunk says its size");
        if size == 0 {
            return out;
        }
        out.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
}
