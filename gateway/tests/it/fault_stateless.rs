//! The faults of the stateless revision, each by its effect.

use std::time::Duration;

use reference_gateway::Fault;
use serde_json::{Value, json};

use crate::modern::{caller, message, meta};
use crate::support::{House, Reply};

async fn listed(fault: Fault) -> Reply {
    let house = House::with(&[fault]).await;
    caller(&house, "tools/list").post(message("1", "tools/list", &json!({}))).await
}

async fn listed_with(fault: Fault, meta: &Value, version: &str) -> Reply {
    let house = House::with(&[fault]).await;
    let body =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let caller = caller(&house, "tools/list").with("MCP-Protocol-Version", version);
    caller.post(body.to_string()).await
}

#[tokio::test]
async fn refusals_have_the_status_of_a_success() {
    let house = House::with(&[Fault::ModernStatus200]).await;
    let reply = caller(&house, "nope").post(message("1", "nope", &json!({}))).await;
    assert_eq!((reply.status, reply.code()), (200, -32601));
    let legacy = house.caller.in_session(None).post(crate::support::request("1", "ping")).await;
    assert_eq!(legacy.status, 400);
}

#[tokio::test]
async fn results_lack_what_they_must_have() {
    let result = listed(Fault::ResultTypeLost).await.json()["result"].clone();
    assert!(result["resultType"].is_null() && result["ttlMs"].is_u64());
    let result = listed(Fault::CacheHintsLost).await.json()["result"].clone();
    assert!(result["ttlMs"].is_null() && result["cacheScope"].is_null());
    assert_eq!(result["resultType"], "complete");
}

#[tokio::test]
async fn a_session_is_handed_out() {
    assert_eq!(listed(Fault::SessionMinted).await.header("mcp-session-id"), Some("minted"));
}

#[tokio::test]
async fn the_id_of_a_subscription_is_a_string() {
    let house = House::with(&[Fault::SubscriptionIdStringified]).await;
    let body = message("7", "subscriptions/listen", &json!({"notifications": {}}));
    let caller = caller(&house, "subscriptions/listen");
    let wait = Duration::from_millis(300);
    let reply = caller.send_within(wait, "POST", "/mcp", body.as_bytes()).await;
    let id = reply.json()["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"].clone();
    assert_eq!(id, "7");
}

#[tokio::test]
async fn rules_are_overlooked() {
    let mut bare = meta();
    bare.as_object_mut().expect("an object").clear();
    let fault = Fault::MetaNotRequired;
    assert_eq!(listed_with(fault, &bare, "2026-07-28").await.status, 200);
    let mut older = meta();
    older["io.modelcontextprotocol/protocolVersion"] = json!("1900-01-01");
    assert_eq!(
        listed_with(Fault::UnsupportedVersionServed, &older, "1900-01-01").await.status,
        200
    );
    assert_eq!(listed_with(Fault::HeaderMismatchServed, &meta(), "2025-11-25").await.status, 200);
    assert_eq!(listed_with(Fault::HeaderMismatchServed, &older, "1900-01-01").await.code(), -32022);
}
