//! Resources, prompts, completion and logging.

use reference_gateway::Config;
use serde_json::{Value, json};

use crate::support::{House, Reply, initialize};

async fn ask(house: &House, method: &str, params: &Value) -> Reply {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    house.caller.post(body.to_string()).await
}

async fn result(house: &House, method: &str, params: Value) -> Value {
    let reply = ask(house, method, &params).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["result"].clone()
}

#[tokio::test]
async fn resources_are_listed_and_read() {
    let house = House::new().await;
    let listed = result(&house, "resources/list", json!({})).await;
    assert_eq!(listed["resources"][0]["uri"], "gauntlet://text");
    let templates = result(&house, "resources/templates/list", json!({})).await;
    assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "gauntlet://item/{n}");
    let read = result(&house, "resources/read", json!({"uri": "gauntlet://item/7"})).await;
    assert_eq!(
        read["contents"],
        json!([{"uri": "gauntlet://item/7", "mimeType": "text/plain", "text": "This is item 7."}])
    );
    let reply = ask(&house, "resources/list", &json!({"cursor": "x"})).await;
    assert_eq!(reply.code(), -32602);
}

#[tokio::test]
async fn a_resource_that_does_not_exist_is_named_in_the_error() {
    let house = House::new().await;
    let uri = "file:///nothing/ü.txt".replace('ü', "%C3%BC");
    let error = ask(&house, "resources/read", &json!({"uri": uri})).await.json()["error"].clone();
    assert_eq!(error["code"], -32002);
    assert_eq!(error["data"], json!({"uri": uri}));
    for params in [json!({}), json!({"uri": 5}), json!({"uri": ""}), json!({"uri": "a\u{0}:b"})] {
        let reply = ask(&house, "resources/read", &params).await;
        assert_eq!(reply.code(), -32602, "{params}");
    }
}

#[tokio::test]
async fn a_prompt_needs_its_argument() {
    let house = House::new().await;
    let listed = result(&house, "prompts/list", json!({})).await;
    assert_eq!(listed["prompts"][0]["name"], "gauntlet_greeting");
    let arguments = json!({"name": "Łucja", "language": "Polish"});
    let params = json!({"name": "gauntlet_greeting", "arguments": arguments});
    let got = result(&house, "prompts/get", params).await;
    assert_eq!(
        got["messages"],
        json!([{"role": "user", "content": {"type": "text", "text": "Greet Łucja in Polish."}}])
    );
    for params in [
        json!({}),
        json!({"name": 5}),
        json!({"name": "gauntlet_farewell", "arguments": {"name": "x"}}),
        json!({"name": "gauntlet_greeting"}),
        json!({"name": "gauntlet_greeting", "arguments": {"language": "Polish"}}),
        json!({"name": "gauntlet_greeting", "arguments": {"name": 5}}),
        json!({"name": "gauntlet_greeting", "arguments": ["x"]}),
    ] {
        assert_eq!(ask(&house, "prompts/get", &params).await.code(), -32602, "{params}");
    }
}

#[tokio::test]
async fn a_completion_has_at_most_a_hundred_values() {
    let house = House::new().await;
    let prompt = json!({"type": "ref/prompt", "name": "gauntlet_greeting"});
    let template = json!({"type": "ref/resource", "uri": "gauntlet://item/{n}"});
    for (reference, name, value, count, total) in [
        (&prompt, "language", "", 100, 120),
        (&prompt, "language", "po", 2, 2),
        (&prompt, "name", "A", 0, 0),
        (&template, "n", "", 100, 250),
        (&template, "n", "25", 2, 2),
    ] {
        let params = json!({"ref": reference, "argument": {"name": name, "value": value}});
        let completion = result(&house, "completion/complete", params).await["completion"].clone();
        assert_eq!(completion["values"].as_array().map(Vec::len), Some(count), "{name} {value}");
        assert_eq!(completion["total"], total);
        assert_eq!(completion["hasMore"], count < total);
    }
}

#[tokio::test]
async fn a_completion_of_something_unknown_is_refused() {
    let house = House::new().await;
    let argument = json!({"name": "language", "value": ""});
    let prompt = json!({"type": "ref/prompt", "name": "gauntlet_greeting"});
    for params in [
        json!({"ref": {"type": "ref/prompt", "name": "nope"}, "argument": argument}),
        json!({"ref": {"type": "ref/resource", "uri": "gauntlet://text"}, "argument": argument}),
        json!({"ref": {"type": "ref/bogus", "name": "x"}, "argument": argument}),
        json!({"ref": {"name": "gauntlet_greeting"}, "argument": argument}),
        json!({"ref": prompt}),
        json!({"argument": argument}),
        json!({"ref": prompt, "argument": {"name": "language"}}),
        json!({"ref": prompt, "argument": {"name": "colour", "value": ""}}),
    ] {
        assert_eq!(ask(&house, "completion/complete", &params).await.code(), -32602, "{params}");
    }
}

#[tokio::test]
async fn a_log_level_is_one_of_eight() {
    let house = House::new().await;
    assert_eq!(result(&house, "logging/setLevel", json!({"level": "alert"})).await, json!({}));
    for params in [json!({}), json!({"level": "nope"}), json!({"level": 5}), json!({"level": ""})] {
        assert_eq!(ask(&house, "logging/setLevel", &params).await.code(), -32602, "{params}");
    }
}

#[tokio::test]
async fn each_request_leaves_a_record_of_its_own_type() {
    let house = House::new().await;
    for (method, params, status) in [
        ("resources/list", json!({}), "success"),
        ("resources/read", json!({"uri": "gauntlet://nothing"}), "failure"),
        ("prompts/get", json!({"name": "gauntlet_greeting"}), "failure"),
        ("completion/complete", json!({}), "failure"),
        ("logging/setLevel", json!({"level": "debug"}), "success"),
    ] {
        ask(&house, method, &params).await;
        let record = house.records().await.pop().expect("a record");
        assert_eq!(record["call_type"], format!("mcp_{}", method.replace('/', "_")));
        assert_eq!(record["status"], status, "{method}");
        assert_eq!(record["metadata"]["mcp_request"]["method"], method);
    }
}

#[tokio::test]
async fn what_is_not_offered_is_not_known() {
    let house = House::new().await;
    let uri = json!({"uri": "gauntlet://text"});
    for method in ["resources/subscribe", "resources/unsubscribe"] {
        assert_eq!(ask(&house, method, &uri).await.code(), -32601, "{method}");
    }
    let bare = House::of(Config { upstreams: Vec::new(), ..Config::default() }, "2025-06-18").await;
    let introduced = bare.caller.in_session(None).post(initialize("2025-06-18")).await.json();
    assert_eq!(introduced["result"]["capabilities"], json!({"tools": {}}));
    for method in ["resources/list", "prompts/get", "completion/complete", "logging/setLevel"] {
        assert_eq!(ask(&bare, method, &json!({"level": "debug"})).await.code(), -32601, "{method}");
    }
    let record = bare.records().await.pop().expect("a record");
    assert_eq!(record["call_type"], "call_mcp_protocol_error");
}
