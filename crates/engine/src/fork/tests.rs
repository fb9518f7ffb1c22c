//! Copies at every place of a chat, of chats that run, and of what is not there.

use alcove_proto::ChatId;
use alcove_store::{Change, EventRow, PageStart, TurnState};
use serde_json::json;

use super::ForkRefused;
use crate::export::Format;
use crate::import::tests::{Place, place, shown};

fn transcript(turns: usize) -> String {
    let mut out = String::new();
    for turn in 1..=turns {
        out.push_str(&format!("{{\"event\":\"user\",\"chat_id\":\"x\",\"text\":\"q{turn}\",\"turn_id\":\"t{turn}\"}}\n"));
        out.push_str(&format!("{{\"event\":\"delta\",\"chat_id\":\"x\",\"text\":\"a{turn} \",\"turn_id\":\"t{turn}\"}}\n"));
        out.push_str(&format!("{{\"event\":\"delta\",\"chat_id\":\"x\",\"text\":\"end\",\"turn_id\":\"t{turn}\"}}\n"));
        out.push_str(&format!("{{\"event\":\"stream_end\",\"chat_id\":\"x\",\"turn_id\":\"t{turn}\"}}\n"));
        out.push_str(&format!("{{\"event\":\"turn_end\",\"chat_id\":\"x\",\"turn_id\":\"t{turn}\",\"latency_ms\":{turn}}}\n"));
    }
    out
}

fn told(turns: usize) -> String {
    (1..=turns).map(|turn| format!("user \"q{turn}\"\nassistant \"a{turn} end\"\n")).collect()
}

async fn rows(place: &Place, chat: &ChatId) -> Vec<EventRow> {
    let name = chat.as_str().to_owned();
    crate::error::read(&place.engine.shared().store, move |reader| reader.events(&name, 0, u32::MAX)).await.unwrap()
}

#[tokio::test]
async fn a_copy_holds_what_came_before() {
    let place = place();
    let source = place.chat(&transcript(4)).await;
    let before = place.export(&source, Format::Jsonl).await;
    for index in 0..=4 {
        let copy = place.engine.fork(&source, index, None).await.unwrap();
        let thread = place.thread(&copy).await;
        let turns = usize::try_from(index).unwrap();
        assert_eq!(shown(&thread), told(turns), "before {index}");
        assert_eq!(thread.fork_boundary_message_count, Some(turns * 2));
        let rows = rows(&place, &copy).await;
        let mut next = 1;
        for row in &rows {
            assert_eq!((row.seq, row.chat.as_str()), (next, copy.as_str()));
            assert!(!row.payload.contains(source.as_str()) || row.kind == "fork_marker", "{}", row.payload);
            next = row.last + 1;
        }
        let context = place.engine.context(&copy).await.unwrap().unwrap();
        assert_eq!(context.total_messages, turns * 2, "the model knows what was copied");
    }
    assert_eq!(place.engine.fork(&source, 5, None).await, Err(ForkRefused::Invalid));
    assert_eq!(place.engine.fork(&source, u64::MAX, None).await, Err(ForkRefused::Invalid));
    assert_eq!(place.export(&source, Format::Jsonl).await, before, "the source is as it was");
}

#[tokio::test]
async fn a_copy_of_a_copy_has_one_boundary() {
    let place = place();
    let source = place.chat(&transcript(3)).await;
    let copy = place.engine.fork(&source, 2, Some("  A  title ")).await.unwrap();
    let again = place.engine.fork(&copy, 1, None).await.unwrap();
    let thread = place.thread(&again).await;
    assert_eq!((shown(&thread), thread.fork_boundary_message_count), (told(1), Some(2)));
    let titles: Vec<String> = place.engine.sessions().await.unwrap().sessions.into_iter().map(|row| row.title).collect();
    assert_eq!(titles.iter().filter(|title| *title == "A title").count(), 1, "{titles:?}");
}

#[tokio::test]
async fn what_runs_and_what_waits_is_left_behind() {
    let place = place();
    let source = place.chat(&transcript(2)).await;
    let (name, last) = (source.as_str().to_owned(), rows(&place, &source).await.last().unwrap().last);
    let event = |seq: u64, turn: &str, boundary: PageStart, fields: serde_json::Value| {
        let mut payload = fields;
        payload["chat_id"] = name.clone().into();
        payload["seq"] = seq.into();
        payload["turn_id"] = turn.into();
        let kind = payload["event"].as_str().unwrap().to_owned();
        Change::AppendEvent(EventRow {
            chat: name.clone(),
            seq,
            last: seq,
            turn: Some(turn.to_owned()),
            kind,
            boundary,
            payload: payload.to_string(),
            at: 9,
        })
    };
    let turn = |id: &str, ordinal: u64, state: TurnState, prompt_seq: u64| {
        Change::PutTurn(alcove_store::TurnRow {
            chat: name.clone(),
            id: id.to_owned(),
            ordinal,
            state,
            prompt_seq,
            preset: None,
            usage: None,
            outcome: None,
            created_at: 9,
            started_at: None,
            ended_at: None,
        })
    };
    let prompt = |starts: bool, text: &str| json!({ "event": "user_message", "text": text, "starts_turn": starts });
    let changes = vec![
        event(last + 1, "t3", PageStart::Yes, prompt(true, "q3")),
        turn("t3", 3, TurnState::Running, last + 1),
        event(last + 2, "t3", PageStart::No, json!({ "event": "goal_status", "status": "running" })),
        event(last + 3, "t4", PageStart::No, prompt(false, "q4")),
        turn("t4", 4, TurnState::Queued, last + 3),
        event(last + 4, "t3", PageStart::No, json!({ "event": "stream_end", "text": "half", "resuming": true })),
    ];
    place.engine.shared().store.write_wait(changes).unwrap();
    for index in 2..=4 {
        let copy = place.engine.fork(&source, index, None).await.unwrap();
        assert_eq!(shown(&place.thread(&copy).await), told(2), "before {index}");
    }
    assert_eq!(place.engine.fork(&source, 5, None).await, Err(ForkRefused::Invalid));
    // Once the first of them is done, it comes along, although the second was said in its midst.
    let done = vec![
        event(last + 5, "t3", PageStart::No, json!({ "event": "stream_end", "text": "whole" })),
        event(last + 6, "t3", PageStart::No, json!({ "event": "turn_end" })),
        event(last + 7, "t3", PageStart::No, json!({ "event": "goal_status", "status": "idle" })),
        turn("t3", 3, TurnState::Done, last + 1),
    ];
    place.engine.shared().store.write_wait(done).unwrap();
    let copy = place.engine.fork(&source, 4, None).await.unwrap();
    assert!(shown(&place.thread(&copy).await).ends_with("user \"q3\"\nassistant \"half\"\nassistant \"whole\"\n"));
}

#[tokio::test]
async fn what_is_not_there_is_not_copied() {
    let place = place();
    let nobody = ChatId::parse("nobody").unwrap();
    assert_eq!(place.engine.fork(&nobody, 0, None).await, Err(ForkRefused::Invalid));
    let empty = place.engine.create_chat(None, None).await.unwrap();
    assert_eq!(place.engine.fork(&empty.id, 0, None).await, Err(ForkRefused::Invalid));
    assert_eq!(place.engine.sessions().await.unwrap().sessions.len(), 1);
}
