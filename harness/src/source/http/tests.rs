use super::HttpSource;
use crate::audit::profile::Api;
use crate::source::{Feed, Line, SourceError};
use crate::wire::envelope::Header;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a request gets: status line, further header lines, body.
type Answer = (&'static str, &'static str, String);

/// A server that answers each request, by its head, and keeps the heads.
struct Server {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

async fn serve(answer: impl Fn(&str) -> Answer + Send + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let url = format!("http://{}/audit", listener.local_addr().expect("an address"));
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heads);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = read_head(&mut stream).await;
            let (status, more, body) = answer(&head);
            kept.lock().expect("not poisoned").push(head);
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {status}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            // A client that has seen enough may hang up.
            let _ = stream.write_all(text.as_bytes()).await;
        }
    });
    Server { url, heads }
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

fn ok(body: impl Into<String>) -> Answer {
    ("200 OK", "", body.into())
}

/// The number after `since=` in a request's head.
fn since(head: &str) -> usize {
    let rest = head.split("since=").nth(1).unwrap_or_default();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

/// A page of at most two of the records from `since` on, as the reference gateway would answer.
fn page(records: &[String], since: usize) -> Answer {
    let start = since.min(records.len());
    let end = (start + 2).min(records.len());
    let body = format!(
        r#"{{"records":[{}],"next":{end},"lost":0,"more":true}}"#,
        records[start..end].join(",")
    );
    ok(body)
}

fn text(line: &Line) -> &str {
    match line {
        Line::Text(text) => text,
        Line::Unreadable { why, .. } => why,
    }
}

fn texts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(text).collect()
}

type Store = Arc<Mutex<Vec<String>>>;

fn store(records: &[&str]) -> Store {
    Arc::new(Mutex::new(records.iter().map(|record| (*record).to_owned()).collect()))
}

async fn serve_store(store: &Store) -> Server {
    let store = Arc::clone(store);
    serve(move |head| page(&store.lock().expect("not poisoned"), since(head))).await
}

fn add(store: &Store, records: &[&str]) {
    let mut store = store.lock().expect("not poisoned");
    store.extend(records.iter().map(|record| (*record).to_owned()));
}

async fn refused(answer: Answer) -> SourceError {
    let server = serve(move |_| answer.clone()).await;
    HttpSource::open(&server.url, &[], Api::default()).await.expect_err("an error")
}

