//! Sessions: how they begin, what they demand and how they end.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{House, initialize, request};

#[tokio::test]
async fn initialize_opens_a_session_of_a_common_revision() {
    let house = House::new().await;
    let nobody = house.caller.in_session(None);
    for (asked, answered) in [
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2024-11-05", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("", "2025-11-25"),
    ] {
        let reply = nobody.post(initialize(asked)).await;
        let id = reply.header("mcp-session-id").expect("a session");
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let result = &reply.json()["result"];
        assert_eq!(result["protocolVersion"], answered);
        assert_eq!(
            result["capabilities"],
            json!({
                "tools": {}, "resources": {}, "prompts": {}, "completions": {}, "logging": {},
            })
        );
        assert_eq!(result["serverInfo"]["name"], "reference-gateway");
    }
}

#[tokio::test]
async fn initialize_checks_its_parameters() {
    let house = House::new().await;
    let nobody = house.caller.in_session(None);
    let good = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}});
    let spoilt = [
        ("/protocolVersion", json!(1)),
        ("/capabilities", json!([])),
        ("/clientInfo", Value::Null),
        ("/clientInfo/version", json!(2)),
    ];
    for (pointer, value) in spoilt {
        let mut params = good.clone();
        *params.pointer_mut(pointer).expect("it is there") = value;
        let body = json!({"jsonrpc": "2.0", "id": "i", "method": "initialize", "params": params});
        let reply = nobody.post(body.to_string()).await;
        assert_eq!((reply.status, reply.code(), reply.raw_id().as_str()), (200, -32602, "\"i\""));
        assert!(reply.header("mcp-session-id").is_none());
    }
    assert_eq!(nobody.post(request("1", "initialize")).await.code(), -32602);
}

#[tokio::test]
async fn initialize_happens_once() {
    let house = House::new().await;
    let reply = house.caller.post(initialize("2025-06-18")).await;
    assert_eq!((reply.code(), reply.raw_id().as_str()), (-32600, "0"));
    let reply = house.caller.in_session(Some("gone")).post(initialize("2025-06-18")).await;
    assert_eq!((reply.status, reply.raw_id().as_str()), (404, "0"));
}

#[tokio::test]
async fn messages_need_a_live_session() {
    let house = House::new().await;
    let long = "x".repeat(10_000);
    for (session, status) in
        [(None, 400), (Some("unknown"), 404), (Some(""), 404), (Some(&*long), 404)]
    {
        let caller = house.caller.in_session(session);
        for method in ["ping", "tools/list", "tools/call", "server/discover"] {
            let reply = caller.post(request("\"r\"", method)).await;
            assert_eq!(
                (reply.status, reply.code(), reply.raw_id().as_str()),
                (status, -32600, "\"r\"")
            );
        }
        let reply = caller.post(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
        assert_eq!((reply.status, reply.raw_id().as_str()), (status, "-"));
        let reply = caller.post(r#"{"jsonrpc":"2.0","id":4,"result":{}}"#).await;
        assert_eq!((reply.status, reply.raw_id().as_str()), (status, "-"));
        assert_eq!(caller.post("{").await.code(), -32700);
    }
    let session = house.caller.session.clone().expect("a session");
    let twice = house.caller.with("Mcp-Session-Id", &session);
    assert_eq!(twice.post(request("1", "ping")).await.status, 404);
}

#[tokio::test]
async fn delete_ends_a_session() {
    let house = House::new().await;
    for (session, status) in [(None, 400), (Some("unknown"), 404)] {
        let reply = house.caller.in_session(session).send("DELETE", "/mcp", b"").await;
        assert_eq!((reply.status, reply.code()), (status, -32600));
    }
    let reply = house.caller.send("DELETE", "/mcp", b"").await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 404);
    assert_eq!(house.caller.send("DELETE", "/mcp", b"").await.status, 404);
    assert_eq!(house.caller.send("GET", "/mcp", b"").await.status, 404);
}

#[tokio::test]
async fn get_opens_a_stream_that_stands() {
    let house = House::new().await;
    for (session, status) in [(None, 400), (Some("unknown"), 404)] {
        let reply = house.caller.in_session(session).send("GET", "/mcp", b"").await;
        assert_eq!((reply.status, reply.code()), (status, -32600));
    }
    let json_only = house.caller.with("Accept", "application/json");
    assert_eq!(json_only.send("GET", "/mcp", b"").await.status, 406);
    let waits = Duration::from_millis(300);
    let reply = house.caller.send_within(waits, "GET", "/mcp", b"").await;
    assert!(!reply.ended);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
    assert!(reply.messages().is_empty(), "{}", reply.body);
}

#[tokio::test]
async fn a_session_has_one_stream() {
    let house = House::new().await;
    let caller = house.caller.clone();
    let first = tokio::spawn(async move { caller.send("GET", "/mcp", b"").await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let caller = house.caller.clone();
    let second = tokio::spawn(async move { caller.send("GET", "/mcp", b"").await });
    assert!(first.await.expect("no panic").ended);
    assert_eq!(house.caller.send("DELETE", "/mcp", b"").await.status, 204);
    assert!(second.await.expect("no panic").ended);
}
