//! What a chat asks of the web: the readable text of a page, and a search. Every address is judged when it is named and again when its
//! name is resolved, and the connection is made to the address that was judged. No cookies, no proxy, nothing kept between requests,
//! and no scripts: a page is only read.

mod address;
mod body;
mod charset;
mod error;
mod html;
mod kind;
mod names;
mod search;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, ClientBuilder, Response, StatusCode, Url};

pub(crate) use self::address::Reach;
pub(crate) use self::error::WebError;
use self::error::quoted;
use self::kind::{ContentType, Kind};
use self::names::{Names, Resolver};
pub(crate) use self::search::{Hit, Provider, Searching};

/// What a request says it is.
const AGENT: &str = concat!("Alcove/", env!("CARGO_PKG_VERSION"));
/// What is asked for.
const WANTED: &str = "text/html, application/xhtml+xml;q=0.9, text/markdown;q=0.9, text/plain;q=0.9, application/json;q=0.8, */*;q=0.5";
/// How long a connection may take to be made; the whole is limited besides.
const CONNECT: Duration = Duration::from_secs(10);

/// How much one fetch may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How far it may go: the setting `webui_allow_local_service_access`.
    pub(crate) reach: Reach,
    /// Bytes of the body that are read, packed or unpacked.
    pub(crate) read: usize,
    /// Bytes of text that are given.
    pub(crate) text: usize,
    /// From the first look-up to the last byte.
    pub(crate) time: Duration,
    /// Redirects that are followed, all on the host that was asked.
    pub(crate) redirects: u8,
}

/// A page as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where it was in the end, after all redirects.
    pub(crate) url: String,
    /// Empty where it has none.
    pub(crate) title: String,
    /// Markdown where it was HTML, else as it came, without control characters.
    pub(crate) text: String,
    /// Where the text links to, each once, in order; at most 200.
    pub(crate) links: Vec<String>,
    /// Whether text was left out, of the body or of what was made of it.
    pub(crate) truncated: bool,
}

/// The way to the web. Holds no connection between requests.
#[derive(Debug)]
pub(crate) struct Web {
    names: Names,
    /// Made when first needed: a client reads the system's certificates.
    public: OnceLock<Client>,
    near: OnceLock<Client>,
    searching: OnceLock<Client>,
}

impl Limits {
    /// The usual limits: 2 MiB read, 64 KiB given, 20 s, five redirects.
    pub(crate) fn usual(reach: Reach) -> Self {
        Self { reach, read: 2 << 20, text: 64 << 10, time: Duration::from_secs(20), redirects: 5 }
    }
}

impl Web {
    pub(crate) fn new() -> Self {
        Self::with(Names::System)
    }

    fn with(names: Names) -> Self {
        Self { names, public: OnceLock::new(), near: OnceLock::new(), searching: OnceLock::new() }
    }

    /// The readable text at an address. Dropping the future closes the connection.
    pub(crate) async fn fetch(&self, url: &str, limits: &Limits) -> Result<Page, WebError> {
        let page = tokio::time::timeout(limits.time, self.follow(url, limits)).await;
        page.unwrap_or_else(|_| Err(WebError::timed_out(limits.time)))
    }

    /// Searches the web with the provider a person chose.
    pub(crate) async fn search(&self, query: &str, with: &Searching) -> Result<Vec<Hit>, WebError> {
        let client = client(&self.searching, search::client)?;
        let hits = tokio::time::timeout(with.timeout, search::ask(&client, query, with)).await;
        hits.unwrap_or_else(|_| Err(WebError::timed_out(with.timeout)))
    }

    async fn follow(&self, url: &str, limits: &Limits) -> Result<Page, WebError> {
        let mut url = address::read(url, limits.reach)?;
        for _ in 0..=limits.redirects {
            let response = self.ask(&url, limits.reach).await?;
            match response.headers().get(LOCATION).filter(|_| is_redirect(response.status())) {
                Some(location) => {
                    let next = address::redirect(&url, location, limits.reach)?;
                    // Only this host was judged and allowed: whoever wants the other one asks for it.
                    if next.host_str() != url.host_str() {
                        return Err(WebError::elsewhere(response.status().as_u16(), &url, &next));
                    }
                    url = next;
                }
                None => return page(url, response, limits).await,
            }
        }
        Err(WebError::new("too_many_redirects", 508, format!("more than {} redirects", limits.redirects)))
    }

