//! From a host's name to the addresses that are connected to: resolved once a connection, all judged, and only then used, so that an
//! answer that changes between the look and the use changes nothing.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{Reach, refused};
use super::error::WebError;

/// The most addresses of one name that are tried.
const TRIED: usize = 8;

/// Who says what a name means.
#[derive(Clone, Debug)]
pub(super) enum Names {
    /// The system.
    System,
    /// A script, which says something else each time it is asked.
    #[cfg(test)]
    Told(std::sync::Arc<Told>),
}

/// Answers to be given, by name, each once.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Told {
    answers: std::sync::Mutex<std::collections::HashMap<String, std::collections::VecDeque<Vec<IpAddr>>>>,
}

/// Names in, judged addresses out.
#[derive(Clone, Debug)]
pub(super) struct Resolver {
    pub(super) names: Names,
    pub(super) reach: Reach,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

impl Resolver {
    /// The addresses of a name, without a port. One that is refused makes the whole name refused: a name that is half public is no
    /// public name.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, WebError> {
        let found = self.names.look_up(host).await?;
        if let Some((ip, what)) = found.iter().find_map(|ip| Some((ip, refused(*ip, self.reach)?))) {
            return Err(WebError::private(&format!("{host} ({ip})"), what));
        }
        if found.is_empty() {
            return Err(WebError::no_such_host(host));
        }
        Ok(found.into_iter().take(TRIED).map(|ip| SocketAddr::new(ip, 0)).collect())
    }
}

impl Names {
    async fn look_up(&self, host: &str) -> Result<Vec<IpAddr>, WebError> {
        match self {
            Self::System => {
                let found = tokio::net::lookup_host((host, 0)).await.map_err(|_| WebError::no_such_host(host))?;
                Ok(found.map(|address| address.ip()).collect())
            }
            #[cfg(test)]
            Self::Told(told) => Ok(told.next(host)),
        }
    }
}

#[cfg(test)]
impl Told {
    pub(super) fn new(answers: &[(&str, &[&str])]) -> std::sync::Arc<Self> {
        let told = Self::default();
        for (host, answer) in answers {
            let answer = answer.iter().map(|ip| ip.parse().expect("an address")).collect();
            told.answers.lock().expect("unpoisoned").entry((*host).to_owned()).or_default().push_back(answer);
        }
        std::sync::Arc::new(told)
    }

    fn next(&self, host: &str) -> Vec<IpAddr> {
        self.answers.lock().expect("unpoisoned").get_mut(host).and_then(std::collections::VecDeque::pop_front).unwrap_or_default()
    }

    /// Answers not asked for yet.
    pub(super) fn left(&self, host: &str) -> usize {
        self.answers.lock().expect("unpoisoned").get(host).map_or(0, std::collections::VecDeque::len)
    }
}
