//! What asks, what is allowed and what is denied: presets, rules, modes, over the wire.

use alcove_tests::client::Frame;
use serde_json::{Value, json};

use crate::streams::database;
use crate::{Ran, Scene};

fn read(path: &str) -> (&'static str, Value) {
    ("read_file", json!({ "path": path }))
}

fn write(path: &str) -> (&'static str, Value) {
    ("write_file", json!({ "path": path, "content": "new\n" }))
}

fn exec(command: &str) -> (&'static str, Value) {
    ("exec", json!({ "command": command }))
}

/// The tools that were asked about.
fn asked(ran: &Ran) -> Vec<String> {
    ran.heard.iter().filter(|frame| frame.event() == "proposal").map(|frame| frame.str("tool").to_owned()).collect()
}

#[tokio::test]
async fn presets_say_what_asks() {
    let rows: [(&str, &[&str]); 3] = [("ask", &["write_file", "exec", "inspect"]), ("edit_freely", &["exec", "inspect"]), ("full", &[])];
    let mut scene = Scene::open().await;
    scene.put("a.txt", "a\n");
    for (preset, expected) in rows {
        let acting = scene.acting(json!({ "preset": preset })).await;
        assert_eq!((acting["preset"].as_str(), &acting["own_preset"]), (Some(preset), &json!(true)));
        let calls = [read("a.txt"), write(&format!("{preset}.txt")), exec("true"), ("inspect", json!({ "command": "pwd" }))];
        let ran = scene.calls(&calls).await;
        assert_eq!((asked(&ran), ran.statuses()), (expected.iter().map(|tool| (*tool).to_owned()).collect(), vec![200; 4]), "{preset}");
        let why = ran.ends()[0]["why"].as_str().unwrap().to_owned();
        assert!(why.to_lowercase().contains("preset"), "it is told why it was allowed: {why}");
    }
    // Without a choice of its own the chat follows everybody's.
    scene.acting(json!({ "preset": "" })).await;
    scene.ask("approvals.update", json!({ "preset": "edit_freely" })).await;
    assert_eq!(asked(&scene.calls(&[write("b.txt"), exec("true")]).await), ["exec"]);
}

#[tokio::test]
async fn a_rule_made_of_an_answer_holds_from_the_next_call_on() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[exec("git version")]).await;
    let proposal = scene.proposal().await;
    let offers = proposal.json["rules"].as_array().unwrap();
    assert_eq!(
        offers.iter().map(|offer| offer["subject"]["command"].as_str().unwrap()).collect::<Vec<_>>(),
        ["git version", "git version *"]
    );
    let rule = json!({ "effect": "allow", "span": "chat", "subject": offers[0]["subject"] });
    scene.answer(&proposal, json!({ "answer": "accept", "digest": proposal.json["digest"], "rule": rule })).await;
    let resolved = scene.client.find("proposal_resolved").await;
    assert!(resolved.str("rule").contains("git version"), "{}", resolved.text);
    scene.finish().await;
    let ran = scene.calls(&[exec("git version")]).await;
    assert_eq!((asked(&ran).len(), ran.statuses()), (0, vec![200]));
    assert!(ran.ends()[0]["why"].as_str().unwrap().starts_with("rule: "), "{:?}", ran.ends());
    // It does not stretch to what only begins alike, nor to another chat.
    assert_eq!(asked(&scene.calls(&[exec("git version; rm -rf x")]).await), ["exec"]);
    let rules = scene.ask("approvals.get", json!({})).await["rules"].as_array().unwrap().clone();
    assert_eq!((rules.len(), &rules[0]["span"], &rules[0]["place"]), (1, &json!("chat"), &json!(scene.chat)));
    scene.ask("rule.remove", json!({ "id": rules[0]["id"] })).await;
    assert_eq!(asked(&scene.calls(&[exec("git version")]).await), ["exec"]);
}

