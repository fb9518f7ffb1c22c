//! P7: a chat of ten thousand messages: its pages over HTTP, and in Chromium its first content, its nodes, and its frames while an
//! answer streams.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::door::{Door, prompt};
use crate::error::Error;
use crate::figure::{Figures, mib, ms};
use crate::fixture::{cast, chat_id};
use crate::flood::Driven;
use crate::frames::{self, Frames};
use crate::gateway::Gateway;
use crate::model::{self, Script};
use crate::page::Page;
use crate::plain;
use crate::say::{self, Unit};
use crate::socket::Deflate;

const TURNS: u32 = 5_000;
/// Chunks of each answer.
const PIECES: u32 = 40;
const RUNS: u32 = 15;
/// Chunks a second while frames are timed, and how many.
const RATE: u32 = 50;
const CHUNKS: u32 = 500;
/// How often the plain page adds a piece, in milliseconds.
const EVERY_MS: u32 = 1000 / RATE;
const BASELINE: &str = "plain DOM";

/// Notes when the first answer is painted: the frame after the one in which it is there.
const FIRST_CONTENT: &str = "
    window.firstContent = null;
    const look = () => {
        const seen = document.querySelector('[data-test=answer]');
        if (seen) requestAnimationFrame(() => { window.firstContent = performance.now() - (window.opened ?? 0); });
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);";
/// What a page showed.
struct Outcome {
    first: f64,
    opened: Option<f64>,
    nodes: f64,
    distances: Figures,
    work: Figures,
    memory: f64,
}

/// Runs it.
pub(crate) fn run(temp: &Path) -> Result<(), Error> {
    say::opening(
        "thread",
        &[
            "one chat of 10,000 messages: 5,000 prompts with answers of 240 characters. HTTP: a new connection each time, to the last byte; medians of 15.",
            "Chromium, headless, 1280 × 800, without a GPU: first content is from the navigation to the frame after the first answer stood in the document;",
            "while an answer streams 50 chunks a second for 10 s, each animation frame is timed: its distance to the one before (16.7 ms is none missed),",
            "and its work on the page's thread, from its callbacks to what runs after style, layout and paint. Plain DOM: the same messages, an element",
            "each, all of them, the same streaming into the last one.",
        ],
    );
    let model = model::start()?;
    let data = temp.join("ours");
    cast(&data, model, PIECES)?.fill(&data, 1, TURNS)?;
    let gateway = Gateway::start(&data)?;
    let messages = http(&gateway.door)?;
    say::heading("in Chromium");
    let mine = ours(temp, &gateway.door)?;
    let theirs = plain_page(temp, &messages)?;
    if let Some(opened) = mine.opened {
        say::figure("ours: from choosing the chat to its first content", &Unit::Milliseconds.shown(opened));
    }
    say::against("first content, from the navigation", mine.first, (BASELINE, theirs.first), Unit::Milliseconds);
    say::against("DOM nodes", mine.nodes, (BASELINE, theirs.nodes), Unit::Count);
    for (what, share) in [("p50", 0.5), ("p99", 0.99), ("longest", 1.0)] {
        let of = |figures: &Figures| figures.share(share);
        say::against(&format!("work of a streamed frame, {what}"), of(&mine.work), (BASELINE, of(&theirs.work)), Unit::Milliseconds);
        let what = format!("from frame to frame while streaming, {what}");
        say::against(&what, of(&mine.distances), (BASELINE, of(&theirs.distances)), Unit::Milliseconds);
    }
    say::against("all of Chromium's processes", mine.memory, (BASELINE, theirs.memory), Unit::Mebibytes);
    Ok(())
}

