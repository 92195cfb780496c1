//! The headers that every message carries, and the credentials among them.

use super::keys::trace_id;
use crate::case::recipe::Credentials;
use crate::wire::envelope::Header;
use crate::wire::revision::Revision;

/// A header of the command line: as typed, and with its variables filled in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GivenHeader {
    /// What goes on the wire.
    pub header: Header,
    /// What may be printed: the text as typed, with `$NAME` for what came from the environment, or
    /// a made-up variable for a credential that was typed out.
    pub printable: String,
}

impl GivenHeader {
    /// Whether the header proves who the caller is.
    #[must_use]
    pub fn is_credential(&self) -> bool {
        let name = self.header.name.to_ascii_lowercase();
        matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie")
            || name.ends_with("api-key")
            || name.ends_with("-token")
            || name.ends_with("-authorization")
    }

    /// The secret part of a credential: the value without its scheme.
    #[must_use]
    pub fn secret(&self) -> Option<String> {
        let value = String::from_utf8_lossy(&self.header.value).into_owned();
        let secret = value.rsplit(' ').next().unwrap_or_default().to_owned();
        (self.is_credential() && secret.len() >= 6).then_some(secret)
    }
}

/// The credentials among the headers of the command line.
#[must_use]
pub fn credentials(given: &[GivenHeader]) -> Vec<Header> {
    given.iter().filter(|given| given.is_credential()).map(|given| given.header.clone()).collect()
}

/// The bearer token among the headers of the command line (RFC 6750 section 2.1), where it can stand in a query
/// as it is (RFC 3986 section 2.3).
#[must_use]
pub fn bearer(given: &[GivenHeader]) -> Option<String> {
    let given = given.iter().find(|given| given.header.is("authorization"))?;
    let value = std::str::from_utf8(&given.header.value).ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_token =
        scheme.eq_ignore_ascii_case("bearer") && given.secret().as_deref() == Some(token);
    (is_token && token.bytes().all(is_plain)).then(|| token.to_owned())
}

/// What the headers of one message depend on.
#[derive(Clone, Copy, Debug)]
pub struct HeaderPlan<'a> {
    /// Headers of the command line.
    pub given: &'a [GivenHeader],
    /// Names of further headers that carry the key, from the profile.
    pub key_headers: &'a [String],
    /// Which credentials the message carries.
    pub credentials: Credentials,
    /// The session id that it names.
    pub session: Option<&'a str>,
    /// The revision that it names; none for `initialize`.
    pub revision: Option<Revision>,
}

/// The headers of one message, in the order in which they are written.
#[must_use]
pub fn headers(plan: &HeaderPlan<'_>, key: &str) -> Vec<Header> {
    let mut headers = vec![
        Header::new("Content-Type", "application/json"),
        Header::new("Accept", "application/json, text/event-stream"),
    ];
    headers.extend(plan.given.iter().filter_map(|given| authenticate(given, plan.credentials)));
    if let Some(session) = plan.session {
        headers.push(Header::new("Mcp-Session-Id", session));
    }
    // The header came with 2025-06-18 (MCP transports, Protocol Version Header).
    if let Some(revision) = plan.revision.filter(|revision| *revision >= Revision::V2025_06_18) {
        headers.push(Header::new("MCP-Protocol-Version", revision.as_str()));
    }
    let trace = trace_id(key);
    let parent = trace.get(..16).unwrap_or_default().to_owned();
    headers.push(Header::new("x-request-id", key));
    headers.push(Header::new("traceparent", format!("00-{trace}-{parent}-01")));
    headers.push(Header::new("x-litellm-end-user-id", key));
    headers.extend(plan.key_headers.iter().map(|name| Header::new(name.as_str(), key)));
    headers
}

fn authenticate(given: &GivenHeader, credentials: Credentials) -> Option<Header> {
    match (given.is_credential(), credentials) {
        (true, Credentials::None) => None,
        (true, Credentials::Wrong) => Some(wrong(&given.header)),
        (true, Credentials::Valid) | (false, _) => Some(given.header.clone()),
    }
}

/// The same scheme with another value.
fn wrong(header: &Header) -> Header {
    let value = String::from_utf8_lossy(&header.value).into_owned();
    let value = match value.rsplit_once(' ') {
        Some((scheme, _)) => format!("{scheme} gauntlet-wrong-credential"),
        None => "gauntlet-wrong-credential".to_owned(),
    };
    Header::new(header.name.clone(), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(value: &str) -> GivenHeader {
        GivenHeader { header: Header::new("Authorization", value), printable: String::new() }
    }

    fn plan(given: &[GivenHeader], credentials: Credentials) -> HeaderPlan<'_> {
        let revision = Some(Revision::V2025_11_25);
        HeaderPlan { given, key_headers: &[], credentials, session: Some("s1"), revision }
    }

    #[test]
    fn every_message_carries_the_three_correlation_headers() {
        let headers = headers(&plan(&[], Credentials::Valid), "gauntlet-00-000001");
        for name in ["x-request-id", "traceparent", "x-litellm-end-user-id"] {
            assert!(headers.iter().any(|header| header.is(name)), "{name}");
        }
    }

    #[test]
    fn credentials_can_be_left_out_or_spoiled() {
        let given = [given("Bearer sesame-1")];
        let value = |credentials| {
            let headers = headers(&plan(&given, credentials), "k");
            let found = headers.into_iter().find(|header| header.is("authorization"));
            found.map(|header| String::from_utf8(header.value).unwrap())
        };
        assert_eq!(value(Credentials::Valid).as_deref(), Some("Bearer sesame-1"));
        assert_eq!(value(Credentials::None), None);
        assert_eq!(value(Credentials::Wrong).as_deref(), Some("Bearer gauntlet-wrong-credential"));
    }

    #[test]
    fn a_token_of_plain_letters_can_stand_in_a_query() {
        assert_eq!(bearer(&[given("bearer sesame-1.a_b~c")]).as_deref(), Some("sesame-1.a_b~c"));
        for other in ["Basic c2VzYW1l", "Bearer sesame+1/2==", "Bearer", "Bearer abc", "sesame-1"] {
            assert_eq!(bearer(&[given(other)]), None, "{other}");
        }
        assert_eq!(bearer(&[]), None);
    }

    #[test]
    fn the_first_revision_knows_no_version_header() {
        let given = [];
        let old = HeaderPlan {
            revision: Some(Revision::V2025_03_26),
            ..plan(&given, Credentials::Valid)
        };
        assert!(!headers(&old, "k").iter().any(|header| header.is("mcp-protocol-version")));
    }
}
