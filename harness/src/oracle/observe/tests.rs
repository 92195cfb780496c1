//! A table of deliveries: what each is at a glance, which responses it holds, what is wrong with it.

use super::{Observation, observe};
use crate::case::expectation::ReplyKind;
use crate::oracle::testing::{RESULT, delivery, error, json, nothing, stream, value, with_end};
use crate::wire::delivery::{Delivery, End};

const NOTE: &str = r#"{"jsonrpc":"2.0","method":"notifications/message","params":{}}"#;

fn seen(delivery: &Delivery) -> Observation {
    observe(delivery, &[value("7")])
}

/// `(what it is, delivery, kind, responses)`.
type Row = (&'static str, Delivery, ReplyKind, usize);

/// Bodies in one piece.
fn bodies() -> Vec<Row> {
    use ReplyKind::{Batch, Error, Result, ToolError};
    let error = error(-32601, "7");
    let json = |body: &str| json(200, body);
    let html = |body| delivery(200, "text/html", body);
    let capitals = |body| delivery(200, "Application/JSON; charset=utf-8", body);
    let tool_error = r#"{"jsonrpc":"2.0","id":7,"result":{"isError":true,"content":[]}}"#;
    let both = r#"{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":-1,"message":"x"}}"#;
    let code = r#"{"error":{"code":-32700}}"#;
    vec![
        ("a result", json(RESULT), Result, 1),
        ("an error", json(&error), Error, 1),
        ("an error with status 400", with_status(400, json(&error)), Error, 1),
        ("a tool error", json(tool_error), ToolError, 1),
        ("media type in capitals", capitals(RESULT), Result, 1),
        ("JSON-RPC under another media type", html(RESULT), Result, 1),
        ("both members", json(both), Result, 1),
        ("neither member", json(r#"{"jsonrpc":"2.0","id":7}"#), Result, 1),
        ("no jsonrpc", json(r#"{"id":7,"result":{}}"#), Result, 1),
        ("an error of code alone", with_status(400, json(code)), Error, 1),
        ("an array", json(&format!("[{RESULT},{error}]")), Batch, 2),
        ("an array of one", json(&format!("[{RESULT}]")), Batch, 1),
        ("an empty array", json("[]"), Batch, 0),
        ("an array of scalars", json("[1,2]"), Batch, 0),
    ]
}

/// Event streams that hold a response.
fn streams() -> Vec<Row> {
    use ReplyKind::{Batch, Result};
    let event = |text: &str| format!("data: {text}\n\n");
    let answer = event(RESULT);
    let with = |before: &str| stream(&format!("{before}{answer}"));
    let lines = "data: {\"jsonrpc\":\"2.0\",\ndata: \"id\":7,\"result\":{}}\n\n";
    let request = r#"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#;
    let open = with_end(with(""), End::StillOpen);
    vec![
        ("one event", with(""), Result, 1),
        ("an event by name", with("event: message\nid: 4\n"), Result, 1),
        ("an event over two lines", stream(lines), Result, 1),
        ("an array as an event", stream(&event(&format!("[{RESULT}]"))), Batch, 1),
        ("a priming event", with("id: 1\ndata:\n\n"), Result, 1),
        ("a comment before it", with(": ping\n\n"), Result, 1),
        ("notifications before it", with(&event(NOTE).repeat(2)), Result, 1),
        ("a request before it", with(&event(request)), Result, 1),
        ("the response twice", with(&answer), Result, 2),
        ("two ids", with(&event(&error(-32600, "8"))), Batch, 2),
        ("an open stream after its answer", open, Result, 1),
        ("an answer, then the deadline", with_end(with(""), End::Deadline), Result, 1),
    ]
}

/// Deliveries without any response.
fn without() -> Vec<Row> {
    use ReplyKind::{Accepted, Closed, Garbage, Http, Refused, Silent, Stream};
    let page = |status| delivery(status, "text/html", "<html></html>");
    let empty = |status| delivery(status, "", "");
    let late = |delivery| with_end(delivery, End::Deadline);
    let other = format!("event: endpoint\ndata: {RESULT}\n\n");
    vec![
        ("an event of another type", stream(&other), Silent, 0),
        ("comments only", stream(": ping\n\n: ping\n\n"), Silent, 0),
        ("notifications only", stream(&format!("data: {NOTE}\n\n")), Silent, 0),
        ("an empty stream", stream(""), Silent, 0),
        ("an open stream", with_end(stream(""), End::StillOpen), Stream, 0),
        ("a stream until the deadline", late(stream(": ping\n\n")), Silent, 0),
        ("202", empty(202), Accepted, 0),
        ("200 and nothing", json(200, ""), Accepted, 0),
        ("204 and white space", delivery(204, "", " \r\n"), Accepted, 0),
        ("HTML", page(200), Garbage, 0),
        ("a JSON object of others", json(200, "{}"), Garbage, 0),
        ("a notification for an answer", json(200, NOTE), Garbage, 0),
        ("an error page", page(502), Http, 0),
        ("an error without JSON-RPC", json(500, r#"{"error":"x"}"#), Http, 0),
        ("an empty 401", empty(401), Http, 0),
        ("a redirection", empty(307), Http, 0),
        ("an error status until the deadline", late(json(500, "")), Http, 0),
        ("a head, then the deadline", late(json(200, "")), Silent, 0),
        ("the deadline without a head", nothing(End::Deadline), Silent, 0),
        ("closed without a head", nothing(End::Closed), Closed, 0),
        ("reset without a head", nothing(End::Reset("reset".to_owned())), Closed, 0),
        ("no connection", nothing(End::Refused("refused".to_owned())), Refused, 0),
    ]
}

fn with_status(status: u16, mut delivery: Delivery) -> Delivery {
    if let Some(response) = &mut delivery.response {
        response.status = status;
    }
    delivery
}

#[test]
fn each_delivery_is_what_it_is() {
    for (what, delivery, kind, responses) in bodies().into_iter().chain(streams()).chain(without())
    {
        let seen = seen(&delivery);
        assert_eq!((seen.kind, seen.responses.len()), (kind, responses), "{what}");
        assert_eq!(seen.main.is_some(), responses > 0, "{what}");
        assert_eq!(seen.status, delivery.response.map(|response| response.status), "{what}");
        assert!(seen.defects.is_empty() && seen.oddities.is_empty(), "{what}: {:?}", seen.defects);
    }
}

/// Contents that cannot be read whole; with a part of the defect.
fn spoiled() -> Vec<(Row, &'static str)> {
    use ReplyKind::{Garbage, Result, Silent};
    let marked = [b"\xef\xbb\xbf".as_slice(), RESULT.as_bytes()].concat();
    let bytes = b"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"a\":\"\xff\"}}";
    let event = [b"data: ".as_slice(), bytes, b"\n\n"].concat();
    let event = delivery(200, "text/event-stream", event);
    let cut = stream(&format!("data: {RESULT}\n"));
    vec![
        (("a byte order mark", json(200, marked), Result, 1), "byte order mark"),
        (("invalid UTF-8", json(200, bytes), Garbage, 0), "no JSON text"),
        (("invalid UTF-8 in a stream", event, Result, 1), "invalid UTF-8"),
        (("half a JSON text", json(200, "{\"jsonrpc\""), Garbage, 0), "no JSON text"),
        (("two JSON texts", json(200, RESULT.repeat(2)), Garbage, 0), "no JSON text"),
        (("an event that is no JSON", stream("data: hello\n\n"), Silent, 0), "no JSON text"),
        (("an event without its blank line", cut, Silent, 0), "not terminated"),
    ]
}

/// Messages that end too early or too late; with a part of the defect.
fn ended_badly() -> Vec<(Row, &'static str)> {
    use ReplyKind::{Closed, Garbage, Http, Result, Silent};
    let closed = |delivery| with_end(delivery, End::Closed);
    let event = closed(stream(&format!("data: {RESULT}\n\n")));
    let reset = with_end(json(200, ""), End::Reset("by peer".to_owned()));
    let broken = with_end(json(200, ""), End::NotHttp("bad chunk".to_owned()));
    let no_http = nothing(End::NotHttp("hello".to_owned()));
    let surplus = Delivery { surplus: 3, ..json(200, RESULT) };
    vec![
        (("closed in the body", closed(json(200, "{\"js")), Closed, 0), "closed before"),
        (("closed in an empty body", closed(json(200, "")), Closed, 0), "closed before"),
        (("closed behind the answer", closed(json(200, RESULT)), Result, 1), "closed before"),
        (("closed behind the event", event, Result, 1), "closed before"),
        (("closed in a stream", closed(stream(": x\n\n")), Silent, 0), "closed before"),
        (("closed in an error page", closed(json(500, "")), Http, 0), "closed before"),
        (("reset in the body", reset, Closed, 0), "lost: by peer"),
        (("broken chunks", broken, Closed, 0), "bad chunk"),
        (("no HTTP", no_http, Closed, 0), "hello"),
        (("too much", with_end(json(200, "{"), End::Overflow), Garbage, 0), "larger than"),
        (("bytes behind the end", surplus, Result, 1), "3 bytes after"),
    ]
}

#[test]
fn each_defect_is_kept() {
    for ((what, delivery, kind, responses), defect) in spoiled().into_iter().chain(ended_badly()) {
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
        assert_eq!(seen(&delivery).main, Some(value(RESULT)));
    }
    let third = error(-32700, "null");
    assert_eq!(seen(&both(&stray, &third)).main, Some(value(&stray)), "or else the first");
}

#[test]
fn an_id_is_echoed_by_type_and_value() {
    let echoes = |sent: &str, received: &str| super::echoes(&[value(sent)], &value(received));
    assert!(echoes("7", "7") && echoes("7", "7.0") && echoes("\"a\"", "\"\\u0061\""));
    assert!(!echoes("7", "\"7\"") && !echoes("7", "8") && !echoes("7", "null"));
    assert!(!echoes("9007199254740993", "9007199254740992"));
    assert!(!super::echoes(&[], &value("7")));
}
