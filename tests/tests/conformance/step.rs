//! The steps of a case.
//!
//! | step | does |
//! |---|---|
//! | `> JSON` | sends a frame; `b > …` from a second client; a client connects when it is first named |
//! | `>> "text"`, `>x HEX` | sends a text, or bytes, as they are |
//! | `< PATTERN` | the very next frame |
//! | `~ PATTERN` | a frame to come; others are passed over |
//! | `- PATTERN` | nothing like this has come, when everything sent so far has been acted on |
//! | `.` | nothing at all has come |
//! | `chat [NAME]`, `say TURN TEXT` | makes a chat (`$chat`), says something in `$chat` |
//! | `connect QUERY`, `ready PATTERN`, `refused STATUS "BODY" QUERY`, `closed CODE ["REASON"]`, `drop` | handshakes and goodbyes |
//! | `ask ACTION PAYLOAD`, `GET PATH \| HEADER: VALUE \|\| BODY`, `api GET …` | asks; `api` with a fresh token, `@PATH` sends a file |
//! | `= STATUS PATTERN`, `first PATTERN`, `head NAME PATTERN` | what was answered, its list's first row, a header; `ok` for requests that succeeded |
//! | `call`, `speak TEXT`, `think TEXT`, `done`, `answer JSON`, `refuse STATUS BODY`, `nothing`, `cut`, `hangup`, `nocall`, `title TEXT` | the scripted model |
//! | `restart`, `refuses TEXT`, `file PATH TEXT`, `folder PATH`, `gone PATH`, `empty PATH`, `let NAME VALUE` | the rest |

use std::time::Duration;

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::{Answer, exchange};
use alcove_tests::model::Call;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::pattern::{fill, matches};
use crate::play::Play;

/// How long a frame may take; `ALCOVE_PATIENCE` says other seconds.
pub fn patience() -> Duration {
    let told = std::env::var("ALCOVE_PATIENCE").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(told.unwrap_or(20))
}

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Does one step.
pub async fn perform(play: &mut Play, step: &str) -> Result<(), String> {
    let step = fill(step, &play.names);
    let (who, step) = match step.split_once(' ') {
        Some((who @ ("a" | "b" | "c" | "d"), rest)) => (who.chars().next().unwrap_or('a'), rest),
        _ => ('a', step.as_str()),
    };
    let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
    match verb {
        ">" => {
            let frame = grown(read(rest)?).to_string();
            play.client(who).await.send_text(&frame).await;
            Ok(())
        }
        ">>" => {
            let text = read(rest)?.as_str().ok_or("a text is sent")?.to_owned();
            play.client(who).await.send_text(&text).await;
            Ok(())
        }
        ">x" => {
            let bytes = (0..rest.len() / 2).map(|at| u8::from_str_radix(&rest[at * 2..at * 2 + 2], 16).expect("two digits"));
            let message = Message::binary(bytes.collect::<Vec<u8>>());
            play.client(who).await.send_message(message).await;
            Ok(())
        }
        "<" => {
            let frame = play.hear(who).await?;
            matches(&read(rest)?, Some(&frame.json), &mut play.names)
        }
        "~" => play.find(who, &read(rest)?).await.map(|_frame| ()),
        "-" => play.absent(who, &read(rest)?).await,
        "." => play.quiet(who).await,
        "chat" => chat(play, who, rest).await,
        "say" => {
            let (turn, text) = rest.split_once(' ').ok_or("say TURN TEXT")?;
            let chat = play.names.get("chat").cloned().ok_or("no chat was made")?;
            let text = read(text)?;
            let frame = json!({ "type": "message", "chat_id": chat, "content": grown(text), "webui": true, "turn_id": turn });
            play.client(who).await.send(frame).await;
            Ok(())
        }
        "connect" | "refused" | "closed" | "drop" => handshake(play, who, verb, rest).await,
        "ask" => ask(play, who, rest).await,
        "api" => http(play, rest, true).await,
        method if METHODS.contains(&method) => http(play, step, false).await,
        "=" => answered(play, rest),
        "first" => {
            let found = play.answer.as_ref().ok_or("nothing was asked")?.json();
            let list = found.as_object().and_then(|fields| fields.values().find_map(Value::as_array)).ok_or("no list was answered")?;
            matches(&read(rest)?, list.first(), &mut play.names)
        }
        "head" => {
            let (name, pattern) = rest.split_once(' ').ok_or("head NAME PATTERN")?;
            let value = play.answer.as_ref().ok_or("nothing was asked")?.header(name).to_owned();
            let value = (!value.is_empty()).then_some(Value::String(value));
            matches(&read(pattern)?, value.as_ref(), &mut play.names)
        }
        "ready" => {
            let client = play.client(who).await;
            let ready = json!({ "event": "ready", "chat_id": client.own_chat, "client_id": client.client_id });
            matches(&read(rest)?, Some(&ready), &mut play.names)
        }
        "restart" => {
            play.clients.clear();
            drop(play.stage.gateway.take());
            play.stage.start()
        }
        "refuses" => match play.stage.start() {
            Ok(()) => Err("the gateway started".to_owned()),
            Err(said) => matches(&read(rest)?, Some(&Value::String(said)), &mut play.names),
        },
        "file" | "folder" | "gone" | "empty" => place(verb, rest),
        "let" => {
            let (name, value) = rest.split_once(' ').ok_or("let NAME VALUE")?;
            play.names.insert(name.to_owned(), value.to_owned());
            Ok(())
        }
        _ => model(play, verb, rest).await,
    }
}

