//! What the page is: its address, its content security policy, and who may speak as it. Everything of the window's page
//! comes from one origin, the shell's own scheme, and nothing else is ever navigated to or allowed to ask for anything.

use http::header::{CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use tauri::{Runtime, Url, Webview};

/// The scheme the page, its files and its calls come through.
pub(crate) const SCHEME: &str = "alcove";
/// The label of the one window and of its webview; the capability names it.
pub(crate) const LABEL: &str = "main";

#[cfg(any(windows, target_os = "android"))]
const ORIGIN: (&str, &str) = ("http", "alcove.localhost");
#[cfg(not(any(windows, target_os = "android")))]
const ORIGIN: (&str, &str) = (SCHEME, "localhost");

/// Where Tauri's IPC listens: the one address beside its own origin that the page may connect to.
#[cfg(any(windows, target_os = "android"))]
const IPC: &str = "http://ipc.localhost";
#[cfg(not(any(windows, target_os = "android")))]
const IPC: &str = "ipc://localhost";

/// The page's address.
pub(crate) fn address() -> Url {
    Url::parse(&format!("{}://{}/", ORIGIN.0, ORIGIN.1)).expect("a constant address parses")
}

/// True for an address of the page's own origin, without credentials or port.
pub(crate) fn is_own(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    plain && url.scheme() == ORIGIN.0 && url.host_str() == Some(ORIGIN.1)
}

/// True when the document now shown in the webview is our page. Tauri's invoke key already keeps other frames out and its
/// capability other origins; this holds even if one of them should ever be loosened.
pub(crate) fn shows_own_page<R: Runtime>(webview: &Webview<R>) -> bool {
    webview.label() == LABEL && webview.url().is_ok_and(|url| is_own(&url))
}

/// Puts the page's policy on a response, whatever the gateway had said.
pub(crate) fn guard(headers: &mut HeaderMap) {
    let policy = HeaderValue::from_str(&policy()).expect("the policy is plain ASCII");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
}

fn policy() -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; \
         media-src 'self' blob:; connect-src 'self' {IPC}; frame-src 'none'; object-src 'none'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_origin_is_ours() {
        assert!(is_own(&address()));
        assert!(is_own(&address().join("#/chat?x=1").unwrap()));
        let foreign = [
            "https://localhost/",
            "alcove://elsewhere/",
            "alcove://u@localhost/",
            "alcove://localhost:1/",
            "tauri://localhost/",
            "about:blank",
            "file:///etc/passwd",
            "data:text/html,x",
            "blob:alcove://localhost/1",
        ];
        for address in foreign {
            assert!(!is_own(&Url::parse(address).unwrap()), "{address}");
        }
    }
}
