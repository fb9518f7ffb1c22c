//! How turns go on and end: prompts that come meanwhile, closing updates, and what is no longer borne with.

use alcove_tests::http::thread;
use alcove_tests::story::{answer, shown};
use serde_json::{Value, json};

use crate::{Ran, Scene};

#[tokio::test]
async fn row11_a_prompt_that_comes_meanwhile_is_shown_with_the_next_step() {
    for dialect in ["native", "tags"] {
        let mut scene = Scene::freely(dialect).await;
        scene.put("a.txt", "what stands in a\n");
        let call = scene.prompted("First.").await;
        scene.say("Second.").await;
        scene.client.until(|frame| frame.event() == "message_accepted" && frame.str("turn_id") == "t2").await;
        match dialect {
            "native" => call.end_with_calls(&[("read_file", json!({ "path": "a.txt" }))]).await,
            _ => call.end_with("<get path=\"a.txt\"/><update status=\"102\">On.</update>").await,
        }
        let call = scene.model.call().await;
        let said = call.body["messages"].to_string();
        let places = ["First.", "what stands in a", "Second."].map(|words| said.find(words).unwrap_or_else(|| panic!("{words} in {said}")));
        assert!(places.is_sorted(), "{said}");
        scene.done(call).await;
        let ran = scene.rest().await;
        assert_eq!((ran.count("turn_end"), scene.model.has_call()), (1, false), "it has no turn of its own");
        // One that comes in the last step has.
        let mut call = scene.prompted("Third.").await;
        call.say("An answer.").await;
        scene.client.find("delta").await;
        scene.say("Fourth.").await;
        scene.client.until(|frame| frame.event() == "message_accepted" && frame.str("turn_id") == "t4").await;
        match dialect {
            "native" => call.end().await,
            _ => call.end_with("<update status=\"200\">Answered.</update>").await,
        }
        let call = scene.model.call().await;
        assert_eq!(call.prompt(), "Fourth.");
        scene.done(call).await;
        scene.client.until(|frame| frame.is_idle() && frame.str("turn_id") == "t4").await;
        let page = shown(&thread(&scene.gateway, &scene.chat).await);
        for words in ["First.", "Second.", "Third.", "Fourth."] {
            assert!(page.contains(&format!("user {words:?}\n")), "{words} stands in the thread, and waits no longer: {page}");
        }
    }
}

#[tokio::test]
async fn row12_closing_updates_end_a_turn_as_they_say() {
    let mut scene = Scene::freely("tags").await;
    scene.put("a.txt", "a\n");
    let rows = [("200", None), ("204", None), ("422", Some("could not do this")), ("500", Some("could not do this"))];
    for (status, notice) in rows {
        for acts in ["", "<get path=\"a.txt\"/>"] {
            let call = scene.prompted("Go.").await;
            call.end_with(&format!("{acts}<update status=\"{status}\">So it is.</update>")).await;
            let ran = scene.rest().await;
            assert_eq!(answer(&ran.heard), "So it is.", "{status} {acts}");
            assert_eq!((ran.count("turn_end"), ran.lines()), (1, Vec::<String>::new()), "{status} {acts}");
            match notice {
                None => assert_eq!(ran.notices(), Vec::<String>::new(), "{status} {acts}"),
                Some(words) => {
                    assert!(ran.notices().len() == 1 && ran.notices()[0].contains(words), "{status} {acts}: {:?}", ran.notices())
                }
            }
        }
    }
    assert!(!scene.model.has_call());
    // What is no closing status is told, and the model goes on.
    let ran = scene.write("So.<update status=\"299\">Odd.</update>").await;
    assert!(ran.lines().iter().any(|line| line.contains("cannot have the status 299")), "{:?}", ran.lines());
    // One who says that it is done while something failed is asked again.
    let ran = scene.write("<get path=\"none.txt\"/><launch/><set>x</set><update status=\"200\">Done.</update>").await;
    assert!(ran.lines().iter().any(|line| line.starts_with("Not closed")), "{:?}", ran.lines());
}

#[tokio::test]
async fn row12_an_unknown_model_is_an_error_at_once() {
    let mut scene = Scene::open().await;
    let body = json!({ "error": { "message": "The model `scripted` does not exist", "code": "model_not_found" } });
    scene.prompted("Go.").await.refuse("404 Not Found", &body.to_string()).await;
    let ran = scene.rest().await;
    assert_eq!((ran.count("turn_end"), ran.lines()), (1, Vec::<String>::new()), "nothing is tried again");
    assert!(ran.notices()[0].starts_with("Error: "), "{:?}", ran.notices());
    let (status, words) = scene.refused("settings.agent.update", json!({ "model_preset": "nobody" })).await;
    assert!((400..500).contains(&status) && !words.is_empty(), "{status} {words}");
    assert!(!scene.model.has_call());
}

