//! The resources of the builtin upstream: a text, and a template of numbered items.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::json::raw;
use crate::outcome::Outcome;
use crate::rpc::{ErrorObject, Params, check_cursor, text_member};
use crate::text::shown;

/// The only resource that is listed.
const TEXT: &str = "gauntlet://text";
/// What stands before the number of an item.
const ITEM: &str = "gauntlet://item/";
/// The template of the items.
pub(super) const ITEM_TEMPLATE: &str = "gauntlet://item/{n}";
/// The items are numbered from 1 to this.
pub(super) const ITEMS: u32 = 250;
/// Longer URIs are cut in messages.
const URI_LIMIT: usize = 200;

/// `resources/list`.
pub(crate) fn list(params: &Params<'_>) -> Outcome {
    page(
        params,
        &json!({"resources": [{
            "uri": TEXT,
            "name": "text",
            "description": "A text that never changes.",
            "mimeType": "text/plain",
        }]}),
    )
}

/// `resources/templates/list`.
pub(crate) fn templates(params: &Params<'_>) -> Outcome {
    page(
        params,
        &json!({"resourceTemplates": [{
            "uriTemplate": ITEM_TEMPLATE,
            "name": "item",
            "description": format!("One of {ITEMS} numbered texts."),
            "mimeType": "text/plain",
        }]}),
    )
}

/// The only page of a listing.
pub(super) fn page(params: &Params<'_>, result: &Value) -> Outcome {
    match check_cursor(params) {
        Ok(()) => Outcome::Success(raw(result.to_string())),
        Err(message) => Outcome::invalid_params(format!("Invalid params: {message}")),
    }
}

/// `resources/read`. `not_found` is the code for a URI that names nothing: -32002 until 2025-11-25
/// and -32602 from 2026-07-28 on.
pub(crate) fn read(params: &Params<'_>, not_found: i64) -> Outcome {
    let uri = match text_member(params, "uri") {
        Ok(uri) => uri,
        Err(message) => return Outcome::invalid_params(format!("Invalid params: {message}")),
    };
    if let Err(message) = check_uri(&uri) {
        return Outcome::invalid_params(format!("Invalid params: {message}"));
    }
    match text_of(&uri) {
        Some(text) => Outcome::Success(contents(&uri, &text)),
        None => missing(&uri, not_found),
    }
}

fn contents(uri: &str, text: &str) -> Box<RawValue> {
    let contents = json!({"contents": [{"uri": uri, "mimeType": "text/plain", "text": text}]});
    raw(contents.to_string())
}

fn missing(uri: &str, not_found: i64) -> Outcome {
    let message = format!("Resource not found: {}", shown(uri, URI_LIMIT));
    let data = raw(json!({"uri": uri}).to_string());
    let error = ErrorObject { data: Some(data), ..ErrorObject::new(not_found, message) };
    Outcome::Refused { error, class: "ResourceNotFound" }
}

/// The text behind a URI. It is compared as it stands: nothing is resolved and no file is opened.
fn text_of(uri: &str) -> Option<String> {
    if uri == TEXT {
        return Some("The quick brown fox jumps over the lazy dog. Zażółć gęślą jaźń.".to_owned());
    }
    let number = uri.strip_prefix(ITEM)?;
    let canonical = |value: &u32| (1..=ITEMS).contains(value) && value.to_string() == number;
    number.parse().ok().filter(canonical).map(|value: u32| format!("This is item {value}."))
}

/// RFC 3986: a scheme, a colon and characters that may stand in a URI. Segments that climb are
/// refused before anybody could resolve them.
fn check_uri(uri: &str) -> Result<(), &'static str> {
    let Some((scheme, rest)) = uri.split_once(':') else {
        return Err("uri must be a URI");
    };
    let named = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !named || rest.is_empty() || !rest.bytes().all(may_stand_in_uri) {
        return Err("uri must be a URI");
    }
    let decoded = percent_decoded(rest).ok_or("uri has a broken percent-encoding")?;
    if decoded.contains(&0) {
        return Err("uri must not hold a NUL");
    }
    if decoded.split(|byte| b"/\\".contains(byte)).any(|segment| segment == b"..") {
        return Err("uri must not climb");
    }
    Ok(())
}

fn may_stand_in_uri(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// The bytes behind the percent-encoding (RFC 3986 section 2.1), decoded until nothing is left to
/// decode: an attacker may have encoded twice.
fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.as_bytes().to_vec();
    // Every round shortens the text, so that it ends.
    while bytes.contains(&b'%') {
        bytes = decoded_once(&bytes)?;
    }
    Some(bytes)
}

fn decoded_once(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            decoded.push(*first);
            continue;
        }
        let (digits, tail) = tail.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        decoded.push(u8::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)?);
        rest = tail;
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_exists_has_a_text() {
        for uri in ["gauntlet://text", "gauntlet://item/1", "gauntlet://item/250"] {
            assert!(check_uri(uri).is_ok() && text_of(uri).is_some(), "{uri}");
        }
        for uri in [
            "gauntlet://text/",
            "gauntlet://item/0",
            "gauntlet://item/251",
            "gauntlet://item/01",
            "gauntlet://item/+1",
            "gauntlet://item/",
            "GAUNTLET://text",
            "file:///etc/hostname",
        ] {
            assert!(check_uri(uri).is_ok() && text_of(uri).is_none(), "{uri}");
        }
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for uri in [
            "",
            "not a uri",
            "text",
            "://text",
            "gauntlet:",
            "gauntlet://te\0xt",
            "gauntlet://te%00xt",
            "gauntlet://te%2500xt",
            "gauntlet://%zz",
            "gauntlet://%+1",
            "file:///../../etc/passwd",
            "file:///%2e%2e/%2E./etc/passwd",
            "file:///a%252f..%252fb",
            "gauntlet://item/..%5c1",
            "gauntlet://té",
        ] {
            assert!(check_uri(uri).is_err(), "{uri:?}");
        }
    }
}
