//! A restart: what waited for a person still waits, and is done once or not at all.

use alcove_tests::client::Frame;
use alcove_tests::http::thread;
use serde_json::{Value, json};

use crate::{Scene, page_events};

/// A chat whose turn waits for a command to be allowed, after the gateway was killed and started again.
async fn waiting(dialect: &'static str) -> (Scene, Value) {
    let mut scene = Scene::open_as(dialect).await;
    let call = scene.prompted("Count.").await;
    match dialect {
        "native" => call.end_with_calls(&[("exec", json!({ "command": "echo ran >> runs.txt" }))]).await,
        _ => call.end_with("<sh>echo ran >> runs.txt</sh><update status=\"102\">On.</update>").await,
    }
    let shown = scene.proposal().await;
    let mut scene = scene.killed_and_restarted().await;
    let list = scene.waiting().await;
    assert_eq!(list.len(), 1, "it waits as before");
    assert_eq!((&list[0]["digest"], &list[0]["proposal_id"]), (&shown.json["digest"], &shown.json["proposal_id"]));
    let page = thread(&scene.gateway, &scene.chat).await;
    assert_eq!((&page["has_pending_tool_calls"], &page["active_turn_id"]), (&json!(false), &Value::Null), "no turn runs");
    assert_eq!(scene.text("runs.txt"), "-");
    (scene, list[0].clone())
}

fn answer(scene: &Scene, proposal: &Value, word: &str) -> Value {
    json!({ "answers": [{ "chat_id": scene.chat, "proposal_id": proposal["proposal_id"], "answer": word, "digest": proposal["digest"] }] })
}

#[tokio::test]
async fn row10_a_yes_after_a_restart_is_carried_out_once_and_the_model_goes_on() {
    for dialect in ["native", "tags"] {
        let (mut scene, proposal) = waiting(dialect).await;
        let yes = answer(&scene, &proposal, "accept");
        let answered = scene.ask("proposal.answer", yes.clone()).await;
        assert_eq!(answered["answered"][0]["state"], "accepted", "{answered}");
        let again = scene.ask("proposal.answer", yes).await;
        assert_eq!(again["answered"][0]["state"], "accepted", "{again}");
        let ran = scene.finish().await;
        assert_eq!((ran.statuses(), scene.text("runs.txt").as_str()), (vec![200], "ran\n"), "{dialect}: {:?}", ran.results);
        assert_eq!(ran.count("proposal"), 0, "it is not asked twice");
        assert!(ran.results.iter().any(|told| told.contains("exit code 0")), "{dialect}: the model is told: {:?}", ran.results);
        assert_eq!(scene.waiting().await, Vec::<Value>::new());
        // Nothing of it is left to run at the next start.
        let mut scene = scene.killed_and_restarted().await;
        scene.write(if dialect == "tags" { crate::DONE } else { "Here." }).await;
        assert_eq!(scene.text("runs.txt"), "ran\n", "{dialect}");
    }
}

#[tokio::test]
async fn row10_a_no_after_a_restart_closes_it() {
    let (mut scene, proposal) = waiting("native").await;
    let no = answer(&scene, &proposal, "reject");
    let answered = scene.ask("proposal.answer", no).await;
    assert_eq!(answered["answered"][0]["state"], "rejected", "{answered}");
    assert_eq!(scene.waiting().await, Vec::<Value>::new());
    let yes = answer(&scene, &proposal, "accept");
    let late = scene.ask("proposal.answer", yes).await;
    assert_eq!(late["answered"][0]["state"], "rejected", "{late}");
    // The chat goes on, and nothing was run.
    scene.prompted("And now?").await.end_with("Nothing.").await;
    scene.client.until(Frame::is_idle).await;
    assert_eq!(scene.text("runs.txt"), "-");
    assert!(!scene.model.has_call());
}

#[tokio::test]
async fn a_yes_after_a_restart_is_for_what_was_shown() {
    let mut scene = Scene::open().await;
    scene.put("a.txt", "one\n");
    scene.prompted("Go.").await.end_with_calls(&[("edit_file", json!({ "path": "a.txt", "old_text": "one", "new_text": "1" }))]).await;
    scene.proposal().await;
    let mut scene = scene.killed_and_restarted().await;
    scene.put("a.txt", "zero\none\n");
    let proposal = scene.waiting().await[0].clone();
    let yes = answer(&scene, &proposal, "accept");
    scene.ask("proposal.answer", yes).await;
    // It is another edit by now, so it is shown again instead of being done.
    let shown = scene.proposal().await;
    assert_ne!(shown.json["digest"], proposal["digest"]);
    assert_eq!(scene.text("a.txt"), "zero\none\n");
    scene.accept(&shown).await;
    scene.finish().await;
    assert_eq!(scene.text("a.txt"), "zero\n1\n");
}

