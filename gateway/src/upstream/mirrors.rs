//! The headers that mirror a request to an upstream of the stateless revision (2026-07-28, Streamable HTTP,
//! Request Metadata).

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use super::mirrored::Mirrored;
use crate::json::{Kind, kind, member, members, string};

/// The headers of a request that calls nothing.
pub(super) fn of_method(method: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(
        HeaderName::from_static("mcp-method"),
        HeaderValue::from_static(method),
    )])
}

/// The headers of a call.
pub(super) fn of_call(
    name: &str,
    arguments: Option<&RawValue>,
    mirrored: &[Mirrored],
) -> HeaderMap {
    let mut headers = of_method("tools/call");
    headers.extend(value(name).map(|name| (HeaderName::from_static("mcp-name"), name)));
    headers.extend(mirrored.iter().filter_map(|parameter| {
        let given = parameter
            .path
            .iter()
            .try_fold(arguments?, |value, name| member(&members(value)?, name))?;
        let text = match kind(given) {
            Kind::String => string(given)?,
            Kind::Number | Kind::Boolean => given.get().to_owned(),
            Kind::Object | Kind::Array | Kind::Null => return None,
        };
        let name = format!("mcp-param-{}", parameter.header.to_ascii_lowercase());
        Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value(&text)?))
    }));
    headers
}

/// A text as the value of a header: encoded where it cannot stand there as it is, or would be read as an
/// encoded one.
fn value(text: &str) -> Option<HeaderValue> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && text.trim() == text
        && !text.starts_with("=?base64?");
    if is_plain {
        return HeaderValue::from_str(text).ok();
    }
    HeaderValue::from_str(&format!("=?base64?{}?=", STANDARD.encode(text))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    #[test]
    fn a_call_is_mirrored() {
        let mirrored = |path: &[&str], header: &str| Mirrored {
            path: path.iter().map(|name| (*name).to_owned()).collect(),
            header: header.to_owned(),
        };
        let all = [
            mirrored(&["a"], "Region"),
            mirrored(&["b", "c"], "Count"),
            mirrored(&["d"], "Absent"),
            mirrored(&["b"], "Object"),
        ];
        let arguments = raw(r#"{"a":"Grüße","b":{"c":7}}"#.to_owned());
        let headers = of_call("echo", Some(&arguments), &all);
        let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        assert_eq!(of("mcp-method"), Some("tools/call"));
        assert_eq!(of("mcp-name"), Some("echo"));
        assert_eq!(of("mcp-param-region"), Some("=?base64?R3LDvMOfZQ==?="));
        assert_eq!(of("mcp-param-count"), Some("7"));
        assert_eq!((of("mcp-param-absent"), of("mcp-param-object")), (None, None));
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_encoded() {
        for (text, expected) in [
            ("a b", "a b"),
            (" a", "=?base64?IGE=?="),
            ("a\r\nB: c", "=?base64?YQ0KQjogYw==?="),
            ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
        ] {
            assert_eq!(value(text).expect("a value"), expected, "{text:?}");
        }
    }
}
