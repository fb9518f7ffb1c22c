//! Waiting for a person: every way on from there, and what a yes is worth.

use std::time::Instant;

use alcove_tests::client::{Client, Frame};
use alcove_tests::http::thread;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::streams::database;
use crate::{Scene, page_events};

fn write(path: &str) -> (&'static str, Value) {
    ("write_file", json!({ "path": path, "content": "new\n" }))
}

#[tokio::test]
async fn row10_a_cancelled_turn_waits_no_longer() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[write("a.txt")]).await;
    let proposal = scene.proposal().await;
    assert_eq!(scene.waiting().await.len(), 1);
    scene.say("/stop").await;
    let began = Instant::now();
    let heard = scene.client.until(Frame::is_idle).await;
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    let resolved = heard.iter().find(|frame| frame.event() == "proposal_resolved").expect("it is withdrawn");
    assert_eq!((resolved.str("state"), resolved.str("proposal_id")), ("cancelled", proposal.str("proposal_id")));
    assert_eq!(scene.waiting().await, Vec::<Value>::new());
    let late = scene.accept(&proposal).await;
    assert_eq!(late["state"], "cancelled", "{late}");
    // The chat goes on, and the model is told.
    let call = scene.prompted("And now?").await;
    assert!(call.body["messages"].to_string().contains("Stopped before its end"), "{}", call.body);
    call.end_with("Nothing was written.").await;
    scene.client.until(Frame::is_idle).await;
    assert_eq!(scene.text("a.txt"), "-");
    let events = page_events(&thread(&scene.gateway, &scene.chat).await);
    assert_eq!(events.iter().map(|event| event["status"].clone()).collect::<Vec<_>>(), [json!(499)]);
}

#[tokio::test]
async fn row10_another_connections_answer_moves_the_turn_on_and_the_first_counts() {
    let mut scene = Scene::open().await;
    let mut other = Client::connect(&scene.gateway).await;
    other.attach(&scene.chat).await;
    scene.prompted("Go.").await.end_with_calls(&[write("a.txt")]).await;
    let shown = other.find("proposal").await;
    let mine = scene.proposal().await;
    assert_eq!(shown.json["digest"], mine.json["digest"], "everybody is shown the same");
    // The one that answers is not the one that asked, nor one that hears the chat.
    assert_eq!(scene.accept(&shown).await["state"], "accepted");
    let second = scene.reject(&mine, "Too late.").await;
    assert_eq!((second["state"].as_str(), second["why"].as_str()), (Some("accepted"), Some("It was answered before.")));
    assert_eq!(other.find("proposal_resolved").await.str("state"), "accepted");
    let ran = scene.finish().await;
    assert_eq!((ran.statuses(), scene.text("a.txt").as_str()), (vec![200], "new\n"));
}

#[tokio::test]
async fn row10_a_closed_window_holds_nothing_up() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[write("a.txt")]).await;
    scene.proposal().await;
    // Everybody goes.
    let (gateway, chat) = (&scene.gateway, scene.chat.clone());
    scene.client = Client::connect(gateway).await;
    scene.hand = Client::connect(gateway).await;
    let page = thread(gateway, &chat).await;
    let message = page["messages"].as_array().unwrap().iter().find(|message| message["kind"] == "proposal").expect("the page shows it");
    assert!(message["resolution"].is_null(), "{message}");
    scene.client.attach_after(&chat, page["last_seq"].as_u64().unwrap()).await;
    let waiting = scene.waiting().await;
    assert_eq!(waiting[0], message["proposal"], "the list has what the page shows");
    let id = waiting[0]["proposal_id"].clone();
    let answers = json!([{ "chat_id": chat, "proposal_id": id, "answer": "accept", "digest": waiting[0]["digest"] }]);
    scene.ask("proposal.answer", json!({ "answers": answers })).await;
    let ran = scene.finish().await;
    assert_eq!((ran.statuses(), scene.text("a.txt").as_str()), (vec![200], "new\n"));
}

