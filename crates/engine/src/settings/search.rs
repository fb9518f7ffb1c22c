//! Who can be asked when the web is searched: a flat table.

/// What a provider asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Nothing.
    None,
    /// A key.
    Key,
    /// The address of one's own server.
    Address,
}

impl Credential {
    /// As the contract words it (envelope §2.7).
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Key => "api_key",
            Self::Address => "base_url",
        }
    }
}

/// A provider of web search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Engine {
    /// Names it.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) label: &'static str,
    /// What it asks for.
    pub(crate) credential: Credential,
    /// Where its key may go; empty when it takes none.
    pub(crate) origin: &'static str,
}

/// All of them, in the order they are shown.
#[rustfmt::skip]
pub(crate) const ENGINES: &[Engine] = &[
    Engine { name: "duckduckgo", label: "DuckDuckGo", credential: Credential::None, origin: "" },
    Engine { name: "brave", label: "Brave Search", credential: Credential::Key, origin: "https://api.search.brave.com" },
    Engine { name: "tavily", label: "Tavily", credential: Credential::Key, origin: "https://api.tavily.com" },
    Engine { name: "exa", label: "Exa", credential: Credential::Key, origin: "https://api.exa.ai" },
    Engine { name: "jina", label: "Jina", credential: Credential::Key, origin: "https://s.jina.ai" },
    Engine { name: "kagi", label: "Kagi", credential: Credential::Key, origin: "https://kagi.com" },
    Engine { name: "serper", label: "Serper", credential: Credential::Key, origin: "https://google.serper.dev" },
    Engine { name: "searxng", label: "SearXNG", credential: Credential::Address, origin: "" },
];

/// The one of that name.
pub(crate) fn engine(name: &str) -> Option<&'static Engine> {
    ENGINES.iter().find(|engine| engine.name == name)
}

/// The name its key rests under.
pub(crate) fn key_name(engine: &str) -> String {
    format!("web_search.{engine}")
}
