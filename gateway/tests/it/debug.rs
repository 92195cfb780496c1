//! The debug headers.

use reference_gateway::{Config, Fault, start};
use serde_json::json;

use crate::support::{Caller, Reply, initialize, tool_call, with_upstream};

const NAMES: [&str; 5] = [
    "x-mcp-debug-inbound-auth",
    "x-mcp-debug-oauth2-token",
    "x-mcp-debug-auth-resolution",
    "x-mcp-debug-outbound-url",
    "x-mcp-debug-server-auth-type",
];
const KEY: &str = "sesame-7f3a21c4";

/// A caller with a session, who asks for the headers, before a gateway with these faults.
async fn asking(faults: &[Fault]) -> Caller {
    let address = "127.0.0.1:9".parse().expect("an address");
    let config = Config {
        api_key: Some(KEY.to_owned()),
        faults: faults.to_vec(),
        ..with_upstream("up", address)
    };
    let gateway = start(config).await.expect("it starts");
    let mut caller = Caller::at(gateway.address())
        .with("Authorization", &format!("Bearer {KEY}"))
        .with("x-litellm-mcp-debug", "true");
    caller.open("2025-11-25").await;
    // Dropping it would stop it.
    std::mem::forget(gateway);
    caller
}

/// The values, in the order of the names.
fn told(reply: &Reply) -> Option<[String; 5]> {
    reply.header(NAMES[0])?;
    Some(NAMES.map(|name| reply.header(name).expect(name).to_owned()))
}

#[tokio::test]
async fn whoever_asks_is_told_without_a_usable_part_of_a_key() {
    let caller = asking(&[]).await;
    let reply = caller.post(initialize("2025-11-25")).await;
    let told = told(&reply).expect("the headers");
    let wanted =
        ["Bearer ********", "(none)", "no-auth", "builtin, http://127.0.0.1:9/mcp", "none"];
    assert_eq!(told, wanted);
}

#[tokio::test]
async fn a_stream_that_begins_before_the_answer_has_them_too() {
    let caller = asking(&[]).await;
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "gauntlet-gauntlet_progress", "arguments": {"steps": 2},
        "_meta": {"progressToken": "p"},
    }});
    let reply = caller.post(call.to_string()).await;
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
    assert!(told(&reply).is_some() && reply.messages().len() > 1, "{}", reply.body);
    let refused = caller.post("{").await;
    assert!(refused.status == 400 && told(&refused).is_some());
}

#[tokio::test]
async fn nobody_else_is_told() {
    let caller = asking(&[]).await;
    for asked in ["", "false", "1"] {
        let reply = caller.with("x-litellm-mcp-debug", asked).post(initialize("2025-11-25")).await;
        assert!(told(&reply).is_none(), "{asked}");
    }
    let stranger =
        caller.with("Authorization", "Bearer wrong").post(initialize("2025-11-25")).await;
    assert!(stranger.status == 401 && told(&stranger).is_none());
}

#[tokio::test]
async fn a_key_that_goes_to_an_upstream_is_marked() {
    let caller = asking(&[Fault::KeyForwarded]).await;
    let reply = caller.post(tool_call("1", "gauntlet-gauntlet_echo", &json!({"text": "x"}))).await;
    let told = told(&reply).expect("the headers");
    assert_eq!(told[1], "Bearer ******** (SAME_AS_LITELLM_KEY - likely misconfigured)");
    assert_eq!(told[2], "static-token");
    assert!(!told.concat().contains("sesame"));
}

#[tokio::test]
async fn a_fault_shows_the_key() {
    let caller = asking(&[Fault::DebugUnmasked]).await;
    let told = told(&caller.post(initialize("2025-11-25")).await).expect("the headers");
    assert_eq!(told[0], format!("Bearer {KEY}"));
}
