//! Resources, prompts and completion without a session.

use std::time::Duration;

use serde_json::{Value, json};

use crate::modern::{caller, message, meta, tool_caller};
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
    assert_eq!(names, ["tools", "resources", "prompts", "completions", "logging"]);
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

/// Calls the tool that tells of its steps.
async fn progress(house: &House, further: &Value) -> Reply {
    let tool = "gauntlet-gauntlet_progress";
    let mut meta = meta();
    for (name, value) in further.as_object().expect("an object") {
        meta[name] = value.clone();
    }
    let params = json!({"name": tool, "arguments": {"steps": 2}, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
    tool_caller(house, tool).post(body.to_string()).await
}

#[tokio::test]
async fn a_request_is_told_what_it_asks_to_hear() {
    let house = House::new().await;
    let level = |level: &str| json!({"io.modelcontextprotocol/logLevel": level});
    for (further, methods) in [
        (json!({}), vec![]),
        (json!({"progressToken": 0}), vec!["notifications/progress"; 2]),
        (level("info"), vec!["notifications/message"; 2]),
        (level("error"), vec![]),
    ] {
        let reply = progress(&house, &further).await;
        assert_eq!(reply.header("x-accel-buffering"), Some("no"));
        assert!(!reply.body.lines().any(|line| line.starts_with("id:")), "{}", reply.body);
        let mut messages = reply.messages();
        let answer = messages.pop().expect("an answer");
        assert_eq!(
            (&answer["id"], &answer["result"]["resultType"]),
            (&json!(7), &json!("complete"))
        );
        let told: Vec<&str> =
            messages.iter().filter_map(|message| message["method"].as_str()).collect();
        assert_eq!(told, methods, "{further}");
    }
    assert_eq!(house.records().await.len(), 4);
}

#[tokio::test]
async fn whoever_hangs_up_in_the_middle_of_a_stream_cancels_the_call() {
    let house = House::new().await;
    let tool = "gauntlet-gauntlet_progress";
    let mut meta = meta();
    meta["progressToken"] = json!("t");
    let arguments = json!({"steps": 20, "milliseconds": 100});
    let params = json!({"name": tool, "arguments": arguments, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
    let body = body.to_string();
    let wait = Duration::from_millis(350);
    let reply = tool_caller(&house, tool).send_within(wait, "POST", "/mcp", body.as_bytes()).await;
    assert!(!reply.ended && !reply.messages().is_empty(), "{}", reply.body);
    tokio::time::sleep(wait).await;
    let records = house.records().await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["error_information"]["error_class"], "Cancelled");
}