#[tokio::test]
async fn a_denial_always_wins() {
    let mut scene = Scene::freely("native").await;
    scene.put("secret/key.txt", "key\n");
    for rule in [
        json!({ "effect": "allow", "span": "always", "subject": { "tool": "command" } }),
        json!({ "effect": "deny", "span": "always", "subject": { "command": "rm *" } }),
        json!({ "effect": "allow", "span": "always", "subject": { "path": "/secret/**" } }),
        json!({ "effect": "deny", "span": "always", "subject": { "path": "/secret/**" } }),
    ] {
        scene.ask("rule.add", rule).await;
    }
    let calls = [
        exec("echo x; rm -f secret/key.txt"),
        read("secret/key.txt"),
        ("edit_file", json!({ "path": "secret/key.txt", "old_text": "key", "new_text": "x" })),
        ("move_file", json!({ "from": "secret/key.txt", "to": "out.txt" })),
        ("copy_file", json!({ "from": "secret/key.txt", "to": "out.txt" })),
        ("remove_file", json!({ "path": "secret" })),
    ];
    let ran = scene.calls(&calls).await;
    assert_eq!((ran.statuses(), asked(&ran).len()), (vec![403; 6], 0), "{:?}", ran.results);
    assert_eq!((scene.text("secret/key.txt").as_str(), scene.text("out.txt").as_str()), ("key\n", "-"));
    assert!(ran.ends().iter().all(|event| event["why"].as_str().unwrap().starts_with("rule: deny")), "{:?}", ran.ends());
    // Nor by an edit that does not fit, which would say what is there instead.
    let ran = scene.calls(&[("edit_file", json!({ "path": "secret/key.txt", "old_text": "kez\n", "new_text": "x" }))]).await;
    assert!(ran.statuses() == [403] && !ran.results[0].contains("alike"), "{:?}", ran.results);
    // Nor is it found by looking for it.
    let ran = scene
        .calls(&[
            ("grep", json!({ "pattern": "key" })),
            ("glob", json!({ "pattern": "**/key.txt" })),
            ("read_file", json!({ "path": "secret/*" })),
        ])
        .await;
    assert!(ran.results.iter().all(|told| !told.contains("secret/key.txt") && !told.contains("key\n")), "{:?}", ran.results);
    // A person cannot write past it either.
    scene.acting(json!({ "preset": "ask" })).await;
    let rules = scene.ask("approvals.get", json!({})).await["rules"].as_array().unwrap().clone();
    scene.ask("rule.remove", json!({ "id": rules[0]["id"] })).await;
    scene.prompted("Go.").await.end_with_calls(&[exec("ls")]).await;
    let proposal = scene.proposal().await;
    let answer = json!({ "answer": "accept", "digest": proposal.json["digest"], "command": "rm -rf secret" });
    let denied = scene.answer(&proposal, answer).await;
    assert_eq!(denied["state"], "open", "{denied}");
    scene.reject(&proposal, "").await;
    scene.finish().await;
    assert_eq!(scene.text("secret/key.txt"), "key\n");
}

/// Ends the command that runs, after something was changed meanwhile, and plays the turn to its end.
async fn with_this_changed(scene: &mut Scene, action: &str, change: Value) -> Ran {
    let record = scene.client.find("stream_chunk").await.str("path").to_owned();
    let chat = json!(scene.chat);
    let mut payload = change;
    payload["chat_id"] = chat.clone();
    scene.ask(action, payload).await;
    scene.ask("command.stop", json!({ "chat_id": chat, "path": record })).await;
    scene.finish().await
}

