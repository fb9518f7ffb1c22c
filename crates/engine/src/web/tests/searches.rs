//! Searches against a server that plays each provider: what it is asked, and what its answers become.

use std::time::Duration;

use super::server::{Act, Server, answer, says};
use crate::secret::Secret;
use crate::settings::search::{Credential, ENGINES};
use crate::web::search::{ask_at, client};
use crate::web::{Hit, Provider, Searching, Web, WebError};

fn searching(provider: Provider) -> Searching {
    Searching { provider, base_url: None, key: Some(Secret::new("planted-key")), max_results: 2, timeout: Duration::from_secs(20) }
}

async fn search(server: &Server, provider: Provider) -> Result<Vec<Hit>, WebError> {
    ask_at(&client().unwrap(), &server.at(""), "rust & more", &searching(provider)).await
}

fn told(hits: &[Hit]) -> String {
    hits.iter().map(|hit| format!("{} | {} | {}\n", hit.title, hit.url, hit.snippet)).collect()
}

#[tokio::test]
async fn each_provider_is_asked_its_way() {
    let two = "A <b>b</b> | https://a.example/ | words & more\nB | https://b.example/x | other\n";
    let results = |field: &str, snippet: &str| {
        format!(
            "[{{\"title\": \"A <b>b</b>\", \"{field}\": \"https://a.example\", {snippet}: \"words &amp; more\"}}, \
             {{\"title\": \"no address\", \"{field}\": \"javascript:x\"}}, {{\"title\": \"B\", \"{field}\": \"https://b.example/x\", \
             {snippet}: \"other\"}}, {{\"title\": \"C\", \"{field}\": \"https://c.example\"}}]"
        )
    };
    let plain = results("url", "\"content\"");
    #[rustfmt::skip]
    let table: Vec<(Provider, &str, String, &[&str])> = vec![
        (Provider::Brave, "/res/v1/web/search", format!("{{\"web\": {{\"results\": {}}}}}", results("url", "\"description\"")),
            &["GET /res/v1/web/search?q=rust+%26+more&count=2 ", "x-subscription-token: planted-key"]),
        (Provider::Tavily, "/search", format!("{{\"results\": {plain}}}"),
            &["POST /search ", "authorization: Bearer planted-key", "{\"max_results\":2,\"query\":\"rust & more\"}"]),
        (Provider::Exa, "/search", format!("{{\"results\": {}}}", results("url", "\"text\"")),
            &["POST /search ", "x-api-key: planted-key", "\"numResults\":2", "\"query\":\"rust & more\""]),
        (Provider::Jina, "/", format!("{{\"code\": 200, \"data\": {}}}", results("url", "\"description\"")),
            &["GET /?q=rust+%26+more&num=2 ", "authorization: Bearer planted-key", "accept: application/json"]),
        (Provider::Kagi, "/api/v0/search", format!("{{\"data\": {}}}", results("url", "\"snippet\"")),
            &["GET /api/v0/search?q=rust+%26+more&limit=2 ", "authorization: Bot planted-key"]),
        (Provider::Serper, "/search", format!("{{\"organic\": {}}}", results("link", "\"snippet\"")),
            &["POST /search ", "x-api-key: planted-key", "{\"num\":2,\"q\":\"rust & more\"}"]),
        (Provider::SearXng, "/search", format!("{{\"results\": {plain}}}"), &["GET /search?q=rust+%26+more&format=json "]),
    ];
    for (provider, path, body, wanted) in table {
        let server = Server::start(vec![(path, says("application/json", body.as_bytes()))]).await;
        let hits = search(&server, provider).await.unwrap();
        assert_eq!(told(&hits), two.replace("<b>b</b>", "b"), "{provider:?}");
        let asked = server.asked().remove(0);
        for wanted in wanted {
            assert!(asked.contains(wanted), "{provider:?}: {wanted} in {asked}");
        }
        assert_eq!(asked.contains("planted-key"), provider != Provider::SearXng, "{provider:?}: {asked}");
    }
}

