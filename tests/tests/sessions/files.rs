//! Files: a look at one of the project, a chat as one, and chats made of one.

use alcove_tests::gateway::Home;
use alcove_tests::http::{Answer, bootstrap, exchange, thread};
use alcove_tests::scene::Scene;
use alcove_tests::story::shown;
use serde_json::{Value, json};

use crate::whole;

const TRANSCRIPT: &str = r#"{"event":"user","chat_id":"x","text":"Hi","turn_id":"turn-1","created_at_ms":1795226943675}
{"event":"reasoning_end","chat_id":"x","turn_id":"turn-1","text":"Hm."}
this line is damaged
{"event":"stream_end","chat_id":"x","turn_id":"turn-1","text":"Hello."}
{"event":"turn_end","chat_id":"x","turn_id":"turn-1","latency_ms":5}
"#;

async fn upload(scene: &Scene, id: &str, bytes: &[u8]) -> Answer {
    let token = bootstrap(&scene.gateway).await["api_token"].as_str().unwrap().to_owned();
    let head = format!(
        "PUT /api/media/uploads/{id}?purpose=import HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\n\
         X-Alcove-Name: chat.jsonl\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        scene.gateway.host(),
        bytes.len()
    );
    exchange(&scene.gateway, &[head.as_bytes(), bytes].concat()).await
}

/// Uploads and imports; gives the report.
async fn import(scene: &mut Scene, id: &str, bytes: &[u8]) -> Value {
    let uploaded = upload(scene, id, bytes).await;
    assert_eq!(uploaded.status, 200, "{}", uploaded.text());
    scene.client.request("session.import", json!({ "upload_id": id })).await
}

fn chat_of(report: &Value) -> String {
    report["result"]["imported"][0]["key"].as_str().unwrap().strip_prefix("websocket:").unwrap().to_owned()
}

#[tokio::test]
async fn a_transcript_of_the_original_becomes_a_chat() {
    let mut scene = Scene::open().await;
    let report = import(&mut scene, "0123456789abcdef", TRANSCRIPT.as_bytes()).await;
    assert_eq!(report["result"]["skipped"], json!([{ "what": "line 3", "why": "it is damaged" }]));
    assert_eq!(report["result"]["imported"][0]["messages"], 2);
    let chat = chat_of(&report);
    assert_eq!(
        shown(&thread(&scene.gateway, &chat).await),
        "u-0000000000000001 user \"Hi\"\nas-0000000000000002 assistant \"Hello.\" thinking \"Hm.\"\n"
    );
    // It goes on like any other, and the model knows what was said.
    scene.chat = chat.clone();
    scene.client.attach(&chat).await;
    scene.client.say(&chat, "t2", "And?").await;
    let call = scene.model.call().await;
    let said: Vec<&str> =
        call.body["messages"].as_array().unwrap().iter().skip(1).filter_map(|message| message["content"].as_str()).collect();
    assert_eq!(said, ["Hi", "Hello.", "And?"]);
    // An upload is used once.
    let again = scene.client.request("session.import", json!({ "upload_id": "0123456789abcdef" })).await;
    assert_eq!(again["error"], json!({ "status": 404, "message": "unknown upload" }));
}

#[tokio::test]
async fn a_chat_goes_out_and_comes_back() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "How do I *plan* a garden?", &["Begin with the **soil**."]).await;
    scene.answered("t2", "And water?", &["Every day."]).await;
    let answer = scene.ask(&scene.chat, "export?format=jsonl").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson; charset=utf-8"));
    let disposition = answer.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"How do I plan a garden") && disposition.contains(".jsonl"), "{disposition}");
    let file = whole(&answer);
    let report = import(&mut scene, "0123456789abcdef", &file).await;
    assert_eq!((&report["result"]["skipped"], &report["result"]["warnings"]), (&json!([]), &json!([])), "{report}");
    let back = chat_of(&report);
    let again = whole(&scene.ask(&back, "export?format=jsonl").await);
    let (before, after) = (String::from_utf8(file).unwrap(), String::from_utf8(again).unwrap());
    let rest = |text: &str, chat: &str| text.replace(chat, "CHAT").split_once('\n').unwrap().1.to_owned();
    assert_eq!(rest(&before, &scene.chat), rest(&after, &back), "every line but the first is the same byte for byte");
    let (one, two) = (thread(&scene.gateway, &scene.chat).await, thread(&scene.gateway, &back).await);
    assert_eq!(one["messages"], two["messages"]);
}