/// Plays a turn whose steps are these, until it ends by itself; gives how many were taken.
async fn played(scene: &mut Scene, mut step: impl FnMut(usize) -> (&'static str, Value)) -> (usize, Ran) {
    scene.say("Go.").await;
    let (mut heard, mut steps) = (Vec::new(), 0);
    loop {
        tokio::select! {
            call = scene.model.call() => {
                call.end_with_calls(&[step(steps)]).await;
                steps += 1;
            }
            frame = scene.client.next() => {
                let over = frame.is_idle();
                heard.push(frame);
                if over {
                    return (steps, Ran { heard, results: Vec::new() });
                }
            }
        }
    }
}

#[tokio::test]
async fn three_steps_with_errors_are_the_most() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "a\n");
    let (steps, ran) = played(&mut scene, |step| ("launch", json!({ "step": step }))).await;
    assert_eq!((steps, ran.statuses(), ran.count("turn_end")), (3, vec![422; 3], 1));
    assert!(ran.notices().len() == 1 && ran.notices()[0].contains("Stopped: 3 steps in a row had errors."), "{:?}", ran.notices());
    // A step without one forgives them; what is not there is no error of the model.
    let (steps, ran) = played(&mut scene, |step| match step {
        2 => ("read_file", json!({ "path": "a.txt" })),
        3 | 4 => ("read_file", json!({ "path": format!("none{step}.txt") })),
        _ => ("launch", json!({ "step": step })),
    })
    .await;
    assert_eq!((steps, ran.statuses()), (8, vec![422, 422, 200, 404, 404, 422, 422, 422]));
    let page = shown(&thread(&scene.gateway, &scene.chat).await);
    assert_eq!(page.matches("Stopped: 3 steps in a row had errors.").count(), 2, "{page}");
}

#[tokio::test]
async fn a_turn_that_goes_round_is_ended() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "a\n");
    let (steps, ran) = played(&mut scene, |_| ("read_file", json!({ "path": "a.txt" }))).await;
    assert_eq!(steps, 5);
    assert!(ran.lines().iter().any(|line| line == "Nothing new: the same step, 3 times over."), "{:?}", ran.lines());
    assert!(ran.notices()[0].contains("Stopped: 3 steps in a row had errors."), "{:?}", ran.notices());
    // So is one whose round is longer.
    let (steps, ran) = played(&mut scene, |step| ("read_file", json!({ "path": "a.txt", "line": step % 2 }))).await;
    assert!(steps > 5 && steps < 12, "{steps}");
    assert!(ran.lines().iter().any(|line| line == "Nothing new: the same 2 steps, 3 times over."), "{:?}", ran.lines());
}

#[tokio::test]
async fn a_prompt_takes_so_many_steps_and_no_more() {
    let mut scene = Scene::freely("native").await;
    scene.put("a.txt", "a\n");
    let (steps, ran) = played(&mut scene, |step| ("read_file", json!({ "path": "a.txt", "limit": step + 1 }))).await;
    assert_eq!(steps, 99);
    let notices = ran.notices();
    assert!(notices.len() == 1 && notices[0].contains("Stopped: 99 steps are the most one prompt may take."), "{notices:?}");
    assert_eq!(ran.count("turn_end"), 1);
}

#[tokio::test]
async fn a_turn_can_be_stopped_while_it_is_worked_out_what_a_call_would_do() {
    let mut scene = Scene::freely("native").await;
    // They are read to their ends before they are removed, which takes longer than anybody waits.
    let vast = |number: u32| scene.folder().join(format!("vast-{number}"));
    (0..200).for_each(|number| std::fs::File::create(vast(number)).unwrap().set_len(255 << 20).unwrap());
    let first = vast(0);
    scene.prompted("Go.").await.end_with_calls(&[("remove_file", json!({ "path": "vast-*" }))]).await;
    scene.client.until(|frame| frame.str("kind") == "tool_hint").await;
    scene.say("/stop").await;
    let ran = scene.rest().await;
    assert_eq!((ran.statuses(), first.exists()), (vec![499], true));
    scene.write("And on.").await;
    assert!(scene.gateway.terminate().0.success(), "nor does the end of Alcove wait for it");
}
