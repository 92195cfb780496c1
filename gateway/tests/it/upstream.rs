//! Upstreams that answer.

use std::time::Duration;

use axum::response::Response;
use serde_json::{Value, json};

use crate::stub::{Seen, Stub, answer, respond};
use crate::support::{House, Reply, request, tool_call, with_upstream};

/// A gateway before the stub.
pub(crate) async fn house(stub: &Stub) -> House {
    House::of(with_upstream("up", stub.address), "2025-11-25").await
}

/// Calls the tool of the stub.
pub(crate) async fn call(house: &House) -> Reply {
    house.caller.post(tool_call("\"mine\"", "up-t", &json!({"a": 1}))).await
}

/// A stub whose `tools/call` is answered so.
pub(crate) async fn calling(reply: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Stub {
    Stub::start(move |seen| (seen.message["method"] == "tools/call").then(|| reply(seen))).await
}

/// The text of a result.
pub(crate) fn text(reply: &Reply) -> String {
    reply.json()["result"]["content"][0]["text"].as_str().unwrap_or_default().to_owned()
}

/// `error_class` of the last record.
pub(crate) async fn class_of_last(house: &House) -> Value {
    let records = house.records().await;
    let last = records.last().expect("a record");
    assert_eq!(last["call_type"], "call_mcp_tool");
    assert_eq!(last["metadata"]["mcp_tool_call_metadata"]["mcp_server_name"], "up");
    last["error_information"]["error_class"].clone()
}

#[tokio::test]
async fn tools_are_listed_and_called_by_their_bare_name() {
    let stub = Stub::start(|_| None).await;
    let house = house(&stub).await;
    let listed = house.caller.post(request("1", "tools/list")).await.json();
    let tools = listed["result"]["tools"].as_array().expect("an array").clone();
    let listed = json!({"name": "up-t", "inputSchema": {"type": "object"}, "x-kept": 1});
    assert_eq!(tools.last(), Some(&listed));
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let caller = house
        .caller
        .with("traceparent", parent)
        .with("Authorization", "Bearer secret")
        .with("X-Custom", "1");
    assert_eq!(caller.post(tool_call("5", "up-t", &json!({"a": 1.5}))).await.raw_id(), "5");
    let seen = stub.asked("tools/call");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].message["params"], json!({"name": "t", "arguments": {"a": 1.5}}));
    let headers = &seen[0].headers;
    assert_eq!(headers["traceparent"], parent);
    assert_eq!(headers["mcp-session-id"], "stub-session");
    assert_eq!(headers["mcp-protocol-version"], "2025-06-18");
    assert!(!headers.contains_key("authorization") && !headers.contains_key("x-custom"));
    assert_eq!(stub.asked("initialize").len(), 1);
    assert_eq!(stub.asked("notifications/initialized").len(), 1);
}

#[tokio::test]
async fn results_pass_untouched() {
    let result = r#"{"content":[],"isError":false,"structuredContent":{"n":1E400,"m":18446744073709551616}}"#;
    let stub = calling(move |seen| {
        let spread = result.replace(',', ",\n ");
        let body =
            format!("{{\"jsonrpc\":\"2.0\",\"id\":{},\n\"result\":{spread}}}", seen.message["id"]);
        respond(200, "application/json", body)
    })
    .await;
    let house = house(&stub).await;
    let reply = call(&house).await;
    assert!(reply.body.contains(&format!(r#""id":"mine","result":{result}}}"#)), "{}", reply.body);
}

#[tokio::test]
async fn streams_are_read_to_the_answer() {
    let stub = calling(|seen| {
        let id = &seen.message["id"];
        let note = r#"{"jsonrpc":"2.0","method":"notifications/progress"}"#;
        let ask = r#"{"jsonrpc":"2.0","id":"s1","method":"roots/list","params":{}}"#;
        let done =
            format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[],"isError":true}}}}"#);
        let body =
            format!(": hi\n\nid: 1\ndata:\n\ndata: {note}\n\ndata: {ask}\r\n\r\ndata: {done}\n\n");
        respond(200, "text/event-stream", body)
    })
    .await;
    let house = house(&stub).await;
    assert_eq!(call(&house).await.json()["result"]["isError"], true);
    assert_eq!(class_of_last(&house).await, "ToolError");
    let refused = stub.filtered(|seen| seen.message["id"] == "s1");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].message["error"]["code"], -32601);
    assert_eq!(refused[0].headers["mcp-session-id"], "stub-session");
}

