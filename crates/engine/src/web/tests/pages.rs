//! HTML in, text out.

use reqwest::Url;

use crate::web::Page;
use crate::web::html;

fn page(html: &str) -> Page {
    html::page(html, &Url::parse("https://site.example/dir/page").unwrap(), 64 << 10)
}

#[test]
fn texts() {
    #[rustfmt::skip]
    let table = [
        // Lines and paragraphs.
        ("", ""),
        ("just text", "just text"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("<p>one</p>\n\n  <p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("a  \n\t b&nbsp;&nbsp;c", "a b c"),
        ("one <b>two</b>, <i>three</i>.", "one two, three."),
        ("<b>un</b>broken", "unbroken"),
        ("&lt;tag&gt; &amp; &eacute; &#x1f600; &unknown;", "<tag> & é 😀 &unknown;"),
        ("<h1>Top</h1>text<h3>Sub</h3>more", "# Top\n\ntext\n\n### Sub\n\nmore"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("a\u{0}b\u{7}c", "abc"),
        // Lists.
        ("<ul><li>one<li>two</ul>after", "- one\n- two\n\nafter"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<ul><li>one<ul><li>deep</ul><li>two</ul>", "- one\n  - deep\n- two"),
        ("<ul><li><p>one</p><p>more</p></li></ul>", "- one\n\n  more"),
        ("<dl><dt>word<dd>meaning<dt>other<dd>thing</dl>", "word\n: meaning\nother\n: thing"),
        // Quotes and code.
        ("<blockquote><p>one<p>two</blockquote>after", "> one\n\n> two\n\nafter"),
        ("run <code>ls -l</code> now", "run `ls -l` now"),
        ("<pre>a\n  b\n</pre>after", "```\na\n  b\n```\n\nafter"),
        ("<pre><code>x &lt; y</code></pre>", "```\nx < y\n```"),
        ("<code></code>x", "x"),
        // Tables.
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a | b\n1 | 2"),
        ("<table><tbody><tr><td>a</td><td><p>b</p></td></tr></tbody></table>", "a | b"),
        // Links.
        ("see <a href='/x'>that</a>.", "see [that](https://site.example/x)."),
        ("<a href='other?a=1&amp;b=2'>o</a>", "[o](https://site.example/dir/other?a=1&b=2)"),
        ("<a href='#part'>here</a>", "here"),
        ("<a href='javascript:x()'>do</a> <a href='mailto:a@b'>mail</a>", "do mail"),
        ("<a href='/x'></a>y", "y"),
        ("<a href='https://a.example/'>https://a.example</a>", "https://a.example"),
        ("<a href='/one'>one<a href='/two'>two</a>", "[one](https://site.example/one)[two](https://site.example/two)"),
        ("<ul><li><a href='/x'>x</a></ul>", "- [x](https://site.example/x)"),
        ("<h2><a href='/x'>x</a></h2>", "## [x](https://site.example/x)"),
        ("<a href='/x'><h3>Card</h3><p>words</p></a>", "### Card\n\nwords <https://site.example/x>"),
        ("<base href='https://base.example/y/'><a href='z'>z</a>", "[z](https://base.example/y/z)"),
        ("<img src=a.png alt='A  cat'><img src=b.png alt=''>", "(image: A cat)"),
        // What no reader sees.
        ("a<script>if (a < b) { '</p>' }</script>b", "ab"),
        ("a<style>p { }</style><noscript>turn it on</noscript>b", "ab"),
        ("<!-- hidden --><p hidden>hidden</p><p style='display: none'>hidden</p>shown", "shown"),
        ("<span aria-hidden=true>x</span>shown<template>t</template><svg><title>s</title><path/></svg>", "shown"),
        ("<form><label>Name <input value=x></label><button>Send</button><select><option>1</select></form>", "Name"),
        ("<head><title>T</title><meta name=x></head>text", "text"),
        // What surrounds the content.
        ("<nav>menu</nav><header>mast</header><p>content</p><aside>ads</aside><footer>foot</footer>", "content"),
        ("<nav>menu</nav><main><header><h1>H</h1></header>content<nav>inner</nav></main><div>rest</div>", "# H\n\ncontent"),
        ("<div role=navigation>menu</div><div role=main>content</div><div>rest</div>", "content"),
        ("<nav>only a menu</nav>", "only a menu"),
        ("<article>one</article><article>two</article>", "one\ntwo"),
        // What is broken.
        ("<p>one</div></span>two</p></p>three", "onetwo\n\nthree"),
        ("<div><span>a</div>b", "a\nb"),
        ("<b><p>x</b>y</p>z", "xy\n\nz"),
        ("<table><tr><td>a</div>b</table>c", "ab\n\nc"),
        ("<ul><li>a</ul></ul></li>b", "- a\n\nb"),
        ("<p <b>x</p>", "x"),
        ("text <", "text <"),
        ("<a href='/x'>never closed", "[never closed](https://site.example/x)"),
        ("<script>never closed <p>x", ""),
        ("<html><body>a<html><body>b", "ab"),
        ("</p></td></html>x", "x"),
    ];
    let wrong = table.iter().map(|(html, text)| (html, page(html).text, text)).filter(|(_, made, text)| made != *text);
    let wrong: Vec<String> = wrong.map(|(html, made, text)| format!("{html}\n   made {made:?}\n wanted {text:?}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn titles_and_links() {
    let page = page(
        "<html><head><title>\n A &amp; B\n</title></head><body><svg><title>no</title></svg>\
         <a href=/a>a</a> <a href=/b>b</a> <a href=/a>again</a> <nav><a href=/c>c</a></nav></body></html>",
    );
    assert_eq!(page.title, "A & B");
    assert_eq!(page.links, ["https://site.example/a", "https://site.example/b"]);
}

/// Pages made to be costly are read in the time their length takes.
#[test]
fn hostile_pages() {
    let many = 60_000;
    for (name, html) in [
        ("nested", "<div>".repeat(many)),
        ("unclosed", "<p><b><i><a href=/x>".repeat(many / 4)),
        ("closed", "</div></p></b>".repeat(many)),
        ("lists", "<ul><li>".repeat(many / 2)),
        ("quotes", "<blockquote>x".repeat(many)),
        ("tables", "<table><tr><td>".repeat(many / 3)),
        ("misnested", "<b><p></b><div></p>".repeat(many / 4)),
        ("attributes", format!("<p {}>x", (0..many).map(|at| format!("a{at}=b ")).collect::<String>())),
        ("entities", "&amp&lt&".repeat(many)),
        ("links", "<a href=/x>y</a>".repeat(many)),
        ("comments", "<!--".repeat(many)),
        ("pre", "<pre>\n".repeat(many)),
    ] {
        let began = std::time::Instant::now();
        let page = page(&html);
        assert!(page.text.len() <= 64 << 10, "{name}");
        assert!(began.elapsed().as_secs() < 5, "{name}: {:?}", began.elapsed());
    }
}

#[test]
fn deep_pages_keep_their_text() {
    let html = format!("{}text{}<p>after", "<div>".repeat(1000), "</div>".repeat(1000));
    assert_eq!(page(&html).text, "text\n\nafter");
    let html = format!("{}<script>hidden</script>text", "<div>".repeat(300));
    assert_eq!(page(&html).text, "text");
}

#[test]
fn a_long_page_is_cut() {
    let html = "<p>word word word".repeat(10_000);
    let page = html::page(&html, &Url::parse("https://a.example/").unwrap(), 1000);
    assert!(page.truncated && page.text.len() <= 1000 && page.text.len() > 900, "{}", page.text.len());
    assert!(page.text.ends_with("word"), "{}", page.text);
    let mut text = "ä".repeat(10);
    assert!(html::shorten(&mut text, 5));
    assert_eq!(text, "ää");
}
