//! Where a target listens, read from its URL. Knows no socket and resolves no name.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use url::{Host, Url};

/// The address of a target: scheme, host, port, and path with query.
///
/// User information and fragment of the URL are dropped: a credential goes into a header of the
/// envelope, where it is seen to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    tls: bool,
    host: Host<String>,
    port: u16,
    path: String,
}

/// Why a text is no address of a target. Never repeats the text, which may hold a password.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EndpointError {
    /// The text is no absolute URL; the text within says what is wrong with it.
    #[error("not a URL: {0} (expected for example http://127.0.0.1:8080/mcp)")]
    Syntax(String),
    /// The scheme is neither `http` nor `https`.
    #[error("scheme `{0}` is neither http nor https")]
    Scheme(String),
}

impl Endpoint {
    /// Reads an absolute `http` or `https` URL.
    ///
    /// # Errors
    ///
    /// [`EndpointError`] when the text is no URL, has no host or has another scheme.
    pub fn parse(url: &str) -> Result<Self, EndpointError> {
        let parsed = Url::parse(url).map_err(|error| EndpointError::Syntax(error.to_string()))?;
        let tls = match parsed.scheme() {
            "http" => false,
            "https" => true,
            other => return Err(EndpointError::Scheme(other.to_owned())),
        };
        let no_host = || EndpointError::Syntax("it has no host".to_owned());
        let host = parsed.host().ok_or_else(no_host)?.to_owned();
        let port = parsed.port().unwrap_or_else(|| default_port(tls));
        let path = match parsed.query() {
            Some(query) => format!("{}?{query}", parsed.path()),
            None => parsed.path().to_owned(),
        };
        Ok(Self { tls, host, port, path })
    }

    /// The value of the `Host` field: host, and the port unless it is the scheme's own
    /// (RFC 9110 section 7.2). An IPv6 address has its brackets.
    #[must_use]
    pub fn host_header(&self) -> String {
        if self.port == default_port(self.tls) {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Path and query, as they stand in the request line. Begins with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the host is certain to be this machine: a loopback or unspecified address,
    /// `localhost` or a name below it (RFC 6761 section 6.3).
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Domain(name) => is_localhost(name),
            Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
            Host::Ipv6(address) => is_own_ipv6(*address),
        }
    }

    /// Scheme, host and port (RFC 6454 section 6.2), for example `https://[::1]:8443`.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.host_header())
    }

    /// The same host and port with another path and query, taken literally; a missing leading `/`
    /// is added.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        let slash = if path.starts_with('/') { "" } else { "/" };
        Self { path: format!("{slash}{path}"), ..self.clone() }
    }

    /// Whether the target speaks TLS.
    pub(crate) const fn is_tls(&self) -> bool {
        self.tls
    }

    /// The TCP port.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// The host's address, when the URL gives one.
    pub(crate) const fn address(&self) -> Option<IpAddr> {
        match &self.host {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(*address)),
            Host::Ipv6(address) => Some(IpAddr::V6(*address)),
        }
    }

    /// The host as a name or an address without brackets, as resolvers and certificates have it.
    pub(crate) fn host_name(&self) -> String {
        self.address().map_or_else(|| self.host.to_string(), |address| address.to_string())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

const fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

fn is_own_ipv6(address: Ipv6Addr) -> bool {
    let mapped = address.to_ipv4_mapped();
    address.is_loopback()
        || address.is_unspecified()
        || mapped.is_some_and(|v4| v4.is_loopback() || v4.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Endpoint {
        Endpoint::parse(url).unwrap()
    }

    #[test]
    fn parts_of_a_url() {
        // URL, Host field, path, origin, displayed
        let table = [
            ("http://a.example", "a.example", "/", "http://a.example", "http://a.example/"),
            ("http://a.example:80/m", "a.example", "/m", "http://a.example", "http://a.example/m"),
            (
                "https://A.example:8443/m?x=1&y#f",
                "a.example:8443",
                "/m?x=1&y",
                "https://a.example:8443",
                "https://a.example:8443/m?x=1&y",
            ),
            ("https://[::1]:443/", "[::1]", "/", "https://[::1]", "https://[::1]/"),
            ("http://[::1]:8080", "[::1]:8080", "/", "http://[::1]:8080", "http://[::1]:8080/"),
            (
                "http://user:secret@127.0.0.1:9/mcp",
                "127.0.0.1:9",
                "/mcp",
                "http://127.0.0.1:9",
                "http://127.0.0.1:9/mcp",
            ),
        ];
        for (url, host, path, origin, shown) in table {
            let endpoint = parse(url);
            assert_eq!(endpoint.host_header(), host, "{url}");
            assert_eq!(endpoint.path(), path, "{url}");
            assert_eq!(endpoint.origin(), origin, "{url}");
            assert_eq!(endpoint.to_string(), shown, "{url}");
            assert!(!format!("{endpoint:?}").contains("secret"));
        }
    }

    #[test]
    fn loopback_is_told_from_the_rest() {
        for own in ["127.0.0.1", "127.9.9.9", "[::1]", "localhost", "localhost.", "a.LOCALHOST"] {
            assert!(parse(&format!("http://{own}/")).is_loopback(), "{own}");
        }
        for own in ["0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "2130706433"] {
            assert!(parse(&format!("http://{own}/")).is_loopback(), "{own}");
        }
        for other in ["10.0.0.1", "[fe80::1]", "localhost.example", "mylocalhost", "128.0.0.1"] {
            assert!(!parse(&format!("http://{other}/")).is_loopback(), "{other}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_without_repeating_it() {
        assert!(matches!(Endpoint::parse(""), Err(EndpointError::Syntax(_))));
        assert!(matches!(Endpoint::parse("http://"), Err(EndpointError::Syntax(_))));
        assert!(matches!(Endpoint::parse("http://[::1"), Err(EndpointError::Syntax(_))));
        let scheme = Endpoint::parse("localhost:8080/mcp");
        assert_eq!(scheme, Err(EndpointError::Scheme("localhost".to_owned())));
        let error = Endpoint::parse("http://user:secret@host:99999/").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn another_path_is_taken_literally() {
        let endpoint = parse("http://h:1/mcp?x");
        assert_eq!(endpoint.with_path("/a/../b").to_string(), "http://h:1/a/../b");
        assert_eq!(endpoint.with_path("audit?n=1").path(), "/audit?n=1");
    }

    #[test]
    fn a_host_for_resolvers_has_no_brackets() {
        assert_eq!(parse("http://[::1]:8/").host_name(), "::1");
        assert_eq!(parse("http://a.example/").host_name(), "a.example");
    }
}
