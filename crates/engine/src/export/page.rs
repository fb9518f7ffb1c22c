//! The frame of an exported web page: no script, nothing loaded from anywhere, readable on paper. Everything put into it is escaped.

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884}\
body{font:16px/1.55 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}\
header{border-bottom:1px solid var(--line);margin-bottom:1.5rem}h1{font-size:1.5rem;margin-bottom:.25rem}\
time{opacity:.7;font-size:.8125rem}article{margin:1.5rem 0}article>p.who{font-weight:600;margin:0 0 .25rem}\
article.user>div{border:1px solid var(--line);border-radius:.75rem;padding:.5rem 1rem}\
blockquote,.reasoning{border-left:3px solid var(--line);margin:.5rem 0;padding-left:1rem;opacity:.85}\
.reasoning{white-space:pre-wrap;font-size:.9375rem}pre{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;padding:.75rem}\
code,pre{font:.875rem/1.5 ui-monospace,monospace}.tools{font:.875rem/1.5 ui-monospace,monospace;opacity:.85}\
table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.25rem .5rem}img{max-width:100%;height:auto}\
@media print{body{max-width:none;margin:0}article{break-inside:avoid-page}pre{white-space:pre-wrap}a::after{content:\" (\" attr(href) \")\";font-size:.75em}}";

pub(super) const FOOT: &str = "</main>\n</body>\n</html>\n";

pub(super) fn head(title: &str, began: &str) -> String {
    let title = if title.is_empty() { "Chat" } else { title };
    let (title, began) = (escape(title), escape(began));
    format!(
        "<!doctype html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>{title}</h1><p><time>{began}</time></p></header>\n<main>\n"
    )
}

/// Text as it may stand anywhere in a page, in quotes too.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // What no page may hold.
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
