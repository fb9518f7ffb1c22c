//! Takes secrets out of text: those this process knows, and whatever looks like one. Masking too much is the right mistake here.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::secret::Secret;

/// Secrets remembered; the oldest is forgotten first. More than a person has keys.
const KNOWN: usize = 256;
/// A shorter secret would blot out half of every line.
const SHORTEST: usize = 6;

/// The secrets this process has held.
pub(super) struct Known {
    secrets: Vec<Secret>,
}

impl Known {
    pub(super) const fn new() -> Self {
        Self { secrets: Vec::new() }
    }

    pub(super) fn add(&mut self, secret: &Secret) {
        if secret.length() < SHORTEST || self.secrets.contains(secret) {
            return;
        }
        if self.secrets.len() == KNOWN {
            self.secrets.remove(0);
        }
        self.secrets.push(secret.clone());
    }

    pub(super) fn mask(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| secret.redact(&text))
    }
}

/// What looks like a secret, and what is left of it.
const PATTERNS: [(&str, &str); 10] = [
    // Our own tokens.
    (r"nbwt_[A-Za-z0-9_-]+", "nbwt_••••"),
    // Header values.
    (r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}", "$1 ••••"),
    // `token=…`, `"apiKey": "…"`, `X-Nanobot-Auth: …`, `PASSWORD=…`.
    (
        r#"(?i)((?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|nanobot-auth|authorization|cookie|credential|signature)["']?\s*[=:]\s*["']?)[^\s"'&;,)}\]]+"#,
        "$1••••",
    ),
    (r#"([?&#](?:key|code|sig|auth|k)=)[^&\s"']+"#, "$1••••"),
    // Keys as well-known providers make them.
    (r"\b(sk|pk|rk|gsk|hf|xai|r8|ghp|gho|ghs|ghu|github_pat|glpat|npm|pypi|xox[abeprs])[-_][A-Za-z0-9_-]{8,}", "$1-••••"),
    (r"\bAIza[A-Za-z0-9_-]{16,}", "AIza••••"),
    (r"\b(AKIA|ASIA)[0-9A-Z]{12,}", "$1••••"),
    // JSON web tokens.
    (r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?", "••••"),
    // Names and passwords in addresses.
    (r#"://[^\s/@"']+@"#, "://••••@"),
    // Contents of files.
    (r#"data:[a-zA-Z0-9/+.;=-]*,[^\s"']+"#, "data:••••"),
];

static COMPILED: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let compiled = |(pattern, left): &(&str, &'static str)| (Regex::new(pattern).expect("the patterns are constant"), *left);
    PATTERNS.iter().map(compiled).collect()
});

/// `text` without anything that looks like a secret.
pub(super) fn patterns(text: &str) -> String {
    COMPILED.iter().fold(text.to_owned(), |text, (pattern, left)| pattern.replace_all(&text, *left).into_owned())
}