#[tokio::test]
async fn begins_at_the_end_and_pages_through_what_came() {
    let store = store(&["1", "2", "3"]);
    let server = serve_store(&store).await;
    let mut source = HttpSource::open(&server.url, &[], Api::default()).await.expect("opened");
    assert_eq!(source.poll().await.expect("polled"), []);
    add(&store, &[r#"{"a" : 1.0,"a":2}"#, "5", "6", "7", "8"]);
    let lines = source.poll().await.expect("polled");
    assert_eq!(texts(&lines), [r#"{"a" : 1.0,"a":2}"#, "5", "6", "7", "8"]);
    assert!(!source.has_more());
    assert_eq!(source.poll().await.expect("polled"), []);
    assert_eq!(source.lost(), 0);
}

#[tokio::test]
async fn sends_the_given_headers_and_keeps_the_query_of_the_url() {
    let server = serve_store(&store(&[])).await;
    let header = Header::new("Authorization", "Bearer key");
    let url = format!("{}?tenant=a%26b", server.url);
    HttpSource::open(&url, &[header], Api::default()).await.expect("opened");
    let heads = server.heads.lock().expect("not poisoned").clone();
    assert_eq!(heads.len(), 1);
    assert!(
        heads[0].starts_with("GET /audit?tenant=a%26b&limit=1000&since=0 HTTP/1.1\r\n"),
        "{heads:?}"
    );
    assert!(
        heads[0].to_ascii_lowercase().contains("\r\nauthorization: bearer key\r\n"),
        "{heads:?}"
    );
}

#[tokio::test]
async fn begins_anew_with_a_target_that_began_anew() {
    let store = store(&["1", "2", "3"]);
    let server = serve_store(&store).await;
    let mut source = HttpSource::open(&server.url, &[], Api::default()).await.expect("opened");
    *store.lock().expect("not poisoned") = vec!["42".to_owned()];
    let mut lines = source.poll().await.expect("polled");
    lines.extend(source.poll().await.expect("polled"));
    assert_eq!(texts(&lines), ["42"]);
}

#[tokio::test]
async fn adds_up_what_the_target_lost_since_the_beginning() {
    let server = serve(|head| match since(head) {
        0 => ok(r#"{"records":[1],"next":10,"lost":9}"#),
        10 => ok(r#"{"records":[],"next":10,"lost":0}"#),
        _ => unreachable!("{head}"),
    })
    .await;
    let source = HttpSource::open(&server.url, &[], Api::default()).await.expect("opened");
    assert_eq!(source.lost(), 0, "what was lost before is no matter of ours");

    let began = Mutex::new(false);
    let server = serve(move |head| {
        let mut began = began.lock().expect("not poisoned");
        match (since(head), std::mem::replace(&mut *began, true)) {
            (0, false) => ok(r#"{"records":[],"next":0}"#),
            (0, true) => ok(r#"{"records":[1],"next":5,"lost":4}"#),
            (5, _) => ok(r#"{"records":[2],"next":9,"lost":3}"#),
            _ => ok(r#"{"records":[],"next":9}"#),
        }
    })
    .await;
    let mut source = HttpSource::open(&server.url, &[], Api::default()).await.expect("opened");
    assert_eq!(texts(&source.poll().await.expect("polled")), ["1", "2"]);
    assert_eq!(source.lost(), 7);
}

#[tokio::test]
async fn keeps_what_came_before_a_failure_and_fails_next_time() {
    let server = serve(|head| match (since(head), head.contains("limit=1000")) {
        (0, _) => ok(r#"{"records":[],"next":3}"#),
        (3, _) => ok(r#"{"records":["x"],"next":4}"#),
        _ => ("500 Oops", "", String::new()),
    })
    .await;
    let mut source = HttpSource::open(&server.url, &[], Api::default()).await.expect("opened");
    assert_eq!(texts(&source.poll().await.expect("polled")), [r#""x""#]);
    let error = source.poll().await.expect_err("the failure");
    assert!(matches!(error, SourceError::Status { status: 500, .. }), "{error}");
    assert!(!source.has_more(), "a failing source is not polled without pause");
}

#[tokio::test]
async fn a_record_beyond_the_bound_is_unreadable() {
    let store = store(&[]);
    let server = serve_store(&store).await;
    let mut source = HttpSource::open(&server.url, &[], Api::default()).await.expect("opened");
    let long = format!("\"{}\"", "x".repeat(crate::source::MAX_LINE));
    add(&store, &[&long, "2"]);
    let lines = source.poll().await.expect("polled");
    assert_eq!(texts(&lines), ["longer than 1048576 bytes", "2"]);
}

#[tokio::test]
async fn refuses_answers_that_are_no_pages() {
    for body in ["", "[]", "<html>", r#"{"records":1,"next":0}"#, r#"{"next":0}"#] {
        let error = refused(ok(body)).await;
        assert!(matches!(error, SourceError::NotAPage { .. }), "{body}: {error}");
    }
    let error = refused(ok(r#"{"records":[1],"next":0}"#)).await.to_string();
    assert!(error.contains("does not go on"), "{error}");
}

#[tokio::test]
async fn explains_other_statuses() {
    for (status, word, absent) in [
        ("401 Unauthorized", "--header", false),
        ("404 Not Found", "no such API", true),
        ("405 Method Not Allowed", "no such API", true),
        ("500 Oops", "log", false),
    ] {
        let error = refused((status, "", String::new())).await;
        assert_eq!(error.is_absent(), absent, "{status}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn does_not_follow_the_target_elsewhere() {
    let elsewhere = serve_store(&store(&[])).await;
    let location: &'static str = format!("Location: {}\r\n", elsewhere.url).leak();
    let error = refused(("302 Found", location, String::new())).await.to_string();
    assert!(error.contains("redirects are not followed"), "{error}");
    assert!(elsewhere.heads.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn says_why_there_is_no_connection_without_credentials() {
    // The port is free again as soon as the listener is gone.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let url = format!("http://user:secret@{address}/audit?key=secret");
    let error = HttpSource::open(&url, &[], Api::default()).await.expect_err("refused");
    assert!(matches!(error, SourceError::Unreachable { .. }));
    let text = error.to_string();
    assert!(text.contains(&address.to_string()) && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn refuses_a_header_that_http_does_not_allow() {
    let header = Header::new("Authorization", "Bearer key\nX: y");
    let error = HttpSource::open("http://127.0.0.1:9/", &[header], Api::default())
        .await
        .expect_err("a bad header");
    let text = error.to_string();
    assert!(text.contains("`Authorization`") && !text.contains("key"), "{text}");
}

#[tokio::test]
async fn an_answer_that_never_ends_has_a_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let url = format!("http://{}/audit", listener.local_addr().expect("an address"));
    let held = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        read_head(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n";
        stream.write_all(head).await.expect("written");
        // Trickling bytes would reset a deadline that counts single reads.
        while stream.write_all(b"1\r\n \r\n").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    let error =
        HttpSource::open(&url, &[], Api::default()).await.expect_err("too slow").to_string();
    assert!(error.contains("within 5 s"), "{error}");
    held.abort();
}

#[tokio::test]
async fn a_page_beyond_the_bound_is_refused() {
    let error = refused(ok(" ".repeat(crate::source::MAX_POLL + 1))).await.to_string();
    assert!(error.contains("longer than 67108864 bytes"), "{error}");
}