#[tokio::test]
async fn row15_a_rejection_is_told_with_its_reason() {
    for dialect in ["native", "tags"] {
        let mut scene = Scene::open_as(dialect).await;
        let call = scene.prompted("Go.").await;
        match dialect {
            "native" => call.end_with_calls(&[write("a.txt"), ("exec", json!({ "command": "echo ran >> ran.txt" }))]).await,
            _ => call.end_with("<set path=\"a.txt\">new</set><sh>echo ran >> ran.txt</sh><update status=\"102\">On.</update>").await,
        }
        let (first, second) = (scene.proposal().await, scene.proposal().await);
        let answered = scene.reject(&first, "Not that file: it is mine.").await;
        assert_eq!(answered["state"], "rejected", "{answered}");
        scene.accept(&second).await;
        let ran = scene.finish().await;
        let ends = ran.ends();
        let rejected = ends.iter().find(|event| event["name"] == "write_file").unwrap();
        assert_eq!((&rejected["status"], &rejected["phase"]), (&json!(403), &json!("error")), "{rejected}");
        assert!(rejected["error"].as_str().unwrap().contains("Not that file: it is mine."), "{rejected}");
        assert!(ran.results[0].contains("Not that file: it is mine."), "the model is told why: {:?}", ran.results);
        assert_eq!((scene.text("a.txt").as_str(), scene.text("ran.txt").as_str()), ("-", "ran\n"), "what was allowed was done");
        let page = thread(&scene.gateway, &scene.chat).await;
        let resolution = page["messages"].as_array().unwrap().iter().find_map(|message| {
            let resolution = &message["resolution"];
            (resolution["state"] == "rejected").then(|| resolution["reason"].clone())
        });
        assert_eq!(resolution, Some(json!("Not that file: it is mine.")), "the thread keeps it");
        assert!(ran.notices().is_empty(), "a no is no failure of the model: {:?}", ran.notices());
    }
}

