//! One HTTP request that reached our own upstream, as it came.

use super::envelope::{Header, find};
use super::json::Json;
use super::revision::Revision;
use super::transport::Transport;

/// The header by which our own bridge says that a message came over standard input; its value is that of
/// [`Transport::Stdio`]. A gateway has no reason to send it.
pub const BRIDGED: &str = "Gauntlet-Transport";

/// The id of a request of our own upstream: it names the call that makes it ask, by its text.
#[must_use]
pub fn question_of(text: &str) -> String {
    format!("ask-{text}")
}

/// The state that our own upstream gives where it asks for input: what a careless reader of JSON or of forms
/// would change.
#[must_use]
pub fn state_of(text: &str) -> String {
    format!("state \"{text}\" \u{e9}\u{1f600} a+b%20/=")
}

/// Where our second upstream is, at the address of the first.
pub const SECOND: &str = "/second/";

/// Where the schemas are to which a tool's schema may refer. Nobody has a reason to ask for them unasked.
pub const SCHEMAS: &str = "/schemas/";

/// The header that is sent where the line break in an annotation is not noticed.
pub const INJECTED: &str = "X-Gauntlet-Injected";

/// A request that a gateway sent on, or made itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// When its last byte was read, seconds since the Unix epoch.
    pub at: f64,
    /// HTTP method.
    pub method: String,
    /// Path of the request's target, which says which of our upstreams it reached.
    pub path: String,
    /// Header fields in the order in which they came.
    pub headers: Vec<Header>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// The body as JSON; none where it is not.
    pub message: Option<Json>,
}

impl Arrival {
    /// Whether it reached our second upstream.
    #[must_use]
    pub fn is_second(&self) -> bool {
        self.path.starts_with(SECOND)
    }

    /// Whether it asks for a schema to which a tool's schema refers.
    #[must_use]
    pub fn is_fetch(&self) -> bool {
        self.path.starts_with(SCHEMAS)
    }

    /// What a tool's schema has led the target to that sent it: the schema names one of these canaries, or
    /// one is the value of the header that it makes up.
    #[must_use]
    pub fn misled(&self, texts: &[&str]) -> Option<&'static str> {
        let about = |bytes: &[u8]| texts.iter().any(|text| stands_in(text, bytes));
        if self.is_fetch() && about(self.path.as_bytes()) {
            return Some("the schema was fetched to which one refers");
        }
        let injected = find(&self.headers, INJECTED).is_some_and(about);
        injected.then_some("a header was sent that a line break in an annotation makes up")
    }

    /// The method of its JSON-RPC message.
    #[must_use]
    pub fn rpc_method(&self) -> Option<&str> {
        self.message.as_ref()?.get("method")?.as_str()
    }

    /// The id of its JSON-RPC message.
    #[must_use]
    pub fn id(&self) -> Option<&Json> {
        self.message.as_ref()?.get("id")
    }

    /// The first value of a header, by name without regard to case; none where it is no text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(find(&self.headers, name)?).ok()
    }

    /// How it came from the target: over HTTP, or on the standard input of a process that it started.
    #[must_use]
    pub fn transport(&self) -> Transport {
        let told = self.header(BRIDGED).and_then(|text| text.parse().ok());
        told.unwrap_or(Transport::Http)
    }

    /// Whether it came under the stateless revision.
    #[must_use]
    pub fn is_modern(&self) -> bool {
        let version = self.header("mcp-protocol-version");
        version.and_then(|text| text.parse::<Revision>().ok()).is_some_and(Revision::is_modern)
    }

    /// Whether it cancels that request: names its id, in its session.
    #[must_use]
    pub fn cancels(&self, request: &Self) -> bool {
        self.cancelled().is_some_and(|id| self.means(request, id))
    }

    /// The id of the request that it cancels.
    #[must_use]
    pub fn cancelled(&self) -> Option<&Json> {
        self.message.as_ref()?.pointer("/params/requestId")
    }

    /// Whether a request has the id that is named here, and came in the session of this.
    #[must_use]
    pub fn means(&self, request: &Self, named: &Json) -> bool {
        // Few have the id; headers are looked at of those alone.
        request.message.as_ref().and_then(|request| request.get("id")) == Some(named)
            && self.header("mcp-session-id") == request.header("mcp-session-id")
    }

    /// Its body, and the value of each header.
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(self.body.as_slice())
            .chain(self.headers.iter().map(|header| header.value.as_slice()))
    }

    /// Whether a text stands in its body, or in a header.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        self.says(text) || self.headers.iter().any(|header| stands_in(text, &header.value))
    }

    /// Whether a text stands in its body.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        stands_in(text, &self.body)
    }
}

/// Whether a text stands in these bytes. A canary ends in digits: that of another message may begin with
/// it.
#[must_use]
pub fn stands_in(text: &str, bytes: &[u8]) -> bool {
    let ends = |behind: Option<&u8>| !behind.is_some_and(u8::is_ascii_digit);
    let mut places = memchr::memmem::find_iter(bytes, text.as_bytes());
    !text.is_empty() && places.any(|at| ends(bytes.get(at + text.len())))
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    #[test]
    fn a_target_is_misled_by_its_own_messages() {
        let arrival = |path: &str, headers: Vec<Header>| Arrival {
            at: 0.0,
            method: "GET".to_owned(),
            path: path.to_owned(),
            headers,
            body: Vec::new(),
            message: None,
        };
        let injected = || vec![Header::new(INJECTED, "canary-1")];
        for (arrival, misled) in [
            (arrival("/schemas/canary-1.json", Vec::new()), true),
            (arrival("/schemas/canary-12.json", Vec::new()), false),
            (arrival("/mcp", Vec::new()), false),
            (arrival("/mcp", injected()), true),
        ] {
            assert_eq!(arrival.misled(&["canary-0", "canary-1"]).is_some(), misled, "{arrival:?}");
            assert_eq!(arrival.misled(&["canary-2"]), None);
        }
    }

    #[test]
    fn a_text_is_found_in_body_and_headers() {
        let body = br#"{"method":"ping","params":{"a":"canary-1","b":77}}"#.to_vec();
        let arrival = Arrival {
            at: 0.0,
            method: "POST".to_owned(),
            path: "/mcp".to_owned(),
            headers: vec![Header::new("X-A", "canary-2")],
            message: parse(&body).ok(),
            body,
        };
        assert_eq!(arrival.rpc_method(), Some("ping"));
        assert_eq!(arrival.transport(), Transport::Http);
        let mut bridged = arrival.clone();
        bridged.headers.push(Header::new(BRIDGED, "stdio"));
        assert_eq!(bridged.transport(), Transport::Stdio);
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
