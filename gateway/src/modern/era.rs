//! Which of the two eras a message belongs to. Both are served at the same endpoint, by message.

use axum::http::HeaderMap;
use serde_json::value::RawValue;

use super::meta::PROTOCOL_VERSION;
use crate::json::{member, members};
use crate::revision::Revision;

/// Whether the header names a revision without a handshake.
pub(crate) fn header_is_modern(headers: &HeaderMap) -> bool {
    headers
        .get_all("mcp-protocol-version")
        .iter()
        .any(|value| value.to_str().is_ok_and(|name| Revision::stateless(name).is_some()))
}

/// Whether a message names its revision itself, whatever that may be.
pub(crate) fn names_its_version(text: &RawValue) -> bool {
    let within = |text, name| members(text).and_then(|parts| member(&parts, name));
    within(text, "params")
        .and_then(|params| within(params, "_meta"))
        .and_then(|meta| within(meta, PROTOCOL_VERSION))
        .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;
    use axum::http::HeaderValue;

    #[test]
    fn a_message_tells_its_era() {
        let named = r#"{"params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"x"}}}"#;
        for (version, text, modern) in [
            (None, "{}", false),
            (Some("2025-11-25"), "{}", false),
            (Some("1900-01-01"), "{}", false),
            (Some("2026-07-28"), "{}", true),
            (Some("2026-07-28"), "[]", true),
            (None, named, true),
            (Some("2025-11-25"), named, true),
            (None, r#"{"params":{"_meta":5}}"#, false),
            (None, r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":"x"}}"#, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(version) = version {
                headers.insert("mcp-protocol-version", HeaderValue::from_static(version));
            }
            let is_modern = header_is_modern(&headers) || names_its_version(&raw(text.to_owned()));
            assert_eq!(is_modern, modern, "{version:?} {text}");
        }
    }
}
