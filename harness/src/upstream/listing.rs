//! Lists of tools that are unusual on purpose. A call asks for one, and it is shown for a while: what is
//! wrong with it must not be in the way of all that is not about it.

use std::time::Duration;

use crate::wire::arrival::{INJECTED, SCHEMAS};

/// How long an unusual list is shown.
pub(super) const SHOWN: Duration = Duration::from_millis(1500);

/// What the list of tools is at a time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Listing {
    /// The programs, on one page.
    #[default]
    Usual,
    /// One tool more.
    More,
    /// One tool more on a second page, to which an empty cursor leads.
    Pages,
    /// Tools more with annotations of headers, of which one is valid.
    Headers,
    /// Tools more whose schemas are of another dialect, or refer to the network.
    Schemas,
}

/// When the list was asked for while it was unusual, and how.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shown {
    /// The canary of the call that wanted it to be unusual.
    pub text: String,
    /// Whether it was the page to which the empty cursor of the first leads.
    pub second: bool,
    /// Whether the target spoke the stateless revision.
    pub modern: bool,
    /// Whether it came over HTTP; else over the standard input of a process.
    pub http: bool,
}

/// The tool that is listed beside the usual ones, or on the second page.
const MORE: &str = r#"{"type":"object","properties":{"text":{"type":"string"}}}"#;

/// Names and input schemas of the tools with annotations of headers (MCP 2026-07-28 tools, `x-mcp-header`).
/// All are valid JSON Schemas.
const HEADERS: [(&str, &str); 6] = [
    (
        "header_valid",
        r#"{"type":"object","properties":{"text":{"type":"string","x-mcp-header":"Gauntlet-Text"}}}"#,
    ),
    (
        "header_empty",
        r#"{"type":"object","properties":{"text":{"type":"string","x-mcp-header":""}}}"#,
    ),
    (
        "header_crlf",
        r#"{"type":"object","properties":{"text":{"type":"string","x-mcp-header":"A: 1\r\n{INJECTED}"}}}"#,
    ),
    (
        "header_twice",
        r#"{"type":"object","properties":{"text":{"type":"string","x-mcp-header":"Same"},"other":{"type":"string","x-mcp-header":"same"}}}"#,
    ),
    (
        "header_number",
        r#"{"type":"object","properties":{"text":{"type":"string"},"other":{"type":"number","x-mcp-header":"Number"}}}"#,
    ),
    (
        "header_items",
        r#"{"type":"object","properties":{"text":{"type":"string"},"other":{"type":"array","items":{"type":"string","x-mcp-header":"Item"}}}}"#,
    ),
];

/// The same of the tools whose schemas are unusual; `{HOST}` becomes the address of the
/// upstream, `{TEXT}` the canary of the call that wants them.
const UNUSUAL: [(&str, &str); 3] = [
    (
        "schema_older",
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"text":{"type":"string"}}}"#,
    ),
    (
        "schema_unknown",
        r#"{"$schema":"https://gauntlet.example/no-such-dialect","type":"object","properties":{"text":{"type":"string"}}}"#,
    ),
    (
        "schema_remote",
        r#"{"type":"object","properties":{"text":{"$ref":"http://{HOST}{SCHEMAS}{TEXT}.json"}}}"#,
    ),
];

impl Listing {
    /// Names and input schemas of the tools that are listed beside the programs. The address is that by
    /// which the target reaches the upstream, the text the canary of the call that wants them.
    pub(super) fn extra(self, (host, text): (&str, &str)) -> Vec<(&'static str, String)> {
        let plain = |(name, schema): &(&'static str, &str)| {
            (
                *name,
                schema
                    .replace("{HOST}", host)
                    .replace("{SCHEMAS}", SCHEMAS)
                    .replace("{TEXT}", text)
                    .replace("{INJECTED}", INJECTED),
            )
        };
        match self {
            Self::Usual => Vec::new(),
            Self::More => vec![("list_added", MORE.to_owned())],
            Self::Pages => vec![("list_second", MORE.to_owned())],
            Self::Headers => HEADERS.iter().map(plain).collect(),
            Self::Schemas => UNUSUAL.iter().map(plain).collect(),
        }
    }
}

/// Whether a tool (without what stands before the names of all) is listed now and then. Whatever is listed
/// then, its call is answered as ever: a target may have kept the list.
pub(super) fn is_extra(name: &str) -> bool {
    matches!(name, "list_added" | "list_second")
        || HEADERS.iter().chain(&UNUSUAL).any(|(extra, _)| *extra == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::parse;

    #[test]
    fn every_tool_that_is_listed_can_be_called() {
        for listing in [Listing::More, Listing::Pages, Listing::Headers, Listing::Schemas] {
            let extra = listing.extra(("127.0.0.1:9101", "k"));
            assert!(!extra.is_empty(), "{listing:?}");
            for (name, schema) in extra {
                assert!(is_extra(name), "{name}");
                let schema = parse(schema.as_bytes()).unwrap();
                assert!(schema.pointer("/properties/text").is_some(), "{name}");
            }
        }
        assert!(Listing::Usual.extra(("", "")).is_empty() && !is_extra("echo"));
    }

    #[test]
    fn a_reference_leads_to_the_upstream() {
        let extra = Listing::Schemas.extra(("10.0.0.1:80", "k-1"));
        let remote = extra.iter().find(|(name, _)| *name == "schema_remote").unwrap();
        assert!(remote.1.contains(r#""http://10.0.0.1:80/schemas/k-1.json""#), "{}", remote.1);
    }
}
