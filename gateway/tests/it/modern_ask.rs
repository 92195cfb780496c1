//! A tool that needs an answer of the user, over several rounds.

use serde_json::{Value, json};

use crate::modern::{meta, tool_caller};
use crate::support::{House, Reply, tool_call};

const ASK: &str = "gauntlet-gauntlet_ask";

/// A call with further parameters, by a client that can elicit or not.
async fn ask(house: &House, capabilities: &Value, further: &Value) -> Reply {
    let mut meta = meta();
    meta["io.modelcontextprotocol/clientCapabilities"] = capabilities.clone();
    let mut params = json!({"name": ASK, "arguments": {"question": "q?"}, "_meta": meta});
    for (name, value) in further.as_object().expect("an object") {
        params[name] = value.clone();
    }
    let body = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
    let reply = tool_caller(house, ASK).post(body.to_string()).await;
    assert_eq!(reply.raw_id(), "7", "{}", reply.body);
    reply
}

fn can() -> Value {
    json!({"elicitation": {}})
}

async fn state(house: &House) -> Value {
    ask(house, &can(), &json!({})).await.json()["result"]["requestState"].clone()
}

fn answer(text: &str) -> Value {
    json!({"answer": {"action": "accept", "content": {"answer": text}}})
}

#[tokio::test]
async fn a_client_that_cannot_elicit_is_told_so() {
    let house = House::new().await;
    assert_eq!(ask(&house, &can(), &json!({})).await.status, 200);
    for capabilities in [json!({}), json!({"sampling": {}}), json!({"elicitation": {"url": {}}})] {
        let reply = ask(&house, &capabilities, &json!({})).await;
        assert_eq!((reply.status, reply.code()), (400, -32021));
        let required = reply.json()["error"]["data"]["requiredCapabilities"].clone();
        assert!(required["elicitation"].is_object(), "{required}");
    }
    let record = house.records().await.remove(1);
    assert_eq!(record["call_type"], "call_mcp_tool");
    assert_eq!(record["error_information"]["error_code"], "-32021");
}

#[tokio::test]
async fn the_user_is_asked_and_the_retry_completes() {
    let house = House::new().await;
    let result = ask(&house, &can(), &json!({})).await.json()["result"].clone();
    assert_eq!(result["resultType"], "input_required");
    let request = &result["inputRequests"]["answer"];
    assert_eq!(request["method"], "elicitation/create");
    assert_eq!(request["params"]["message"], "q?");
    let retry = json!({"requestState": result["requestState"], "inputResponses": answer("a")});
    for _ in 0..2 {
        let result = ask(&house, &can(), &retry).await.json()["result"].clone();
        assert_eq!(result["resultType"], "complete");
        assert_eq!(result["content"][0]["text"], "the answer is a");
    }
    let declined = json!({
        "requestState": result["requestState"],
        "inputResponses": {"answer": {"action": "decline"}, "other": 5},
    });
    let result = ask(&house, &can(), &declined).await.json()["result"].clone();
    assert_eq!(result["content"][0]["text"], "there is no answer: decline");
    assert!(
        house.records().await.iter().all(|record| {
            record["call_type"] == "call_mcp_tool" && record["status"] == "success"
        })
    );
}

#[tokio::test]
async fn what_is_missing_is_asked_for_again() {
    let house = House::new().await;
    let state = state(&house).await;
    for further in [
        json!({"requestState": state}),
        json!({"requestState": state, "inputResponses": {}}),
        json!({"requestState": state, "inputResponses": {"other": {"action": "accept"}}}),
        json!({"inputResponses": answer("a")}),
    ] {
        let result = ask(&house, &can(), &further).await.json()["result"].clone();
        assert_eq!(result["resultType"], "input_required", "{further}");
        assert!(result["requestState"].is_string());
    }
}

#[tokio::test]
async fn malformed_responses_and_foreign_states_are_refused() {
    let house = House::new().await;
    let state = state(&house).await;
    let text = state.as_str().expect("a string");
    let tampered = format!("{}A", &text[..text.len() - 1]);
    let tampered = if tampered == text { format!("{tampered}A") } else { tampered };
    for further in [
        json!({"requestState": tampered, "inputResponses": answer("a")}),
        json!({"requestState": "", "inputResponses": answer("a")}),
        json!({"requestState": 5}),
        json!({"requestState": state, "inputResponses": answer("a"), "arguments": {"question": "other?"}}),
        json!({"requestState": state, "inputResponses": 5}),
        json!({"requestState": state, "inputResponses": {"answer": "a"}}),
        json!({"requestState": state, "inputResponses": {"answer": {"action": "maybe"}}}),
        json!({"requestState": state, "inputResponses": {"answer": {"action": "accept"}}}),
        json!({"requestState": state, "inputResponses": {"answer": {"action": "accept", "content": {"answer": 5}}}}),
    ] {
        let reply = ask(&house, &can(), &further).await;
        assert_eq!((reply.status, reply.code()), (400, -32602), "{further}");
    }
    let other = House::new().await;
    let retry = json!({"requestState": state, "inputResponses": answer("a")});
    assert_eq!(ask(&other, &can(), &retry).await.code(), -32602);
}

#[tokio::test]
async fn a_session_has_no_way_to_ask() {
    let house = House::new().await;
    let reply = house.caller.post(tool_call("1", ASK, &json!({}))).await;
    assert_eq!(reply.json()["result"]["isError"], true);
}