#[tokio::test]
async fn a_chat_is_told_as_a_text_and_as_a_page() {
    let mut scene = Scene::open().await;
    scene.answered("t1", "<b>Über</b>?", &["See <script>alert(1)</script> and **this**."]).await;
    let text = scene.ask(&scene.chat, "export?format=markdown").await;
    assert_eq!(text.header("content-type"), "text/markdown; charset=utf-8");
    let text = String::from_utf8(whole(&text)).unwrap();
    assert!(text.contains("## You") && text.contains("See <script>alert(1)</script> and **this**."), "{text}");
    let page = scene.ask(&scene.chat, "export?format=html").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-disposition").starts_with("attachment"));
    let page = String::from_utf8(whole(&page)).unwrap();
    assert!(page.contains("<strong>this</strong>") && page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    for (rest, status, words) in [("export", 400, "invalid format"), ("export?format=pdf", 400, "invalid format")] {
        let answer = scene.ask(&scene.chat, rest).await;
        assert_eq!((answer.status, answer.text().as_str()), (status, words), "{rest}");
    }
    assert_eq!(scene.ask("nobody", "export?format=html").await.text(), "session not found");
}

#[tokio::test]
async fn files_that_are_no_chats_are_refused() {
    let mut scene = Scene::open().await;
    for (at, bytes) in [b"hello".as_slice(), b"{}\n", &[0xff; 64], b"PK\x03\x04"].into_iter().enumerate() {
        let report = import(&mut scene, &format!("upload-number-{at:04}"), bytes).await;
        assert_eq!(report["error"]["status"], 415, "{report}");
    }
    for payload in [json!({}), json!({ "upload_id": 1 }), json!({ "upload_id": "../../../../etc/passwd" })] {
        let report = scene.client.request("session.import", payload.clone()).await;
        assert_eq!(report["error"], json!({ "status": 404, "message": "unknown upload" }), "{payload}");
    }
}

#[tokio::test]
async fn a_file_of_the_project_is_looked_at() {
    let mut scene = Scene::open().await;
    let project = scene.home.path().join("app");
    std::fs::create_dir_all(project.join("src")).unwrap();
    std::fs::write(project.join("src/main.rs"), "fn main() {}\n").unwrap();
    std::fs::write(project.join("picture.bin"), b"\0\x01").unwrap();
    std::fs::write(scene.home.path().join("secret"), "secret").unwrap();
    std::os::unix::fs::symlink("../secret", project.join("link")).unwrap();
    let scope = json!({ "project_path": project, "access_mode": "full" });
    scene.client.send(json!({ "type": "new_chat", "workspace_scope": scope })).await;
    let chat = scene.client.find("attached").await.str("chat_id").to_owned();
    let shown = scene.ask(&chat, "file-preview?path=src%2Fmain.rs%3A1").await.json();
    let project = project.canonicalize().unwrap();
    let expected = json!({
        "path": project.join("src/main.rs"), "display_path": "src/main.rs", "project_path": project, "language": "rust",
        "content": "fn main() {}\n", "size": 13, "truncated": false
    });
    assert_eq!(shown, expected);
    let cases = [
        ("", 400, "missing path"),
        ("path=", 400, "missing path"),
        ("path=a%00b", 400, "invalid path"),
        ("path=none", 404, "file not found"),
        ("path=picture.bin", 415, "binary files cannot be previewed"),
        ("path=..%2Fsecret", 403, "file is outside the current workspace"),
        ("path=link", 403, "file is outside the current workspace"),
        ("path=%2Fetc%2Fpasswd", 403, "file is outside the current workspace"),
    ];
    for (query, status, words) in cases {
        let answer = scene.ask(&chat, &format!("file-preview?{query}")).await;
        assert_eq!((answer.status, answer.text().as_str()), (status, words), "{query}");
        let probe = scene.ask(&chat, &format!("file-preview?{query}&probe=1")).await;
        assert_eq!((probe.status, probe.json()), (200, json!({ "available": false })), "{query}");
    }
    let probe = scene.ask(&chat, "file-preview?path=src/main.rs&probe=1").await;
    assert_eq!(probe.json(), json!({ "available": true }));
    let _home: &Home = &scene.home;
}