#[tokio::test]
async fn what_is_changed_while_a_step_goes_on_holds_for_the_rest_of_it() {
    let mut scene = Scene::freely("native").await;
    let first = || exec("echo begun; sleep 600");
    // Each may run when the step begins, and waits for the first.
    let denial = json!({ "effect": "deny", "span": "always", "subject": { "command": "touch *" } });
    for (action, change) in [("chat.acting.update", json!({ "mode": "ask" })), ("rule.add", denial.clone())] {
        scene.acting(json!({ "mode": "act" })).await;
        scene.prompted("Go.").await.end_with_calls(&[first(), exec("touch b.txt")]).await;
        let ran = with_this_changed(&mut scene, action, change).await;
        assert_eq!(
            (ran.statuses(), asked(&ran).len(), scene.text("b.txt").as_str()),
            (vec![499, 403], 0, "-"),
            "{action}: {:?}",
            ran.results
        );
    }
    let rules = scene.ask("approvals.get", json!({})).await["rules"].clone();
    scene.ask("rule.remove", json!({ "id": rules[0]["id"] })).await;
    scene.acting(json!({ "mode": "act" })).await;
    // What a person is to be asked by now is asked.
    scene.acting(json!({ "network": true })).await;
    let reaching = ("exec", json!({ "command": "touch b.txt", "network": true }));
    for (second, change) in [(reaching, json!({ "network": false })), (exec("touch b.txt"), json!({ "preset": "ask" }))] {
        scene.prompted("Go.").await.end_with_calls(&[first(), second]).await;
        let ran = with_this_changed(&mut scene, "chat.acting.update", change).await;
        assert_eq!((ran.statuses(), asked(&ran)), (vec![499, 200], vec!["exec".to_owned()]), "{:?}", ran.results);
    }
    // A yes that was given before stays good, but not against what is denied.
    for (action, change, status) in [("chat.acting.update", json!({ "preset": "ask" }), 200), ("rule.add", denial, 403)] {
        scene.prompted("Go.").await.end_with_calls(&[first(), exec("touch c.txt")]).await;
        for _ in 0..2 {
            let proposal = scene.proposal().await;
            scene.accept(&proposal).await;
        }
        let ran = with_this_changed(&mut scene, action, change).await;
        assert_eq!((ran.statuses(), asked(&ran).len()), (vec![499, status], 0), "{action}: {:?}", ran.results);
    }
}

#[tokio::test]
async fn a_rule_that_asks_is_asked_also_where_nothing_asks() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "a\n");
    scene
        .ask("rule.add", json!({ "effect": "ask", "span": "chat", "place": scene.chat, "subject": { "tool": "read", "path": "/a.txt" } }))
        .await;
    let ran = scene.calls(&[read("a.txt"), write("b.txt")]).await;
    assert_eq!((asked(&ran), ran.statuses()), (vec!["read_file".to_owned()], vec![200, 200]));
}

#[tokio::test]
async fn row16_ask_mode_hides_tools_and_refuses_them_also_when_called() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "one\n");
    scene.acting(json!({ "mode": "ask" })).await;
    let call = scene.prompted("Go.").await;
    let hidden = ["write_file", "edit_file", "apply_patch", "remove_file", "move_file", "copy_file", "exec"];
    let tools: Vec<String> = call.tools().iter().map(|tool| (*tool).to_owned()).collect();
    assert!(tools.iter().any(|tool| tool == "read_file") && !tools.iter().any(|tool| hidden.contains(&tool.as_str())), "{tools:?}");
    let calls = [
        write("a.txt"),
        write("b.txt"),
        ("edit_file", json!({ "path": "a.txt", "old_text": "one", "new_text": "two" })),
        ("edit_file", json!({ "path": "a.txt", "edit": "s/one/two/" })),
        ("apply_patch", json!({ "patch": "*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+two\n*** End Patch" })),
        ("remove_file", json!({ "path": "a.txt" })),
        ("move_file", json!({ "from": "a.txt", "to": "b.txt" })),
        ("copy_file", json!({ "from": "a.txt", "to": "b.txt" })),
        exec("touch b.txt"),
    ];
    call.end_with_calls(&calls).await;
    let ran = scene.finish().await;
    assert_eq!((ran.statuses(), asked(&ran).len()), (vec![403; 9], 0), "{:?}", ran.results);
    assert!(ran.results.iter().all(|told| told.contains("ask mode")), "{:?}", ran.results);
    assert_eq!((scene.text("a.txt").as_str(), scene.text("b.txt").as_str()), ("one\n", "-"));
    // Looking goes on; a command that is said to only look is shown first, whatever allows it.
    scene.ask("rule.add", json!({ "effect": "allow", "span": "always", "subject": { "tool": "inspect" } })).await;
    let ran = scene.calls(&[read("a.txt"), ("inspect", json!({ "command": "cat a.txt" }))]).await;
    assert_eq!((asked(&ran), ran.statuses()), (vec!["inspect".to_owned()], vec![200, 200]), "{:?}", ran.results);
    scene.prompted("Go.").await.end_with_calls(&[("inspect", json!({ "command": "echo leaked > b.txt" }))]).await;
    let proposal = scene.proposal().await;
    scene.reject(&proposal, "You said it looks.").await;
    scene.finish().await;
    assert_eq!(scene.text("b.txt"), "-");
}

