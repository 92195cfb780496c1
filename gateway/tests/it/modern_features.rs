//! Resources, prompts and completion without a session.

use serde_json::{Value, json};

use crate::modern::{caller, message};
use crate::support::{House, Reply, dead_address, with_upstream};

/// Asks with the header that mirrors the name, if there is one.
async fn ask(house: &House, method: &str, params: &Value) -> Reply {
    let named = params["name"].as_str().or(params["uri"].as_str()).unwrap_or_default();
    let caller = caller(house, method).with("Mcp-Name", named);
    caller.post(message("7", method, params)).await
}

#[tokio::test]
async fn features_are_declared_and_served() {
    let house = House::new().await;
    let discovered = ask(&house, "server/discover", &json!({})).await.json();
    let declared = discovered["result"]["capabilities"].as_object().expect("an object").clone();
    let names: Vec<&str> = declared.keys().map(String::as_str).collect();
    assert_eq!(names, ["tools", "resources", "prompts", "completions"]);
    let reference = json!({"type": "ref/prompt", "name": "gauntlet_greeting"});
    let completion = json!({"ref": reference, "argument": {"name": "language", "value": ""}});
    for (method, params, member, cached) in [
        ("resources/list", json!({}), "resources", true),
        ("resources/templates/list", json!({}), "resourceTemplates", true),
        ("resources/read", json!({"uri": "gauntlet://text"}), "contents", true),
        ("prompts/list", json!({}), "prompts", true),
        (
            "prompts/get",
            json!({"name": "gauntlet_greeting", "arguments": {"name": "n"}}),
            "messages",
            false,
        ),
    ] {
        let result = ask(&house, method, &params).await.json()["result"].clone();
        assert!(result[member].is_array(), "{method} {result}");
        assert_eq!(result["resultType"], "complete", "{method}");
        assert_eq!(result["ttlMs"].is_u64(), cached, "{method}");
    }
    let result = ask(&house, "completion/complete", &completion).await.json()["result"].clone();
    assert_eq!(result["completion"]["values"].as_array().map(Vec::len), Some(100));
}

#[tokio::test]
async fn a_resource_that_is_not_there_is_a_wrong_parameter() {
    let house = House::new().await;
    let reply = ask(&house, "resources/read", &json!({"uri": "gauntlet://none"})).await;
    assert_eq!((reply.status, reply.code(), reply.raw_id().as_str()), (400, -32602, "7"));
    let other = caller(&house, "resources/read").with("Mcp-Name", "gauntlet://text");
    let reply =
        other.post(message("7", "resources/read", &json!({"uri": "gauntlet://none"}))).await;
    assert_eq!((reply.status, reply.code()), (400, -32020));
    let nameless = caller(&house, "prompts/get");
    let reply =
        nameless.post(message("7", "prompts/get", &json!({"name": "gauntlet_greeting"}))).await;
    assert_eq!((reply.status, reply.code()), (400, -32020));
}

#[tokio::test]
async fn what_is_not_declared_is_unknown() {
    let mut config = with_upstream("up", dead_address().await);
    config.upstreams.retain(|upstream| upstream.alias == "up");
    let house = House::of(config, "2025-11-25").await;
    for method in ["resources/list", "prompts/list", "completion/complete", "logging/setLevel"] {
        let reply = ask(&house, method, &json!({})).await;
        assert_eq!((reply.status, reply.code()), (404, -32601), "{method}");
    }
    let all = House::new().await;
    let reply = ask(&all, "logging/setLevel", &json!({"level": "info"})).await;
    assert_eq!((reply.status, reply.code()), (404, -32601));
}
