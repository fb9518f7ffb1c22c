//! The page that stands in when the engine has none: it says why, and offers to try again. It runs no script.

/// Where its style comes from; the gateway has no such path.
pub(crate) const STYLE_PATH: &str = "/-/stand-in.css";
/// Its style.
pub(crate) const STYLE: &str = include_str!("stand_in.css");

const PAGE: &str = include_str!("stand_in.html");

/// The page with the reason in it.
pub(crate) fn page(reason: &str) -> String {
    let escaped = reason.replace('&', "&amp;").replace('<', "&lt;");
    PAGE.replacen("REASON", &escaped, 1)
}
