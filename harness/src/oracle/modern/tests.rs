//! The classes that only the stateless revision has, each from bytes.

use crate::case::class::Class;
use crate::oracle::classify::{Context, classify};
use crate::oracle::params::Tool;
use crate::wire::envelope::{Envelope, Header};
use crate::wire::json::parse;
use crate::wire::revision::Revision;

const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

fn class(body: &str, headers: &[(&str, &str)]) -> Class {
    let fixed =
        [("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")];
    let headers = fixed.iter().chain(headers).map(|(name, value)| Header::new(*name, *value));
    let envelope = Envelope {
        method: "POST".to_owned(),
        path: None,
        headers: headers.collect(),
        body: body.as_bytes().to_vec(),
    };
    let schema = br#"{"type":"object","properties":{"n":{"type":"number","x-mcp-header":"N"}}}"#;
    let tools = [Tool { name: "größe".to_owned(), schema: parse(schema).unwrap() }];
    let context = Context {
        revision: Revision::V2026_07_28,
        session: None,
        credentials: &[],
        host: "127.0.0.1",
        tools: &tools,
    };
    classify(&envelope, &context).class
}

fn request(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{{{params}}}}}"#)
}

/// The class of a request whose headers agree with it.
fn plain(method: &str, params: &str) -> Class {
    let headers = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)];
    class(&request(method, params), &headers)
}

#[test]
fn every_request_says_what_its_caller_speaks() {
    let capable = r#""io.modelcontextprotocol/clientCapabilities":{}"#;
    let version = r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#;
    for (params, expected) in [
        (META.to_owned(), Class::Request),
        (String::new(), Class::MissingMeta),
        (r#""_meta":5"#.to_owned(), Class::MissingMeta),
        (format!(r#""_meta":{{{capable}}}"#), Class::MissingMeta),
        (format!(r#""_meta":{{{version}}}"#), Class::MissingMeta),
        (META.replace("{}", "[]"), Class::MissingMeta),
        (META.replace("{}", r#"{},"io.modelcontextprotocol/clientInfo":5"#), Class::InvalidParams),
        (META.replace("{}", r#"{},"io.modelcontextprotocol/logLevel":"no""#), Class::InvalidParams),
        (META.replace("{}", r#"{},"io.modelcontextprotocol/logLevel":"info""#), Class::Request),
    ] {
        assert_eq!(plain("tools/list", &params), expected, "{params}");
    }
    assert_eq!(plain("ping", META), Class::UnknownMethod);
    assert_eq!(plain("initialize", META), Class::UnknownMethod);
    assert_eq!(plain("server/discover", META), Class::Request);
}

#[test]
fn a_revision_is_unsupported_where_header_and_body_agree_on_it() {
    let body = request("tools/list", &META.replace("2026-07-28", "1900-01-01"));
    let headers = |version| [("MCP-Protocol-Version", version), ("Mcp-Method", "tools/list")];
    assert_eq!(class(&body, &headers("1900-01-01")), Class::UnsupportedVersion);
    assert_eq!(class(&body, &headers("2026-07-28")), Class::HeaderMismatch);
    let own = request("tools/list", META);
    assert_eq!(class(&own, &headers("1900-01-01")), Class::HeaderMismatch);
    assert_eq!(class(&own, &headers("2026-07-28")), Class::Request);
}

#[test]
fn headers_agree_with_the_body_or_not() {
    let version = ("MCP-Protocol-Version", "2026-07-28");
    let body = request("tools/call", &format!(r#""name":"größe","arguments":{{"n":42}},{META}"#));
    let method = ("Mcp-Method", "tools/call");
    let name = ("Mcp-Name", "=?base64?Z3LDtsOfZQ==?=");
    let n = ("mcp-param-n", "42.0");
    for (headers, expected) in [
        (vec![version, method, name, n], Class::Request),
        (vec![version, ("MCP-METHOD", "tools/call"), name, n], Class::Request),
        (vec![version, method, name, n, ("Mcp-Param-Other", "x")], Class::Request),
        (vec![method, name, n], Class::HeaderMismatch),
        (vec![version, name, n], Class::HeaderMismatch),
        (vec![version, ("Mcp-Method", "TOOLS/CALL"), name, n], Class::HeaderMismatch),
        (vec![version, method, method, name, n], Class::HeaderMismatch),
        (vec![version, method, n], Class::HeaderMismatch),
        (vec![version, method, ("Mcp-Name", "=?base64?@?="), n], Class::HeaderMismatch),
        (vec![version, method, name], Class::HeaderMismatch),
        (vec![version, method, name, ("Mcp-Param-N", "43")], Class::HeaderMismatch),
    ] {
        assert_eq!(class(&body, &headers), expected, "{headers:?}");
    }
    let none = request("tools/call", &format!(r#""name":"größe",{META}"#));
    assert_eq!(class(&none, &[version, method, name]), Class::Request);
    assert_eq!(class(&none, &[version, method, name, n]), Class::HeaderMismatch);
}

#[test]
fn a_filter_of_notifications_is_an_object_of_switches() {
    for (filter, expected) in [
        (r#""notifications":{"toolsListChanged":true},"#, Class::Request),
        (r#""notifications":{},"#, Class::Request),
        (r#""notifications":{"resourceSubscriptions":["a:b"]},"#, Class::Request),
        (r#""notifications":{"resourceSubscriptions":[5]},"#, Class::InvalidParams),
        (r#""notifications":{"toolsListChanged":"yes"},"#, Class::InvalidParams),
        (r#""notifications":5,"#, Class::InvalidParams),
        ("", Class::InvalidParams),
    ] {
        assert_eq!(plain("subscriptions/listen", &format!("{filter}{META}")), expected, "{filter}");
    }
}

#[test]
fn answers_to_questions_are_an_object() {
    let named = r#""name":"größe""#;
    let asked = |answers: &str| {
        let headers = [
            ("MCP-Protocol-Version", "2026-07-28"),
            ("Mcp-Method", "tools/call"),
            ("Mcp-Name", "=?base64?Z3LDtsOfZQ==?="),
        ];
        let params = format!(r#"{named},"inputResponses":{answers},{META}"#);
        class(&request("tools/call", &params), &headers)
    };
    assert_eq!(asked("{}"), Class::Request);
    assert_eq!(asked("5"), Class::InvalidParams);
}
