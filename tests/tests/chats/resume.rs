//! Coming back after having missed something: each event exactly once, in order and byte for byte, from wherever a client stopped; and
//! where that cannot be, `resync`.

use std::collections::BTreeMap;

use alcove_tests::client::{Client, Frame};
use alcove_tests::gateway::Gateway;
use alcove_tests::http::thread;
use alcove_tests::scene::Scene;
use alcove_tests::story::{assert_gapless, by_seq, shown};
use serde_json::{Value, json};

/// Pieces of the answer whose every cut is tried.
const PIECES: usize = 24;
/// Events a client may be behind here.
const FAR_BEHIND: u64 = 10_000;

/// Reads a client up to event `last`; gives what it was told after `after`.
async fn rest(client: &mut Client, after: u64, last: u64) -> BTreeMap<u64, String> {
    if after == last {
        client.find("attached").await;
        return BTreeMap::new();
    }
    let heard = client.until(|frame| frame.seq() == Some(last)).await;
    assert!(!heard.iter().any(|frame| frame.event() == "resync"), "after {after}");
    assert_gapless(&heard, after + 1);
    by_seq(&heard)
}

async fn attached_after(gateway: &Gateway, chat: &str, after: u64) -> Client {
    let mut client = Client::connect(gateway).await;
    client.attach_after(chat, after).await;
    client
}

/// Plays a turn of thoughts and words; after each heard event a client joins from every earlier place. All hear it to its end.
async fn played(scene: &mut Scene) -> (Vec<Frame>, Vec<(u64, Client)>) {
    let mut witness = Client::connect(&scene.gateway).await;
    witness.attach(&scene.chat).await;
    scene.client.say(&scene.chat, "t1", "Go.").await;
    let mut call = scene.model.call().await;
    let (mut live, mut joined) = (Vec::new(), Vec::new());
    for number in 0..PIECES {
        if number < PIECES / 4 {
            call.think(&format!("thought {number}, ")).await;
            live.extend(witness.until_event("reasoning_delta").await);
        } else {
            call.say(&format!("wörd {number}\n")).await;
            live.extend(witness.until_event("delta").await);
        }
        let newest = live.iter().filter_map(Frame::seq).max().unwrap_or(0);
        for after in 0..=newest {
            joined.push((after, attached_after(&scene.gateway, &scene.chat, after).await));
        }
    }
    call.end().await;
    live.extend(witness.until(Frame::is_idle).await);
    live.retain(|frame| frame.seq().is_some());
    (live, joined)
}

#[tokio::test]
async fn every_cut_of_a_turn_resumes_exactly() {
    let mut scene = Scene::open().await;
    let (live, joined) = played(&mut scene).await;
    assert_gapless(&live, 1);
    let (all, last) = (by_seq(&live), live.len() as u64);
    let count = joined.len();
    assert!(count > 300, "{count}");
    for (after, mut client) in joined {
        let expected: BTreeMap<u64, String> = all.range(after + 1..).map(|(seq, text)| (*seq, text.clone())).collect();
        assert_eq!(rest(&mut client, after, last).await, expected, "joined while it streamed, after {after}");
    }
    for after in 0..=last {
        let mut client = attached_after(&scene.gateway, &scene.chat, after).await;
        let expected: BTreeMap<u64, String> = all.range(after + 1..).map(|(seq, text)| (*seq, text.clone())).collect();
        assert_eq!(rest(&mut client, after, last).await, expected, "joined afterwards, after {after}");
    }

    let instance = scene.client.instance.clone();
    let (gateway, _home, _model, chat) = scene.killed_and_restarted();
    let mut client = Client::connect(&gateway).await;
    assert_ne!(client.instance, instance);
    for after in 0..=last {
        // A client that names no instance takes what the store has.
        client.send(json!({ "type": "attach", "chat_id": chat, "after_seq": after })).await;
        let expected: BTreeMap<u64, String> = all.range(after + 1..).map(|(seq, text)| (*seq, text.clone())).collect();
        assert_eq!(rest(&mut client, after, last).await, expected, "after a restart, after {after}");
        client.send(json!({ "type": "attach", "chat_id": chat, "after_seq": after, "instance": instance })).await;
        let resync = client.find("resync").await;
        assert_eq!((resync.str("chat_id"), &resync.json["from_seq"]), (chat.as_str(), &json!(last)));
    }
}

#[tokio::test]
async fn a_cursor_that_cannot_be_is_answered_with_resync() {
    let mut scene = Scene::open().await;
    let heard = scene.answered("t1", "Hello?", &["Hi."]).await;
    let newest = heard.iter().filter_map(Frame::seq).max().unwrap();
    // Each round's command leaves what asked and a reply, which are events of the chat too.
    for (last, beyond) in (newest..).step_by(2).zip([1, 1000, u64::MAX]) {
        let after = last.saturating_add(beyond);
        let mut client = attached_after(&scene.gateway, &scene.chat, after).await;
        let answer = client.until_event("resync").await;
        assert_eq!(answer.iter().map(Frame::event).collect::<Vec<_>>(), ["attached", "resync"], "after {after}");
        assert_eq!(answer[1].json["from_seq"], last);
        // It hears what comes, and can read the thread and attach again.
        let page = thread(&scene.gateway, &scene.chat).await;
        assert_eq!(page["last_seq"], last);
        client.attach_after(&scene.chat, last).await;
        assert_eq!(client.next().await.event(), "attached");
        client.say(&scene.chat, &format!("c{after}"), "/status").await;
        client.until_event("message").await;
        scene.client.find("message").await;
    }
    // What is not a number is no cursor.
    for odd in [json!(-1), json!("3"), json!(1.5), json!(null), json!([])] {
        let mut client = Client::connect(&scene.gateway).await;
        client.send(json!({ "type": "attach", "chat_id": scene.chat, "after_seq": odd })).await;
        assert_eq!(client.next().await.event(), "attached", "{odd}");
    }
}

