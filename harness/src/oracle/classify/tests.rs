//! A table of bodies: class, ids, method and tool of each.

use super::{Reading, classify, classify_body, classify_lines};
use crate::case::class::Class;
use crate::oracle::testing::{CALL, LIST, envelope, in_context};
use crate::wire::envelope::Header;
use crate::wire::json::Json;
use crate::wire::revision::Revision;

fn read_under(revision: Revision, body: impl AsRef<[u8]>) -> Reading {
    in_context(revision, |context| classify_body(body.as_ref(), context))
}

fn read(body: impl AsRef<[u8]>) -> Reading {
    read_under(Revision::V2025_11_25, body)
}

fn ids(reading: &Reading) -> Vec<String> {
    reading.ids.iter().map(Json::to_text).collect()
}

fn call(params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{params}}}"#)
}

fn ask(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#)
}

#[test]
fn every_class_of_a_body_is_read() {
    use Class::{
        Ambiguous, Batch, Empty, InvalidId, InvalidRequest, Notification, Request, Response,
        Scalar, TooDeep, UnknownMethod, Unparsable,
    };
    let table: &[(&str, Class)] = &[
        (LIST, Request),
        (CALL, Request),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, Request),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":null}"#, Request),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","extra":1}"#, Request),
        (r#"{"jsonrpc":"2.0","id":7,"method":"\u0070ing"}"#, Request),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, Notification),
        (r#"{"jsonrpc":"2.0","method":"gauntlet/x"}"#, Notification),
        (r#"{"jsonrpc":"2.0","method":"ping","params":[]}"#, Notification),
        (r#"{"jsonrpc":"2.0","ID":7,"method":"ping"}"#, Notification),
        (r#"{"jsonrpc":"2.0","id":7,"result":{}}"#, Response),
        (r#"{"jsonrpc":"2.0","id":null,"error":{}}"#, Response),
        (r#"{"result":{}}"#, Response),
        (r#"{"jsonrpc":"2.0","id":7,"method":"gauntlet/x"}"#, UnknownMethod),
        (r#"{"jsonrpc":"2.0","id":7,"method":""}"#, UnknownMethod),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/list "}"#, UnknownMethod),
        (r#"{"jsonrpc":"2.0","id":7,"method":"Ping"}"#, UnknownMethod),
        (r#"{"jsonrpc":"2.0","id":7,"method":"notifications/initialized"}"#, UnknownMethod),
        (r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, InvalidRequest),
        (r#"{"jsonrpc":2.0,"id":7,"method":"ping"}"#, InvalidRequest),
        (r#"{"id":7,"method":"ping"}"#, InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":7,"method":5}"#, InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":7}"#, InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":true}"#, InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":"x"}"#, InvalidRequest),
        (r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":5}"#, InvalidRequest),
        ("{}", InvalidRequest),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, InvalidId),
        (r#"{"jsonrpc":"1.0","id":true,"method":5}"#, InvalidId),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, Ambiguous),
        (r#"{"jsonrpc":"2.0","id":1,"\u0069d":1,"method":"ping"}"#, Ambiguous),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":1}}"#, Ambiguous),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#, Ambiguous),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","error":{}}"#, Ambiguous),
        ("42", Scalar),
        ("\"x\"", Scalar),
        ("null", Scalar),
        ("[]", Batch),
        ("[1]", Batch),
        ("", Empty),
        (" \t\r\n", Empty),
        ("hello", Unparsable),
        ("{", Unparsable),
        ("{'a':1}", Unparsable),
        (r#"{"jsonrpc":"2.0","id":NaN,"method":"ping"}"#, Unparsable),
        ("{} {}", Unparsable),
        ("\u{feff}{}", Unparsable),
        ("\u{feff}", Unparsable),
        (&"[".repeat(100_000), TooDeep),
        (&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), TooDeep),
    ];
    for (body, class) in table {
        assert_eq!(read(body).class, *class, "{}", &body[..body.len().min(120)]);
    }
}

#[test]
fn params_of_known_methods_are_read() {
    use Class::{InvalidParams, Request, ToolArguments, UnknownTool};
    let client = r#""clientInfo":{"name":"x","version":"1"}"#;
    let init =
        |version: &str| format!(r#"{{"protocolVersion":{version},"capabilities":{{}},{client}}}"#);
    let table = [
        (call(r#"{"name":"up-echo","arguments":{"text":"x","n":1.0,"other":[]}}"#), Request),
        (call(r#"{"name":"up-echo","arguments":{}}"#), ToolArguments),
        (call(r#"{"name":"up-echo"}"#), ToolArguments),
        (call(r#"{"name":"up-echo","arguments":null}"#), ToolArguments),
        (call(r#"{"name":"up-echo","arguments":{"text":5}}"#), ToolArguments),
        (call(r#"{"name":"up-echo","arguments":{"text":"x","n":1.5}}"#), ToolArguments),
        (call(r#"{"name":"up-echo","arguments":[]}"#), InvalidParams),
        (call(r#"{"name":"up-echo","arguments":"x"}"#), InvalidParams),
        (call(r#"{"name":"echo","arguments":{}}"#), UnknownTool),
        (call(r#"{"name":"","arguments":{}}"#), UnknownTool),
        (call(r#"{"name":5}"#), InvalidParams),
        (call("{}"), InvalidParams),
        (call("null"), InvalidParams),
        (call("[]"), InvalidParams),
        (ask("ping", "[]"), InvalidParams),
        (ask("ping", r#"{"_meta":5}"#), InvalidParams),
        (ask("ping", r#"{"_meta":{"progressToken":1.5}}"#), InvalidParams),
        (ask("ping", r#"{"_meta":{"progressToken":1}}"#), Request),
        (ask("tools/list", r#"{"cursor":5}"#), InvalidParams),
        (ask("tools/list", r#"{"cursor":"x"}"#), Request),
        (ask("resources/read", "{}"), InvalidParams),
        (ask("resources/read", r#"{"uri":"x:"}"#), Request),
        (ask("prompts/get", r#"{"name":null}"#), InvalidParams),
        (ask("logging/setLevel", "{}"), InvalidParams),
        (ask("initialize", &init("\"2025-11-25\"")), Request),
        (ask("initialize", &init("5")), InvalidParams),
        (ask("initialize", "{}"), InvalidParams),
    ];
    for (body, class) in table {
        assert_eq!(read(&body).class, class, "{body}");
    }
}

#[test]
fn ids_are_kept_as_they_stand() {
    let table: &[(&str, bool, Class)] = &[
        ("7", true, Class::Request),
        ("1.0", true, Class::Request),
        ("1e0", true, Class::Request),
        ("1e400", true, Class::Request),
        ("-0", true, Class::Request),
        ("18446744073709551616", true, Class::Request),
        ("\"\"", true, Class::Request),
        ("\"1\"", true, Class::Request),
        ("1.5", false, Class::InvalidId),
        ("1e-1", false, Class::InvalidId),
        ("null", false, Class::InvalidId),
        ("true", false, Class::InvalidId),
        ("{}", false, Class::InvalidId),
        ("[1]", false, Class::InvalidId),
    ];
    for (id, readable, class) in table {
        let reading = read(format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#));
        let got = (ids(&reading), reading.id_readable, reading.class);
        assert_eq!(got, (vec![(*id).to_owned()], *readable, *class), "{id}");
    }
}

#[test]
fn the_last_of_two_ids_comes_first() {
    let reading = read(r#"{"jsonrpc":"2.0","id":1,"method":"ping","id":null}"#);
    assert_eq!(ids(&reading), ["null", "1"]);
    assert!(!reading.id_readable);
}

#[test]
fn method_tool_and_arguments_are_read() {
    let reading = read(CALL);
    assert_eq!(reading.method.as_deref(), Some("tools/call"));
    assert_eq!(reading.tool.as_deref(), Some("up-echo"));
    assert_eq!(reading.arguments.unwrap().to_text(), r#"{"text":"x"}"#);
    let list = read(ask("tools/list", r#"{"name":"up-echo","arguments":{}}"#));
    assert!(list.tool.is_none() && list.arguments.is_none(), "only a call has a tool");
    assert_eq!(read(r#"{"jsonrpc":"2.0","id":7,"method":"\ud800"}"#).method, None);
    assert_eq!(read("hello").method, None);
}

#[test]
fn an_id_is_guessed_in_what_cannot_be_parsed() {
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(LIST.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let table: [(&[u8], &[&str]); 7] = [
        (br#"{"jsonrpc":"2.0","id":7,"method":"ping""#, &["7"]),
        (br#"{"jsonrpc":"2.0","id": "a b","method""#, &["\"a b\""]),
        (b"{\"id\":9,\"method\":\"\xff\"}", &["9"]),
        (&utf16, &["7"]),
        (br#"{"jsonrpc":"2.0","id":NaN,"method":"ping"}"#, &[]),
        (br#"{"jsonrpc":"2.0","id":"#, &[]),
        (b"hello", &[]),
    ];
    for (body, expected) in table {
        let reading = read(body);
        assert_eq!(reading.class, Class::Unparsable);
        assert_eq!(ids(&reading), expected, "{}", String::from_utf8_lossy(body));
        assert!(!reading.id_readable, "what cannot be parsed has no id that must be echoed");
    }
}

#[test]
fn depth_and_size_have_their_bounds() {
    let deep = |levels: usize| {
        let inner = format!("{}{}", "[".repeat(levels - 2), "]".repeat(levels - 2));
        read(ask("ping", &format!(r#"{{"x":{inner}}}"#))).class
    };
    assert_eq!((deep(64), deep(65), deep(1000)), (Class::Request, Class::TooDeep, Class::TooDeep));
    let large = |bytes: usize| {
        let empty = ask("ping", r#"{"x":""}"#).len();
        let body = ask("ping", &format!(r#"{{"x":"{}"}}"#, "y".repeat(bytes - empty)));
        assert_eq!(body.len(), bytes);
        read(body)
    };
    assert_eq!(large(900_000).class, Class::Request);
    let reading = large(900_001);
    assert_eq!((reading.class, ids(&reading)), (Class::TooLarge, vec!["7".to_owned()]));
    assert_eq!(read("x".repeat(900_001)).class, Class::Unparsable);
}

#[test]
fn a_batch_counts_what_demands_an_answer() {
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let reply = r#"{"jsonrpc":"2.0","id":3,"result":{}}"#;
    let reading = read(format!("[{LIST},{note},{reply},1,{{}}]"));
    assert_eq!((reading.class, reading.requests, reading.messages), (Class::Batch, 3, 5));
    let quiet = read(format!("[{note},{note}]"));
    assert_eq!((quiet.requests, quiet.messages, quiet.ids.len()), (0, 2, 0));
    let single = |body: &str| read(body).requests;
    assert_eq!((single(LIST), single(note), single(reply), single("hello")), (1, 0, 0, 1));
}

#[test]
fn only_valid_requests_of_a_batch_must_get_their_ids_back() {
    let identified = |body: &str| read(body).identified;
    let old = LIST.replace("2.0", "1.0");
    let bad_id = LIST.replace('7', "null");
    assert_eq!(identified(LIST), 1);
    assert_eq!(identified(&format!("[{LIST},{CALL},{old},{bad_id},1,[{LIST}]]")), 2);
    assert_eq!((identified(&old), identified("hello")), (0, 0));
}

#[test]
fn tasks_came_with_the_newest_revision() {
    let body = r#"{"jsonrpc":"2.0","id":7,"method":"tasks/list"}"#;
    let class = |revision| read_under(revision, body).class;
    assert_eq!(class(Revision::V2025_06_18), Class::UnknownMethod);
    assert_eq!(class(Revision::V2025_11_25), Class::Request);
}

#[test]
fn a_defect_of_http_comes_before_the_body() {
    let revision = Revision::V2025_11_25;
    let class = |envelope| in_context(revision, |context| classify(&envelope, context).class);
    let mut broken = envelope("hello");
    assert_eq!(class(broken.clone()), Class::Unparsable);
    broken.headers.retain(|header| !header.is("content-type"));
    assert_eq!(class(broken), Class::HttpContentType);
}

#[test]
fn initialize_needs_no_session_but_credentials() {
    let revision = Revision::V2025_11_25;
    let class = |envelope| in_context(revision, |context| classify(&envelope, context).class);
    let mut first = envelope(ask("initialize", "{}"));
    first.headers.retain(|header| !header.is("mcp-session-id"));
    first.headers.retain(|header| !header.is("mcp-protocol-version"));
    assert_eq!(class(first.clone()), Class::InvalidParams);
    first.headers.push(Header::new("Origin", "http://evil.example"));
    assert_eq!(class(first.clone()), Class::HttpOrigin);
    first.headers.retain(|header| !header.is("authorization"));
    assert_eq!(class(first), Class::HttpCredentials);
}

#[test]
fn a_later_line_may_cancel_the_first() {
    let cancel = |id: &str, method: &str| {
        format!(
            "{CALL}\n\n{{\"jsonrpc\":\"2.0\",\"method\":\"notifications/{method}\",\"params\":{{\"requestId\":{id}}}}}"
        )
    };
    for (id, method, cancelled) in [
        ("7", "cancelled", true),
        ("8", "cancelled", false),
        ("\"7\"", "cancelled", false),
        ("7", "progress", false),
    ] {
        let text = cancel(id, method);
        let reading =
            in_context(Revision::V2026_07_28, |context| classify_lines(text.as_bytes(), context));
        assert_eq!((reading.cancelled, reading.messages), (cancelled, 2), "{text}");
    }
}