#[tokio::test]
async fn a_no_is_told_and_kept_in_one_write_or_not_at_all() {
    for restarted in [false, true] {
        let mut scene = Scene::open().await;
        scene.prompted("Go.").await.end_with_calls(&[write("a.txt")]).await;
        let proposal = scene.proposal().await;
        if restarted {
            scene = scene.killed_and_restarted().await;
        }
        // The record cannot be closed.
        let full = "CREATE TRIGGER full BEFORE INSERT ON entries WHEN NEW.state = 'failed' BEGIN SELECT RAISE(ABORT, 'full'); END";
        database(&scene).execute_batch(full).unwrap();
        let no = json!({ "chat_id": scene.chat, "proposal_id": proposal.json["proposal_id"], "answer": "reject" });
        scene.hand.request("proposal.answer", json!({ "answers": [no] })).await;
        database(&scene).execute_batch("DROP TRIGGER full").unwrap();
        let mut scene = scene.killed_and_restarted().await;
        let page = thread(&scene.gateway, &scene.chat).await;
        let message = page["messages"].as_array().unwrap().iter().find(|message| message["kind"] == "proposal").expect("the page shows it");
        assert_eq!((&message["resolution"], scene.waiting().await.len()), (&Value::Null, 1), "restarted {restarted}");
        assert_eq!(scene.reject(&proposal, "").await["state"], "rejected");
        assert_eq!(scene.waiting().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn several_are_shown_at_once_and_answered_at_once() {
    let mut scene = Scene::open().await;
    let calls = [write("a.txt"), write("b.txt"), write("d.txt"), ("exec", json!({ "command": "cat a.txt b.txt > c.txt" }))];
    scene.prompted("Go.").await.end_with_calls(&calls).await;
    let heard = [scene.proposal().await, scene.proposal().await, scene.proposal().await, scene.proposal().await];
    assert_eq!(scene.waiting().await.len(), 4, "all of them, before any is answered");
    let answer = |proposal: &Frame| {
        let word = if proposal.text.contains("d.txt") { "reject" } else { "accept" };
        json!({ "chat_id": proposal.str("chat_id"), "proposal_id": proposal.str("proposal_id"), "answer": word, "digest": proposal.json["digest"] })
    };
    // In whatever order they are answered, they are done in theirs.
    let answers: Vec<Value> = heard.iter().rev().map(answer).collect();
    let answered = scene.ask("proposal.answer", json!({ "answers": answers })).await;
    let states: Vec<&str> = answered["answered"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["accepted", "rejected", "accepted", "accepted"]);
    let ran = scene.finish().await;
    assert_eq!((scene.text("c.txt").as_str(), scene.text("d.txt").as_str()), ("new\nnew\n", "-"));
    let mut statuses = ran.statuses();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 403]);
    assert_eq!(ran.results.len(), 4);
}

#[tokio::test]
async fn a_yes_is_for_what_was_shown() {
    let mut scene = Scene::open().await;
    scene.put("a.txt", "one\ntwo\n");
    scene.prompted("Go.").await.end_with_calls(&[("edit_file", json!({ "path": "a.txt", "old_text": "two", "new_text": "2" }))]).await;
    let proposal = scene.proposal().await;
    // A yes to something else does not count, and it goes on waiting.
    let wrong = scene.answer(&proposal, json!({ "answer": "accept", "digest": "0".repeat(64) })).await;
    assert_eq!(wrong["state"], "open", "{wrong}");
    assert!(wrong["why"].as_str().unwrap().contains("Look again"), "{wrong}");
    assert_eq!((scene.waiting().await.len(), scene.text("a.txt").as_str()), (1, "one\ntwo\n"));
    // Nor does one that does not say what it is for.
    let (chat, id) = (scene.chat.clone(), proposal.str("proposal_id").to_owned());
    let bare = json!({ "answers": [{ "chat_id": chat, "proposal_id": id, "answer": "accept" }] });
    let (status, words) = scene.refused("proposal.answer", bare).await;
    assert!(status == 400 && words.contains("digest"), "{status} {words}");
    assert_eq!(scene.waiting().await.len(), 1);
    // Meanwhile somebody else writes the file.
    scene.put("a.txt", "zero\none\ntwo\n");
    scene.accept(&proposal).await;
    let ran = scene.finish().await;
    assert_eq!(scene.text("a.txt"), "zero\none\ntwo\n", "what was not shown is not done");
    assert_eq!(ran.statuses(), [409]);
    assert!(ran.results[0].contains("no longer what was shown"), "{:?}", ran.results);
    assert!(ran.results[0].contains("+zero\n one\n two\n"), "both sides are told: {:?}", ran.results);
    // Shown anew and allowed, it is done.
    let ran = scene.calls(&[("edit_file", json!({ "path": "a.txt", "old_text": "two", "new_text": "2" }))]).await;
    assert_eq!((ran.statuses(), scene.text("a.txt").as_str()), (vec![200], "zero\none\n2\n"));
}

#[tokio::test]
async fn a_yes_is_not_for_a_file_in_which_the_edit_no_longer_fits() {
    let mut scene = Scene::open().await;
    scene.put("a.txt", "one\ntwo\n");
    scene.prompted("Go.").await.end_with_calls(&[("edit_file", json!({ "path": "a.txt", "old_text": "two", "new_text": "2" }))]).await;
    let proposal = scene.proposal().await;
    scene.put("a.txt", "one\nthree\n");
    scene.accept(&proposal).await;
    let ran = scene.finish().await;
    assert_eq!((ran.statuses(), scene.text("a.txt").as_str()), (vec![409], "one\nthree\n"));
    assert!(ran.results[0].contains("-two\n+three"), "both sides are told to the model: {:?}", ran.results);
    assert!(ran.ends()[0].to_string().contains("-two\\n+three"), "and to the person: {:?}", ran.ends());
}

/// Nothing of a difference is cut; what is too much to be shown is not asked about, and where nobody is asked it is done.
#[tokio::test]
async fn a_difference_is_shown_whole_or_not_at_all() {
    let mut scene = Scene::open().await;
    let wide = format!("{}end\n", "x".repeat(9_000));
    scene.prompted("Go.").await.end_with_calls(&[("write_file", json!({ "path": "wide.txt", "content": wide }))]).await;
    let proposal = scene.proposal().await;
    let diff = &proposal.json["files"][0]["diff"];
    assert!(diff["text"].as_str().unwrap().ends_with("xxxend") && diff["truncated"] != true, "a long line is whole");
    scene.accept(&proposal).await;
    scene.finish().await;
    let long = "line\n".repeat(20_001);
    let large = "y".repeat(1 << 20);
    for (what, content) in [("20001", &long), ("bytes", &large)] {
        let ran = scene.calls(&[("write_file", json!({ "path": "big.txt", "content": content }))]).await;
        assert_eq!((ran.statuses(), ran.count("proposal"), scene.text("big.txt").as_str()), (vec![413], 0, "-"), "{what}");
        assert!(ran.results[0].contains("in parts") && ran.results[0].contains(what), "{:?}", ran.results);
    }
    scene.acting(json!({ "preset": "edit_freely" })).await;
    let ran = scene.calls(&[("write_file", json!({ "path": "big.txt", "content": long }))]).await;
    assert_eq!((ran.statuses(), scene.text("big.txt") == long), (vec![200], true), "{:?}", ran.results);
}

#[tokio::test]
async fn a_command_runs_as_the_person_wrote_it() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[("exec", json!({ "command": "echo model > who.txt" }))]).await;
    let proposal = scene.proposal().await;
    assert_eq!(proposal.str_at("/command/script"), "echo model > who.txt");
    let empty = scene.answer(&proposal, json!({ "answer": "accept", "digest": proposal.json["digest"], "command": " " })).await;
    assert_eq!(empty["state"], "open", "{empty}");
    let command = "echo person > who.txt\n# and nothing else";
    let answer = json!({ "answer": "accept", "digest": proposal.json["digest"], "command": command });
    assert_eq!(scene.answer(&proposal, answer).await["state"], "accepted");
    let ran = scene.finish().await;
    assert_eq!((ran.statuses(), scene.text("who.txt").as_str()), (vec![200], "person\n"), "{:?}", ran.results);
    // Everybody is told what ran, and the model who made it so.
    let resolved = ran.heard.iter().find(|frame| frame.event() == "proposal_resolved").expect("it is answered");
    assert_eq!((resolved.str("command"), &ran.ends()[0]["arguments"]), (command, &json!({ "command": command })));
    assert!(ran.results[0].starts_with(&format!("The person changed the command to: {command}\n")), "{:?}", ran.results);
    let page = thread(&scene.gateway, &scene.chat).await;
    let resolution = page["messages"].as_array().unwrap().iter().find_map(|message| message["resolution"]["command"].as_str());
    assert_eq!((resolution, &page_events(&page)[0]["arguments"]["command"]), (Some(command), &json!(command)));
}

