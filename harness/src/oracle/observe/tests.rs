//! A table of deliveries: what each is at a glance, which responses it holds, what is wrong with it.

use super::{Observation, observe};
use crate::case::expectation::ReplyKind;
use crate::oracle::testing::{RESULT, delivery, error, json, nothing, stream, value, with_end};
use crate::wire::delivery::{Delivery, End};

const NOTE: &str = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#;

fn seen(delivery: &Delivery) -> Observation {
    observe(delivery, &[value("7")])
}

/// `(what it is, delivery, kind, responses)`, for deliveries without a defect.
#[expect(clippy::too_many_lines, reason = "a table: a row a delivery")]
fn clean() -> Vec<(&'static str, Delivery, ReplyKind, usize)> {
    let event = |text: &str| format!("data: {text}\n\n");
    let error = error(-32601, "7");
    let tool_error = r#"{"jsonrpc":"2.0","id":7,"result":{"isError":true,"content":[]}}"#;
    let request = r#"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#;
    let both = format!("[{RESULT},{error}]");
    vec![
        ("a result", json(200, RESULT), ReplyKind::Result, 1),
        ("an error", json(200, &error), ReplyKind::Error, 1),
        ("an error with status 400", json(400, &error), ReplyKind::Error, 1),
        ("a tool error", json(200, tool_error), ReplyKind::ToolError, 1),
        (
            "media type in capitals",
            delivery(200, "Application/JSON; charset=utf-8", RESULT),
            ReplyKind::Result,
            1,
        ),
        (
            "JSON-RPC under another media type",
            delivery(200, "text/html", RESULT),
            ReplyKind::Result,
            1,
        ),
        (
            "both members",
            json(200, r#"{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":-1,"message":"x"}}"#),
            ReplyKind::Result,
            1,
        ),
        ("neither member", json(200, r#"{"jsonrpc":"2.0","id":7}"#), ReplyKind::Result, 1),
        ("no jsonrpc", json(200, r#"{"id":7,"result":{}}"#), ReplyKind::Result, 1),
        ("an error of code alone", json(400, r#"{"error":{"code":-32700}}"#), ReplyKind::Error, 1),
        ("an array", json(200, both), ReplyKind::Batch, 2),
        ("an array of one", json(200, format!("[{RESULT}]")), ReplyKind::Batch, 1),
        ("an empty array", json(200, "[]"), ReplyKind::Batch, 0),
        ("an array of scalars", json(200, "[1,2]"), ReplyKind::Batch, 0),
        ("one event", stream(&event(RESULT)), ReplyKind::Result, 1),
        (
            "an event by name",
            stream(&format!("event: message\nid: 4\ndata: {RESULT}\n\n")),
            ReplyKind::Result,
            1,
        ),
        (
            "an event over two lines",
            stream("data: {\"jsonrpc\":\"2.0\",\ndata: \"id\":7,\"result\":{}}\n\n"),
            ReplyKind::Result,
            1,
        ),
        ("an array as an event", stream(&event(&format!("[{RESULT}]"))), ReplyKind::Batch, 1),
        (
            "a priming event",
            stream(&format!("id: 1\ndata:\n\n{}", event(RESULT))),
            ReplyKind::Result,
            1,
        ),
        (
            "a comment before it",
            stream(&format!(": ping\n\n{}", event(RESULT))),
            ReplyKind::Result,
            1,
        ),
        (
            "notifications before it",
            stream(&format!("{}{}", event(NOTE).repeat(2), event(RESULT))),
            ReplyKind::Result,
            1,
        ),
        (
            "a request before it",
            stream(&format!("{}{}", event(request), event(RESULT))),
            ReplyKind::Result,
            1,
        ),
        ("the response twice", stream(&event(RESULT).repeat(2)), ReplyKind::Result, 2),
        ("two ids", stream(&format!("{}{}", event(RESULT), event(&other()))), ReplyKind::Batch, 2),
        (
            "an event of another type",
            stream(&format!("event: endpoint\ndata: {RESULT}\n\n")),
            ReplyKind::Silent,
            0,
        ),
        ("comments only", stream(": ping\n\n: ping\n\n"), ReplyKind::Silent, 0),
        ("notifications only", stream(&event(NOTE)), ReplyKind::Silent, 0),
        ("an empty stream", stream(""), ReplyKind::Silent, 0),
        ("an open stream", with_end(stream(""), End::StillOpen), ReplyKind::Stream, 0),
        (
            "an open stream after its answer",
            with_end(stream(&event(RESULT)), End::StillOpen),
            ReplyKind::Result,
            1,
        ),
        (
            "a stream until the deadline",
            with_end(stream(": ping\n\n"), End::Deadline),
            ReplyKind::Silent,
            0,
        ),
        (
            "an answer, then the deadline",
            with_end(stream(&event(RESULT)), End::Deadline),
            ReplyKind::Result,
            1,
        ),
        ("202", delivery(202, "", ""), ReplyKind::Accepted, 0),
        ("200 and nothing", json(200, ""), ReplyKind::Accepted, 0),
        ("204 and white space", delivery(204, "", " \r\n"), ReplyKind::Accepted, 0),
        ("HTML", delivery(200, "text/html", "<html></html>"), ReplyKind::Garbage, 0),
        ("a JSON object of others", json(200, "{}"), ReplyKind::Garbage, 0),
        ("a notification for an answer", json(200, NOTE), ReplyKind::Garbage, 0),
        ("an error page", delivery(502, "text/html", "<html></html>"), ReplyKind::Http, 0),
        ("an error without JSON-RPC", json(500, r#"{"error":"x"}"#), ReplyKind::Http, 0),
        ("an empty 401", delivery(401, "", ""), ReplyKind::Http, 0),
        ("a redirection", delivery(307, "", ""), ReplyKind::Http, 0),
        (
            "an error status until the deadline",
            with_end(json(500, ""), End::Deadline),
            ReplyKind::Http,
            0,
        ),
        ("a head, then the deadline", with_end(json(200, ""), End::Deadline), ReplyKind::Silent, 0),
        ("the deadline without a head", nothing(End::Deadline), ReplyKind::Silent, 0),
        ("closed without a head", nothing(End::Closed), ReplyKind::Closed, 0),
        ("reset without a head", nothing(End::Reset("reset".to_owned())), ReplyKind::Closed, 0),
        ("no connection", nothing(End::Refused("refused".to_owned())), ReplyKind::Refused, 0),
    ]
}

fn other() -> String {
    error(-32600, "8")
}

#[test]
fn each_delivery_is_what_it_is() {
    for (what, delivery, kind, responses) in clean() {
        let seen = seen(&delivery);
        assert_eq!((seen.kind, seen.responses.len()), (kind, responses), "{what}");
        assert_eq!(seen.main.is_some(), responses > 0, "{what}");
        assert_eq!(seen.status, delivery.response.map(|response| response.status), "{what}");
        assert!(seen.defects.is_empty() && seen.oddities.is_empty(), "{what}: {:?}", seen.defects);
    }
}

/// `(what it is, delivery, kind, responses, a part of the defect)`.
#[expect(clippy::too_many_lines, reason = "a table: a row a delivery")]
fn defective() -> Vec<(&'static str, Delivery, ReplyKind, usize, &'static str)> {
    let closed = |delivery| with_end(delivery, End::Closed);
    let marked = [b"\xef\xbb\xbf".as_slice(), RESULT.as_bytes()].concat();
    let event = format!("data: {RESULT}\n\n");
    let surplus = Delivery { surplus: 3, ..json(200, RESULT) };
    let bad_event = b"data: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"a\":\"\xff\"}}\n\n";
    vec![
        ("a byte order mark", json(200, marked), ReplyKind::Result, 1, "byte order mark"),
        (
            "invalid UTF-8",
            json(200, b"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"a\":\"\xff\"}}"),
            ReplyKind::Garbage,
            0,
            "no JSON text",
        ),
        (
            "invalid UTF-8 in a stream",
            delivery(200, "text/event-stream", bad_event),
            ReplyKind::Result,
            1,
            "invalid UTF-8",
        ),
        ("half a JSON text", json(200, "{\"jsonrpc\""), ReplyKind::Garbage, 0, "no JSON text"),
        (
            "two JSON texts",
            json(200, format!("{RESULT}{RESULT}")),
            ReplyKind::Garbage,
            0,
            "no JSON text",
        ),
        (
            "an event that is no JSON",
            stream("data: hello\n\n"),
            ReplyKind::Silent,
            0,
            "no JSON text",
        ),
        (
            "an event without its blank line",
            stream(&format!("data: {RESULT}\n")),
            ReplyKind::Silent,
            0,
            "not terminated",
        ),
        (
            "closed in the body",
            closed(json(200, "{\"jsonrpc\"")),
            ReplyKind::Closed,
            0,
            "closed before",
        ),
        ("closed in an empty body", closed(json(200, "")), ReplyKind::Closed, 0, "closed before"),
        (
            "closed behind the answer",
            closed(json(200, RESULT)),
            ReplyKind::Result,
            1,
            "closed before",
        ),
        ("closed behind the event", closed(stream(&event)), ReplyKind::Result, 1, "closed before"),
        ("closed in a stream", closed(stream(": x\n\n")), ReplyKind::Silent, 0, "closed before"),
        ("closed in an error page", closed(json(500, "")), ReplyKind::Http, 0, "closed before"),
        (
            "reset in the body",
            with_end(json(200, ""), End::Reset("by peer".to_owned())),
            ReplyKind::Closed,
            0,
            "lost: by peer",
        ),
        (
            "broken chunks",
            with_end(json(200, ""), End::NotHttp("bad chunk".to_owned())),
            ReplyKind::Closed,
            0,
            "bad chunk",
        ),
        ("no HTTP", nothing(End::NotHttp("hello".to_owned())), ReplyKind::Closed, 0, "hello"),
        ("too much", with_end(json(200, "{"), End::Overflow), ReplyKind::Garbage, 0, "larger than"),
        ("bytes behind the end", surplus, ReplyKind::Result, 1, "3 bytes after"),
    ]
}

#[test]
fn each_defect_is_kept() {
    for (what, delivery, kind, responses, defect) in defective() {
        let seen = seen(&delivery);
        assert_eq!((seen.kind, seen.responses.len()), (kind, responses), "{what}");
        let found = seen.defects.iter().any(|text| text.contains(defect));
        assert!(found, "{what}: {:?}", seen.defects);
    }
}

#[test]
fn an_unknown_field_of_a_stream_is_an_oddity() {
    let seen = seen(&stream(&format!("retro: 3\ndata: {RESULT}\n\n")));
    assert_eq!((seen.kind, seen.defects.len(), seen.oddities.len()), (ReplyKind::Result, 0, 1));
}

#[test]
fn the_response_with_the_id_sent_is_the_main_one() {
    let stray = error(-32600, "8");
    let both = |first: &str, second: &str| stream(&format!("data: {first}\n\ndata: {second}\n\n"));
    for delivery in [both(&stray, RESULT), both(RESULT, &stray)] {
        assert_eq!(seen(&delivery).main.as_deref(), Some(&value(RESULT)));
    }
    let third = error(-32700, "null");
    assert_eq!(
        seen(&both(&stray, &third)).main.as_deref(),
        Some(&value(&stray)),
        "or else the first"
    );
}

#[test]
fn an_id_is_echoed_by_type_and_value() {
    let echoes = |sent: &str, received: &str| super::echoes(&[value(sent)], &value(received));
    assert!(echoes("7", "7") && echoes("7", "7.0") && echoes("\"a\"", "\"\\u0061\""));
    assert!(!echoes("7", "\"7\"") && !echoes("7", "8") && !echoes("7", "null"));
    assert!(!echoes("9007199254740993", "9007199254740992"));
    assert!(!super::echoes(&[], &value("7")));
}
