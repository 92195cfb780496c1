//! Reading of the HTTP part of an envelope: which of its headers, if any, is the defect.

use super::classify::Context;
use crate::case::class::Class;
use crate::wire::envelope::{Envelope, Header};
use crate::wire::revision::Revision;

/// The HTTP class of an envelope; none when its HTTP part is in order.
#[must_use]
pub fn classify(envelope: &Envelope, context: &Context<'_>) -> Option<Class> {
    let checks: [(bool, Class); 5] = [
        (!has_credentials(envelope, context.credentials), Class::HttpCredentials),
        (!origin_fits(envelope, context.host), Class::HttpOrigin),
        (envelope.method != "POST", Class::HttpMethod),
        (!is_json(envelope), Class::HttpContentType),
        (!accepts_both(envelope), Class::HttpAccept),
    ];
    checks.into_iter().find_map(|(defect, class)| defect.then_some(class))
}

/// The session and revision headers, which `initialize` does not carry yet.
#[must_use]
pub fn classify_session(envelope: &Envelope, context: &Context<'_>) -> Option<Class> {
    let revision_matters = context.revision >= Revision::V2025_06_18;
    if revision_matters && !is_only(envelope, "mcp-protocol-version", context.revision.as_str()) {
        return Some(Class::HttpProtocolVersion);
    }
    let session = context.session?;
    (!is_only(envelope, "mcp-session-id", session)).then_some(Class::HttpSession)
}

fn values<'a>(envelope: &'a Envelope, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let named = envelope.headers.iter().filter(move |header| header.is(name));
    named.map(|header| String::from_utf8_lossy(&header.value).into_owned())
}

/// Whether the header stands exactly once, with this value.
fn is_only(envelope: &Envelope, name: &str, expected: &str) -> bool {
    let mut values = values(envelope, name);
    values.next().as_deref() == Some(expected) && values.next().is_none()
}

fn has_credentials(envelope: &Envelope, credentials: &[Header]) -> bool {
    credentials.iter().all(|wanted| {
        let mut sent = envelope.headers.iter().filter(|header| header.is(&wanted.name));
        sent.next().is_some_and(|header| header.value == wanted.value) && sent.next().is_none()
    })
}

/// An Origin fits when it is absent or names the target's own host (or loopback, for a loopback
/// target) in full; a Host header of our own never does.
fn origin_fits(envelope: &Envelope, host: &str) -> bool {
    let loopback = ["localhost", "127.0.0.1", "[::1]"];
    let fits = |origin: String| {
        let Some((_, authority)) = origin.split_once("://") else { return false };
        let name = match authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => authority,
        };
        name == host || (loopback.contains(&host) && loopback.contains(&name))
    };
    let mut origins = values(envelope, "origin");
    let first = origins.next().is_none_or(fits);
    first && origins.next().is_none() && envelope.header("host").is_none()
}

fn is_json(envelope: &Envelope) -> bool {
    let mut values = values(envelope, "content-type");
    let Some(value) = values.next() else { return false };
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    let media = parts.next().unwrap_or_default();
    media == "application/json"
        && parts.all(|part| part == "charset=utf-8")
        && values.next().is_none()
}

/// A client MUST list both media types in Accept (MCP transports, Sending Messages to the Server).
fn accepts_both(envelope: &Envelope) -> bool {
    let listed: Vec<String> = values(envelope, "accept").collect();
    let lists = |media: &str| listed.iter().any(|value| admits_exactly(value, media));
    lists("application/json") && lists("text/event-stream")
}

fn admits_exactly(value: &str, media: &str) -> bool {
    value.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(media));
        named && !parts.any(is_zero_quality)
    })
}

/// Whether the Accept fields of a request, which are one list, admit a media type, wildcards
/// included (RFC 9110 section 12.5.1). Without any, everything is admitted.
#[must_use]
pub fn admits(envelope: &Envelope, media: &str) -> bool {
    let listed: Vec<String> = values(envelope, "accept").collect();
    let family = media.split('/').next().unwrap_or_default();
    let ranges = [media.to_owned(), format!("{family}/*"), "*/*".to_owned()];
    let admitted = |range: &String| listed.iter().any(|value| admits_exactly(value, range));
    listed.is_empty() || ranges.iter().any(admitted)
}

fn is_zero_quality(parameter: &str) -> bool {
    let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    value.and_then(|value| value.parse::<f64>().ok()) == Some(0.0)
}

#[cfg(test)]
mod tests;