#[tokio::test]
async fn a_command_runs_as_the_person_wrote_it_also_after_a_restart() {
    for dialect in ["native", "tags"] {
        let (mut scene, proposal) = waiting(dialect).await;
        scene.ask("rule.add", json!({ "effect": "deny", "span": "always", "subject": { "command": "rm *" } })).await;
        let mut yes = answer(&scene, &proposal, "accept");
        for wrong in [" ", "rm -rf ."] {
            yes["answers"][0]["command"] = json!(wrong);
            let answered = scene.ask("proposal.answer", yes.clone()).await;
            let one = &answered["answered"][0];
            assert!(one["state"] == "open" && one["why"].is_string(), "{wrong}: {answered}");
        }
        assert_eq!(scene.waiting().await, [proposal], "it goes on waiting");
        yes["answers"][0]["command"] = json!("echo person >> who.txt");
        let answered = scene.ask("proposal.answer", yes).await;
        assert_eq!(answered["answered"][0]["state"], "accepted", "{answered}");
        let ran = scene.finish().await;
        assert_eq!((ran.statuses(), ran.count("proposal")), (vec![200], 0), "{dialect}: {:?}", ran.results);
        assert_eq!((scene.text("runs.txt").as_str(), scene.text("who.txt").as_str()), ("-", "person\n"), "{dialect}");
        assert_eq!(ran.ends()[0]["arguments"]["command"], "echo person >> who.txt");
        let told = ran.results.iter().any(|told| told.contains("The person changed the command to: echo person >> who.txt"));
        assert!(told, "{dialect}: {:?}", ran.results);
    }
}

#[tokio::test]
async fn a_question_outlives_a_restart() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[("ask_user", json!({ "question": "Which colour?" }))]).await;
    scene.proposal().await;
    let mut scene = scene.killed_and_restarted().await;
    let proposal = scene.waiting().await[0].clone();
    let mut yes = answer(&scene, &proposal, "accept");
    yes["answers"][0]["text"] = json!("Green.");
    scene.ask("proposal.answer", yes).await;
    let ran = scene.finish().await;
    assert!(ran.results.iter().any(|told| told.contains("Green.")), "{:?}", ran.results);
}

#[tokio::test]
async fn an_answer_that_was_told_counts_whatever_ends_alcove() {
    let run = |number: u64| ("exec", json!({ "command": format!("echo {number} >> runs.txt") }));
    for (word, other, kept) in [("accept", "reject", "cancelled"), ("reject", "accept", "rejected")] {
        let mut scene = Scene::open().await;
        scene.prompted("Go.").await.end_with_calls(&[run(1), run(2)]).await;
        let (first, second) = (scene.proposal().await, scene.proposal().await);
        // What is allowed here has to wait for the first, so Alcove ends before it begins.
        let said = answer(&scene, &second.json, word);
        scene.ask("proposal.answer", said).await;
        let mut scene = scene.killed_and_restarted().await;
        let left: Vec<Value> = scene.waiting().await.iter().map(|proposal| proposal["proposal_id"].clone()).collect();
        assert_eq!(left, [first.json["proposal_id"].clone()], "{word}: the other one was answered");
        let late = answer(&scene, &second.json, other);
        let late = scene.ask("proposal.answer", late).await;
        assert_eq!(late["answered"][0]["state"], kept, "{word}: {late}");
        assert!(scene.text("runs.txt") == "-" && !scene.model.has_call(), "{word}");
    }
    // The same where the turn that was to do it had to wait.
    let (mut scene, proposal) = waiting("native").await;
    let _held = scene.prompted("Something else first.").await;
    let yes = answer(&scene, &proposal, "accept");
    scene.ask("proposal.answer", yes).await;
    let mut scene = scene.killed_and_restarted().await;
    assert_eq!((scene.waiting().await, scene.text("runs.txt").as_str()), (Vec::new(), "-"));
}

