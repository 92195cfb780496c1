//! The headers by which a POST of revision 2026-07-28 mirrors its body, so that whoever stands
//! between may route without reading it: their names, the form of their values, and which arguments
//! of a tool they carry (MCP Streamable HTTP, Standard Request Headers and Custom Headers).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::json::Json;

/// Carries the revision that `_meta` names.
pub const VERSION: &str = "MCP-Protocol-Version";
/// Carries `method`.
pub const METHOD: &str = "Mcp-Method";
/// Carries the name or URI that a request is about.
pub const NAME: &str = "Mcp-Name";
/// What the names of headers that carry an argument begin with.
pub const PARAM: &str = "Mcp-Param-";

/// Key of `_meta`: the revision of the request.
pub const META_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// Key of `_meta`: what the client can do.
pub const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// Key of `_meta`: who the client is.
pub const META_CLIENT: &str = "io.modelcontextprotocol/clientInfo";
/// Key of `_meta`: from which level on log messages are wanted.
pub const META_LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

const OPEN: &str = "=?base64?";
const CLOSE: &str = "?=";

/// The member of params that `Mcp-Name` carries; none for methods that need no such header.
#[must_use]
pub fn named_by(method: &str) -> Option<&'static str> {
    match method {
        "tools/call" | "prompts/get" => Some("name"),
        "resources/read" => Some("uri"),
        _ => None,
    }
}

/// A text as the value of a header: plain where it survives the way, otherwise in base64.
#[must_use]
pub fn encode(text: &str) -> String {
    let visible = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let framed = text.starts_with(OPEN) && text.ends_with(CLOSE);
    if visible && text.trim() == text && !framed {
        return text.to_owned();
    }
    format!("{OPEN}{}{CLOSE}", STANDARD.encode(text))
}

/// The text that the value of a header carries; none where its base64 or what it encodes is broken.
#[must_use]
pub fn decode(value: &[u8]) -> Option<String> {
    let value = std::str::from_utf8(value).ok()?;
    // White space around the value is no part of it (RFC 9110 section 5.5).
    let value = value.trim_matches([' ', '\t']);
    let framed = value.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE));
    let Some(payload) = framed else { return Some(value.to_owned()) };
    String::from_utf8(STANDARD.decode(payload).ok()?).ok()
}

/// An argument that a tool wants to see in a header too.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mirrored {
    /// Names of the properties that lead to it, from the arguments on.
    pub path: Vec<String>,
    /// The name of its header.
    pub header: String,
}

/// The arguments that an input schema marks with `x-mcp-header`, as far as properties of properties
/// lead to them.
#[must_use]
pub fn mirrored(schema: &Json) -> Vec<Mirrored> {
    let mut found = Vec::new();
    collect(schema, &[], &mut found);
    found
}

fn collect(schema: &Json, path: &[String], found: &mut Vec<Mirrored>) {
    let properties = schema.get("properties").and_then(Json::as_object).unwrap_or_default();
    for (name, property) in properties {
        let Some(name) = name.decoded() else { continue };
        let path = [path, &[name.to_owned()]].concat();
        if let Some(header) = property.get("x-mcp-header").and_then(Json::as_str) {
            found.push(Mirrored { path: path.clone(), header: format!("{PARAM}{header}") });
        }
        collect(property, &path, found);
    }
}

/// The argument at a path; none where it is absent or null, so that there is nothing to carry.
#[must_use]
pub fn argument<'a>(arguments: Option<&'a Json>, path: &[String]) -> Option<&'a Json> {
    let found = path.iter().try_fold(arguments?, |value, name| value.get(name));
    found.filter(|value| !value.is_null())
}

/// The text by which a header carries an argument; none for what no header can carry.
#[must_use]
pub fn text_of(argument: &Json) -> Option<String> {
    match argument {
        Json::String(text) => text.decoded().map(str::to_owned),
        Json::Number(_) | Json::Bool(_) => Some(argument.to_text()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::parse;

    #[test]
    fn what_a_header_cannot_carry_is_written_in_base64() {
        for (text, value) in [
            ("add", "add"),
            ("", ""),
            ("a b", "a b"),
            (" a", "=?base64?IGE=?="),
            ("größe", "=?base64?Z3LDtsOfZQ==?="),
            ("a\r\nb", "=?base64?YQ0KYg==?="),
            ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
        ] {
            assert_eq!(encode(text), value);
            assert_eq!(decode(value.as_bytes()).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_value_is_read_exactly_or_not_at_all() {
        for (value, text) in [
            ("  add\t", Some("add")),
            ("=?BASE64?YWRk?=", Some("=?BASE64?YWRk?=")),
            ("=?base64?YWRk?=", Some("add")),
            ("=?base64?YWR?=", None),
            ("=?base64?@@@@?=", None),
            ("=?base64?/w==?=", None),
        ] {
            assert_eq!(decode(value.as_bytes()).as_deref(), text, "{value}");
        }
        assert_eq!(decode(b"\xff"), None);
    }

    #[test]
    fn marked_properties_are_found_below_properties_only() {
        let schema =
            br#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},
            "deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},
            "list":{"type":"array","items":{"type":"string","x-mcp-header":"No"}}}}"#;
        let found = mirrored(&parse(schema).unwrap());
        let shown: Vec<_> = found.iter().map(|one| (one.path.join("."), &*one.header)).collect();
        let expected = [("region", "Mcp-Param-Region"), ("deep.n", "Mcp-Param-N")];
        assert_eq!(shown, expected.map(|(path, header)| (path.to_owned(), header)));
    }

    #[test]
    fn an_argument_is_carried_as_its_text() {
        let arguments = parse(br#"{"a":{"b":42.0},"s":"x","t":true,"n":null,"l":[]}"#).unwrap();
        let text = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
            argument(Some(&arguments), &path).and_then(text_of)
        };
        assert_eq!(text(&["a", "b"]).as_deref(), Some("42.0"));
        assert_eq!(text(&["s"]).as_deref(), Some("x"));
        assert_eq!(text(&["t"]).as_deref(), Some("true"));
        assert_eq!((text(&["n"]), text(&["l"]), text(&["x"])), (None, None, None));
    }
}
