//! Records that are posted to a webhook, while its receiver behaves and while it does not.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reference_gateway::Config;
use serde_json::Value;

use crate::stub::{Stub, respond};
use crate::support::{House, dead_address, request};

/// What is waited for comes sooner, unless it never does.
const PATIENCE: Duration = Duration::from_secs(15);

/// A configuration that posts to this address.
pub(crate) fn posting_to(address: SocketAddr) -> Config {
    let url = format!("http://{address}/records").parse().expect("a URL");
    Config { audit_webhook: Some(url), ..Config::default() }
}

/// A receiver that answers its first POSTs with these statuses, and all others with 204.
pub(crate) async fn receiver(statuses: Vec<u16>) -> Stub {
    let posts = AtomicUsize::new(0);
    Stub::start(move |_| {
        let status = statuses.get(posts.fetch_add(1, Ordering::Relaxed)).copied();
        Some(respond(status.unwrap_or(204), "text/plain", String::new()))
    })
    .await
}

/// The ids of the requests in all records that were posted, whatever was answered.
pub(crate) fn posted(receiver: &Stub) -> Vec<Value> {
    let records = |seen: &crate::stub::Seen| seen.message.as_array().cloned().unwrap_or_default();
    let posts = receiver.filtered(|_| true);
    let id = |record: Value| record["metadata"]["mcp_request"]["jsonrpc_id"].clone();
    posts.iter().flat_map(records).map(id).collect()
}

/// Waits until it holds.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "it never comes");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Pings with these ids, each answered quickly.
pub(crate) async fn ping(house: &House, ids: std::ops::Range<usize>) {
    for id in ids {
        let begun = Instant::now();
        assert_eq!(house.caller.post(request(&id.to_string(), "ping")).await.status, 200);
        assert!(begun.elapsed() < Duration::from_millis(800), "{:?}", begun.elapsed());
    }
}

async fn undelivered(house: &House) -> Value {
    house.caller.send("GET", "/audit", b"").await.json()["undelivered"].clone()
}

#[tokio::test]
async fn records_are_posted_as_arrays_in_order_and_once() {
    let receiver = receiver(Vec::new()).await;
    let house = House::of(posting_to(receiver.address), "2025-11-25").await;
    ping(&house, 1..30).await;
    until(|| posted(&receiver).len() >= 30).await;
    assert_eq!(posted(&receiver), (0..30).map(Value::from).collect::<Vec<_>>());
    let first = receiver.filtered(|_| true).remove(0);
    assert_eq!(first.headers["content-type"], "application/json");
    assert!(
        first.headers["user-agent"].to_str().is_ok_and(|it| it.starts_with("reference-gateway/"))
    );
    let kept = house.caller.records().await;
    let came = receiver.filtered(|_| true);
    let came = came.iter().flat_map(|seen| seen.message.as_array().expect("an array"));
    assert!(came.eq(&kept), "the query has the same records");
    assert_eq!(undelivered(&house).await, 0);
}

#[tokio::test]
async fn a_receiver_that_fails_for_a_moment_loses_nothing() {
    let receiver = receiver(vec![500, 429, 503]).await;
    let house = House::of(posting_to(receiver.address), "2025-11-25").await;
    ping(&house, 1..4).await;
    until(|| posted(&receiver).contains(&Value::from(3))).await;
    assert_eq!(house.gateway.lost_records(), 0);
    // Each attempt brings the same batch again; the last one is taken.
    let mut taken = posted(&receiver);
    taken.dedup();
    assert_eq!(taken, (0..4).map(Value::from).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_receiver_that_is_down_for_a_moment_loses_nothing() {
    let address = dead_address().await;
    let house = House::of(posting_to(address), "2025-11-25").await;
    ping(&house, 1..4).await;
    let receiver =
        Stub::start_at(address, |_| Some(respond(200, "text/plain", String::new()))).await;
    until(|| posted(&receiver).len() >= 4).await;
    assert_eq!(posted(&receiver), (0..4).map(Value::from).collect::<Vec<_>>());
    assert_eq!(house.gateway.lost_records(), 0);
}

#[tokio::test]
async fn a_refused_batch_is_lost_counted_and_told_once() {
    let receiver = receiver(vec![400, 404]).await;
    let log = tempfile::NamedTempFile::new().expect("a file");
    let config = Config { log_file: Some(log.path().to_owned()), ..posting_to(receiver.address) };
    let house = House::of(config, "2025-11-25").await;
    until(|| house.gateway.lost_records() == 1).await;
    ping(&house, 1..2).await;
    until(|| house.gateway.lost_records() == 2).await;
    ping(&house, 2..3).await;
    let text = || std::fs::read_to_string(log.path()).expect("it is readable");
    until(|| text().lines().count() == 2).await;
    let (losing, again) =
        ("the webhook: the receiver answered 400; calls go on", "again; 2 were lost");
    let text = text();
    let told: Vec<&str> = text.lines().collect();
    assert!(told[0].ends_with(losing) && told[1].ends_with(again), "{text}");
    assert_eq!(undelivered(&house).await, 2);
}

/// A receiver that takes connections and never answers.
async fn mute() -> (tokio::net::TcpListener, SocketAddr) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_up_neither_calls_nor_the_end() {
    let (_listener, address) = mute().await;
    let log = tempfile::NamedTempFile::new().expect("a file");
    let config = Config { log_file: Some(log.path().to_owned()), ..posting_to(address) };
    let house = House::of(config, "2025-11-25").await;
    ping(&house, 1..3).await;
    let begun = Instant::now();
    house.gateway.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let text = std::fs::read_to_string(log.path()).expect("it is readable");
    assert!(
        text.ends_with("the gateway ends, and 3 audit records never reached the webhook\n"),
        "{text}"
    );
}

#[tokio::test]
async fn what_waits_is_posted_at_the_end() {
    let receiver = receiver(vec![500, 500, 500]).await;
    let house = House::of(posting_to(receiver.address), "2025-11-25").await;
    ping(&house, 1..20).await;
    house.gateway.stop().await;
    assert!(posted(&receiver).contains(&Value::from(19)), "{:?}", posted(&receiver));
}