/// Times pages over HTTP; returns the text of every message.
fn http(door: &Door) -> Result<Vec<String>, Error> {
    let (_, token) = door.bootstrap()?;
    for limit in [80, 1000] {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for _ in 0..RUNS {
            let began = Instant::now();
            let answer = door.thread(&token, &chat_id(0), limit)?;
            times.push(ms(began.elapsed()));
            bytes = answer.body.len();
        }
        let times = Figures::of(times);
        let value = format!("{:.2} {:.2} ms", times.median(), times.max());
        say::figure(&format!("HTTP page, limit {limit}, {bytes} bytes: p50, slowest"), &value);
    }
    let began = Instant::now();
    let mut texts: Vec<String> = Vec::new();
    let mut before = String::new();
    loop {
        let page = door.thread_before(&token, &chat_id(0), &before)?;
        let messages = page["messages"].as_array().ok_or_else(|| Error::broken("a thread page without messages"))?;
        let mut older: Vec<String> = messages.iter().map(|message| message["content"].as_str().unwrap_or_default().to_owned()).collect();
        older.append(&mut texts);
        texts = older;
        match page["page"]["before_cursor"].as_str() {
            Some(cursor) => cursor.clone_into(&mut before),
            None => break,
        }
    }
    let words = format!("HTTP, all {} messages in pages of 1000, parsed", texts.len());
    say::figure(&words, &Unit::Milliseconds.shown(ms(began.elapsed())));
    Ok(texts)
}

fn ours(temp: &Path, door: &Door) -> Result<Outcome, Error> {
    let mut page = Page::open(temp, "chromium-ours")?;
    let secret = door.secret.as_deref().unwrap_or_default();
    // First the page without the chat, then the chat is chosen, as a person does.
    page.go(&format!("http://{}/#/?bootstrapSecret={secret}", door.address), "")?;
    page.wait("the list of chats", "document.querySelector('[data-test=chat-row]') ? true : null")?;
    page.value(&format!("window.opened = performance.now(); {FIRST_CONTENT} location.hash = '#/chat/{}'; true", chat_id(0)))?;
    let opened = page.wait("the chat", "window.firstContent")?.as_f64();
    drop(page);
    let mut page = Page::open(temp, "chromium-direct")?;
    page.go(&format!("http://{}/#/chat/{}?bootstrapSecret={secret}", door.address, chat_id(0)), FIRST_CONTENT)?;
    let first = number(&page.wait("the chat", "window.firstContent")?);
    std::thread::sleep(Duration::from_secs(2));
    let mut socket = door.subscribe(&chat_id(0), Deflate::Unknown)?;
    let script = Script { chunks: CHUNKS, rate: RATE, size: 6, stamp: false };
    page.run(frames::BEGIN)?;
    prompt(&mut socket, &chat_id(0), script, 1)?;
    socket.until("turn_end")?;
    let (nodes, Frames { distances, work }) = end(&mut page)?;
    let memory = mib(page.browser.proportional());
    Ok(Outcome { first, opened, nodes, distances, work, memory })
}

fn plain_page(temp: &Path, messages: &[String]) -> Result<Outcome, Error> {
    let address: SocketAddr = plain::serve(messages)?;
    let mut page = Page::open(temp, "chromium-plain")?;
    page.go(&format!("http://{address}/"), FIRST_CONTENT)?;
    let first = number(&page.wait("the messages", "window.firstContent")?);
    std::thread::sleep(Duration::from_secs(2));
    page.run(frames::BEGIN)?;
    page.value(&format!("window.streamPlain({CHUNKS}, {EVERY_MS}); true"))?;
    std::thread::sleep(Duration::from_millis(u64::from(CHUNKS * EVERY_MS) + 500));
    let (nodes, Frames { distances, work }) = end(&mut page)?;
    let memory = mib(page.browser.proportional());
    Ok(Outcome { first, opened: None, nodes, distances, work, memory })
}

/// How many nodes there are, and the frames since they were timed.
fn end(page: &mut Page) -> Result<(f64, Frames), Error> {
    let nodes = number(&page.value("document.getElementsByTagName('*').length")?);
    Ok((nodes, frames::end(page)?))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}
