//! Spellings of addresses, each allowed or refused; and what names resolve to.

use std::sync::Arc;

use reqwest::header::HeaderValue;

use crate::web::address::{Reach, read, redirect};
use crate::web::names::{Names, Resolver, Told};
use crate::web::{Limits, Web};

/// The address that is asked, or the refusal's word.
fn told(text: &str, reach: Reach) -> String {
    match read(text, reach) {
        Ok(url) => url.to_string(),
        Err(error) => error.code.to_owned(),
    }
}

/// What is given; what is asked of the public internet; what is asked where servers nearby are allowed ("" for the same).
#[rustfmt::skip]
const SPELLINGS: &[(&str, &str, &str)] = &[
    // Ordinary ones.
    ("https://example.com", "https://example.com/", ""),
    ("HTTP://Example.COM:80/a?b#c", "http://example.com/a?b#c", ""),
    ("  https://example.com/ \n", "https://example.com/", ""),
    ("https://example.com:8443/x", "https://example.com:8443/x", ""),
    ("https://example.com./", "https://example.com./", ""),
    ("https://bücher.example/", "https://xn--bcher-kva.example/", ""),
    ("https:example.com", "https://example.com/", ""),
    ("https:\\\\example.com\\a", "https://example.com/a", ""),
    ("http://93.184.216.34/", "http://93.184.216.34/", ""),
    ("http://1.1.1.1:8080/", "http://1.1.1.1:8080/", ""),
    ("http://172.15.0.1/", "http://172.15.0.1/", ""),
    ("http://172.32.0.1/", "http://172.32.0.1/", ""),
    ("http://100.63.0.1/", "http://100.63.0.1/", ""),
    ("http://100.128.0.1/", "http://100.128.0.1/", ""),
    ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/", ""),
    ("http://[2001:4860:4860::8888]/", "http://[2001:4860:4860::8888]/", ""),
    // No addresses of the web.
    ("", "bad_url", ""),
    ("example.com", "bad_url", ""),
    ("//example.com/", "bad_url", ""),
    ("http://", "bad_url", ""),
    ("http://:80/", "bad_url", ""),
    ("ftp://example.com/", "bad_url", ""),
    ("file:///etc/passwd", "bad_url", ""),
    ("data:text/html,x", "bad_url", ""),
    ("javascript:alert(1)", "bad_url", ""),
    ("gopher://example.com/", "bad_url", ""),
    ("ws://example.com/", "bad_url", ""),
    ("unix:/run/docker.sock", "bad_url", ""),
    ("localhost:8080", "bad_url", ""),
    ("http://exa mple.com/", "bad_url", ""),
    ("http://example.com:99999/", "bad_url", ""),
    ("http://example.com:0/", "bad_url", ""),
    ("http://[::1", "bad_url", ""),
    ("http://[fe80::1%25eth0]/", "bad_url", ""),
    ("http://256.1.1.1/", "bad_url", ""),
    ("http://1.2.3.4.5/", "bad_url", ""),
    ("https://me:secret@example.com/", "bad_url", ""),
    ("https://me@example.com/", "bad_url", ""),
    ("http://example.com@127.0.0.1/", "bad_url", ""),
    ("http://127.0.0.1:80@example.com/", "bad_url", ""),
    // This machine, however it is written.
    ("http://127.0.0.1/", "private_address", "http://127.0.0.1/"),
    ("http://127.0.0.1./", "private_address", "http://127.0.0.1/"),
    ("http://127.8.9.1:9000/x", "private_address", "http://127.8.9.1:9000/x"),
    ("http://127.1/", "private_address", "http://127.0.0.1/"),
    ("http://2130706433/", "private_address", "http://127.0.0.1/"),
    ("http://0x7f000001/", "private_address", "http://127.0.0.1/"),
    ("http://0x7f.0.0.0x1/", "private_address", "http://127.0.0.1/"),
    ("http://0177.0.0.01/", "private_address", "http://127.0.0.1/"),
    ("http://017700000001/", "private_address", "http://127.0.0.1/"),
    ("http://%31%32%37.0.0.1/", "private_address", "http://127.0.0.1/"),
    ("http://１２７.０.０.１/", "private_address", "http://127.0.0.1/"),
    ("http://①②⑦.⓪.⓪.①/", "private_address", "http://127.0.0.1/"),
    ("http://127。0。0。1/", "private_address", "http://127.0.0.1/"),
    ("http:127.0.0.1", "private_address", "http://127.0.0.1/"),
    ("http:///127.0.0.1", "private_address", "http://127.0.0.1/"),
    ("http:\\\\127.0.0.1\\", "private_address", "http://127.0.0.1/"),
    ("http://example.com\\@127.0.0.1/", "http://example.com/@127.0.0.1/", ""),
    ("http://127.0.0.1#@example.com/", "private_address", "http://127.0.0.1/#@example.com/"),
    ("http://127.0.0.1?@example.com/", "private_address", "http://127.0.0.1/?@example.com/"),
    ("h\tttp://127.0.\n0.1/", "private_address", "http://127.0.0.1/"),
    ("http://[::1]:8080/", "private_address", "http://[::1]:8080/"),
    ("http://[0:0:0:0:0:0:0:1]/", "private_address", "http://[::1]/"),
    ("http://localhost/", "private_address", "http://localhost/"),
    ("http://LOCALHOST./", "private_address", "http://localhost./"),
    ("http://app.localhost:3000/", "private_address", "http://app.localhost:3000/"),
    // Networks a person may allow.
    ("http://10.0.0.1/", "private_address", "http://10.0.0.1/"),
    ("http://172.16.0.1/", "private_address", "http://172.16.0.1/"),
    ("http://172.31.255.255/", "private_address", "http://172.31.255.255/"),
    ("http://192.168.1.1/", "private_address", "http://192.168.1.1/"),
    ("http://3232235777/", "private_address", "http://192.168.1.1/"),
    ("http://[fc00::1]/", "private_address", "http://[fc00::1]/"),
    ("http://[fd12:3456::1]/", "private_address", "http://[fd12:3456::1]/"),
    // What is never fetched from.
    ("http://0.0.0.0/", "private_address", "private_address"),
    ("http://0/", "private_address", "private_address"),
    ("http://100.64.0.1/", "private_address", "private_address"),
    ("http://100.100.100.200/", "private_address", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address", "private_address"),
    ("http://0xa9fea9fe/", "private_address", "private_address"),
    ("http://192.0.0.8/", "private_address", "private_address"),
    ("http://192.0.2.1/", "private_address", "private_address"),
    ("http://192.88.99.1/", "private_address", "private_address"),
    ("http://198.18.0.1/", "private_address", "private_address"),
    ("http://198.51.100.1/", "private_address", "private_address"),
    ("http://203.0.113.1/", "private_address", "private_address"),
    ("http://224.0.0.1/", "private_address", "private_address"),
    ("http://239.255.255.250/", "private_address", "private_address"),
    ("http://240.0.0.1/", "private_address", "private_address"),
    ("http://255.255.255.255/", "private_address", "private_address"),
    ("http://[::]/", "private_address", "private_address"),
    ("http://[::127.0.0.1]/", "private_address", "private_address"),
    ("http://[::ffff:127.0.0.1]/", "private_address", "private_address"),
    ("http://[::ffff:7f00:1]/", "private_address", "private_address"),
    ("http://[::ffff:8.8.8.8]/", "private_address", "private_address"),
    ("http://[64:ff9b::127.0.0.1]/", "private_address", "private_address"),
    ("http://[64:ff9b:1::1]/", "private_address", "private_address"),
    ("http://[2002:7f00:1::]/", "private_address", "private_address"),
    ("http://[2001:0:4136:e378::1]/", "private_address", "private_address"),
    ("http://[2001:db8::1]/", "private_address", "private_address"),
    ("http://[3fff::1]/", "private_address", "private_address"),
    ("http://[100::1]/", "private_address", "private_address"),
    ("http://[fe80::1]/", "private_address", "private_address"),
    ("http://[febf::1]/", "private_address", "private_address"),
    ("http://[fec0::1]/", "private_address", "private_address"),
    ("http://[fd00:ec2::254]/", "private_address", "private_address"),
    ("http://[ff02::1]/", "private_address", "private_address"),
    ("http://[4000::1]/", "private_address", "private_address"),
];

#[test]
fn spellings() {
    for (text, public, near) in SPELLINGS {
        assert_eq!(told(text, Reach::Public), *public, "{text}");
        assert_eq!(told(text, Reach::Near), *if near.is_empty() { public } else { near }, "{text}, with servers nearby");
    }
    assert_eq!(told(&format!("https://example.com/{}", "x".repeat(9000)), Reach::Public), "bad_url");
}

#[test]
fn redirects() {
    let from = read("https://example.com/a/b?c", Reach::Public).unwrap();
    for (location, asked) in [
        ("/x", "https://example.com/x"),
        ("x?y", "https://example.com/a/x?y"),
        ("//other.example/", "https://other.example/"),
        ("http://example.com/", "http://example.com/"),
        ("http://127.0.0.1/", "private_address"),
        ("//169.254.169.254/", "private_address"),
        ("http://[::ffff:10.0.0.1]/", "private_address"),
        ("http://localhost/", "private_address"),
        ("file:///etc/passwd", "bad_url"),
        ("data:text/plain,x", "bad_url"),
        ("https://me:pass@example.com/", "bad_url"),
        ("http://[", "bad_url"),
    ] {
        let next = redirect(&from, &HeaderValue::from_static(location), Reach::Public);
        assert_eq!(next.map_or_else(|error| error.code.to_owned(), |url| url.to_string()), asked, "{location}");
    }
}

#[tokio::test]
async fn names() {
    // What a name resolves to; what is connected to, from public reach and with servers nearby.
    let table: &[(&[&str], &str, &str)] = &[
        (&["93.184.216.34"], "93.184.216.34", "93.184.216.34"),
        (&["93.184.216.34", "2606:4700::1"], "93.184.216.34 2606:4700::1", "93.184.216.34 2606:4700::1"),
        (&[], "no_such_host", "no_such_host"),
        (&["127.0.0.1"], "private_address", "127.0.0.1"),
        (&["93.184.216.34", "127.0.0.1"], "private_address", "93.184.216.34 127.0.0.1"),
        (&["93.184.216.34", "::1"], "private_address", "93.184.216.34 ::1"),
        (&["10.1.2.3"], "private_address", "10.1.2.3"),
        (&["fd00::1"], "private_address", "fd00::1"),
        (&["169.254.169.254"], "private_address", "private_address"),
        (&["127.0.0.1", "169.254.169.254"], "private_address", "private_address"),
        (&["::ffff:93.184.216.34"], "private_address", "private_address"),
        (&["64:ff9b::1.1.1.1"], "private_address", "private_address"),
        (&["0.0.0.0"], "private_address", "private_address"),
        (&["100.64.1.1"], "private_address", "private_address"),
        (&["fe80::1"], "private_address", "private_address"),
    ];
    for (answer, public, near) in table {
        for (reach, expected) in [(Reach::Public, public), (Reach::Near, near)] {
            let resolver = Resolver { names: Names::Told(Told::new(&[("a.example", answer)])), reach };
            let found = resolver.addresses("a.example").await;
            let found = found.map(|all| all.iter().map(|at| at.ip().to_string()).collect::<Vec<_>>().join(" "));
            assert_eq!(found.unwrap_or_else(|error| error.code.to_owned()), *expected, "{answer:?} {reach:?}");
        }
    }
}

/// A name whose next answer is another is asked once a connection: the answer that was judged is the one that is used.
#[tokio::test]
async fn a_name_that_changes_its_answer() {
    let told = Told::new(&[("a.example", &["127.0.0.1"]), ("a.example", &["93.184.216.34"])]);
    let web = Web::with(Names::Told(Arc::clone(&told)));
    let error = web.fetch("http://a.example/", &Limits::usual(Reach::Public)).await.unwrap_err();
    assert_eq!((error.code, error.status), ("private_address", 403));
    assert_eq!(error.words, "a.example (127.0.0.1) is refused: the address is this machine's own");
    assert_eq!(told.left("a.example"), 1, "nobody asked again");
}
