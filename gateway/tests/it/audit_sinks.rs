//! Where records go: the file and the query.

use reference_gateway::{Config, start};
use serde_json::{Value, json};

use crate::support::{Caller, House, request};

#[tokio::test]
async fn control_characters_forge_no_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let config = Config { audit_file: Some(path.clone()), ..Config::default() };
    let house = House::of(config, "2025-11-25").await;
    let pretty = "{\"jsonrpc\":\"2.0\",\"id\":\"a\\nb\",\n\"method\":\"tools/call\",\"params\":{\"name\":\"x\\n{}\",\"arguments\":{\n\"a\":1}}}";
    house.caller.post(pretty).await;
    let lines = std::fs::read_to_string(&path).expect("it is written");
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[tokio::test]
async fn records_are_on_disk_before_the_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.jsonl");
    let config = Config { audit_file: Some(path.clone()), ..Config::default() };
    let house = House::of(config, "2025-11-25").await;
    for count in 2..20 {
        house.caller.post(request("1", "ping")).await;
        let lines = std::fs::read_to_string(&path).expect("it is written");
        assert_eq!(lines.lines().count(), count);
    }
    let last: Value = serde_json::from_str(
        std::fs::read_to_string(&path).expect("it is written").lines().last().expect("a line"),
    )
    .expect("it is JSON");
    assert_eq!(Some(&last), house.records().await.last());
    house.gateway.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_breaks_no_call() {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let config = Config {
        audit_file: Some("/dev/full".into()),
        log_file: Some(log.path().to_owned()),
        ..Config::default()
    };
    let house = House::of(config, "2025-11-25").await;
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 200);
    assert_eq!(house.gateway.lost_records(), 2);
    assert_eq!(house.records().await.len(), 1);
    let page = house.caller.send("GET", "/audit", b"").await.json();
    assert_eq!((&page["lost"], &page["undelivered"]), (&json!(0), &json!(2)));
    let text = std::fs::read_to_string(log.path()).expect("it is readable");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(
        text.contains(" WARN audit records are being lost by the file: No space left"),
        "{text}"
    );
}

#[tokio::test]
async fn the_query_has_pages() {
    let house = House::new().await;
    for _ in 0..4 {
        house.caller.post(request("1", "ping")).await;
    }
    for (query, count, next) in [
        ("", 5, 5),
        ("?since=3", 2, 5),
        ("?since=1&limit=2", 2, 3),
        ("?limit=99999", 5, 5),
        ("?since=5", 0, 5),
    ] {
        let reply = house.caller.send("GET", &format!("/audit{query}"), b"").await;
        let page = reply.json();
        assert_eq!(page["records"].as_array().map(Vec::len), Some(count), "{query}");
        assert_eq!((&page["next"], &page["lost"]), (&json!(next), &json!(0)), "{query}");
    }
    for query in ["since=x", "since=-1", "limit=0", "from=1"] {
        let reply = house.caller.send("GET", &format!("/audit?{query}"), b"").await;
        assert_eq!(reply.status, 400);
        assert!(reply.json()["error"].is_string());
    }
    assert_eq!(house.records().await.len(), 4);
}

#[tokio::test]
async fn an_audit_file_that_cannot_be_opened_is_told() {
    let config = Config { audit_file: Some("/".into()), ..Config::default() };
    let error = start(config).await.err().expect("it does not start").to_string();
    assert!(error.starts_with("cannot open the audit file /: "), "{error}");
    let gateway = start(Config::default()).await.expect("it starts");
    let taken = Config { listen: gateway.address(), ..Config::default() };
    assert!(start(taken).await.is_err());
    assert!(gateway.url().ends_with("/mcp"));
    assert!(Caller::at(gateway.address()).records().await.is_empty());
}
