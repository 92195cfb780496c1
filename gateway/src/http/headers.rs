//! The headers of a request that can be wrong.

use axum::http::{HeaderMap, StatusCode, header};

use crate::revision::Revision;
use crate::serve::Refusal;
use crate::session::SessionHeader;

/// Longer session ids were never handed out.
const SESSION_ID_LIMIT: usize = 128;

/// `Content-Type` must be JSON in UTF-8, and the body not encoded any further.
pub(crate) fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let single = types.next().filter(|_| types.next().is_none());
    let is_json = single.and_then(|value| value.to_str().ok()).is_some_and(is_json);
    let is_plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_json && is_plain {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UnsupportedMediaType",
        "the body must be application/json in UTF-8, without Content-Encoding",
    ))
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    essence.eq_ignore_ascii_case("application/json")
        && parts.filter(|parameter| !parameter.is_empty()).all(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            name.eq_ignore_ascii_case("charset")
                && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

/// Nothing that we have is accepted.
pub(crate) fn not_acceptable() -> Refusal {
    let message = "Accept must admit application/json or text/event-stream";
    Refusal::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
}

/// `MCP-Protocol-Version` of a message that belongs to a session (transports of 2025-06-18): absent,
/// or a revision that a handshake can agree on here.
pub(crate) fn check_version(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut values = headers.get_all("mcp-protocol-version").iter();
    let supported = match (values.next(), values.next()) {
        (None, _) => true,
        (Some(value), None) => value.to_str().is_ok_and(|name| Revision::named(name).is_some()),
        (Some(_), Some(_)) => false,
    };
    if supported {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::BAD_REQUEST,
        "UnsupportedProtocolVersion",
        "MCP-Protocol-Version must be one of 2025-03-26, 2025-06-18, 2025-11-25",
    ))
}

/// `Mcp-Session-Id`.
pub(crate) fn session_header(headers: &HeaderMap) -> SessionHeader {
    let mut values = headers.get_all("mcp-session-id").iter();
    match (values.next(), values.next()) {
        (None, _) => SessionHeader::Missing,
        (Some(value), None) => value
            .to_str()
            .ok()
            .filter(|id| !id.is_empty() && id.len() <= SESSION_ID_LIMIT)
            .map_or(SessionHeader::Malformed, |id| SessionHeader::Given(id.to_owned())),
        (Some(_), Some(_)) => SessionHeader::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(name: &'static str, values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn content_types() {
        for (values, good) in [
            (&["application/json"][..], true),
            (&["Application/JSON; charset=UTF-8"], true),
            (&["application/json;charset=\"utf-8\""], true),
            (&["application/json; charset=utf-16"], false),
            (&["application/json; profile=x"], false),
            (&["text/plain"], false),
            (&["application/json-rpc"], false),
            (&["application/json", "application/json"], false),
            (&[], false),
        ] {
            assert_eq!(
                check_content_type(&with("content-type", values)).is_ok(),
                good,
                "{values:?}"
            );
        }
    }

    #[test]
    fn versions() {
        for (values, good) in [
            (&[][..], true),
            (&["2025-03-26"], true),
            (&["2025-11-25"], true),
            (&["2026-07-28"], false),
            (&["1900-01-01"], false),
            (&[""], false),
            (&["2025-11-25", "2025-11-25"], false),
        ] {
            let headers = with("mcp-protocol-version", values);
            assert_eq!(check_version(&headers).is_ok(), good, "{values:?}");
        }
    }

    #[test]
    fn sessions() {
        let read = |values: &[&'static str]| session_header(&with("mcp-session-id", values));
        assert_eq!(read(&[]), SessionHeader::Missing);
        assert_eq!(read(&["a"]), SessionHeader::Given("a".to_owned()));
        assert_eq!(read(&[""]), SessionHeader::Malformed);
        assert_eq!(read(&["a", "a"]), SessionHeader::Malformed);
    }
}
