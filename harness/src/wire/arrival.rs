//! One HTTP request that reached our own upstream, as it came.

use super::envelope::Header;
use super::json::Json;

/// A request that a gateway sent on, or made itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// When its last byte was read, seconds since the Unix epoch.
    pub at: f64,
    /// HTTP method.
    pub method: String,
    /// Header fields in the order in which they came.
    pub headers: Vec<Header>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// The body as JSON; none where it is not.
    pub message: Option<Json>,
}

impl Arrival {
    /// The method of its JSON-RPC message.
    #[must_use]
    pub fn rpc_method(&self) -> Option<&str> {
        self.message.as_ref()?.get("method")?.as_str()
    }

    /// Whether a text stands in its body, or in a header.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        // A canary ends in digits: that of another message may begin with it.
        let ends = |behind: Option<&u8>| !behind.is_some_and(u8::is_ascii_digit);
        let is_in = |bytes: &[u8]| {
            let mut parts = bytes.windows(text.len().max(1)).enumerate();
            parts.any(|(at, part)| part == text.as_bytes() && ends(bytes.get(at + text.len())))
        };
        is_in(&self.body) || self.headers.iter().any(|header| is_in(&header.value))
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    #[test]
    fn a_text_is_found_in_body_and_headers() {
        let body = br#"{"method":"ping","params":{"a":"canary-1","b":77}}"#.to_vec();
        let arrival = Arrival {
            at: 0.0,
            method: "POST".to_owned(),
            headers: vec![Header::new("X-A", "canary-2")],
            message: parse(&body).ok(),
            body,
        };
        assert_eq!(arrival.rpc_method(), Some("ping"));
        for (text, found) in [
            ("canary-1", true),
            ("canary-2", true),
            ("canary-3", false),
            ("", false),
            ("canary-", false),
        ] {
            assert_eq!(arrival.holds(text), found, "{text}");
        }
    }
}
