//! Origins, and what a wrong one is likely to be.

use std::net::IpAddr;

use url::{Host, Url};

/// What clients call the target.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicOrigin {
    /// Scheme, host and port (RFC 6454 section 6.2), without a slash at the end.
    text: String,
    /// Whether it was given, or is that of the target's URL.
    pub given: bool,
}

impl PublicOrigin {
    /// An origin of HTTP; none for a URL that is more than one, or none.
    #[must_use]
    pub fn parse(text: &str, given: bool) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let bare = url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let http = matches!(url.scheme(), "http" | "https");
        (bare && http).then(|| Self { text: url.origin().ascii_serialization(), given })
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a URL has this origin.
    pub(in super::super) fn is_of(&self, url: &Url) -> bool {
        url.origin().ascii_serialization() == self.text
    }

    /// Whether clients that reach this origin may not reach a URL: its host is internal and this one is not,
    /// or it is this host without TLS.
    pub(in super::super) fn hides(&self, url: &Url) -> bool {
        let Ok(own) = Url::parse(&self.text) else { return false };
        let downgraded =
            own.host() == url.host() && (own.scheme(), url.scheme()) == ("https", "http");
        downgraded || (is_internal(url) && !is_internal(&own))
    }

    /// What is wrong with the origin of a URL in metadata, and what to do; none where it is this one.
    pub(in super::super) fn differs(&self, url: &Url) -> Option<(String, String)> {
        if self.is_of(url) {
            return None;
        }
        let told = url.origin().ascii_serialization();
        let own = Url::parse(&self.text).ok()?;
        let declare = format!(
            "declare the public origin {} to the target (the LiteLLM proxy: PROXY_BASE_URL; the \
             reference gateway: --public-origin)",
            self.text
        );
        if own.host() == url.host() && (own.scheme(), url.scheme()) == ("https", "http") {
            let why = format!("{told} is http, behind something that ends TLS");
            let advice =
                format!("{declare}, or let it trust X-Forwarded-Proto of that proxy alone");
            return Some((why, advice));
        }
        if is_internal(url) && !is_internal(&own) {
            return Some((format!("{told} is an internal host, not {}", self.text), declare));
        }
        if is_internal(url) && !self.given && !is_loopback(url) {
            return Some((format!("{told} is an internal host, not {}", self.text), declare));
        }
        let why = format!("{told} is not {}", self.text);
        if self.given {
            return Some((why, declare));
        }
        Some((
            why,
            format!(
                "if clients call the target {told}, say --public-origin {told}; else {declare}"
            ),
        ))
    }
}

/// Whether clients on other networks cannot reach the host: a loopback, private or link-local address, a
/// name without a dot, or below a name that is reserved for such use (RFC 6761, RFC 6762, RFC 9476 and the
/// reservation of `.internal`).
fn is_internal(url: &Url) -> bool {
    const RESERVED: [&str; 8] =
        ["internal", "local", "localhost", "localdomain", "lan", "home.arpa", "alt", "svc"];
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            !name.contains('.') || RESERVED.iter().any(|end| name.ends_with(&format!(".{end}")))
        }
        Some(Host::Ipv4(address)) => {
            address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified()
        }
        Some(Host::Ipv6(address)) => match IpAddr::V6(address).to_canonical() {
            IpAddr::V4(address) => address.is_loopback() || address.is_private(),
            IpAddr::V6(address) => {
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_unique_local()
                    || address.is_unicast_link_local()
            }
        },
        None => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(public: &str, given: bool, told: &str) -> Option<(String, String)> {
        let public = PublicOrigin::parse(public, given).unwrap();
        public.differs(&Url::parse(told).unwrap())
    }

    #[test]
    fn a_wrong_origin_is_named_with_what_to_set() {
        let public = "https://gw.example";
        assert_eq!(difference(public, true, "https://GW.example:443/mcp"), None);
        for (told, part) in [
            ("http://gw.example/mcp", "http, behind"),
            ("http://10.0.0.7:4000/", "internal host"),
            ("http://gateway:4000/", "internal host"),
            ("http://gw.namespace.svc/", "internal host"),
            ("https://other.example/", "is not https://gw.example"),
            ("https://gw.example:8443/", "is not https://gw.example"),
        ] {
            let (why, advice) = difference(public, true, told).unwrap();
            assert!(why.contains(part), "{told}: {why}");
            assert!(advice.contains("PROXY_BASE_URL"), "{advice}");
        }
    }

    #[test]
    fn an_origin_that_nobody_gave_may_be_the_wrong_one() {
        let (_, advice) =
            difference("http://127.0.0.1:4100", false, "https://gw.example/").unwrap();
        assert!(advice.contains("--public-origin https://gw.example"), "{advice}");
        let (why, _) =
            difference("http://127.0.0.1:4100", false, "http://gateway.internal:8080/").unwrap();
        assert!(why.contains("internal host"), "{why}");
    }

    #[test]
    fn an_origin_is_nothing_more() {
        for text in ["https://gw.example", "http://127.0.0.1:4100/", "https://[::1]:8443"] {
            assert!(PublicOrigin::parse(text, true).is_some(), "{text}");
        }
        for text in
            ["gw.example", "ftp://gw.example", "https://gw.example/mcp", "https://u@gw.example", ""]
        {
            assert!(PublicOrigin::parse(text, true).is_none(), "{text}");
        }
    }
}
