//! The builtin tools, and how answers are framed.

use std::collections::HashSet;

use reference_gateway::Config;
use serde_json::json;

use crate::support::{House, request, tool_call};

#[tokio::test]
async fn builtin_tools_are_listed_under_their_alias() {
    let house = House::new().await;
    let reply = house.caller.post(request("1", "tools/list")).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let tools = reply.json()["result"]["tools"].clone();
    let names: Vec<&str> = tools
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "gauntlet-gauntlet_echo",
            "gauntlet-gauntlet_fail",
            "gauntlet-gauntlet_add",
            "gauntlet-gauntlet_slow",
            "gauntlet-gauntlet_structured",
            "gauntlet-gauntlet_progress",
            "gauntlet-gauntlet_ask",
            "gauntlet-gauntlet_region",
        ]
    );
    assert_eq!(tools[0]["inputSchema"]["type"], "object");
}

#[tokio::test]
async fn calls_are_answered() {
    let house = House::new().await;
    for (tool, arguments, text, is_error) in [
        ("echo", json!({"text": "ü\n"}), "ü\n", false),
        ("add", json!({"a": 2, "b": 3}), "5", false),
        ("slow", json!({"milliseconds": 1}), "waited 1 ms", false),
        ("fail", json!({"reason": "because"}), "because", true),
        ("echo", json!({}), "Invalid arguments: argument text is required", true),
        (
            "add",
            json!({"a": 1, "b": "2"}),
            "Invalid arguments: argument b must be of type \"integer\"",
            true,
        ),
    ] {
        let tool = format!("gauntlet-gauntlet_{tool}");
        let result =
            house.caller.post(tool_call("1", &tool, &arguments)).await.json()["result"].clone();
        assert_eq!(result["content"][0]["text"], text);
        assert_eq!(result["isError"].as_bool().unwrap_or(false), is_error, "{text}");
    }
}

#[tokio::test]
async fn an_unknown_tool_is_a_protocol_error() {
    let house = House::new().await;
    let long = "x".repeat(5000);
    for name in
        ["nope", "gauntlet-nope", "gauntlet-GAUNTLET_ECHO", "gauntlet_echo", r"a\nb\u001b", &long]
    {
        let reply = house.caller.post(tool_call("1", name, &json!({}))).await;
        assert_eq!((reply.status, reply.code()), (200, -32602), "{name}");
        let error = reply.json()["error"]["message"].as_str().expect("a text").to_owned();
        assert!(error.starts_with("Unknown tool: ") && error.len() < 200);
        assert!(!error.contains(|character: char| character.is_control()));
    }
}

#[tokio::test]
async fn a_call_is_answered_as_a_stream() {
    for (revision, primed) in [("2025-11-25", true), ("2025-06-18", false)] {
        let house = House::of(Config::default(), revision).await;
        let call = tool_call("1", "gauntlet-gauntlet_echo", &json!({"text": "a"}));
        let mut seen = HashSet::new();
        for _ in 0..3 {
            let reply = house.caller.post(&call).await;
            assert_eq!(reply.header("content-type"), Some("text/event-stream"));
            assert!(reply.ended && reply.body.ends_with("\n\n"));
            let events: Vec<&str> = reply.body.trim_end().split("\n\n").collect();
            assert_eq!(events.len(), if primed { 2 } else { 1 }, "{}", reply.body);
            if primed {
                assert!(events[0].ends_with("\ndata:"), "{}", events[0]);
            }
            assert!(events.last().is_some_and(|event| event.starts_with("event: message\nid: ")));
            for id in reply.body.lines().filter_map(|line| line.strip_prefix("id: ")) {
                assert!(seen.insert(id.to_owned()), "{id} is used twice");
            }
        }
    }
}
