//! Upstreams that are lost, odd, slow and dead.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::response::Response;
use serde_json::json;

use crate::stub::{Seen, answer, respond};
use crate::support::{House, dead_address, request, with_upstream};
use crate::upstream::{call, calling, class_of_last, house, text};

/// The body of an answer.
type Render = fn(&Seen) -> String;

#[tokio::test]
async fn a_lost_session_is_opened_anew_once() {
    let losses = AtomicUsize::new(0);
    let stub = calling(move |seen| {
        if losses.fetch_add(1, Ordering::Relaxed) == 0 {
            respond(404, "text/plain", String::new())
        } else {
            answer(seen, "result", &json!({"content": []}))
        }
    })
    .await;
    let house = house(&stub).await;
    assert_eq!(call(&house).await.json()["result"], json!({"content": []}));
    assert_eq!(stub.asked("initialize").len(), 2);

    let stub = calling(|_| respond(404, "text/plain", String::new())).await;
    let house = crate::upstream::house(&stub).await;
    assert!(text(&call(&house).await).contains("HTTP status 404"));
    assert_eq!(stub.asked("tools/call").len(), 2);
}

#[tokio::test]
async fn garbage_is_an_unreachable_upstream() {
    let bodies: [(u16, &str, Render); 8] = [
        (200, "application/json", |_| "not JSON".to_owned()),
        (200, "application/json", |_| "[]".to_owned()),
        (200, "text/html", |_| "<p>".to_owned()),
        (500, "text/plain", |_| "secret path".to_owned()),
        (202, "text/plain", |_| String::new()),
        (200, "text/event-stream", |_| ": nothing\n\n".to_owned()),
        (200, "application/json", |seen| {
            format!(r#"{{"jsonrpc":"2.0","id":{},"result":{{}},"error":{{}}}}"#, seen.message["id"])
        }),
        (200, "application/json", |_| " ".repeat((8 << 20) + 1)),
    ];
    for (status, content_type, body) in bodies {
        let stub = calling(move |seen| respond(status, content_type, body(seen))).await;
        let house = house(&stub).await;
        let reply = call(&house).await;
        assert_eq!(reply.json()["result"]["isError"], true);
        let text = text(&reply);
        assert!(text.starts_with("upstream up is unreachable: it answered with"), "{text}");
        assert!(!text.contains("secret") && !text.contains("127.0.0.1"), "{text}");
        assert_eq!(class_of_last(&house).await, "UpstreamProtocol");
    }
}

#[tokio::test]
async fn a_dead_upstream_hides_no_other() {
    let house = House::of(with_upstream("up", dead_address().await), "2025-11-25").await;
    let listed = house.caller.post(request("1", "tools/list")).await.json();
    assert_eq!(listed["result"]["tools"].as_array().map(Vec::len), Some(8));
    let reply = call(&house).await;
    assert_eq!(text(&reply), "upstream up is unreachable: no connection could be made");
    assert_eq!(reply.json()["result"]["isError"], true);
    assert_eq!(class_of_last(&house).await, "UpstreamUnreachable");
    let records = house.records().await;
    let record = records.last().expect("a record");
    assert_eq!(record["error_information"]["error_code"], "tool_error");
    assert_eq!(record["response"]["isError"], true);
}

#[tokio::test]
async fn a_slow_upstream_is_not_waited_for_for_ever() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = silent.local_addr().expect("an address");
    let house = House::of(with_upstream("up", address), "2025-11-25").await;
    let began = Instant::now();
    assert_eq!(text(&call(&house).await), "upstream up is unreachable: no answer in time");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(class_of_last(&house).await, "UpstreamTimeout");
    drop(silent);
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_cancelled() {
    let stub = calling(|_| {
        let never = futures_util::stream::pending::<Result<bytes::Bytes, std::io::Error>>();
        let body = axum::body::Body::from_stream(never);
        Response::builder().header("content-type", "text/event-stream").body(body).expect("valid")
    })
    .await;
    let house = house(&stub).await;
    assert_eq!(text(&call(&house).await), "upstream up is unreachable: no answer in time");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let cancelled = stub.asked("notifications/cancelled");
    assert_eq!(cancelled.len(), 1);
    assert_eq!(
        cancelled[0].message["params"]["requestId"],
        stub.asked("tools/call")[0].message["id"]
    );
}