fn read(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{text} is no JSON: {error}"))
}

/// `$repeat:N:TEXT`, `$data:MIME:BYTES` and `{"$many":[N, VALUE]}` in what is sent, grown to what they stand for.
fn grown(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(grown_text(&text).unwrap_or(text)),
        Value::Array(items) => items.into_iter().map(grown).collect(),
        Value::Object(mut fields) if fields.contains_key("$many") => {
            let many = fields.remove("$many").unwrap_or_default();
            let count = many[0].as_u64().unwrap_or_default();
            (0..count).map(|number| (format!("websocket:{number}"), grown(many[1].clone()))).collect()
        }
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, grown(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

fn grown_text(text: &str) -> Option<String> {
    if let Some((count, part)) = text.strip_prefix("$repeat:").and_then(|rest| rest.split_once(':')) {
        return Some(part.repeat(count.parse().ok()?));
    }
    let (mime, count) = text.strip_prefix("$data:")?.rsplit_once(':')?;
    let mut bytes = beginning(mime).to_vec();
    bytes.resize(count.parse::<usize>().ok()?.max(bytes.len()), b'a');
    Some(format!("data:{mime};base64,{}", STANDARD.encode(bytes)))
}

/// The first bytes that files of a kind have.
fn beginning(mime: &str) -> &'static [u8] {
    match mime {
        "image/png" => b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89",
        "image/jpeg" => b"\xFF\xD8\xFF\xE0\0\x10JFIF\0",
        "image/gif" => b"GIF89a\x01\0\x01\0",
        "image/webp" => b"RIFF\x24\0\0\0WEBPVP8 ",
        "video/mp4" | "video/quicktime" => b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        "video/webm" => b"\x1A\x45\xDF\xA3",
        "audio/wav" | "audio/x-wav" => b"RIFF\x24\0\0\0WAVEfmt ",
        "audio/webm" => b"\x1A\x45\xDF\xA3",
        "application/pdf" => b"%PDF-1.7\n",
        "application/json" => b"[]",
        other if other.contains("openxmlformats") => b"PK\x03\x04",
        _ => b"",
    }
}

async fn chat(play: &mut Play, who: char, name: &str) -> Result<(), String> {
    play.client(who).await.send(json!({ "type": "new_chat" })).await;
    let attached = play.find(who, &json!({ "event": "attached" })).await?;
    play.find(who, &json!({ "event": "session_updated", "scope": "metadata", "workspace_scope": "$obj" })).await?;
    let name = if name.is_empty() { "chat" } else { name };
    play.names.insert(name.to_owned(), attached.str("chat_id").to_owned());
    Ok(())
}

async fn handshake(play: &mut Play, who: char, verb: &str, rest: &str) -> Result<(), String> {
    match verb {
        "connect" => {
            let opened = open(play, rest).await.map_err(|error| format!("the handshake failed: {error}"))?;
            play.take(who, opened);
            Ok(())
        }
        "refused" => {
            let (status, rest) = rest.split_once(' ').ok_or("refused STATUS BODY TARGET")?;
            let (body, target) = rest.rsplit_once(' ').ok_or("refused STATUS BODY TARGET")?;
            match open(play, target).await {
                Ok(_open) => Err("the handshake succeeded".to_owned()),
                Err(tungstenite::Error::Http(response)) => {
                    let said = String::from_utf8_lossy(response.body().as_deref().unwrap_or_default()).into_owned();
                    let found = json!([response.status().as_u16().to_string(), said]);
                    matches(&json!([status, read(body)?]), Some(&found), &mut play.names)
                }
                Err(other) => Err(format!("no answer: {other}")),
            }
        }
        "closed" => {
            let (code, reason) = rest.split_once(' ').unwrap_or((rest, "\"$text\""));
            let mut client = play.clients.remove(&who).ok_or("nobody is connected")?;
            let closed = loop {
                match tokio::time::timeout(patience(), client.hear()).await {
                    Ok(Ok(frame)) => play.note(who, '<', &frame.text),
                    Ok(Err(closed)) => break closed,
                    Err(_late) => return Err("the connection stands".to_owned()),
                }
            };
            let found = json!([closed.code.to_string(), closed.reason]);
            matches(&json!([code, read(reason)?]), Some(&found), &mut play.names)
        }
        _ => {
            drop(play.clients.remove(&who));
            Ok(())
        }
    }
}

/// `QUERY` for the socket's own path, or a path with a query; `via NAME: VALUE` adds a header.
async fn open(play: &Play, target: &str) -> Result<Client, tungstenite::Error> {
    let (target, field) = target.split_once(" via ").unwrap_or((target, ""));
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/?{target}") };
    let gateway = play.stage.gateway();
    Client::open_with(gateway, gateway.connect().await, &target, field.split_once(": ")).await
}

async fn ask(play: &mut Play, who: char, rest: &str) -> Result<(), String> {
    let (action, payload) = rest.split_once(' ').unwrap_or((rest, "{}"));
    let id = play.fresh();
    let frame = json!({ "type": "webui_request", "request_id": id, "action": action, "payload": grown(read(payload)?) });
    play.client(who).await.send(frame).await;
    let response = play.find(who, &json!({ "event": "webui_response", "request_id": id })).await?;
    let (status, body) = match response.json["ok"].as_bool() {
        Some(true) => (200, response.json["result"].to_string()),
        _ => (response.json["error"]["status"].as_u64().unwrap_or(0), response.str_at("/error/message")),
    };
    play.answer = Some(Answer { status: u16::try_from(status).unwrap_or(0), headers: Vec::new(), body: body.into_bytes() });
    Ok(())
}

async fn http(play: &mut Play, text: &str, with_token: bool) -> Result<(), String> {
    let (head, body) = text.split_once(" || ").unwrap_or((text, ""));
    let mut parts = head.split(" | ");
    let line = parts.next().unwrap_or_default();
    let gateway = play.stage.gateway();
    let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    if !head.contains("Host: ") {
        request.push_str(&format!("Host: {}\r\n", gateway.host()));
    }
    if with_token {
        let token = play.stage.bootstrap().await["api_token"].as_str().unwrap_or_default().to_owned();
        request.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    let body = match (body.strip_prefix('@'), grown_text(body)) {
        (Some(path), _) => std::fs::read(path).map_err(|error| format!("{path}: {error}"))?,
        (None, Some(data)) => data.split_once(',').map_or_else(Vec::new, |(_, data)| STANDARD.decode(data).expect("our own base64")),
        (None, None) => body.as_bytes().to_vec(),
    };
    if !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    for part in parts {
        request.push_str(part);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    let answer = exchange(gateway, &[request.into_bytes(), body].concat()).await;
    play.note('-', '=', &format!("{} {}", answer.status, answer.text()));
    play.answer = Some(answer);
    Ok(())
}

fn answered(play: &mut Play, rest: &str) -> Result<(), String> {
    let (status, pattern) = rest.split_once(' ').unwrap_or((rest, "\"$text\""));
    let answer = play.answer.as_ref().ok_or("nothing was asked")?;
    let wanted = if status == "ok" { "200" } else { status };
    if answer.status.to_string() != wanted {
        return Err(format!("status {} instead of {wanted}: {}", answer.status, answer.text().chars().take(300).collect::<String>()));
    }
    let pattern = read(pattern)?;
    let found = match pattern {
        Value::String(_) => Value::String(answer.text()),
        _ => serde_json::from_slice(&answer.body).map_err(|error| format!("no JSON ({error}): {}", answer.text()))?,
    };
    matches(&pattern, Some(&found), &mut play.names)
}

fn place(verb: &str, rest: &str) -> Result<(), String> {
    let (path, text) = rest.split_once(' ').unwrap_or((rest, "\"\""));
    let failed = |error: std::io::Error| format!("{path}: {error}");
    match verb {
        "folder" => std::fs::create_dir_all(path).map_err(failed),
        "empty" => match std::fs::read_dir(path).map_or(0, Iterator::count) {
            0 => Ok(()),
            count => Err(format!("{path} holds {count}")),
        },
        "gone" if std::path::Path::new(path).exists() => Err(format!("{path} is there")),
        "gone" => Ok(()),
        _ => {
            let text = read(text)?.as_str().unwrap_or_default().to_owned();
            let parent = std::path::Path::new(path).parent().ok_or("a file stands in a folder")?;
            std::fs::create_dir_all(parent).and_then(|()| std::fs::write(path, grown_text(&text).unwrap_or(text))).map_err(failed)
        }
    }
}

async fn model(play: &mut Play, verb: &str, rest: &str) -> Result<(), String> {
    match verb {
        "call" => {
            let call = play.next_call().await?;
            play.note('m', '<', &call.body.to_string());
            if !rest.is_empty() {
                let found = json!({ "prompt": call.prompt(), "body": call.body });
                let pattern = read(rest)?;
                let pattern = if pattern.is_string() { json!({ "prompt": pattern }) } else { json!({ "body": pattern }) };
                matches(&pattern, Some(&found), &mut play.names)?;
            }
            play.call = Some(call);
            return Ok(());
        }
        "title" => {
            let title = read(rest)?.as_str().unwrap_or_default().to_owned();
            play.stage.model.title_call().await.end_with(&title).await;
            return Ok(());
        }
        "nocall" => return if play.stage.model.has_call() { Err("the model was called".to_owned()) } else { Ok(()) },
        _ => {}
    }
    let mut call = play.call.take().ok_or_else(|| format!("{verb}: no step is called that, or no call is held"))?;
    let text = || read(rest).map(|value| grown(value).as_str().unwrap_or_default().to_owned());
    match verb {
        "speak" => call.say(&text()?).await,
        "think" => call.think(&text()?).await,
        "chunk" => call.event(&read(rest)?).await,
        "done" => {
            call.end().await;
            return Ok(());
        }
        "refuse" => {
            let (status, body) = rest.split_once(' ').unwrap_or((rest, "{}"));
            call.refuse(&format!("{status} Refused"), body).await;
            return Ok(());
        }
        "answer" => {
            call.page("application/json", rest).await;
            return Ok(());
        }
        "nothing" => {
            call.raw(b"data: [DONE]\n\n").await;
            return Ok(());
        }
        "cut" => {
            Call::cut(call);
            return Ok(());
        }
        "hangup" => {
            call.closed().await;
            return Ok(());
        }
        other => return Err(format!("no step is called {other}")),
    }
    play.call = Some(call);
    Ok(())
}

/// Hears the next frame of a client that stands.
pub async fn heard(client: &mut Client) -> Result<Frame, String> {
    match tokio::time::timeout(patience(), client.hear()).await {
        Ok(Ok(frame)) => Ok(frame),
        Ok(Err(closed)) => Err(format!("the gateway closed the connection: {closed:?}")),
        Err(_late) => Err("nothing came".to_owned()),
    }
}
