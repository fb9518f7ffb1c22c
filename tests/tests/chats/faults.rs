//! Model servers that do not do what they should: the turn ends with words a person can act on, what had arrived is kept, and the chat
//! goes on.

use alcove_tests::client::Frame;
use alcove_tests::http::thread;
use alcove_tests::model::Call;
use alcove_tests::scene::Scene;
use alcove_tests::story::{answer, shown};

/// What a bad server does with a call.
type Fault = fn(Call) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// One bad server: what it does, what arrives of its answer, what the notice begins with, and whether Retry is offered.
struct Row {
    name: &'static str,
    fault: Fault,
    kept: &'static str,
    words: &'static str,
    retry: bool,
}

macro_rules! fault {
    (|$call:ident| $body:block) => {
        |mut $call: Call| {
            Box::pin(async move {
                $body;
                drop($call);
            })
        }
    };
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { name: "a wrong key", fault: |call| Box::pin(call.refuse("401 Unauthorized", r#"{"error":{"message":"Bad key"}}"#)),
        kept: "", words: "Error: the model server did not accept the key", retry: false },
    Row { name: "forbidden", fault: |call| Box::pin(call.refuse("403 Forbidden", "{}")),
        kept: "", words: "Error: the model server did not accept the key", retry: false },
    Row { name: "no such model", fault: |call| Box::pin(call.refuse("404 Not Found", r#"{"error":{"message":"model 'scripted' not found"}}"#)),
        kept: "", words: "Error: the model server has no model “scripted”", retry: false },
    Row { name: "no such path", fault: |call| Box::pin(call.refuse("404 Not Found", "Not Found")),
        kept: "", words: "Error: the model server answered with status 404", retry: true },
    Row { name: "no credit", fault: |call| Box::pin(call.refuse("402 Payment Required", "{}")),
        kept: "", words: "Error: the account at the model server has no credit left", retry: false },
    Row { name: "a conversation too long", fault: |call| Box::pin(call.refuse("400 Bad Request", r#"{"error":{"code":"context_length_exceeded","message":"too long"}}"#)),
        kept: "", words: "Error: the conversation is longer than the model can read", retry: false },
    Row { name: "a redirect", fault: |call| Box::pin(call.refuse("302 Found\r\nLocation: http://127.0.0.1:1/", "{}")),
        kept: "", words: "Error: the model server answered with status 302", retry: true },
    Row { name: "a web page", fault: fault!(|call| { call.page("text/html", "<html>Welcome</html>").await }),
        kept: "", words: "Error: the model server sent something that is not an answer", retry: true },
    Row { name: "a reply that is no JSON", fault: fault!(|call| { call.page("application/json", "{\"choices\":").await }),
        kept: "", words: "Error: the model server sent something that is not an answer", retry: true },
    Row { name: "an empty answer", fault: fault!(|call| { call.raw(b"data: [DONE]\n\n").await }),
        kept: "", words: "Error: the model ended its answer without a word", retry: true },
    Row { name: "an error instead of an answer", fault: fault!(|call| { call.raw(b"data: {\"error\":{\"message\":\"Out of luck\"}}\n\n").await }),
        kept: "", words: "Error: the model server reported an error", retry: true },
    Row { name: "an error after some words", fault: fault!(|call| { call.say("Some words").await; call.raw(b"data: {\"error\":{\"message\":\"Out of luck\"}}\n\n").await }),
        kept: "Some words", words: "Error: the model server reported an error", retry: true },
    Row { name: "a cut after some words", fault: |mut call| Box::pin(async move { call.say("Half an ans").await; drop(call) }),
        kept: "Half an ans", words: "Error: the model server's answer was cut off", retry: true },
    Row { name: "a reset without a word", fault: |mut call| Box::pin(async move { call.raw(b": \n\n").await; call.cut() }),
        kept: "", words: "Error: the model server's answer was cut off", retry: true },
    Row { name: "broken JSON in an event", fault: fault!(|call| { call.say("Until here").await; call.raw(b"data: {\"choices\":[{\n\n").await }),
        kept: "Until here", words: "Error: the model server sent something that is not an answer", retry: true },
    Row { name: "an event that is not an object", fault: fault!(|call| { call.say("Until here").await; call.raw(b"data: 7\n\n").await }),
        kept: "Until here", words: "Error: the model server sent something that is not an answer", retry: true },
    Row { name: "bytes that are no event stream", fault: fault!(|call| { call.raw(&[0xFF, 0xFE, 0, 1, 2, b'\n', b'\n']).await }),
        kept: "", words: "Error: the model server's answer was cut off", retry: true },
    Row { name: "a line of 30 MB", fault: fault!(|call| { call.say("Before the flood").await; call.flood(30 << 20).await }),
        kept: "Before the flood", words: "Error: the model server sent a line of more than 1 MiB", retry: true },
];

#[tokio::test]
async fn a_bad_model_server_ends_the_turn_with_words() {
    let mut scene = Scene::open().await;
    for (number, row) in ROWS.iter().enumerate() {
        let turn = format!("t{number}");
        scene.client.say(&scene.chat, &turn, row.name).await;
        let call = scene.model.call().await;
        let (heard, ()) = tokio::join!(scene.client.until(Frame::is_idle), (row.fault)(call));
        assert_eq!(answer(&heard), row.kept, "{}", row.name);
        let events: Vec<&str> = heard.iter().map(Frame::event).filter(|event| !event.ends_with("delta")).collect();
        let ends = &events[events.len() - 5..];
        assert_eq!(ends, ["stream_end", "message", "turn_end", "session_updated", "goal_status"], "{}", row.name);
        let notice = heard.iter().find(|frame| frame.event() == "message").unwrap();
        assert!(notice.str("text").starts_with(row.words), "{}: {}", row.name, notice.text);
        assert_eq!((&notice.json["notice"]["kind"], &notice.json["notice"]["retry"]), (&"error".into(), &row.retry.into()), "{}", row.name);
        assert!(heard.iter().all(|frame| !frame.text.contains("panic")), "{}", row.name);
    }
    let shown = shown(&thread(&scene.gateway, &scene.chat).await);
    for row in ROWS {
        assert!(shown.contains(&format!("{:?}", row.name)) && shown.contains(row.kept), "{} in {shown}", row.name);
    }
    // After all that a good answer is a good answer.
    let heard = scene.answered("good", "Still there?", &["Yes."]).await;
    assert_eq!(answer(&heard), "Yes.");
    assert!(!scene.model.has_call(), "nothing was retried behind the scenes");
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let mut scene = Scene::open().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    scene.client.choose_model("gone", &format!("http://{address}/v1")).await;
    scene.client.say(&scene.chat, "t1", "Anybody?").await;
    let heard = scene.client.until(Frame::is_idle).await;
    let words = |frame: &Frame| frame.str("text").to_owned();
    let retries: Vec<String> = heard.iter().filter(|frame| frame.str("kind") == "progress").map(words).collect();
    assert_eq!(retries.len(), 3, "{retries:?}");
    assert!(retries[0].contains("Trying again") && retries[0].contains("attempt 2"), "{retries:?}");
    let notice = heard.iter().find(|frame| frame.json["notice"]["kind"] == "error").unwrap();
    let expected = format!("Error: the model server refused the connection (http://{address}/v1). Check that it is running");
    assert!(notice.str("text").starts_with(&expected) && notice.json["notice"]["retry"] == true, "{}", notice.text);
}

#[tokio::test]
async fn passing_faults_are_tried_again_before_the_first_word_only() {
    let mut scene = Scene::open().await;
    scene.client.say(&scene.chat, "t1", "Try.").await;
    for status in ["500 Internal Server Error", "429 Too Many Requests\r\nRetry-After: 0", "503 Service Unavailable"] {
        scene.model.call().await.refuse(status, "{}").await;
    }
    let mut call = scene.model.call().await;
    call.say("At last.").await;
    call.end().await;
    let heard = scene.client.until(Frame::is_idle).await;
    assert_eq!(answer(&heard), "At last.");
    assert_eq!(heard.iter().filter(|frame| frame.str("kind") == "progress").count(), 3);

    // Four attempts are all there are.
    scene.client.say(&scene.chat, "t2", "Try.").await;
    for _ in 0..4 {
        scene.model.call().await.refuse("500 Internal Server Error", "{}").await;
    }
    let heard = scene.client.until(Frame::is_idle).await;
    assert!(heard.iter().any(|frame| frame.str("text").starts_with("Error: the model server answered with status 500")));
    assert!(!scene.model.has_call());
}

#[tokio::test]
async fn a_hanging_server_is_cut_by_stop() {
    let mut scene = Scene::open().await;
    for (number, words) in ["", "A word. "].into_iter().enumerate() {
        scene.client.say(&scene.chat, &format!("t{number}"), "Hang.").await;
        let mut call = scene.model.call().await;
        if !words.is_empty() {
            call.say(words).await;
            scene.client.find("delta").await;
        }
        scene.client.say(&scene.chat, &format!("s{number}"), "/stop").await;
        call.closed().await;
        let stopped = scene.client.until(|frame| frame.json["notice"]["kind"] == "stopped").await;
        assert!(!stopped.iter().any(|frame| frame.event() == "turn_end"));
    }
}