#[tokio::test]
async fn the_network_is_asked_about_where_the_chat_has_none() {
    let mut scene = Scene::freely("native").await;
    let call = ("exec", json!({ "command": "true", "network": true }));
    scene.prompted("Go.").await.end_with_calls(std::slice::from_ref(&call)).await;
    let proposal = scene.proposal().await;
    assert!(proposal.json["command"]["network"] == true && proposal.str("why").contains("network"), "{}", proposal.text);
    scene.accept(&proposal).await;
    scene.finish().await;
    // What was not asked for is not there: nobody is reached.
    let port = scene.model.base().rsplit(':').next().unwrap().trim_end_matches("/v1").to_owned();
    let reach = exec(&format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached"));
    let level = scene.ask("approvals.get", json!({})).await["sandbox"]["level"].as_u64().unwrap();
    let ran = scene.calls(&[reach]).await;
    assert!(level == 1 || !ran.results[0].contains("reached\n"), "{:?}", ran.results);
    scene.acting(json!({ "network": true })).await;
    assert!(asked(&scene.calls(&[call]).await).is_empty());
}

#[tokio::test]
async fn a_rule_of_an_answer_that_does_not_count_is_not_made() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[exec("echo x")]).await;
    let proposal = scene.proposal().await;
    let rule = json!({ "effect": "allow", "span": "always", "subject": { "tool": "command" } });
    let wrong = scene.answer(&proposal, json!({ "answer": "accept", "digest": "0", "rule": rule })).await;
    assert_eq!(wrong["state"], "open", "{wrong}");
    let late =
        scene.answer(&proposal, json!({ "answer": "accept", "proposal_id": "log://turn_9/sh/none", "digest": "0", "rule": rule })).await;
    assert!(late["why"].is_string(), "{late}");
    assert_eq!(scene.ask("approvals.get", json!({})).await["rules"], json!([]));
    // Nor is the first of several given when one of them cannot be read.
    let good =
        json!({ "chat_id": scene.chat, "proposal_id": proposal.str("proposal_id"), "answer": "accept", "digest": proposal.json["digest"] });
    let mut allowing = good.clone();
    allowing["rule"] = rule.clone();
    let mut nowhere = good.clone();
    nowhere["rule"] = json!({ "effect": "allow", "span": "folder", "place": "here", "subject": {} });
    for bad in [json!({ "chat_id": scene.chat, "proposal_id": "x", "answer": "perhaps" }), nowhere] {
        assert_eq!(scene.refused("proposal.answer", json!({ "answers": [allowing, bad] })).await.0, 400);
        let rules = scene.ask("approvals.get", json!({})).await["rules"].clone();
        assert_eq!((scene.waiting().await.len(), rules), (1, json!([])));
    }
    scene.accept(&proposal).await;
    scene.finish().await;
}

