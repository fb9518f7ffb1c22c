//! Decides which addresses may leave the window: https, http and mailto, without credentials, of sane length.
//! It opens nothing itself and trusts no check the page made.

use tauri::Url;

/// Longer addresses are refused; no browser takes much more.
const ADDRESS_LIMIT: usize = 4096;

/// The parsed address if the desktop may be asked to open it, or why not.
pub(crate) fn check(address: &str) -> Result<Url, &'static str> {
    if address.len() > ADDRESS_LIMIT {
        return Err("the address is too long");
    }
    let url = Url::parse(address).map_err(|_| "not an address")?;
    match url.scheme() {
        "https" | "http" if url.has_host() && url.username().is_empty() && url.password().is_none() => Ok(url),
        "https" | "http" => Err("an address with credentials or without a host is not opened"),
        "mailto" => Ok(url),
        _ => Err("only https, http and mailto addresses are opened"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_and_mail_addresses_pass() {
        for address in ["https://example.org/a?b#c", "http://127.0.0.1:8080/", "mailto:a@example.org"] {
            assert!(check(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let long = format!("https://example.org/{}", "a".repeat(ADDRESS_LIMIT));
        let bad = [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "alcove://localhost/",
            "--version",
            "",
            "ssh://h",
            "https://user@example.org/",
            "https://u:p@example.org/",
            "vscode://x",
            &long,
        ];
        for address in bad {
            assert!(check(address).is_err(), "{address}");
        }
    }

    #[test]
    fn what_is_opened_is_the_parsed_form() {
        assert_eq!(check("  HTTPS://Example.org/a b\n").map(|url| url.to_string()), Ok("https://example.org/a%20b".to_owned()));
    }
}
