//! The public origin: what clients call the gateway, and what its OAuth metadata names.
//!
//! A declared origin always counts. Without one, the words of a trusted proxy count, and else the address
//! that is listened on. What a request says itself (`Host`, or `X-Forwarded-*` of a peer that is not
//! trusted) never does: whoever sends it would choose the issuer.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use url::Url;

use crate::network::Network;

/// Where a request came from, and what it says of its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way<'a> {
    /// The other end of its connection; none where there is no connection.
    pub(crate) peer: Option<IpAddr>,
    pub(crate) headers: &'a HeaderMap,
}

/// What the public origin follows from.
#[derive(Debug)]
pub(crate) struct Origins {
    declared: Option<String>,
    /// The address that is listened on, as an origin.
    own: String,
    trusted: Vec<Network>,
}

impl Origins {
    /// The origins of a gateway that listens on `address`.
    pub(crate) fn new(declared: Option<&Url>, address: SocketAddr, trusted: Vec<Network>) -> Self {
        let declared = declared.map(|url| url.origin().ascii_serialization());
        Self { declared, own: format!("http://{address}"), trusted }
    }

    /// The public origin (RFC 6454 section 6.2), as it is for this request.
    pub(crate) fn of(&self, way: Way<'_>) -> String {
        if let Some(declared) = &self.declared {
            return declared.clone();
        }
        let trusts = |peer| self.trusted.iter().any(|network| network.contains(peer));
        let forwarded = way.peer.is_some_and(trusts).then(|| forwarded(way.headers, &self.own));
        forwarded.flatten().unwrap_or_else(|| self.own.clone())
    }

    /// The address that is listened on, as an origin.
    pub(crate) fn own(&self) -> &str {
        &self.own
    }
}

/// The origin that `X-Forwarded-Proto` and `X-Forwarded-Host` give; what is missing is that of `own`. None
/// where both are missing, or are no origin.
pub(crate) fn forwarded(headers: &HeaderMap, own: &str) -> Option<String> {
    let (proto, host) = (last(headers, "x-forwarded-proto"), last(headers, "x-forwarded-host"));
    if proto.is_none() && host.is_none() {
        return None;
    }
    let (own_proto, own_host) = own.split_once("://")?;
    let (proto, host) = (proto.unwrap_or(own_proto), host.unwrap_or(own_host));
    read(&format!("{proto}://{host}")).map(|url| url.origin().ascii_serialization())
}

/// The last of several values: the nearest proxy appends its own behind those that it was told.
fn last<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// An origin of HTTP and nothing else: no path, query, fragment or user.
pub(crate) fn read(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    is_origin(&url).then_some(url)
}

/// Whether a URL is an origin of HTTP and nothing else.
pub(crate) fn is_origin(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(declared: Option<&str>, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let declared = declared.map(|text| read(text).expect("an origin"));
        let trusted = vec!["10.0.0.0/8".parse().expect("a range")];
        let address = "127.0.0.1:8080".parse().expect("an address");
        let origins = Origins::new(declared.as_ref(), address, trusted);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a value"));
        }
        origins.of(Way { peer: peer.parse().ok(), headers: &map })
    }

    const FORWARDED: [(&str, &str); 3] = [
        ("host", "inner.example"),
        ("x-forwarded-host", "gw.example"),
        ("x-forwarded-proto", "https"),
    ];

    #[test]
    fn a_declared_origin_always_counts() {
        for peer in ["10.0.0.7", "192.0.2.1", ""] {
            let told = origin(Some("https://real.example:443/"), peer, &FORWARDED);
            assert_eq!(told, "https://real.example");
        }
    }

    #[test]
    fn only_a_trusted_peer_is_believed() {
        assert_eq!(origin(None, "10.0.0.7", &FORWARDED), "https://gw.example");
        for peer in ["192.0.2.1", "127.0.0.1", ""] {
            assert_eq!(origin(None, peer, &FORWARDED), "http://127.0.0.1:8080");
        }
        assert_eq!(origin(None, "10.0.0.7", &[("host", "evil.example")]), "http://127.0.0.1:8080");
    }

    #[test]
    fn of_several_values_the_last_counts_and_nonsense_does_not() {
        let several = [("x-forwarded-host", "evil.example, gw.example:8443")];
        assert_eq!(origin(None, "10.0.0.7", &several), "http://gw.example:8443");
        let proto = [("x-forwarded-proto", "https")];
        assert_eq!(origin(None, "10.0.0.7", &proto), "https://127.0.0.1:8080");
        for host in ["a b", "user@gw.example", "gw.example/path", "gw.example?x", "gw:x"] {
            let told = origin(None, "10.0.0.7", &[("x-forwarded-host", host)]);
            assert_eq!(told, "http://127.0.0.1:8080", "{host}");
        }
        let scheme = [("x-forwarded-proto", "javascript")];
        assert_eq!(origin(None, "10.0.0.7", &scheme), "http://127.0.0.1:8080");
    }
}