#[tokio::test]
async fn far_behind_is_not_too_far() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Go.").await;
    let mut call = scene.model.call().await;
    let mut live = Vec::new();
    while (live.len() as u64) < FAR_BEHIND {
        call.say(&format!("{} ", live.len())).await;
        live.extend(scene.client.until_event("delta").await.into_iter().filter(|frame| frame.seq().is_some()));
    }
    // While it still streams, most of it only in the store.
    let mut joined = attached_after(&scene.gateway, &scene.chat, 0).await;
    call.end().await;
    live.extend(scene.client.until(Frame::is_idle).await.into_iter().filter(|frame| frame.seq().is_some()));
    let last = live.iter().filter_map(Frame::seq).max().unwrap();
    let mut all = by_seq(&live);
    for client in [&mut joined, &mut attached_after(&scene.gateway, &scene.chat, 0).await] {
        let told = rest(client, 0, last).await;
        assert_eq!(told.len() as u64, last);
        all.entry(1).or_insert_with(|| told[&1].clone());
        assert!(told == all, "byte for byte");
    }
}

/// What each turn's answer comes to, by any way of learning of it.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
struct Picture(BTreeMap<String, (String, String)>);

impl Picture {
    fn of_page(page: &Value) -> Self {
        let mut picture = Self::default();
        for message in page["messages"].as_array().unwrap().iter().filter(|message| message["role"] == "assistant") {
            let turn = picture.0.entry(message["turnId"].as_str().unwrap_or_default().to_owned()).or_default();
            turn.0.push_str(message["content"].as_str().unwrap_or_default());
            turn.1.push_str(message["reasoning"].as_str().unwrap_or_default());
        }
        picture
    }

    fn take(&mut self, frame: &Frame) {
        let turn = self.0.entry(frame.str("turn_id").to_owned());
        match frame.event() {
            "delta" | "message" => turn.or_default().0.push_str(frame.str("text")),
            "reasoning_delta" => turn.or_default().1.push_str(frame.str("text")),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_page_and_what_follows_it_make_the_same_picture() {
    let mut scene = Scene::open().await;
    scene.answered("t0", "Before.", &["Something ", "before."]).await;
    scene.client.say(&scene.chat, "t1", "Go.").await;
    let mut call = scene.model.call().await;
    let mut joined = Vec::new();
    for number in 0..PIECES {
        let event = if number < 5 { "reasoning_delta" } else { "delta" };
        if number < 5 {
            call.think(&format!("t{number} ")).await
        } else {
            call.say(&format!("w{number} ")).await
        }
        scene.client.find(event).await;
        let page = thread(&scene.gateway, &scene.chat).await;
        assert_eq!(page["active_turn_id"], "t1");
        let client = attached_after(&scene.gateway, &scene.chat, page["last_seq"].as_u64().unwrap()).await;
        joined.push((Picture::of_page(&page), client));
        if number == 12 {
            scene.client.say(&scene.chat, "t2", "Next.").await;
        }
    }
    call.end().await;
    scene.model.call().await.end_with("Next answer.").await;
    scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t2").await;
    let page = thread(&scene.gateway, &scene.chat).await;
    let whole = Picture::of_page(&page);
    let last = page["last_seq"].as_u64().unwrap();
    for (number, (mut picture, mut client)) in joined.into_iter().enumerate() {
        let heard = client.until(|frame| frame.seq() == Some(last)).await;
        heard.iter().filter(|frame| frame.seq().is_some()).for_each(|frame| picture.take(frame));
        assert_eq!(picture, whole, "joined after piece {number}\n{}", shown(&page));
    }
}

#[tokio::test]
async fn a_resumed_connection_is_told_its_own_prompts_too() {
    let mut scene = Scene::open().await;
    let heard = scene.answered("t1", "Mine.", &["Yours."]).await;
    let last = heard.iter().filter_map(Frame::seq).max().unwrap();
    scene.client.attach_after(&scene.chat.clone(), 0).await;
    let again = scene.client.until(|frame| frame.seq() == Some(last)).await;
    assert_gapless(&again, 1);
    assert!(again.iter().any(|frame| frame.event() == "user_message" && frame.str("text") == "Mine."));
    // From there on it is answered again, not told.
    let heard = scene.answered("t2", "Mine again.", &["Yours again."]).await;
    assert!(!heard.iter().any(|frame| frame.event() == "user_message"));
}
