//! Networks and names a configuration trusts: proxies that say who somebody is, and hosts a client may call the gateway by.

use std::net::{IpAddr, Ipv6Addr};

use http::HeaderName;
use http::uri::Authority;
use ipnet::{IpNet, Ipv6Net};

/// Headers that only say which way a request came, and that anybody may set.
const ROUTING: [&str; 4] = ["host", "forwarded", "x-real-ip", "cf-connecting-ip"];
const ROUTING_PREFIX: &str = "x-forwarded-";

/// Proxies that say who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustedProxy {
    networks: Vec<IpNet>,
    /// The header by which they say so.
    pub(crate) header: HeaderName,
}

impl TrustedProxy {
    /// Checks both parts; says the rule that is broken.
    pub(super) fn check(networks: &[&str], header: &str) -> Result<Self, String> {
        if networks.is_empty() {
            return Err("trustedPeerCidrs must name at least one network".to_owned());
        }
        let networks = networks.iter().map(|text| network(text)).collect::<Result<_, _>>()?;
        let routing = |name: &HeaderName| ROUTING.contains(&name.as_str()) || name.as_str().starts_with(ROUTING_PREFIX);
        match HeaderName::try_from(header) {
            Ok(name) if routing(&name) => Err(format!("assertionHeader must not be {name:?}, which only says which way a request came")),
            Ok(header) => Ok(Self { networks, header }),
            Err(_) => Err(format!("assertionHeader must be the name of a header, not {header:?}")),
        }
    }

    /// Whether a peer is one of them.
    pub(crate) fn is(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.networks.iter().any(|network| network.contains(&peer))
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let read = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network = read.map_err(|_| format!("trustedPeerCidrs: {text:?} is no network, such as 10.0.0.0/8"))?.trunc();
    if network.prefix_len() == 0 {
        return Err(format!("trustedPeerCidrs: {text:?} is everybody"));
    }
    match network {
        IpNet::V6(v6) if v6.contains(&mapped()) => Err(format!("trustedPeerCidrs: {text:?} covers every IPv4 address (::ffff:0:0/96)")),
        // Peers are compared in their plain form.
        IpNet::V6(v6) => Ok(unmapped(v6).unwrap_or(network)),
        IpNet::V4(_) => Ok(network),
    }
}

/// The IPv4 addresses in IPv6 form.
fn mapped() -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96)
}

fn unmapped(network: Ipv6Net) -> Option<IpNet> {
    let address = network.addr().to_ipv4_mapped()?;
    IpNet::new(IpAddr::V4(address), network.prefix_len().checked_sub(96)?).ok()
}

/// A name a client may call the gateway by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllowedHost {
    /// In brackets where it is an IPv6 address.
    name: String,
    port: Option<u16>,
    /// Where pages of that name are from: `http` or `https`; `None` is the listener's own.
    scheme: Option<&'static str>,
}

impl AllowedHost {
    /// Reads `NAME`, `NAME:PORT`, or either after `http://` or `https://`.
    pub(super) fn check(text: &str) -> Result<Self, String> {
        let (scheme, name) = match text.split_once("://") {
            Some(("http", name)) => (Some("http"), name),
            Some(("https", name)) => (Some("https"), name),
            Some(_) => (None, ""),
            None => (None, text),
        };
        Self::of(scheme, name).ok_or_else(|| format!("allowedHosts: {text:?} must be NAME, NAME:PORT or https://NAME"))
    }

    pub(super) fn of(scheme: Option<&'static str>, name: &str) -> Option<Self> {
        let authority: Authority = name.parse().ok()?;
        let plain = !authority.host().is_empty() && !name.contains(['@', '*', '/']);
        // A port that is no number is no port.
        let port = authority.port_u16();
        let whole = port.map_or(authority.host() == name, |port| format!("{}:{port}", authority.host()) == name);
        (plain && whole).then(|| Self { name: authority.host().to_owned(), port, scheme })
    }

    /// The origin's scheme, when a host of this name and port is meant, on a listener whose scheme and port are `own`.
    pub(crate) fn scheme_of(&self, (name, port): (&str, Option<u16>), own: (&'static str, u16)) -> Option<&'static str> {
        let scheme = self.scheme.unwrap_or(own.0);
        let usual = if scheme == "https" { 443 } else { 80 };
        let given = port.unwrap_or(usual);
        // A name without a port means the usual one of its scheme, or the listener's own.
        let meant = self.port.map_or(given == usual || given == own.1, |port| port == given);
        (meant && self.name.eq_ignore_ascii_case(name)).then_some(scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_networks_and_a_header_of_their_own() {
        let rows: [(&[&str], &str, Result<(), &str>); 16] = [
            (&["10.0.0.0/8"], "X-User", Ok(())),
            (&["10.1.2.3"], "X-User", Ok(())),
            (&["fd00::/8", "127.0.0.1/32"], "Remote-User", Ok(())),
            (&["::ffff:10.0.0.0/104"], "X-User", Ok(())),
            (&[], "X-User", Err("at least one")),
            (&["0.0.0.0/0"], "X-User", Err("everybody")),
            (&["::/0"], "X-User", Err("everybody")),
            (&["10.0.0.0/8", "::/0"], "X-User", Err("everybody")),
            (&["::ffff:0:0/96"], "X-User", Err("every IPv4")),
            (&["::/64"], "X-User", Err("every IPv4")),
            (&["10.0.0.0/33"], "X-User", Err("no network")),
            (&["proxy.example"], "X-User", Err("no network")),
            (&["10.0.0.0/8"], "", Err("name of a header")),
            (&["10.0.0.0/8"], "X User", Err("name of a header")),
            (&["10.0.0.0/8"], "x-forwarded-user", Err("which way")),
            (&["10.0.0.0/8"], "CF-Connecting-IP", Err("which way")),
        ];
        for (networks, header, expected) in rows {
            match (TrustedProxy::check(networks, header), expected) {
                (Ok(_), Ok(())) => {}
                (Err(said), Err(part)) => assert!(said.contains(part), "{networks:?} {header:?}: {said}"),
                (found, _) => panic!("{networks:?} {header:?}: {found:?}"),
            }
        }
        for header in ["Host", "Forwarded", "X-Real-IP", "X-Forwarded-For"] {
            assert!(TrustedProxy::check(&["10.0.0.0/8"], header).is_err(), "{header}");
        }
    }

    #[test]
    fn a_peer_is_compared_in_its_plain_form() {
        let proxy = TrustedProxy::check(&["10.0.0.0/8", "::ffff:192.168.1.0/120", "fd00::1"], "X-User").expect("a proxy");
        for (peer, expected) in [
            ("10.255.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("192.168.1.77", true),
            ("::ffff:192.168.1.77", true),
            ("192.168.2.1", false),
            ("11.0.0.1", false),
            ("fd00::1", true),
            ("fd00::2", false),
            ("::1", false),
        ] {
            assert_eq!(proxy.is(peer.parse().expect("an address")), expected, "{peer}");
        }
    }
}
