//! The window's files over HTTP: kept as long as their names allow, never more than what is there, and with the page's policy.

use alcove_tests::gateway::Home;
use alcove_tests::http::{Answer, request};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; \
                      media-src 'self' blob:; connect-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app";

/// The files the page names, by what it loads itself.
fn named(page: &str) -> Vec<String> {
    let parts = page.split('"').filter(|part| part.starts_with("/assets/") || part.starts_with("./assets/"));
    parts.map(|part| part.trim_start_matches('.').to_owned()).collect()
}

#[tokio::test]
async fn the_page_and_its_files() {
    let home = Home::default();
    let gateway = home.tcp();
    let get = async |target: &str, fields: &[String]| -> Answer { request(&gateway, &format!("GET {target}"), fields).await };
    let page = get("/", &[]).await;
    assert_eq!(page.status, 200, "the page is in this build: {}", page.text());
    assert_eq!(page.header("content-security-policy"), POLICY);
    assert_eq!((page.header("content-type"), page.header("cache-control")), ("text/html; charset=utf-8", "no-cache"));
    let files = named(&page.text());
    assert!(!files.is_empty(), "{}", page.text());
    for file in files {
        let answer = get(&file, &[]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "public, max-age=31536000, immutable"), "{file}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{file}");
        let tag = answer.header("etag").to_owned();
        let again = get(&file, &[format!("If-None-Match: {tag}")]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{file}");
        assert_eq!(get(&file, &["If-None-Match: \"other\"".to_owned()]).await.status, 200, "{file}");
    }
    // What a person may type is the page; what has a file's name is that file or nothing.
    for target in ["/index.html", "/chat/abc", "/webui/none", "/?x=y", "/#/"] {
        let answer = get(target, &[]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-cache"), "{target}");
    }
    let missing =
        ["/assets/missing.js", "/missing.css", "/favicon.xyz", "/sw.js", "/chat/x.map", "/.env", "/assets/index.html", "/%2e%2e.js"];
    for target in missing {
        let answer = get(target, &[]).await;
        assert_eq!((answer.status, answer.text().as_str()), (404, "Not Found"), "{target}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8", "{target}");
    }
    for target in ["/..", "/../", "/../etc/passwd", "/assets/../index.html", "/a/../../b"] {
        let answer = get(target, &[]).await;
        assert_eq!((answer.status, answer.text().as_str()), (403, "Forbidden"), "{target}");
    }
    for target in ["/%2e%2e/etc/passwd", "/..%2fetc%2fpasswd", "//etc/passwd", "/assets/..%5c..%5cindex.html", "/etc/passwd%00.js"] {
        let answer = get(target, &[]).await;
        assert!(!answer.text().contains("root:"), "{target}");
        assert!(matches!(answer.status, 200 | 403 | 404), "{target}: {}", answer.status);
    }
}