    async fn ask(&self, url: &Url, reach: Reach) -> Result<Response, WebError> {
        let cell = if reach == Reach::Near { &self.near } else { &self.public };
        let resolver = Resolver { names: self.names.clone(), reach };
        let client = client(cell, || build(resolver))?;
        let host = url.host_str().unwrap_or_default();
        client.get(url.clone()).send().await.map_err(|error| unanswered(host, &error))
    }
}

fn client(cell: &OnceLock<Client>, build: impl FnOnce() -> reqwest::Result<Client>) -> Result<Client, WebError> {
    if let Some(client) = cell.get() {
        return Ok(client.clone());
    }
    let made = build().map_err(|error| WebError::unreachable("the web", &root_cause(&error)))?;
    Ok(cell.get_or_init(|| made).clone())
}

fn build(resolver: Resolver) -> reqwest::Result<Client> {
    let headers = [(ACCEPT, WANTED), (ACCEPT_ENCODING, "gzip")];
    let headers: HeaderMap = headers.into_iter().map(|(name, value)| (name, value.parse().expect("a header's own words"))).collect();
    // A proxy would resolve the name again, and no one would judge what it finds.
    follows_nothing().default_headers(headers).no_proxy().dns_resolver(resolver).build()
}

/// A client that asks once, follows nothing, says nothing of where it comes from and keeps no connection.
fn follows_nothing() -> ClientBuilder {
    Client::builder()
        .user_agent(AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_max_idle_per_host(0)
}

/// Why a request brought no answer. A refusal of ours, made while the name was resolved, is told as it is.
fn unanswered(host: &str, error: &reqwest::Error) -> WebError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(own) = inner.downcast_ref::<WebError>() {
            return own.clone();
        }
        cause = inner.source();
    }
    match error.is_timeout() {
        true => WebError::new("timed_out", 504, format!("{} was not reached within {} s", quoted(host), CONNECT.as_secs())),
        false => WebError::unreachable(host, &root_cause(error)),
    }
}

/// The innermost cause, which names the trouble; the outer ones only say that there was some.
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Makes a page of an answer.
async fn page(url: Url, mut response: Response, limits: &Limits) -> Result<Page, WebError> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let status = response.status();
    if !status.is_success() {
        let (number, reason) = (status.as_u16(), status.canonical_reason().unwrap_or("no page"));
        return Err(WebError::new("http_status", number, format!("{} answered {number} {reason}", quoted(&host))));
    }
    let content_type = response.headers().get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let content_type = ContentType::read(&content_type.unwrap_or_default());
    let kind = content_type.kind()?;
    let packing = body::packing(&response)?;
    let body = body::read(&mut response, limits.read, &host).await?;
    drop(response);
    let (read, text) = (limits.read, limits.text);
    let made = tokio::task::spawn_blocking(move || {
        let body = body::unpack(body, packing, read)?;
        let kind = kind.map_or_else(|| kind::guess(&body.bytes), Ok)?;
        let decoded = charset::decode(&body.bytes, content_type.charset.as_deref(), kind);
        Ok(match kind {
            Kind::Html => html::page(&decoded, &url, text),
            Kind::Text => plain(&decoded, &url, text),
        }
        .cut(body.cut))
    });
    made.await.unwrap_or_else(|_| Err(WebError::new("bad_answer", 500, "the page could not be read")))
}

/// A text that is none of HTML: as it is, without control characters.
fn plain(text: &str, url: &Url, limit: usize) -> Page {
    let kept = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    let mut text: String = text.chars().filter(kept).collect();
    let truncated = html::shorten(&mut text, limit);
    Page { url: url.to_string(), text, truncated, ..Page::default() }
}

impl Page {
    /// Notes whether the body was longer than what was read.
    fn cut(mut self, body: bool) -> Self {
        self.truncated |= body;
        self
    }
}
