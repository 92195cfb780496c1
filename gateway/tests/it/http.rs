//! Refusals at the level of HTTP.

use std::time::Duration;

use reference_gateway::Fault;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{House, request};

#[tokio::test]
async fn other_methods_are_told_the_allowed_ones() {
    let house = House::new().await;
    for method in ["PUT", "PATCH", "OPTIONS", "TRACE", "HEAD", "FOO"] {
        let reply = house.caller.send(method, "/mcp", b"").await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.header("allow"), Some("GET, POST, DELETE"));
        assert!(reply.header("access-control-allow-origin").is_none());
        if method != "HEAD" {
            assert_eq!((reply.code(), reply.raw_id().as_str()), (-32600, "null"));
        }
    }
}

#[tokio::test]
async fn only_the_endpoint_is_there() {
    let house = House::new().await;
    let reply = house.caller.send("POST", "/mcp/", request("1", "ping").as_bytes()).await;
    assert_eq!(reply.status, 200);
    for path in ["/", "/mcpx", "/mcp/x", "/audit/"] {
        let reply = house.caller.send("POST", path, request("1", "ping").as_bytes()).await;
        assert_eq!((reply.status, reply.code()), (404, -32600), "{path}");
    }
    assert_eq!(house.caller.send("POST", "/audit", b"").await.status, 405);
}

#[tokio::test]
async fn the_content_type_must_be_json() {
    let house = House::new().await;
    for (content_type, status) in [
        ("application/json; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/json; charset=utf-16", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
    ] {
        let caller = house.caller.with("Content-Type", content_type);
        let reply = caller.post(request("1", "ping")).await;
        assert_eq!(reply.status, status, "{content_type}");
    }
}

#[tokio::test]
async fn only_what_is_accepted_is_sent() {
    let house = House::new().await;
    let (json, stream) = ("application/json", "text/event-stream");
    for (accept, list, call) in [
        ("", Some(json), Some(stream)),
        ("*/*", Some(json), Some(stream)),
        ("application/*", Some(json), Some(json)),
        ("application/json", Some(json), Some(json)),
        ("text/event-stream", Some(stream), Some(stream)),
        ("application/json, text/event-stream;q=0", Some(json), Some(json)),
        ("application/json;q=0", None, None),
        ("text/html", None, None),
    ] {
        let caller = house.caller.with("Accept", accept);
        for (method, expected) in [("tools/list", list), ("tools/call", call)] {
            let reply = caller.post(request("1", method)).await;
            let status = if expected.is_some() { 200 } else { 406 };
            assert_eq!(reply.status, status, "{accept} {method}");
            let content_type = reply.header("content-type");
            assert_eq!(content_type, Some(expected.unwrap_or(json)), "{accept} {method}");
        }
    }
}

#[tokio::test]
async fn the_revision_of_the_header_is_checked() {
    let house = House::new().await;
    let ping = |value: &'static str| {
        let caller = house.caller.with("MCP-Protocol-Version", value);
        async move { caller.post(request("1", "ping")).await }
    };
    for (value, status) in [
        ("2025-11-25", 200),
        ("2025-03-26", 200),
        ("1900-01-01", 400),
        ("garbage", 400),
        (" ", 400),
    ] {
        let reply = ping(value).await;
        assert_eq!(reply.status, status, "{value}");
        assert_eq!(reply.code(), if status == 400 { -32600 } else { 0 });
    }
    let mut twice = house.caller.with("MCP-Protocol-Version", "2025-11-25");
    twice.headers.push(("MCP-Protocol-Version".to_owned(), "2025-11-25".to_owned()));
    assert_eq!(twice.post(request("1", "ping")).await.status, 400);
}

#[tokio::test]
async fn other_sites_are_kept_out() {
    let house = House::new().await;
    for (name, value, status) in [
        ("Host", "localhost", 200),
        ("Host", "[::1]:80", 200),
        ("Host", "evil.example", 403),
        ("Host", "localhost.evil", 403),
        ("Origin", "http://localhost:3000", 200),
        ("Origin", "https://127.0.0.1", 200),
        ("Origin", "http://evil.example", 403),
        ("Origin", "http://localhost.evil", 403),
        ("Origin", "null", 403),
    ] {
        let reply = house.caller.with(name, value).post(request("1", "ping")).await;
        assert_eq!(reply.status, status, "{name}: {value}");
    }
    let mut twice = house.caller.with("Origin", "http://localhost");
    twice.headers.push(("Origin".to_owned(), "http://localhost".to_owned()));
    assert_eq!(twice.post(request("1", "ping")).await.status, 403);
}

/// What comes back for these bytes.
async fn raw(house: &House, head: &str) -> String {
    let mut stream = TcpStream::connect(house.caller.address).await.expect("it listens");
    stream.write_all(head.as_bytes()).await.expect("it is written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it is answered");
    answer
}

#[tokio::test]
async fn who_asks_first_is_told_before_the_body() {
    let house = House::new().await;
    let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    let answer = raw(&house, head).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn there_is_exactly_one_host() {
    let house = House::new().await;
    for hosts in ["", "Host: localhost\r\nHost: localhost\r\n"] {
        let head = format!("GET /mcp HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        let answer = raw(&house, &head).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_visibly() {
    let house = House::new().await;
    for length in [(4 << 20) + 1, 16 << 20] {
        let reply = house.caller.post(vec![b' '; length]).await;
        assert_eq!((reply.status, reply.code()), (413, -32600));
    }
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 200);
}

#[tokio::test]
async fn stopping_ends_what_stands_open() {
    let house = House::with(&[Fault::HangUnknownMethod]).await;
    let (caller, second) = (house.caller.clone(), house.caller.clone());
    let stream = tokio::spawn(async move { caller.send("GET", "/mcp", b"").await });
    let hanging = tokio::spawn(async move { second.post(request("1", "nope")).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    house.gateway.stop().await;
    assert!(stream.await.expect("no panic").ended);
    assert!(hanging.await.expect("no panic").ended);
}
