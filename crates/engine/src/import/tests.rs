//! Files in, threads out: both kinds of the original in both generations, damaged ones, and our own there and back.

use std::path::PathBuf;

use alcove_proto::ChatId;
use alcove_proto::id::SessionKey;
use alcove_proto::thread::{Role, Thread, UiMessage};
use alcove_store::{Change, EventRow, MediaRow, PageStart};
use expect_test::{Expect, expect};
use serde_json::json;

use super::{Report, from_file};
use crate::engine::{Config, Engine, ThreadAsk};
use crate::export::Format;

/// An engine with a folder of its own.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) engine: Engine,
}

pub(crate) fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::start(Config::new(dir.path().join("data"))).unwrap();
    Place { dir, engine }
}

impl Place {
    fn file(&self, text: &[u8]) -> PathBuf {
        let path = self.dir.path().join("file.jsonl");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Imports a text; gives the report.
    pub(crate) async fn import(&self, text: &[u8]) -> Report {
        let path = self.file(text);
        from_file(&self.engine, &path, "file.jsonl").await.unwrap()
    }

    /// Imports a text that makes one chat.
    pub(crate) async fn chat(&self, text: &str) -> ChatId {
        let report = self.import(text.as_bytes()).await;
        assert_eq!(report.imported.len(), 1, "{report:?}");
        chat_of(&report.imported[0].key)
    }

    pub(crate) async fn thread(&self, chat: &ChatId) -> Thread {
        self.engine.thread(chat, &ThreadAsk::default()).await.unwrap().unwrap()
    }

    pub(crate) async fn export(&self, chat: &ChatId, format: Format) -> String {
        let mut export = self.engine.export(chat, format).await.unwrap().unwrap();
        let mut bytes = Vec::new();
        while let Some(piece) = export.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        String::from_utf8(bytes).unwrap()
    }
}

pub(crate) fn chat_of(key: &str) -> ChatId {
    match SessionKey::parse(key) {
        SessionKey::Chat(chat) => chat,
        SessionKey::Foreign | SessionKey::Malformed => panic!("{key} names no chat"),
    }
}

/// What a thread shows, a line a message.
pub(crate) fn shown(thread: &Thread) -> String {
    thread.messages.iter().map(line).collect()
}

fn line(message: &UiMessage) -> String {
    let who = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let mut line = format!("{who} {:?}", message.content);
    if let Some(reasoning) = &message.reasoning {
        line.push_str(&format!(" thinking {reasoning:?}"));
    }
    for edit in message.file_edits.iter().flatten() {
        line.push_str(&format!(" {} {:?}", edit.path, edit.phase));
    }
    for event in message.tool_events.iter().flatten() {
        line.push_str(&format!(" {:?}", event.phase));
    }
    if let Some(notice) = message.notice {
        line.push_str(&format!(" [{:?}]", notice.kind));
    }
    line + "\n"
}

/// The rows of appendix A of the contract, as the newer original writes them.
const NEW: &str = r#"{"event":"user","chat_id":"x","text":"T_WRITE please","turn_id":"turn-2","turn_phase":"user","turn_seq":1,"created_at_ms":1795226943675}
{"event":"reasoning_end","chat_id":"x","turn_id":"turn-2","turn_phase":"reasoning","turn_seq":7,"text":"I will write a file.","created_at_ms":1795226944418}
{"event":"stream_end","chat_id":"x","stream_id":"websocket:x:1:0","resuming":true,"turn_id":"turn-2","turn_phase":"answer","turn_seq":10,"text":"Writing now.","created_at_ms":1795226944662}
{"event":"message","chat_id":"x","text":"exec","turn_id":"turn-2","tool_events":[{"version":1,"phase":"start","call_id":"c0","name":"exec","arguments":{"cmd":"ls"},"result":null,"error":null,"files":[],"embeds":[]}],"kind":"tool_hint","turn_phase":"activity","turn_seq":11,"created_at_ms":1795226944679}
{"event":"message","chat_id":"x","text":"","turn_id":"turn-2","tool_events":[{"version":1,"phase":"end","call_id":"c0","name":"exec","arguments":{"cmd":"ls"},"result":"a.txt","error":null,"files":[],"embeds":[]}],"kind":"progress","turn_phase":"activity","turn_seq":14,"created_at_ms":1795226944707}
{"event":"stream_end","chat_id":"x","stream_id":"websocket:x:1:1","turn_id":"turn-2","turn_phase":"answer","turn_seq":17,"text":"Wrote the file.","created_at_ms":1795226944985}
{"event":"turn_end","chat_id":"x","turn_id":"turn-2","latency_ms":1088,"goal_state":{"active":false},"usage":{"prompt_tokens":200,"completion_tokens":20,"request_count":2,"context_tokens":100,"total_tokens":220,"provider_tokens":220,"generation_ms":340,"measured_completion_tokens":20,"ttft_ms":125,"timed_requests":2},"context_window_tokens":200000,"turn_phase":"complete","turn_seq":18,"created_at_ms":1795226945002}
{"event":"user","chat_id":"x","text":"And again","turn_id":"turn-2","created_at_ms":1795226945100}
{"event":"message","chat_id":"x","text":"Here you are.","media":["/home/me/pic.png"],"media_urls":[{"url":"/api/media/a/b","name":"pic.png"}],"created_at_ms":1795226945200}
{"event":"turn_end","chat_id":"x","turn_id":"turn-2","latency_ms":5,"usage":{"prompt_tokens":1},"created_at_ms":1795226945300}
"#;

/// The older original kept every piece, no ids, no times, and lost prompts.
const OLD: &str = r#"{"event":"user","chat_id":"x","text":"Hi"}
{"event":"reasoning_delta","chat_id":"x","text":"Let "}
{"event":"reasoning_delta","chat_id":"x","text":"me."}
{"event":"reasoning_end","chat_id":"x"}
{"event":"delta","chat_id":"x","text":"Hel","stream_id":"s"}
{"event":"delta","chat_id":"x","text":"lo","stream_id":"s"}
{"event":"stream_end","chat_id":"x","stream_id":"s"}
{"event":"turn_end","chat_id":"x","latency_ms":10}
{"event":"delta","chat_id":"x","text":"An answer to a lost prompt","stream_id":"s"}
{"event":"stream_end","chat_id":"x","stream_id":"s"}
{"event":"turn_end","chat_id":"x"}
{"event":"user","chat_id":"x","text":"Look","media_paths":["/home/me/a.png"]}
{"event":"delta","chat_id":"x","text":"I see an ","stream_id":"s"}
"#;

/// What the model of the original saw.
const SESSION: &str = r#"{"_type":"metadata","key":"websocket:x","created_at":"2026-06-01T10:00:00.123456","updated_at":"2026-06-01T10:05:00","metadata":{"webui":true,"title":"A garden","title_user_edited":true},"last_consolidated":0}
{"role":"user","content":"Plan a garden\n\n[Runtime Context — metadata only, not instructions]\nTime: now\n[/Runtime Context]","timestamp":"2026-06-01T10:00:01"}
{"role":"assistant","content":"Looking.","reasoning_content":"Hm.","tool_calls":[{"id":"c1","type":"function","function":{"name":"web_search","arguments":"{\"q\":\"garden\"}"}}],"timestamp":"2026-06-01T10:00:02"}
{"role":"tool","tool_call_id":"c1","name":"web_search","content":"Found it","timestamp":"2026-06-01T10:00:03"}
{"role":"user","content":"A result","subagent_task_id":"1","timestamp":"2026-06-01T10:00:03"}
{"role":"assistant","content":"Here is a plan.","timestamp":"2026-06-01T10:00:04"}
{"role":"user","content":[{"type":"text","text":"Thanks"},{"type":"image_url","image_url":{}}],"media":["/a.png"],"timestamp":"2026-06-01T10:00:05"}
{"role":"assistant","content":"You are welcome.","timestamp":"2026-06-01T10:00:06"}
"#;

async fn check(file: &[u8], expect: Expect) {
    let place = place();
    let report = place.import(file).await;
    let mut out = String::new();
    for row in &report.imported {
        out.push_str(&format!("{} messages, title {:?}\n", row.messages, row.title));
        out.push_str(&shown(&place.thread(&chat_of(&row.key)).await));
    }
    for skipped in &report.skipped {
        out.push_str(&format!("skipped {}: {}\n", skipped.what, skipped.why));
    }
    for warning in &report.warnings {
        out.push_str(&format!("warning: {warning}\n"));
    }
    expect.assert_eq(&out);
}

#[tokio::test]
async fn a_transcript_of_the_newer_original() {
    check(
        NEW.as_bytes(),
        expect![[r#"
        6 messages, title "T_WRITE please"
        user "T_WRITE please"
        assistant "" thinking "I will write a file.\n\nWriting now."
        tool "exec({\"cmd\":\"ls\"})" End
        assistant "Wrote the file."
        user "And again"
        assistant "Here you are."
        warning: 1 attachments are named in the file but not part of it.
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_transcript_of_the_older_original() {
    check(
        OLD.as_bytes(),
        expect![[r#"
        5 messages, title "Hi"
        user "Hi"
        assistant "Hello" thinking "Let me."
        assistant "An answer to a lost prompt"
        user "Look"
        assistant "I see an "
        warning: 1 attachments are named in the file but not part of it.
        warning: Some answers stand in the file without the prompts they answer.
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_session_file_of_the_original() {
    check(
        SESSION.as_bytes(),
        expect![[r#"
        6 messages, title "A garden"
        user "Plan a garden"
        assistant "" thinking "Hm.\n\nLooking."
        tool "web_search({\"q\":\"garden\"})" End
        assistant "Here is a plan."
        user "Thanks"
        assistant "You are welcome."
        warning: 1 attachments are named in the file but not part of it.
    "#]],
    )
    .await;
}

#[tokio::test]
async fn damaged_lines_are_said_and_left_out() {
    let mut file = Vec::new();
    for (at, line) in NEW.lines().enumerate() {
        file.extend_from_slice(line.as_bytes());
        file.push(b'\n');
        match at {
            0 => file.extend_from_slice(b"{\"event\":\"delta\",\"text\":\"cut o\n"),
            1 => file.extend_from_slice(b"\xff\xfe{}\n\n   \n"),
            2 => file.extend_from_slice(b"[1,2]\nnull\n{\"event\":7}\n{\"event\":\"dance\"}\n"),
            3 => file.extend_from_slice(b"{\"event\":\"message\",\"text\":7}\n{\"event\":\"goal_state\",\"goal_state\":{}}\n"),
            _ => {}
        }
    }
    check(
        &file,
        expect![[r#"
        6 messages, title "T_WRITE please"
        user "T_WRITE please"
        assistant "" thinking "I will write a file.\n\nWriting now."
        tool "exec({\"cmd\":\"ls\"})" End
        assistant "Wrote the file."
        user "And again"
        assistant "Here you are."
        skipped line 2: it is damaged
        skipped line 4: it is not UTF-8
        skipped line 8: it is damaged
        skipped line 9: it is damaged
        skipped line 10: it is no event
        skipped line 11: its kind is not known
        skipped line 13: it is damaged
        warning: 1 attachments are named in the file but not part of it.
    "#]],
    )
    .await;
}

#[tokio::test]
async fn what_is_no_chat_is_refused() {
    let place = place();
    for text in ["", "\n\n", "hello", "{}", "[]", "{\"role\":1}", "\u{feff}", "{\"chat\":{}}"] {
        let path = place.file(text.as_bytes());
        let refused = from_file(&place.engine, &path, "x").await.unwrap_err();
        assert_eq!(
            (refused.status, refused.message.as_str()),
            (415, "this file is neither an exported chat nor one of the original's"),
            "{text:?}"
        );
    }
    assert!(place.engine.sessions().await.unwrap().sessions.is_empty());
}

/// The text without what an import may change: the chat's id and its times.
fn comparable(export: &str, chat: &ChatId) -> String {
    let text = export.replace(chat.as_str(), "CHAT");
    let (head, rest) = text.split_once('\n').unwrap();
    let (before, after) = head.split_once("\"updated_at\":").unwrap();
    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}\"updated_at\":{after}\n{rest}")
}

#[tokio::test]
async fn there_and_back_is_the_same_byte_for_byte() {
    for file in [NEW, OLD, SESSION] {
        let place = place();
        let first = place.chat(file).await;
        let export = place.export(&first, Format::Jsonl).await;
        let report = place.import(export.as_bytes()).await;
        assert!(report.skipped.is_empty() && report.warnings.is_empty(), "{report:?}");
        let second = chat_of(&report.imported[0].key);
        assert_ne!(first, second);
        let again = place.export(&second, Format::Jsonl).await;
        assert_eq!(comparable(&again, &second), comparable(&export, &first));
        assert_eq!(place.thread(&second).await.messages, place.thread(&first).await.messages);
        // Another Alcove makes the same of it.
        let other = self::place();
        let third = other.chat(&export).await;
        assert_eq!(other.thread(&third).await.messages, place.thread(&first).await.messages);
    }
}

/// The smallest picture there is.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// A chat whose last prompt came with a picture; gives the picture's file and address.
async fn with_picture(place: &Place) -> (ChatId, String, String) {
    let chat = place.chat(NEW).await;
    let media = place.engine.media().clone();
    let data = format!("data:image/png;base64,{PIXEL}");
    let item = crate::media::MediaItem { source: crate::media::Source::DataUrl(&data), name: Some("my pic.png") };
    let taken = media.take(&[item]).unwrap();
    let (file, url) = (taken[0].file.clone(), taken[0].url.clone());
    let name = chat.as_str().to_owned();
    let store = place.engine.shared().store.clone();
    let seq = store.read(|reader| reader.last_seq(&name)).unwrap() + 1;
    let payload = json!({
        "event": "user_message", "chat_id": name, "text": "Look", "starts_turn": true, "turn_id": "p",
        "media_urls": [{ "kind": "image", "url": url, "name": "my pic.png" }], "seq": seq
    });
    let row = EventRow {
        chat: name.clone(),
        seq,
        last: seq,
        turn: Some("p".to_owned()),
        kind: "user_message".to_owned(),
        boundary: PageStart::Yes,
        payload: payload.to_string(),
        at: 5,
    };
    let media_row = MediaRow {
        chat: name,
        file: file.clone(),
        name: "my pic.png".to_owned(),
        mime: "image/png".to_owned(),
        bytes: taken[0].bytes,
        created_at: 5,
    };
    store.write_wait(vec![Change::AppendEvent(row), Change::PutMedia(media_row)]).unwrap();
    (chat, file, url)
}

#[tokio::test]
async fn files_come_along() {
    let place = place();
    let (chat, file, url) = with_picture(&place).await;
    let export = place.export(&chat, Format::Jsonl).await;
    assert!(export.contains(PIXEL));
    let page = place.export(&chat, Format::Html).await;
    assert!(page.contains(&format!("src=\"data:image/png;base64,{PIXEL}\"")), "{page}");
    // A copy keeps the file when the source goes; with the copy it goes, too.
    let copy = place.engine.fork(&chat, 3, None).await.unwrap();
    let delete = |chat: &ChatId| json!({ "key": chat.session_key() }).as_object().cloned().unwrap();
    crate::session::delete(&place.engine, &delete(&chat)).await.unwrap();
    assert!(place.engine.media().read(&file).is_ok());
    crate::session::delete(&place.engine, &delete(&copy)).await.unwrap();
    assert!(place.engine.media().read(&file).is_err());
    // It comes back under its name and address.
    let back = place.import(export.as_bytes()).await;
    assert!(back.skipped.is_empty() && back.warnings.is_empty(), "{back:?}");
    let back = chat_of(&back.imported[0].key);
    assert!(place.engine.media().read(&file).is_ok());
    assert_eq!(comparable(&place.export(&back, Format::Jsonl).await, &back), comparable(&export, &chat));
    // Elsewhere it has an address that opens there.
    let other = self::place();
    let there = other.chat(&export).await;
    let thread = other.thread(&there).await;
    let media = thread.messages.last().unwrap().media.clone().unwrap();
    assert_ne!(media[0].url, url);
    let (signature, payload) = media[0].url.strip_prefix("/api/media/").unwrap().split_once('/').unwrap();
    assert!(other.engine.media().serve(signature, payload).unwrap().is_some());
}

#[tokio::test]
async fn a_file_that_is_something_else_is_left_out() {
    let place = place();
    let (chat, _, _) = with_picture(&place).await;
    let export = place.export(&chat, Format::Jsonl).await;
    for (old, new) in [(PIXEL, "PHNjcmlwdD4="), (PIXEL, "%%%"), (PIXEL, ""), ("image/png", "image/svg+xml"), ("websocket/", "../../")] {
        let line = export.lines().find(|line| line.starts_with("{\"media\"")).unwrap();
        let report = place.import(export.replace(line, &line.replace(old, new)).as_bytes()).await;
        assert_eq!((report.imported.len(), report.skipped.len()), (1, 1), "{new}: {report:?}");
    }
}

#[tokio::test]
async fn an_export_with_a_line_less_is_still_a_chat() {
    let place = place();
    let first = place.chat(NEW).await;
    let export = place.export(&first, Format::Jsonl).await;
    let lines: Vec<&str> = export.lines().collect();
    for left_out in 1..lines.len() {
        let text: String = lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| format!("{line}\n")).collect();
        let report = place.import(text.as_bytes()).await;
        assert_eq!(report.imported.len(), 1, "without line {left_out}: {report:?}");
        assert!(!report.warnings.is_empty(), "without line {left_out}");
        let chat = chat_of(&report.imported[0].key);
        let export = place.export(&chat, Format::Jsonl).await;
        let again = place.import(export.as_bytes()).await;
        assert!(again.skipped.is_empty(), "what was mended is whole: {again:?}");
    }
    let headless: String = lines[1..].iter().map(|line| format!("{line}\n")).collect();
    let path = place.file(headless.as_bytes());
    assert_eq!(from_file(&place.engine, &path, "x").await.unwrap_err().status, 415);
}

#[tokio::test]
async fn a_hostile_export_gives_no_rights() {
    let place = place();
    let first = place.chat(NEW).await;
    let export = place.export(&first, Format::Jsonl).await;
    let scope = r#""scope":{"project_path":"/","access_mode":"full"}"#;
    let (before, rest) = export.split_once("\"scope\":{").unwrap();
    let (_, after) = rest.split_once('}').unwrap();
    let hostile = format!("{before}{scope}{after}").replace("\"preset\":null", "\"preset\":\"other\"");
    let report = place.import(hostile.as_bytes()).await;
    let chat = chat_of(&report.imported[0].key);
    let given = place.engine.scope(&chat).await.unwrap();
    assert_eq!(given, place.engine.shared().default_scope());
    assert!(report.warnings.iter().any(|words| words.contains("folder")), "{report:?}");
}

#[tokio::test]
async fn markdown_and_pages_say_everything_and_run_nothing() {
    let evil = r#"{"event":"user","chat_id":"x","text":"<script>alert(1)</script> & \"q\"","turn_id":"t"}
{"event":"message","chat_id":"x","kind":"tool_hint","text":"","tool_events":[{"phase":"start","call_id":"c","name":"exec","arguments":{"cmd":"</li><script>"}}],"turn_id":"t"}
{"event":"stream_end","chat_id":"x","text":"<img src=x onerror=alert(1)> [go](javascript:alert(1)) [web](https://example.org/?a=1&b=2) ![p](https://example.org/p.png) **bold** `<b>`\n\n<div onclick=\"x\">html</div>\n\n| a | b |\n|---|---|\n| 1 | 2 |","turn_id":"t"}
{"event":"turn_end","chat_id":"x","turn_id":"t"}
"#;
    let place = place();
    let chat = place.chat(evil).await;
    let page = place.export(&chat, Format::Html).await;
    let body = page.split_once("<main>").unwrap().1;
    for never in ["<script", "<img src=x", "javascript:", "<div onclick", "onerror=alert(1)>", "https://example.org/p.png"] {
        assert!(!body.contains(never), "{never} in {body}");
    }
    assert!(!page.contains("<script"));
    for there in ["&lt;script&gt;", "https://example.org/?a=1&amp;b=2", "Content-Security-Policy"] {
        assert!(page.contains(there), "{there} not in {page}");
    }
    assert!(page.trim_end().ends_with("</html>"));
    let text = place.export(&chat, Format::Markdown).await;
    assert!(text.starts_with("# "), "{text}");
    assert!(text.contains("<script>alert(1)</script> & \"q\""), "{text}");
}
