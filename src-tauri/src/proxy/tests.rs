//! The proxy against a scripted server on a temporary Unix socket.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

use super::*;
use crate::engine;

#[test]
fn bootstrap_points_to_the_bridge() {
    let body = br#"{"token":"t","ws_path":"/ws","ws_url":"ws://localhost/ws","runtime_surface":"browser"}"#.to_vec();
    let seen: serde_json::Value = serde_json::from_slice(&point_to_bridge(body)).unwrap();
    assert_eq!(seen["ws_url"], "nanobot-host://engine/ws");
    assert_eq!(seen["runtime_surface"], "native");
    assert_eq!(seen["token"], "t");
}

#[test]
fn what_is_no_object_passes_untouched() {
    assert_eq!(point_to_bridge(b"[1]".to_vec()), b"[1]");
    assert_eq!(point_to_bridge(b"no json".to_vec()), b"no json");
}

#[test]
fn only_named_headers_travel() {
    let request = Request::builder()
        .uri("alcove://localhost/api/sessions?limit=2")
        .header("Authorization", "Bearer x")
        .header("Origin", "alcove://localhost")
        .header("Cookie", "a=b")
        .body(Vec::<u8>::new())
        .unwrap();
    let Ok(onward) = onward(&request.into_parts().0, Vec::new()) else { panic!("a plain request goes on") };
    let mut names: Vec<_> = onward.headers().keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["authorization", "connection", "host"]);
    assert_eq!(onward.uri(), "/api/sessions?limit=2");
}

#[test]
fn a_refusal_of_the_page_is_a_page_and_of_a_call_is_text() {
    let page = Refusal::Unavailable("<b>".to_owned()).response(true);
    assert_eq!(page.status(), 503);
    assert!(String::from_utf8_lossy(page.body()).contains("Engine unavailable: &lt;b>"));
    let call = Refusal::Unavailable("gone".to_owned()).response(false);
    assert_eq!(call.body(), b"Engine unavailable: gone");
}

/// Answers one connection with these bytes and gives back what was asked.
async fn exchange(request: Request<Vec<u8>>, answer_with: &[u8]) -> (Response<Vec<u8>>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let engine = engine::ready_at(path);
    let serving = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 64 * 1024];
        let length = stream.read(&mut asked).await.unwrap();
        stream.write_all(answer_with).await.unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    };
    tokio::join!(answer(&engine, request), serving)
}

fn get(address: &str) -> Request<Vec<u8>> {
    Request::builder().uri(address).body(Vec::new()).unwrap()
}

#[tokio::test]
async fn an_answer_comes_back_under_the_pages_policy() {
    let raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=b\r\nContent-Security-Policy: default-src *\r\nContent-Length: 2\r\n\r\nhi";
    let (response, asked) = exchange(get("alcove://localhost/"), raw).await;
    assert!(asked.starts_with("GET / HTTP/1.1\r\n"), "{asked}");
    assert_eq!(response.body(), b"hi");
    let headers = response.headers();
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers.get(header::SET_COOKIE), None);
}

#[tokio::test]
async fn a_body_travels_whole() {
    let request = Request::builder().method("POST").uri("alcove://localhost/api/x").body(b"{\"a\":1}".to_vec()).unwrap();
    let (response, asked) = exchange(request, b"HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(response.status(), 204);
    assert!(asked.starts_with("POST /api/x HTTP/1.1\r\n") && asked.ends_with("{\"a\":1}"), "{asked}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told() {
    let (response, _) = exchange(get("alcove://localhost/a.js"), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let engine = engine::ready_at("/nonexistent/gateway.sock".into());
    let response = answer(&engine, get("alcove://localhost/api/sessions")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.body().starts_with(b"Engine unavailable"));
}

#[tokio::test]
async fn foreign_addresses_and_methods_never_reach_the_gateway() {
    let engine = engine::ready_at("/nonexistent/gateway.sock".into());
    assert_eq!(answer(&engine, get("alcove://elsewhere/")).await.status(), StatusCode::NOT_FOUND);
    let trace = Request::builder().method("TRACE").uri("alcove://localhost/").body(Vec::new()).unwrap();
    assert_eq!(answer(&engine, trace).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}