#[tokio::test]
async fn a_changed_command_is_told_as_such_however_it_ends() {
    let mut scene = Scene::open().await;
    let command = "echo person; sleep 600";
    for (end, how) in [("/stop", "Stopped before its end"), ("kill", "Alcove ended while this ran")] {
        scene.prompted("Go.").await.end_with_calls(&[("exec", json!({ "cmd": "echo model; sleep 600" }))]).await;
        let proposal = scene.proposal().await;
        scene.answer(&proposal, json!({ "answer": "accept", "digest": proposal.json["digest"], "command": command })).await;
        scene.client.find("stream_chunk").await;
        if end == "kill" {
            scene = scene.killed_and_restarted().await;
        } else {
            scene.say(end).await;
            scene.rest().await;
        }
        let page = thread(&scene.gateway, &scene.chat).await;
        let ended = page_events(&page).pop().expect("it has begun");
        assert_eq!((&ended["status"], &ended["arguments"]), (&json!(499), &json!({ "command": command })), "{end}: {ended}");
        let call = scene.prompted("And now?").await;
        let told = format!("The person changed the command to: {command}\\n{how}");
        assert!(call.body["messages"].to_string().contains(&told), "{end}: {}", call.body);
        scene.done(call).await;
        scene.rest().await;
    }
}

#[tokio::test]
async fn what_hides_in_a_command_is_shown() {
    let mut scene = Scene::open().await;
    let script = "echo a\u{202e}b\u{200b}c # \u{430}dmin";
    scene.prompted("Go.").await.end_with_calls(&[("exec", json!({ "command": script }))]).await;
    let proposal = scene.proposal().await;
    let (exact, shown) = (proposal.str_at("/command/script"), proposal.str_at("/command/shown"));
    assert_eq!(exact, script);
    assert!(!shown.contains(['\u{202e}', '\u{200b}']) && shown.to_uppercase().contains("202E"), "{shown}");
    scene.reject(&proposal, "").await;
    scene.finish().await;
}

