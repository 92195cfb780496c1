//! Headers that mirror parts of the body (2026-07-28, Streamable HTTP, Request Metadata). Whoever
//! routes on them must be able to trust them, so that each must say what the body says.

use axum::http::{HeaderMap, HeaderValue};
use serde_json::value::RawValue;

use super::value::text_of;
use super::violation::Violation;
use crate::json::{Kind, integer, kind, member, members, string};
use crate::rpc::Request;
use crate::text::shown;
use crate::upstream::Mirrored;

/// Values of others are cut in messages.
const VALUE_LIMIT: usize = 100;

/// `MCP-Protocol-Version` mirrors the revision in `_meta`.
pub(super) fn check_version(headers: &HeaderMap, version: &str) -> Result<(), Violation> {
    check_exact(headers, "MCP-Protocol-Version", version)
}

/// `Mcp-Method` mirrors the method.
pub(super) fn check_method(headers: &HeaderMap, method: &str) -> Result<(), Violation> {
    check_exact(headers, "Mcp-Method", method)
}

/// `Mcp-Name` mirrors what a tool, a prompt or a resource is called by. A name that is missing
/// from the body is a matter of the parameters.
pub(super) fn check_name(headers: &HeaderMap, request: &Request<'_>) -> Result<(), Violation> {
    let source = match request.method.as_str() {
        "tools/call" | "prompts/get" => "name",
        "resources/read" => "uri",
        _ => return Ok(()),
    };
    let Some(body) = member(request.params.members(), source).and_then(string) else {
        return Ok(());
    };
    let value = required(headers, "Mcp-Name")?;
    if text_of(value).is_some_and(|text| text == body) {
        Ok(())
    } else {
        Err(differs("Mcp-Name", value, &body))
    }
}

/// `Mcp-Param-*` mirror arguments that the schema of the tool names. Others are not ours to judge.
pub(super) fn check_arguments(
    headers: &HeaderMap,
    mirrored: &[Mirrored],
    arguments: Option<&RawValue>,
) -> Result<(), Violation> {
    mirrored.iter().try_for_each(|parameter| {
        let name = format!("Mcp-Param-{}", parameter.header);
        let given = at(arguments, &parameter.path).filter(|value| kind(value) != Kind::Null);
        match given {
            Some(given) => check_argument(headers, &name, given),
            None if headers.contains_key(&name) => {
                Err(Violation::Header(format!("{name} mirrors an argument that is not there")))
            }
            None => Ok(()),
        }
    })
}

fn check_argument(headers: &HeaderMap, name: &str, given: &RawValue) -> Result<(), Violation> {
    let value = required(headers, name)?;
    let text = text_of(value);
    let same = match kind(given) {
        Kind::String => text.is_some() && text == string(given),
        Kind::Number => text.is_some_and(|text| {
            let numbers = integer(&text).zip(integer(given.get()));
            text == given.get() || numbers.is_some_and(|(header, body)| header == body)
        }),
        Kind::Boolean => text.is_some_and(|text| text == given.get()),
        // The argument is of a wrong type, which the tool tells.
        Kind::Object | Kind::Array | Kind::Null => return Ok(()),
    };
    if same { Ok(()) } else { Err(differs(name, value, given.get())) }
}

/// The argument at this path.
fn at<'a>(arguments: Option<&'a RawValue>, path: &[String]) -> Option<&'a RawValue> {
    path.iter().try_fold(arguments?, |value, name| member(&members(value)?, name))
}

fn check_exact(headers: &HeaderMap, name: &str, body: &str) -> Result<(), Violation> {
    let value = required(headers, name)?;
    if value == body.as_bytes() { Ok(()) } else { Err(differs(name, value, body)) }
}

/// The value of a header that must be there once.
fn required<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h [u8], Violation> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => Err(Violation::Header(format!("{name} is missing"))),
        (Some(_), Some(_)) => Err(Violation::Header(format!("{name} is repeated"))),
    }
}

fn differs(name: &str, value: &[u8], body: &str) -> Violation {
    let value = shown(&String::from_utf8_lossy(value), VALUE_LIMIT);
    let body = shown(body, VALUE_LIMIT);
    Violation::Header(format!("{name} says '{value}', the body says '{body}'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    fn checked(header: Option<&str>, arguments: &str) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert("mcp-param-x", HeaderValue::from_str(value).expect("a value"));
        }
        let mirrored = Mirrored { path: vec!["a".into(), "x".into()], header: "X".into() };
        let arguments = raw(arguments.to_owned());
        check_arguments(&headers, &[mirrored], Some(&arguments)).is_ok()
    }

    #[test]
    fn an_argument_is_mirrored_as_its_type_has_it() {
        for (header, arguments, good) in [
            (Some("eu"), r#"{"a":{"x":"eu"}}"#, true),
            (Some("=?base64?ZXU=?="), r#"{"a":{"x":"eu"}}"#, true),
            (Some("EU"), r#"{"a":{"x":"eu"}}"#, false),
            (None, r#"{"a":{"x":"eu"}}"#, false),
            (Some("42.0"), r#"{"a":{"x":42}}"#, true),
            (Some("42"), r#"{"a":{"x":4.2e1}}"#, true),
            (Some("43"), r#"{"a":{"x":42}}"#, false),
            (Some("42x"), r#"{"a":{"x":42}}"#, false),
            (Some("42"), r#"{"a":{"x":"42.0"}}"#, false),
            (Some("true"), r#"{"a":{"x":true}}"#, true),
            (Some("True"), r#"{"a":{"x":true}}"#, false),
            (None, r#"{"a":{"x":null}}"#, true),
            (Some("null"), r#"{"a":{"x":null}}"#, false),
            (Some("eu"), r#"{"a":5}"#, false),
            (None, "{}", true),
            (Some("eu"), r#"{"a":{"x":["eu"]}}"#, true),
        ] {
            assert_eq!(checked(header, arguments), good, "{header:?} {arguments}");
        }
    }
}
