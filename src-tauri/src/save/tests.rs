//! Saving from a scripted gateway on a temporary Unix socket.

use super::*;
use crate::scripted::{Script, json, raw};

#[test]
fn only_paths_of_the_api_are_fetched() {
    for path in ["/api/diagnostics?format=zip", "/api/sessions/websocket%3Aa/export?format=html", "/api/media/x/y"] {
        assert_eq!(check(path), Ok(()), "{path}");
    }
    let long = format!("/api/{}", "a".repeat(PATH_LIMIT));
    let bad = [
        "",
        "/",
        "/webui/bootstrap",
        "api/x",
        "//api/x",
        "/api/../webui/bootstrap",
        "/api//x",
        "/api/./x",
        "/api/x y",
        "/api/x#y",
        "/api/x\ny",
        "http://localhost/api/x",
        "/api/\\x",
        &long,
    ];
    for path in bad {
        assert!(check(path).is_err(), "{path}");
    }
}

#[test]
fn a_suggested_name_is_only_a_name() {
    for (suggested, name) in [
        ("chat.md", "chat.md"),
        ("../../.ssh/authorized_keys", "-..-.ssh-authorized_keys"),
        ("a/b\\c:d\n.html", "a-b-c-d-.html"),
        (" .. ", "alcove"),
        ("", "alcove"),
        (".profile", "profile"),
    ] {
        assert_eq!(file_name(suggested), name, "{suggested:?}");
    }
    assert_eq!(file_name(&"ä".repeat(500)).chars().count(), NAME_LIMIT);
}

#[tokio::test]
async fn an_answer_is_saved_whole_in_place_of_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("chat.md");
    std::fs::write(&place, "old").unwrap();
    let script = Script::start(vec![
        json(200, r#"{"api_token":"nbwt_shell"}"#),
        raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n# A\r\n4\r\n new\r\n0\r\n\r\n"),
    ]);
    save(&script.engine, "/api/sessions/x/export?format=markdown", &place).await.unwrap();
    assert_eq!(std::fs::read_to_string(&place).unwrap(), "# A new");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    let asked = script.asked().await;
    assert!(asked[0].starts_with("GET /webui/bootstrap HTTP/1.1\r\n"), "{}", asked[0]);
    assert!(asked[1].starts_with("GET /api/sessions/x/export?format=markdown HTTP/1.1\r\n"), "{}", asked[1]);
    assert!(asked[1].contains("Bearer nbwt_shell"), "{}", asked[1]);
}

#[tokio::test]
async fn a_refusal_or_a_broken_answer_leaves_the_place_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("chat.md");
    std::fs::write(&place, "old").unwrap();
    for (answer, words) in [
        (raw("HTTP/1.1 404 Not Found\r\nContent-Length: 17\r\n\r\nsession not found"), "session not found"),
        (raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "broke off"),
    ] {
        let script = Script::start(vec![json(200, r#"{"api_token":"t"}"#), answer]);
        let error = save(&script.engine, "/api/x", &place).await.unwrap_err();
        assert!(error.contains(words), "{error}");
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let script = Script::start(vec![json(200, r#"{"api_token":"t"}"#), json(200, "{}")]);
    let error = save(&script.engine, "/api/x", Path::new("/nonexistent/folder/chat.md")).await.unwrap_err();
    assert!(error.starts_with("/nonexistent/folder/chat.md could not be written"), "{error}");
}