#[tokio::test]
async fn a_question_is_answered_in_words() {
    let mut scene = Scene::freely("native").await;
    let question = json!({ "question": "Which colour?", "options": ["red", "blue"] });
    scene.prompted("Go.").await.end_with_calls(&[("ask_user", question)]).await;
    let proposal = scene.proposal().await;
    assert_eq!(
        (proposal.str("kind"), &proposal.json["question"]),
        ("question", &json!({ "text": "Which colour?", "options": ["red", "blue"] }))
    );
    scene.answer(&proposal, json!({ "answer": "accept", "text": "A dark green." })).await;
    let ran = scene.finish().await;
    assert!(ran.results[0].contains("A dark green."), "{:?}", ran.results);
    // A person may leave it unanswered.
    scene.prompted("Go.").await.end_with_calls(&[("ask_user", json!({ "question": "And the size?" }))]).await;
    let proposal = scene.proposal().await;
    scene.reject(&proposal, "Choose yourself.").await;
    let ran = scene.finish().await;
    assert!(ran.statuses() == [403] && ran.results[0].contains("Choose yourself."), "{:?}", ran.results);
}

#[tokio::test]
async fn an_address_of_this_machine_is_refused_also_when_it_was_allowed() {
    let mut scene = Scene::open().await;
    for url in
        [format!("{}/x", scene.model.base()), "http://localhost:9/".to_owned(), "http://[::1]:9/".to_owned(), "http://10.0.0.1/".to_owned()]
    {
        scene.prompted("Go.").await.end_with_calls(&[("web_fetch", json!({ "url": url }))]).await;
        let proposal = scene.proposal().await;
        assert_eq!((proposal.str("kind"), proposal.str("address")), ("network", url.as_str()));
        scene.accept(&proposal).await;
        let ran = scene.finish().await;
        assert_eq!(ran.statuses(), [403], "{url}: {:?}", ran.results);
    }
    assert!(!scene.model.has_call(), "nobody was reached");
}

/// A yes, and a rule, are for one host: where that leads to another, the model is told, and has to ask for it.
#[tokio::test]
async fn a_page_that_leads_to_another_host_is_not_followed_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let count = stream.read(&mut asked).await.unwrap_or(0);
            let leads = asked[..count].starts_with(b"GET /here ");
            let answer = match leads {
                true => format!(
                    "HTTP/1.1 302 Found\r\nLocation: http://localhost:{port}/there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                ),
                false => "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret".to_owned(),
            };
            // Whoever has left needs no answer.
            let _left = stream.write_all(answer.as_bytes()).await;
        }
    });
    let mut scene = Scene::freely("native").await;
    scene.ask("settings.network_safety.update", json!({ "webui_allow_local_service_access": true })).await;
    scene.ask("rule.add", json!({ "effect": "deny", "span": "always", "subject": { "host": "localhost" } })).await;
    let fetch = |url: String| ("web_fetch", json!({ "url": url }));
    let ran = scene.calls(&[fetch(format!("http://127.0.0.1:{port}/here"))]).await;
    assert_eq!(ran.statuses(), [302], "{:?}", ran.results);
    let there = format!("http://localhost:{port}/there");
    assert!(ran.results[0].contains(&there) && !ran.results[0].contains("secret"), "{:?}", ran.results);
    let ran = scene.calls(&[fetch(there), fetch(format!("http://127.0.0.1:{port}/there"))]).await;
    assert_eq!(ran.statuses(), [403, 200], "{:?}", ran.results);
    assert!(ran.results[1].contains("secret"), "{:?}", ran.results);
}

#[tokio::test]
async fn the_list_says_which_chats_wait_each_time_they_do() {
    let mut scene = Scene::open().await;
    let mut watcher = Client::connect(&scene.gateway).await;
    watcher.send(json!({ "type": "watch" })).await;
    watcher.find("watching").await;
    scene.prompted("Go.").await.end_with_calls(&[write("a.txt")]).await;
    scene.proposal().await;
    scene.say("/stop").await;
    scene.rest().await;
    scene.calls(&[write("a.txt")]).await;
    let mut told = Vec::new();
    while told.iter().filter(|word| *word == "idle").count() < 2 {
        told.push(watcher.find("chat_state").await.str("state").to_owned());
    }
    assert_eq!(told, ["running", "waiting", "idle", "running", "waiting", "running", "idle"]);
}