#[tokio::test]
async fn duckduckgo_is_read_as_a_page() {
    let page = br#"<div class="result results_links">
      <h2><a rel="nofollow" class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&amp;rut=abc">The <b>first</b></a></h2>
      <a class="result__snippet" href="//duckduckgo.com/l/?uddg=x">What &amp; <b>why</b></a></div>
      <a class="result__a" href="https://duckduckgo.com/y.js?ad_domain=x">An advertisement</a><a class="result__snippet">Buy</a>
      <a class="result__a" href="https://b.example/">x &lt; y</a>"#;
    let server = Server::start(vec![("/html/", says("text/html", page))]).await;
    let hits = search(&server, Provider::DuckDuckGo).await.unwrap();
    assert!(told(&hits).starts_with("The first | https://a.example/x?y=1 | What & why"), "{}", told(&hits));
    assert!(told(&hits).ends_with("x < y | https://b.example/ | \n"), "{}", told(&hits));
    let asked = server.asked().remove(0);
    assert!(asked.starts_with("POST /html/ ") && asked.ends_with("q=rust+%26+more") && !asked.contains("planted-key"), "{asked}");

    let challenge = vec![Act::Say(answer("202 Accepted", "text/html", b"<div class=anomaly-modal__title>bots"))];
    let server = Server::start(vec![("/html/", challenge)]).await;
    assert_eq!(search(&server, Provider::DuckDuckGo).await.unwrap_err().code, "rate_limited");
}

#[tokio::test]
async fn what_goes_wrong_is_told() {
    #[rustfmt::skip]
    let table = [
        (Provider::Brave, "200 OK", "{\"query\": {}}", ""),
        (Provider::Brave, "200 OK", "<html>", "bad_answer 502 Brave Search answered with no list of results"),
        (Provider::Brave, "200 OK", "{}", "bad_answer 502 Brave Search answered with no list of results"),
        (Provider::Brave, "422 Unprocessable", "{\"error\": {\"detail\": \"bad q\"}}", "http_status 422 Brave Search answered 422: bad q"),
        (Provider::Brave, "401 Unauthorized", "", "key_refused 401 Brave Search refused the key"),
        (Provider::Brave, "403 Forbidden", "{\"message\": \"planted-key is not a key\"}", "key_refused 403 Brave Search refused the key: •••• is not a key"),
        (Provider::Brave, "429 Too Many Requests", "{}", "rate_limited 429 Brave Search was asked too often"),
        (Provider::Brave, "302 Found\r\nLocation: http://elsewhere.example/", "", "bad_answer 502 127.0.0.1 sends searches elsewhere, which is not followed"),
        (Provider::SearXng, "403 Forbidden", "", "bad_answer 502 SearXNG answered with no list of results; its settings must allow the format json"),
        (Provider::SearXng, "500 Internal", "", "http_status 500 SearXNG answered 500"),
    ];
    for (provider, status, body, words) in table {
        let path = if provider == Provider::Brave { "/res/v1/web/search" } else { "/search" };
        let server = Server::start(vec![(path, vec![Act::Say(answer(status, "application/json", body.as_bytes()))])]).await;
        let result = search(&server, provider).await;
        let result = result.map_or_else(|error| format!("{} {} {}", error.code, error.status, error.words), |hits| told(&hits));
        assert_eq!(result, words, "{provider:?} {status} {body}");
    }
}

#[tokio::test]
async fn what_is_not_set_up_is_told() {
    let web = Web::new();
    for engine in ENGINES {
        let provider = Provider::of_name(engine.name).unwrap();
        let bare = Searching { key: None, ..searching(provider) };
        let wanted = match engine.credential {
            Credential::None => continue,
            Credential::Key => format!("web search is not set up: {} needs its key (Settings, Web search)", engine.label),
            Credential::Address => {
                format!("web search is not set up: {} needs the address of its server (Settings, Web search)", engine.label)
            }
        };
        let error = web.search("x", &bare).await.unwrap_err();
        assert_eq!((error.code, error.status, error.words), ("not_configured", 501, wanted));
        if engine.credential == Credential::Key {
            assert_eq!(provider.home(), Some(engine.origin), "a key goes where it was saved for");
        }
    }
    assert_eq!(Provider::of_name("nobody"), None);
    let long = "x".repeat(401);
    for query in ["", "  \n", long.as_str()] {
        assert_eq!(web.search(query, &searching(Provider::Brave)).await.unwrap_err().code, "bad_query");
    }
    let server = Server::start(vec![("/search", vec![Act::Hold])]).await;
    let slow = Searching { base_url: Some(server.at("")), timeout: Duration::from_millis(200), ..searching(Provider::SearXng) };
    assert_eq!(web.search("x", &slow).await.unwrap_err().code, "timed_out");
}