#[tokio::test]
async fn of_several_answers_each_is_told_its_fate() {
    let mut scene = Scene::open().await;
    scene.prompted("Go.").await.end_with_calls(&[exec("echo one"), exec("echo two")]).await;
    let (first, second) = (scene.proposal().await, scene.proposal().await);
    // The second cannot be kept.
    let full = "CREATE TRIGGER full BEFORE INSERT ON events WHEN NEW.kind = 'proposal_resolved' AND NEW.payload LIKE '%two%'
        BEGIN SELECT RAISE(ABORT, 'full'); END";
    database(&scene).execute_batch(full).unwrap();
    let chat = scene.chat.clone();
    let yes = |proposal: &Frame| {
        let rule = json!({ "effect": "allow", "span": "chat", "subject": proposal.json["rules"][0]["subject"] });
        json!({ "chat_id": chat, "proposal_id": proposal.str("proposal_id"), "answer": "accept", "digest": proposal.json["digest"], "rule": rule })
    };
    let answers = json!([yes(&first), yes(&second)]);
    let answered = scene.ask("proposal.answer", json!({ "answers": answers })).await["answered"].clone();
    assert_eq!((&answered[0]["state"], &answered[0]["why"]), (&json!("accepted"), &Value::Null), "{answered}");
    assert!(answered[1]["state"] == "open" && answered[1]["why"].is_string(), "{answered}");
    let rules = scene.ask("approvals.get", json!({})).await["rules"].clone();
    let subjects: Vec<&Value> = rules.as_array().unwrap().iter().map(|rule| &rule["subject"]["command"]).collect();
    assert_eq!(subjects, [&json!("echo one")], "{rules}");
}

#[tokio::test]
async fn row16_no_form_of_an_edit_leaks_through_in_ask_mode() {
    let mut scene = Scene::freely("tags").await;
    scene.put("a.txt", "one\n");
    scene.acting(json!({ "mode": "ask" })).await;
    let forms = [
        "<set path=\"a.txt\">two</set>",
        "<set path=\"a.txt\">\n<<<<<<< SEARCH\none\n=======\ntwo\n>>>>>>> REPLACE\n</set>",
        "<set path=\"a.txt\">\n@@ -1 +1 @@\n-one\n+two\n</set>",
        "<set path=\"a.txt\"><old_text>one</old_text><new_text>two</new_text></set>",
        "<set path=\"a.txt\">{\"search\": \"one\", \"replace\": \"two\"}</set>",
        "<set path=\"a.txt\">s/one/two/</set>",
        "<set path=\"a.txt\" search=\"one\" replace=\"two\"/>",
        "<set path=\"a.txt\" search=\"one\">two</set>",
        "<rm path=\"a.txt\"/>",
        "<mv path=\"a.txt\" to=\"b.txt\"/>",
        "<cp path=\"a.txt\" to=\"b.txt\"/>",
        "<sh>echo two > a.txt</sh>",
        "{\"name\": \"write_file\", \"arguments\": {\"path\": \"a.txt\", \"content\": \"two\"}}",
    ];
    let call = scene.prompted("Go.").await;
    let taught = call.messages()[0]["content"].as_str().unwrap().to_owned();
    assert!(taught.contains("<get ") && !taught.contains("<set ") && !taught.contains("<sh>") && !taught.contains("<rm "), "{taught}");
    call.end_with(&format!("{}\n<update status=\"102\">On.</update>", forms.join("\n"))).await;
    let ran = scene.finish().await;
    assert_eq!((ran.statuses(), asked(&ran).len()), (vec![403; forms.len()], 0), "{:?}", ran.results);
    assert_eq!((scene.text("a.txt").as_str(), scene.text("b.txt").as_str()), ("one\n", "-"));
    // A visibility is no change of a file, and no crash.
    let ran = scene.write("<mv path=\"a.txt\" visibility=\"archived\"/><update status=\"102\">On.</update>").await;
    assert!(ran.heard.last().is_some_and(Frame::is_idle) && scene.text("a.txt") == "one\n", "{:?}", ran.results);
    // Back in act mode everything is there again.
    scene.acting(json!({ "mode": "act" })).await;
    scene.write("<set path=\"a.txt\">s/one/two/</set><update status=\"102\">On.</update>").await;
    assert_eq!(scene.text("a.txt"), "two\n");
}
