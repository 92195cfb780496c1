//! Headers that mirror parts of the body (2026-07-28, Streamable HTTP, Request Metadata). Whoever
//! routes on them must be able to trust them, so that each must say what the body says.

use axum::http::HeaderMap;

use super::violation::Violation;
use crate::text::shown;

/// Values of others are cut in messages.
const VALUE_LIMIT: usize = 100;

/// `MCP-Protocol-Version` mirrors the revision in `_meta`.
pub(super) fn check_version(headers: &HeaderMap, version: &str) -> Result<(), Violation> {
    check_plain(headers, "MCP-Protocol-Version", version)
}

/// `Mcp-Method` mirrors the method.
pub(super) fn check_method(headers: &HeaderMap, method: &str) -> Result<(), Violation> {
    check_plain(headers, "Mcp-Method", method)
}

fn check_plain(headers: &HeaderMap, name: &str, body: &str) -> Result<(), Violation> {
    let value =
        only(headers, name)?.ok_or_else(|| Violation::Header(format!("{name} is missing")))?;
    if value == body.as_bytes() { Ok(()) } else { Err(differs(name, value, body)) }
}

/// The value of a header that must not be repeated.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h [u8]>, Violation> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Violation::Header(format!("{name} is repeated")));
    }
    Ok(first.map(axum::http::HeaderValue::as_bytes))
}

fn differs(name: &str, value: &[u8], body: &str) -> Violation {
    let value = shown(&String::from_utf8_lossy(value), VALUE_LIMIT);
    let body = shown(body, VALUE_LIMIT);
    Violation::Header(format!("{name} says '{value}', the body says '{body}'"))
}
