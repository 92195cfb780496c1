//! Who may speak to the gateway: `Host`, `Origin` and the bearer token, before anything is read.

use std::net::{IpAddr, SocketAddr};

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use url::{Host, Url};

use crate::serve::Refusal;

/// Where credentials are needed and none were sent (RFC 6750 section 3.1).
const CHALLENGE: &str = r#"Bearer realm="mcp""#;
/// Where the credentials are wrong.
const INVALID_TOKEN: &str = r#"Bearer realm="mcp", error="invalid_token""#;

/// On whose behalf a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Principal {
    /// No key is configured.
    Anyone,
    /// The holder of the key.
    Key,
}

/// The rules of one gateway.
pub(crate) struct Gate {
    on_loopback: bool,
    key: Option<String>,
    /// The declared origin, whose name and pages are served as well.
    public: Option<Url>,
    /// Whether the key is taken from the query as well, which is a fault.
    reads_query: bool,
}

impl Gate {
    /// The rules for a gateway that listens on `address`.
    pub(crate) fn new(address: SocketAddr, key: Option<String>, public: Option<Url>) -> Self {
        Self { on_loopback: address.ip().is_loopback(), key, public, reads_query: false }
    }

    /// The same that takes the key from the query as well, where a fault wants it.
    pub(crate) fn reading_query(self, reads_query: bool) -> Self {
        Self { reads_query, ..self }
    }

    /// Whether `Bearer TOKEN` holds the key.
    pub(crate) fn is_key(&self, authorization: &str) -> bool {
        let value = HeaderValue::from_str(authorization).ok();
        let token = value.as_ref().and_then(token_of);
        token.zip(self.key.as_ref()).is_some_and(|(token, key)| same(token, key.as_bytes()))
    }

    /// Lets a request in, or says why not.
    pub(crate) fn admit(&self, parts: &Parts) -> Result<Principal, Refusal> {
        self.check_host(parts)?;
        self.check_origin(&parts.headers)?;
        if self.reads_query && self.is_key_in(parts.uri.query().unwrap_or_default()) {
            return Ok(Principal::Key);
        }
        self.check_token(&parts.headers)
    }

    fn is_key_in(&self, query: &str) -> bool {
        let token = query.split('&').find_map(|pair| pair.strip_prefix("access_token="));
        token
            .zip(self.key.as_ref())
            .is_some_and(|(token, key)| same(token.as_bytes(), key.as_bytes()))
    }

    /// Another name for the loopback is the sign of DNS rebinding. RFC 9112 section 3.2 demands
    /// exactly one `Host`.
    fn check_host(&self, parts: &Parts) -> Result<(), Refusal> {
        let Some(host) = only(&parts.headers, &header::HOST) else {
            return Err(Refusal::bad_request("there must be exactly one Host"));
        };
        let served = |name: &str| is_loopback(name) || self.is_public(name);
        let target = parts.uri.host().is_none_or(served);
        let named = host.to_str().ok().and_then(name_of).is_some_and(served);
        if self.on_loopback && !(named && target) {
            return Err(Refusal::forbidden("this Host is not served here"));
        }
        Ok(())
    }

    /// Whether it is the name of the declared origin.
    fn is_public(&self, name: &str) -> bool {
        let public = self.public.as_ref().and_then(Url::host_str);
        public.is_some_and(|public| public.eq_ignore_ascii_case(name))
    }

    /// MCP transports: `Origin` must be checked wherever it is present.
    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        if !headers.contains_key(header::ORIGIN) {
            return Ok(());
        }
        let origin = only(headers, &header::ORIGIN).and_then(|origin| origin.to_str().ok());
        let public = self.public.as_ref().map(|url| url.origin().ascii_serialization());
        if origin.is_some_and(|it| is_loopback_origin(it) || public.as_deref() == Some(it)) {
            Ok(())
        } else {
            Err(Refusal::forbidden("this Origin is not served here"))
        }
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<Principal, Refusal> {
        let Some(key) = &self.key else {
            return Ok(Principal::Anyone);
        };
        if !headers.contains_key(header::AUTHORIZATION) {
            return Err(Refusal::unauthorized(CHALLENGE));
        }
        let token = only(headers, &header::AUTHORIZATION).and_then(token_of);
        if token.is_some_and(|token| same(token, key.as_bytes())) {
            Ok(Principal::Key)
        } else {
            Err(Refusal::unauthorized(INVALID_TOKEN))
        }
    }
}

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// The name in `name:port`, with the brackets of an IPv6 address.
fn name_of(host: &str) -> Option<&str> {
    let end = host.find(']').map_or(0, |bracket| bracket + 1);
    let (name, port) = match host.get(end..)?.find(':') {
        Some(colon) => host.split_at_checked(end + colon)?,
        None => (host, ":0"),
    };
    let port = port.strip_prefix(':')?;
    port.bytes().all(|digit| digit.is_ascii_digit()).then_some(name)
}

fn is_loopback(name: &str) -> bool {
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_loopback_origin(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else {
        return false;
    };
    let bare = url.username().is_empty() && url.path() == "/" && url.query().is_none();
    let loopback = match url.host() {
        Some(Host::Domain(name)) => is_loopback(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    bare && loopback && matches!(url.scheme(), "http" | "https")
}

/// The token of `Bearer TOKEN` (RFC 6750 section 2.1); the scheme has no case.
fn token_of(value: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = value.as_bytes().split_at_checked(b"Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

/// Compares without telling by its duration how much is right.
fn same(token: &[u8], key: &[u8]) -> bool {
    let differences = key.iter().enumerate().fold(0_u8, |differences, (index, byte)| {
        std::hint::black_box(differences | (byte ^ token.get(index).copied().unwrap_or(0)))
    });
    differences == 0 && token.len() == key.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_the_loopback() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.3.2.1", "[::1]", "[::1]:9"]
        {
            assert!(name_of(host).is_some_and(is_loopback), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil", "127.0.0.1.evil:80", "localhost:8x", "", "[::1"]
        {
            assert!(!name_of(host).is_some_and(is_loopback), "{host}");
        }
    }

    #[test]
    fn origins_of_the_loopback() {
        for origin in
            ["http://localhost", "https://localhost:3000", "http://127.0.0.1", "http://[::1]:1"]
        {
            assert!(is_loopback_origin(origin), "{origin}");
        }
        for origin in [
            "null",
            "",
            "http://evil.example",
            "http://localhost.evil",
            "http://localhost@evil.example",
            "http://a@localhost",
            "file://localhost",
            "localhost",
            "http://localhost/x",
        ] {
            assert!(!is_loopback_origin(origin), "{origin}");
        }
    }

    #[test]
    fn tokens_are_compared_whole() {
        assert!(same(b"key", b"key"));
        for token in [&b""[..], b"ke", b"keyy", b"kez", b"key\0"] {
            assert!(!same(token, b"key"));
        }
        let value = HeaderValue::from_static("bearer key");
        assert_eq!(token_of(&value), Some(&b"key"[..]));
        assert_eq!(token_of(&HeaderValue::from_static("Basic a2V5")), None);
    }
}
