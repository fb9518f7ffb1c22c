//! A scripted model server with an OpenAI-compatible surface. What it streams is said in the prompt: `bench chunks=N rate=R size=S`,
//! with R chunks a second (0: as fast as they are taken) of S characters each, or `stamp=1`: each chunk says when it was sent.
//! `bench exec: COMMAND` asks for a command to be run instead.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::error::Error;

/// Bytes handed to the socket at once when nothing is paced.
const WRITE_BYTES: usize = 32 * 1024;
/// How a request for a chat's title begins; benchmarks measure turns, so it is refused.
const TITLES: &str = "You name conversations.";
/// What precedes the script in a prompt.
const MARK: &str = "bench chunks=";
/// What precedes a command in a prompt.
pub(crate) const COMMAND_MARK: &str = "bench exec: ";

const STREAM_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n";

static BEGAN: OnceLock<Instant> = OnceLock::new();

/// What one answer is made of.
#[derive(Clone, Copy)]
pub(crate) struct Script {
    /// Chunks in the answer.
    pub(crate) chunks: u32,
    /// Chunks a second; 0 is no pace.
    pub(crate) rate: u32,
    /// Characters a chunk.
    pub(crate) size: u32,
    /// Whether a chunk says when it was sent, instead of `size` characters.
    pub(crate) stamp: bool,
}

impl Script {
    /// The prompt that asks for it.
    pub(crate) fn prompt(self) -> String {
        let Self { chunks, rate, size, stamp } = self;
        format!("{MARK}{chunks} rate={rate} size={size} stamp={}", u8::from(stamp))
    }

    fn find(body: &str) -> Option<Self> {
        let text = &body[body.rfind(MARK)? + MARK.len() - "chunks=".len()..];
        let number = |name: &str| {
            let rest = &text[text.find(name)? + name.len()..];
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..end].parse().ok()
        };
        let stamp = number("stamp=").unwrap_or(0) == 1;
        Some(Self { chunks: number("chunks=")?, rate: number("rate=")?, size: number("size=")?, stamp })
    }
}

/// Nanoseconds since this process first asked.
pub(crate) fn clock_ns() -> u64 {
    u64::try_from(BEGAN.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Starts the server; it serves as long as this process lives.
pub(crate) fn start() -> Result<SocketAddr, Error> {
    clock_ns();
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::io("listen as the model server"))?;
    let address = listener.local_addr().map_err(Error::io("listen as the model server"))?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that leaves ends its own answer only.
            thread::spawn(move || serve(stream).ok());
        }
    });
    Ok(address)
}

fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    let mut first = String::new();
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body);
    if body.contains(TITLES) {
        return stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    let streams = body.contains("\"stream\":true") || body.contains("\"stream\": true");
    if let Some(command) = command(&body) {
        return ask_for(&mut stream, &command);
    }
    match Script::find(&body) {
        Some(script) if streams => stream_answer(&mut stream, script),
        Some(_) | None if streams => stream_answer(&mut stream, Script { chunks: 1, rate: 0, size: 5, stamp: false }),
        Some(_) | None => plain_answer(&mut stream, &first),
    }
}

/// The command the request's last message asks for; it is none once the command has been run.
fn command(body: &str) -> Option<String> {
    let request: Value = serde_json::from_str(body).ok().filter(|_| body.contains(COMMAND_MARK))?;
    let last = request["messages"].as_array()?.last().filter(|last| last["role"] == "user")?;
    let parts = last["content"].as_array().into_iter().flatten().filter_map(|part| part["text"].as_str());
    let text = last["content"].as_str().into_iter().chain(parts).find_map(|text| text.split(COMMAND_MARK).nth(1))?;
    text.lines().next().map(str::to_owned)
}

fn ask_for(stream: &mut TcpStream, command: &str) -> std::io::Result<()> {
    let arguments = json!({ "command": command }).to_string();
    let call = json!([{ "index": 0, "id": "call_1", "type": "function", "function": { "name": "exec", "arguments": arguments } }]);
    let chunk = |delta: Value, why: Value| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": why });
        json!({ "id": "b", "object": "chat.completion.chunk", "created": 1, "model": "bench", "choices": [choice] })
    };
    stream.write_all(STREAM_HEAD)?;
    write!(stream, "data: {}\n\n", chunk(json!({ "role": "assistant", "tool_calls": call }), Value::Null))?;
    write!(stream, "data: {}\n\ndata: [DONE]\n\n", chunk(json!({}), json!("tool_calls")))
}

fn plain_answer(stream: &mut TcpStream, request: &str) -> std::io::Result<()> {
    let body = if request.starts_with("GET") {
        r#"{"object":"list","data":[{"id":"bench","object":"model"}]}"#
    } else {
        r#"{"id":"b","object":"chat.completion","created":1,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"Bench"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}"#
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn chunk(text: &str) -> String {
    format!(
        "data: {{\"id\":\"b\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\
         \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
    )
}

fn stream_answer(stream: &mut TcpStream, script: Script) -> std::io::Result<()> {
    stream.write_all(STREAM_HEAD)?;
    let ready = chunk(&word(script.size));
    if script.rate == 0 {
        let mut block = String::new();
        for _ in 0..script.chunks {
            block.push_str(&ready);
            if block.len() >= WRITE_BYTES {
                stream.write_all(block.as_bytes())?;
                block.clear();
            }
        }
        stream.write_all(block.as_bytes())?;
    } else {
        let began = Instant::now();
        for number in 0..script.chunks {
            let due = Duration::from_secs_f64(f64::from(number) / f64::from(script.rate));
            thread::sleep(due.saturating_sub(began.elapsed()));
            if script.stamp {
                stream.write_all(chunk(&format!("{:x} ", clock_ns())).as_bytes())?;
            } else {
                stream.write_all(ready.as_bytes())?;
            }
        }
    }
    stream.write_all(
        b"data: {\"id\":\"b\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{},\
          \"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":10,\"total_tokens\":20}}\n\ndata: [DONE]\n\n",
    )
}

/// A word of so many characters, its last a space.
fn word(size: u32) -> String {
    let letters = "stream".chars().cycle().take(size.saturating_sub(1) as usize);
    letters.chain(std::iter::once(' ')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_found_in_the_last_prompt() {
        let script = Script { chunks: 20, rate: 50, size: 5, stamp: true };
        let body = format!("{{\"content\":\"bench chunks=1 rate=2 size=3 stamp=0\"}},{{\"content\":\"{}\"}}", script.prompt());
        let found = Script::find(&body).expect("a script");
        assert_eq!((found.chunks, found.rate, found.size, found.stamp), (20, 50, 5, true));
        assert_eq!(word(5), "stre ");
    }
}
