use super::Webhook;
use super::manner::SinkManner;
use crate::source::receiver::{Limits, Receiver};
use crate::source::{Access, Line, Locator, Source};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn open() -> (Source, String) {
    within(Limits::default()).await
}

/// A webhook with limits of its own, and its address.
async fn within(limits: Limits) -> (Source, String) {
    let receiver = Receiver::listen("127.0.0.1:0", Webhook, limits).await.expect("bound");
    let source = Source { feed: Some(Box::new(receiver)) };
    let name = source.name(&Locator::Webhook("127.0.0.1:0".to_owned()));
    let address = name.strip_prefix("webhook:").expect("a webhook").to_owned();
    assert!(!address.ends_with(":0"), "{address} is a real one");
    (source, address)
}

/// Sends bytes and reads until the connection is closed.
async fn send(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    // A receiver that is down may close before it is written.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).expect("text")
}

fn request(method: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} /any/path?x=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

async fn post(address: &str, body: &str) -> String {
    send(address, &request("POST", "Content-Type: application/json\r\n", body.as_bytes())).await
}

/// The texts and complaints that come, once anything comes.
async fn next(source: &mut Source) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let lines = source.poll().await.expect("polled");
        if !lines.is_empty() {
            let text = |line| match line {
                Line::Text(text) => text,
                Line::Unreadable { why, .. } => format!("unreadable: {why}"),
            };
            return lines.into_iter().map(text).collect();
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "nothing came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn answers_what_is_posted_and_keeps_it() {
    let (mut source, address) = open().await;
    let answer = post(&address, "[{\"a\":1},{\"a\":2}]").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\n{}"), "{answer}");
    assert_eq!(next(&mut source).await, ["{\"a\":1}", "{\"a\":2}"]);
    let answer = send(&address, &request("PUT", "", b"{\"a\":3}\n{\"a\":4}")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert_eq!(next(&mut source).await, ["{\"a\":3}", "{\"a\":4}"]);
    assert_eq!(source.lost(), 0);
}

#[tokio::test]
async fn tells_a_human_that_it_listens() {
    let (mut source, address) = open().await;
    let answer = send(&address, &request("GET", "", b"")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("listens here"), "{answer}");
    let answer = send(&address, &request("DELETE", "", b"")).await;
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    assert_eq!(source.poll().await.expect("polled"), []);
}

#[tokio::test]
async fn an_unknown_packing_is_told() {
    let (mut source, address) = open().await;
    let answer = send(&address, &request("POST", "Content-Encoding: br\r\n", b"x")).await;
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    assert_eq!(next(&mut source).await, ["unreadable: Content-Encoding `br` is not understood"]);
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_read_and_let_go() {
    let (mut source, address) = open().await;
    let answer = send(&address, &request("POST", "", &vec![b' '; 100_000_000])).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(next(&mut source).await, ["unreadable: a delivery longer than 33554432 bytes"]);
}

#[tokio::test]
async fn a_full_queue_refuses_and_counts() {
    let (mut source, address) = within(Limits { queued: 2000, ..Limits::default() }).await;
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(1000));
    assert!(post(&address, &body).await.starts_with("HTTP/1.1 200"));
    assert!(post(&address, &body).await.starts_with("HTTP/1.1 503"));
    assert_eq!(source.lost(), 1);
    assert_eq!(next(&mut source).await, [body.as_str()]);
    assert!(post(&address, &body).await.starts_with("HTTP/1.1 200"), "there is room again");
    assert_eq!(next(&mut source).await, [body]);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told() {
    let (mut source, address) = open().await;
    let mut stream = TcpStream::connect(&address).await.expect("connected");
    let head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{\"a\":";
    stream.write_all(head).await.expect("written");
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(stream);
    let told = next(&mut source).await;
    assert_eq!(told, ["unreadable: the delivery broke off or took too long"]);
}

#[tokio::test]
async fn a_body_that_trickles_has_a_deadline() {
    let limits = Limits { request: Duration::from_millis(300), ..Limits::default() };
    let (mut source, address) = within(limits).await;
    let mut stream = TcpStream::connect(&address).await.expect("connected");
    let head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\n{";
    stream.write_all(head).await.expect("sent");
    let begun = Instant::now();
    while stream.write_all(b" ").await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it has no deadline");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(next(&mut source).await, ["unreadable: the delivery broke off or took too long"]);
}

#[tokio::test]
async fn a_receiver_that_is_down_closes_also_what_was_open() {
    let (mut source, address) = open().await;
    let manner = source.manner().expect("a receiver");
    let mut stream = TcpStream::connect(&address).await.expect("connected");
    let kept_alive = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";
    stream.write_all(kept_alive).await.expect("written");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200");

    manner.set(SinkManner::Down);
    let _ = stream.write_all(kept_alive).await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(!String::from_utf8_lossy(&rest).contains("HTTP/1.1"), "no second answer");
    assert_eq!(post(&address, "{}").await, "");

    manner.set(SinkManner::Honest);
    assert!(post(&address, "{\"back\":1}").await.starts_with("HTTP/1.1 200"));
    assert_eq!(next(&mut source).await, ["{}", "{\"back\":1}"]);
}

#[tokio::test]
async fn an_error_keeps_nothing() {
    let (mut source, address) = open().await;
    source.manner().expect("a receiver").set(SinkManner::Error);
    assert!(post(&address, "{}").await.starts_with("HTTP/1.1 500"));
    assert_eq!(source.poll().await.expect("polled"), []);
    assert_eq!(source.lost(), 0, "what it was told to lose is not its loss");
}

#[tokio::test]
async fn a_slow_receiver_keeps_at_once_and_answers_late() {
    let (mut source, address) =
        within(Limits { slow: Duration::from_secs(2), ..Limits::default() }).await;
    source.manner().expect("a receiver").set(SinkManner::Slow);
    let begun = Instant::now();
    let answer = tokio::spawn(async move { post(&address, "{}").await });
    assert_eq!(next(&mut source).await, ["{}"]);
    assert!(!answer.is_finished(), "the answer waits");
    assert!(answer.await.expect("sent").starts_with("HTTP/1.1 200"));
    assert!(begun.elapsed() >= Duration::from_secs(2));
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let (_source, address) = open().await;
    let locator = Locator::Webhook(address.clone());
    let error = Source::open(&locator, Access::default()).await.expect_err("in use");
    assert!(!error.is_usage());
    let error = error.to_string();
    assert!(error.starts_with(&format!("cannot listen at webhook:{address}: ")), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[tokio::test]
async fn the_server_ends_with_its_source() {
    let (source, address) = open().await;
    let mut open = TcpStream::connect(&address).await.expect("connected");
    drop(source);
    let begun = Instant::now();
    while TcpStream::connect(&address).await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(5), "it still listens");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(open.read(&mut [0; 1]).await.unwrap_or(0), 0, "what was open is closed");
}
