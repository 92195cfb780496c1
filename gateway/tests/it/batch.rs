//! Batches, which only the revision 2025-03-26 has.

use reference_gateway::Config;
use serde_json::{Value, json};

use crate::support::{House, initialize, request};

async fn house() -> House {
    House::of(Config::default(), "2025-03-26").await
}

fn ids(answers: &Value) -> Vec<Value> {
    let answers = answers.as_array().expect("an array");
    answers.iter().map(|answer| answer["id"].clone()).collect()
}

#[tokio::test]
async fn requests_are_answered_and_notifications_are_not() {
    let house = house().await;
    let body = format!(
        r#"[{},{},{{"jsonrpc":"2.0","method":"notifications/x"}},{{"jsonrpc":"2.0","id":9,"result":{{}}}}]"#,
        request("1", "tools/list"),
        request("\"2\"", "ping"),
    );
    let reply = house.caller.post(&body).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert_eq!(ids(&reply.json()), [json!(1), json!("2")]);
    let reply = house.caller.with("Accept", "text/event-stream").post(&body).await;
    assert_eq!(ids(&Value::Array(reply.messages())), [json!(1), json!("2")]);
    let records = house.records().await;
    assert_eq!(records.len(), 8);
    let call_types: Vec<&str> =
        records.iter().filter_map(|record| record["call_type"].as_str()).take(4).collect();
    assert!(call_types.contains(&"list_mcp_tools") && call_types.contains(&"mcp_notifications_x"));
}

#[tokio::test]
async fn each_item_has_its_own_error() {
    let house = house().await;
    let body = format!(
        r#"[{},{{"foo":"boo"}},{},1,[{}],{{"jsonrpc":"1.0","id":7,"method":"ping"}}]"#,
        request("1", "ping"),
        request("2", "nope"),
        request("3", "ping"),
    );
    let answers = house.caller.post(body).await.json();
    assert_eq!(
        ids(&answers),
        [json!(1), json!(null), json!(2), json!(null), json!(null), json!(7)]
    );
    let codes: Vec<i64> = answers
        .as_array()
        .expect("an array")
        .iter()
        .map(|answer| answer["error"]["code"].as_i64().unwrap_or(0))
        .collect();
    assert_eq!(codes, [0, -32600, -32601, -32600, -32600, -32600]);
    assert_eq!(house.records().await.len(), 6);
}

#[tokio::test]
async fn only_notifications_get_no_body() {
    let house = house().await;
    let one = r#"{"jsonrpc":"2.0","method":"notifications/x"}"#;
    let reply = house.caller.post(format!("[{one},{one}]")).await;
    assert_eq!((reply.status, reply.body.as_str()), (202, ""));
}

#[tokio::test]
async fn some_batches_are_refused_whole() {
    let house = house().await;
    let ping = request("1", "ping");
    let many = format!("[{}]", vec![ping.as_str(); 1001].join(","));
    for body in ["[]".to_owned(), format!("[{},{ping}]", initialize("2025-03-26")), many] {
        let reply = house.caller.post(&body).await;
        assert_eq!((reply.status, reply.code(), reply.raw_id().as_str()), (400, -32600, "null"));
    }
    assert_eq!(house.records().await.len(), 3);
    let thousand = format!("[{}]", vec![ping.as_str(); 1000].join(","));
    assert_eq!(ids(&house.caller.post(thousand).await.json()).len(), 1000);
}

#[tokio::test]
async fn batches_need_a_session() {
    let house = house().await;
    for (session, status) in [(None, 400), (Some("unknown"), 404)] {
        let body = format!("[{}]", request("1", "ping"));
        let reply = house.caller.in_session(session).post(body).await;
        assert_eq!((reply.status, reply.code(), reply.raw_id().as_str()), (status, -32600, "null"));
    }
}

#[tokio::test]
async fn later_revisions_have_no_batches() {
    for revision in ["2025-06-18", "2025-11-25"] {
        let house = House::of(Config::default(), revision).await;
        let reply = house.caller.post(format!("[{}]", request("21", "tools/list"))).await;
        assert_eq!((reply.status, reply.code(), reply.raw_id().as_str()), (400, -32600, "null"));
        let records = house.records().await;
        assert_eq!(records.len(), 1);
        assert_eq!(records[0]["call_type"], "call_mcp_protocol_error");
    }
}