#[tokio::test]
async fn what_is_asked_beside_the_answers_is_refused_too() {
    let stub = Stub::start(|seen| {
        (seen.method == "GET").then(|| {
            let ask =
                r#"{"jsonrpc":"2.0","id":"g1","method":"sampling/createMessage","params":{}}"#;
            respond(200, "text/event-stream", format!("data: {ask}\n\n"))
        })
    })
    .await;
    let house = house(&stub).await;
    call(&house).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = stub.filtered(|seen| seen.message["id"] == "g1");
    assert_eq!(refused[0].message["error"]["code"], -32601);
}

#[tokio::test]
async fn errors_of_an_upstream_keep_their_code() {
    for status in [200, 400] {
        let stub = calling(move |seen| {
            let error = json!({"code": -32001, "message": "no", "data": {"a": 1}});
            let body = json!({"jsonrpc": "2.0", "id": seen.message["id"], "error": error});
            respond(status, "application/json", body.to_string())
        })
        .await;
        let house = house(&stub).await;
        let reply = call(&house).await;
        assert_eq!((reply.status, reply.raw_id().as_str()), (200, "\"mine\""));
        let error = json!({"code": -32001, "message": "no", "data": {"a": 1}});
        assert_eq!(reply.json()["error"], error);
        assert_eq!(class_of_last(&house).await, "UpstreamError");
    }
}

#[tokio::test]
async fn unknown_tools_and_wrong_arguments_are_not_forwarded() {
    let stub = Stub::start(|seen| {
        (seen.message["method"] == "tools/list").then(|| {
            let schema = json!({"type": "object", "required": ["a"]});
            answer(seen, "result", &json!({"tools": [{"name": "t", "inputSchema": schema}]}))
        })
    })
    .await;
    let house = house(&stub).await;
    assert_eq!(house.caller.post(tool_call("1", "up-other", &json!({}))).await.code(), -32602);
    let reply = house.caller.post(tool_call("1", "up-t", &json!({}))).await;
    assert_eq!(text(&reply), "Invalid arguments: argument a is required");
    assert!(stub.asked("tools/call").is_empty());
}

#[tokio::test]
async fn listings_have_pages_and_a_short_life() {
    let stub = Stub::start(|seen| {
        (seen.message["method"] == "tools/list").then(|| {
            match seen.message["params"]["cursor"].as_str() {
                None => {
                    answer(seen, "result", &json!({"tools": [{"name": "t"}], "nextCursor": "2"}))
                }
                Some(_) => {
                    answer(seen, "result", &json!({"tools": [{"name": "u"}, {"title": "no name"}]}))
                }
            }
        })
    })
    .await;
    let house = house(&stub).await;
    for _ in 0..3 {
        let listed = house.caller.post(request("1", "tools/list")).await.json();
        assert_eq!(listed["result"]["tools"].as_array().map(Vec::len), Some(10));
    }
    assert_eq!(stub.asked("tools/list").len(), 2);
    tokio::time::sleep(Duration::from_millis(1050)).await;
    house.caller.post(request("1", "tools/list")).await;
    assert_eq!(stub.asked("tools/list").len(), 4);
}

#[tokio::test]
async fn a_tool_with_an_annotation_that_is_not_valid_is_left_out() {
    let stub = Stub::start(|seen| {
        (seen.message["method"] == "tools/list").then(|| {
            let annotated = |name: &str, kind: &str| {
                let schema = json!({"type": kind, "x-mcp-header": name});
                json!({"type": "object", "properties": {"p": schema}})
            };
            let tools = json!([
                {"name": "good", "inputSchema": annotated("P", "string")},
                {"name": "empty", "inputSchema": annotated("", "string")},
                {"name": "split", "inputSchema": annotated("P\r\nX: y", "string")},
                {"name": "number", "inputSchema": annotated("P", "number")},
                {"name": "plain", "inputSchema": {"type": "object"}},
            ]);
            answer(seen, "result", &json!({"tools": tools}))
        })
    })
    .await;
    let house = house(&stub).await;
    let listed = house.caller.post(request("1", "tools/list")).await.json();
    let names: Vec<&str> = listed["result"]["tools"]
        .as_array()
        .expect("an array")
        .iter()
        .filter_map(|tool| tool["name"].as_str()?.strip_prefix("up-"))
        .collect();
    assert_eq!(names, ["good", "plain"]);
}
