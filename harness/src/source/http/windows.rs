//! Query APIs that find records by their time, and what they do besides answering.

use super::HttpSource;
use crate::audit::profile::{Api, Profile};
use crate::source::{Feed, Line, SourceError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a request asks: its method, its query and its body.
struct Request {
    method: Method,
    query: HashMap<String, String>,
    body: String,
}

impl Request {
    fn number(&self, name: &str) -> usize {
        self.query.get(name).and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}

type Answering = dyn Fn(&Request, usize) -> Response + Send + Sync;

/// Serves answers, to which the number of requests before is told.
#[derive(Clone)]
struct Server {
    answer: Arc<Answering>,
    asked: Arc<Mutex<Vec<(Instant, Request)>>>,
}

async fn respond(State(server): State<Server>, method: Method, uri: Uri, body: Bytes) -> Response {
    let query = uri.query().unwrap_or_default().as_bytes();
    let query = url::form_urlencoded::parse(query).into_owned().collect();
    let body = String::from_utf8_lossy(&body).into_owned();
    let request = Request { method, query, body };
    let mut asked = server.asked.lock().expect("not poisoned");
    let answer = (server.answer)(&request, asked.len());
    asked.push((Instant::now(), request));
    answer
}

async fn serve(
    answer: impl Fn(&Request, usize) -> Response + Send + Sync + 'static,
) -> (String, Server) {
    let server = Server { answer: Arc::new(answer), asked: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let url = format!("http://{}/logs", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(respond).with_state(server.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, server)
}

/// `[api]` of a profile.
fn api(text: &str) -> Api {
    let reference = include_str!("../../../profiles/reference.toml");
    Profile::parse(&format!("{reference}\n[api]\n{text}"), "p.toml").expect("a profile").api
}

type Store = Arc<Mutex<Vec<String>>>;

fn add(store: &Store, records: &[&str]) {
    store.lock().expect("not poisoned").extend(records.iter().map(|it| (*it).to_owned()));
}

/// A part of the records, as an object with further members.
fn page(store: &Store, range: std::ops::Range<usize>, more: &str) -> Response {
    let store = store.lock().expect("not poisoned");
    let end = range.end.min(store.len());
    let part = store.get(range.start.min(end)..end).unwrap_or_default().join(",");
    format!(r#"{{"items":[{part}]{more}}}"#).into_response()
}

async fn opened(url: &str, text: &str) -> HttpSource {
    HttpSource::open(url, &[], api(text)).await.expect("opened")
}

async fn poll(source: &mut HttpSource) -> Vec<String> {
    let text = |line| match line {
        Line::Text(text) => text,
        Line::Unreadable { why, .. } => why,
    };
    source.poll().await.expect("polled").into_iter().map(text).collect()
}

const OFFSET: &str = "paging = \"offset\"\nrecords = \"/items\"\nkey = \"/id\"\nlimit = 2\n\
                      parameters = { from = \"{since}\", n = \"{limit}\", skip = \"{offset}\" }\n";

#[tokio::test]
async fn offsets_lead_through_the_window_and_each_record_comes_once() {
    let store = Store::default();
    add(&store, &[r#"{"id":1}"#]);
    let kept = Arc::clone(&store);
    let (url, server) = serve(move |request, _| {
        let skip = request.number("skip");
        page(&kept, skip..skip + request.number("n"), "")
    })
    .await;
    let mut source = opened(&url, OFFSET).await;
    assert!(poll(&mut source).await.is_empty());
    add(&store, &[r#"{"id":2}"#, r#"{"id":3,"x":1.0}"#, r#"{"id":4}"#, r#"{"id":5}"#]);
    let came = poll(&mut source).await;
    assert_eq!(came, [r#"{"id":2}"#, r#"{"id":3,"x":1.0}"#, r#"{"id":4}"#, r#"{"id":5}"#]);
    // What is written late stands between others.
    store.lock().expect("not poisoned").insert(1, r#"{"id":9}"#.to_owned());
    assert_eq!(poll(&mut source).await, [r#"{"id":9}"#]);
    assert!(poll(&mut source).await.is_empty() && !source.has_more());
    let asked = server.asked.lock().expect("not poisoned");
    let since = asked.first().and_then(|(_, request)| request.query.get("from")).expect("since");
    assert!(since.len() == 24 && since.ends_with('Z'), "{since}");
    assert_eq!(asked.iter().filter(|(_, it)| it.query["n"] == "2").count(), asked.len());
}

#[tokio::test]
async fn a_server_that_ignores_limit_and_offset_gives_each_record_once() {
    let store = Store::default();
    let kept = Arc::clone(&store);
    let (url, _) = serve(move |_, _| page(&kept, 0..usize::MAX, "")).await;
    let mut source = opened(&url, OFFSET).await;
    add(&store, &[r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":3}"#]);
    assert_eq!(poll(&mut source).await.len(), 3);
    assert!(poll(&mut source).await.is_empty());
}

#[tokio::test]
async fn tokens_lead_through_one_poll_by_post() {
    let store = Store::default();
    let kept = Arc::clone(&store);
    let (url, server) = serve(move |request, _| {
        let body: serde_json::Value = serde_json::from_str(&request.body).expect("JSON");
        let at: usize = body["after"].as_str().map_or(0, |text| text.parse().expect("ours"));
        let count = kept.lock().expect("not poisoned").len();
        let next = if at + 2 < count { format!("\"{}\"", at + 2) } else { "null".to_owned() };
        page(&kept, at..at + 2, &format!(r#","page":{{"next":{next}}}"#))
    })
    .await;
    let text = "method = \"POST\"\npaging = \"token\"\nrecords = \"/items\"\nnext = \"/page/next\"\n\
                body = '{\"after\":\"{cursor}\",\"since\":\"{since_unix}\",\"size\":\"{limit}\"}'\n";
    let mut source = opened(&url, text).await;
    add(&store, &["1", "2", "3", "4", "5"]);
    assert_eq!(poll(&mut source).await, ["1", "2", "3", "4", "5"]);
    add(&store, &["6"]);
    assert_eq!(poll(&mut source).await, ["6"], "without a key the whole text tells");
    let asked = server.asked.lock().expect("not poisoned");
    let (_, first) = asked.first().expect("a request");
    assert_eq!(first.method, Method::POST);
    let body: serde_json::Value = serde_json::from_str(&first.body).expect("JSON");
    assert!(body["after"].is_null() && body["since"].is_number() && body["size"] == 1000, "{body}");
}

#[tokio::test]
async fn pages_are_numbered_from_one() {
    let store = Store::default();
    let kept = Arc::clone(&store);
    let (url, _) = serve(move |request, _| {
        let number = request.number("page");
        assert!(number > 0);
        page(&kept, (number - 1) * 2..number * 2, "")
    })
    .await;
    let text = "paging = \"page\"\nrecords = \"/items\"\nparameters = { page = \"{page}\" }\n";
    let mut source = opened(&url, text).await;
    add(&store, &["1", "2", "3"]);
    assert_eq!(poll(&mut source).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_cursor_may_be_a_text() {
    let store = Store::default();
    let kept = Arc::clone(&store);
    let (url, _) = serve(move |request, _| {
        let at = request.query["since"].trim_start_matches('c').parse().unwrap_or(0);
        let end = kept.lock().expect("not poisoned").len().min(at + 2);
        page(&kept, at..end, &format!(r#","next":"c{end}""#))
    })
    .await;
    let mut source = opened(&url, "records = \"/items\"\n").await;
    add(&store, &["1", "2", "3"]);
    assert_eq!(poll(&mut source).await, ["1", "2", "3"]);
    assert!(poll(&mut source).await.is_empty());
}

#[tokio::test]
async fn an_api_that_limits_requests_is_waited_for() {
    let limited = |seconds: u64| {
        let head = [(header::RETRY_AFTER, seconds.to_string())];
        (StatusCode::TOO_MANY_REQUESTS, head, "slowly").into_response()
    };
    let (url, server) = serve(move |_, before| match before {
        1 => limited(1),
        _ => r#"{"records":[],"next":0}"#.into_response(),
    })
    .await;
    let mut source = HttpSource::open(&url, &[], Api::default()).await.expect("opened");
    let begun = Instant::now();
    assert!(source.poll().await.expect("polled").is_empty());
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(server.asked.lock().expect("not poisoned").len(), 3);
    let (url, _) = serve(move |_, _| limited(3600)).await;
    let error = HttpSource::open(&url, &[], Api::default()).await.expect_err("too long");
    assert!(matches!(error, SourceError::Status { status: 429, .. }), "{error}");
    assert!(error.to_string().contains("`interval`"), "{error}");
}

#[tokio::test]
async fn requests_keep_their_interval() {
    let (url, server) = serve(|_, _| r#"{"records":[],"next":0}"#.into_response()).await;
    let mut source = opened(&url, "interval = \"120ms\"\n").await;
    for _ in 0..3 {
        poll(&mut source).await;
    }
    let asked = server.asked.lock().expect("not poisoned");
    let times: Vec<Instant> = asked.iter().map(|(at, _)| *at).collect();
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(110)),
        "{times:?}"
    );
}

#[tokio::test]
async fn what_is_no_answer_is_told_and_read_again() {
    let store = Store::default();
    let kept = Arc::clone(&store);
    let (url, _) = serve(move |request, before| match before {
        3 => "<html>".into_response(),
        4 => (StatusCode::UNAUTHORIZED, "who?").into_response(),
        _ => {
            let skip = request.number("skip");
            page(&kept, skip..skip + 2, "")
        }
    })
    .await;
    let mut source = opened(&url, OFFSET).await;
    assert!(poll(&mut source).await.is_empty());
    add(&store, &[r#"{"id":1}"#, r#"{"id":2}"#]);
    assert_eq!(poll(&mut source).await.len(), 2, "what came before the failure is not lost");
    let error = source.poll().await.expect_err("no credentials").to_string();
    assert!(error.contains("401") && error.contains("--header"), "{error}");
    assert!(poll(&mut source).await.is_empty(), "and nothing comes twice");
}