#[tokio::test]
async fn a_turn_that_was_cut_off_is_closed_and_not_done_again() {
    let mut scene = Scene::freely("native").await;
    let mut call = scene.prompted("Go.").await;
    call.half_call("exec", &json!({ "command": "echo ran >> runs.txt" })).await;
    let scene = scene.killed_and_restarted().await;
    let page = thread(&scene.gateway, &scene.chat).await;
    assert_eq!((&page["has_pending_tool_calls"], page_events(&page).len()), (&json!(false), 0));
    assert_eq!(scene.text("runs.txt"), "-");
}

#[tokio::test]
async fn row10_every_form_of_an_edit_can_be_allowed_after_a_restart() {
    let forms = [
        "<set path=\"f0.txt\">\nalpha\nBETA\n</set>",
        "<set path=\"f1.txt\">\n<<<<<<< SEARCH\nbeta\n=======\nBETA\n>>>>>>> REPLACE\n</set>",
        "<set path=\"f2.txt\">\n@@ -1,2 +1,2 @@\n alpha\n-beta\n+BETA\n</set>",
        "<set path=\"f3.txt\"><old_text>beta</old_text><new_text>BETA</new_text></set>",
        "<set path=\"f4.txt\">{\"search\": \"beta\", \"replace\": \"BETA\"}</set>",
        "<set path=\"f5.txt\">s/beta/BETA/</set>",
        "<set path=\"f6.txt\" search=\"beta\" replace=\"BETA\"/>",
        "<set path=\"f7.txt\" search=\"beta\">BETA</set>",
    ];
    let mut scene = Scene::tags().await;
    (0..forms.len()).for_each(|number| scene.put(&format!("f{number}.txt"), "alpha\nbeta\n"));
    scene.prompted("Go.").await.end_with(&format!("{}<update status=\"102\">On.</update>", forms.join("\n"))).await;
    for _ in forms {
        scene.proposal().await;
    }
    let mut scene = scene.killed_and_restarted().await;
    let list = scene.waiting().await;
    assert_eq!(list.len(), forms.len());
    for (number, proposal) in list.iter().enumerate() {
        let path = proposal["files"][0]["path"].as_str().unwrap().to_owned();
        let yes = answer(&scene, proposal, "accept");
        let answered = scene.ask("proposal.answer", yes).await;
        assert_eq!(answered["answered"][0]["state"], "accepted", "{}: {answered}", forms[number]);
        let ran = scene.finish().await;
        assert_eq!((ran.statuses(), ran.count("proposal")), (vec![200], 0), "{}: {:?}", forms[number], ran.results);
        assert_eq!(scene.text(&path), "alpha\nBETA\n", "{}", forms[number]);
    }
}

#[tokio::test]
async fn a_yes_that_has_to_wait_its_turn_counts_once() {
    let (mut scene, proposal) = waiting("native").await;
    let call = scene.prompted("Something else first.").await;
    let yes = answer(&scene, &proposal, "accept");
    for why in [None, Some("It was answered before.")] {
        let answered = scene.ask("proposal.answer", yes.clone()).await;
        let one = &answered["answered"][0];
        assert_eq!((one["state"].as_str(), one["why"].as_str()), (Some("accepted"), why));
    }
    let no = answer(&scene, &proposal, "reject");
    assert_eq!(scene.ask("proposal.answer", no).await["answered"][0]["state"], "accepted");
    call.end_with("Else.").await;
    scene.client.until(Frame::is_idle).await;
    let ran = scene.finish().await;
    assert_eq!((ran.statuses(), scene.text("runs.txt").as_str()), (vec![200], "ran\n"), "{:?}", ran.results);
    scene.prompted("And now?").await.end_with("Nothing.").await;
    scene.client.until(Frame::is_idle).await;
    assert!(scene.text("runs.txt") == "ran\n" && !scene.model.has_call());
}

#[tokio::test]
async fn what_was_allowed_and_cut_off_is_not_run_again() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[("exec", json!({ "command": "echo ran >> runs.txt; echo begun; sleep 600" }))]).await;
    let proposal = scene.proposal().await;
    scene.accept(&proposal).await;
    scene.client.find("stream_chunk").await;
    let mut scene = scene.killed_and_restarted().await;
    assert_eq!(scene.waiting().await, Vec::<Value>::new());
    let late = scene.accept(&proposal).await;
    assert_eq!(late["state"], "cancelled", "{late}");
    let call = scene.prompted("And now?").await;
    assert!(call.body["messages"].to_string().contains("is not known"), "the model is told: {}", call.body);
    scene.done(call).await;
    scene.rest().await;
    assert_eq!(scene.text("runs.txt"), "ran\n");
}
