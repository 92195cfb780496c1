//! What is told before an answer, and requests that are cancelled.

use std::time::Duration;

use reference_gateway::{Config, Fault};
use serde_json::{Value, json};

use crate::support::{Caller, House, Reply, tool_call};

const PROGRESS: &str = "gauntlet-gauntlet_progress";
const SLOW: &str = "gauntlet-gauntlet_slow";

/// A call of the tool that tells how far it is. The token is raw text; empty for none.
fn stepping(token: &str, arguments: &Value) -> String {
    let meta = match token {
        "" => String::new(),
        token => format!(r#","_meta":{{"progressToken":{token}}}"#),
    };
    format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{PROGRESS}","arguments":{arguments}{meta}}}}}"#
    )
}

fn told<'m>(messages: &'m [Value], method: &str) -> Vec<&'m Value> {
    let named = messages.iter().filter(|message| message["method"] == method);
    named.map(|message| &message["params"]).collect()
}

async fn set_level(caller: &Caller, level: &str) {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "logging/setLevel", "params": {"level": level}});
    assert_eq!(caller.post(body.to_string()).await.json()["result"], json!({}));
}

#[tokio::test]
async fn progress_is_told_under_the_token_of_the_request() {
    for revision in ["2025-06-18", "2025-11-25"] {
        let house = House::of(Config::default(), revision).await;
        for token in ["7", "\"7\"", "0", "\"\"", "\"zażółć\""] {
            let reply = house.caller.post(stepping(token, &json!({"steps": 3}))).await;
            assert!(reply.ended && reply.status == 200, "{}", reply.body);
            let messages = reply.messages();
            let progress = told(&messages, "notifications/progress");
            let sent: Value = serde_json::from_str(token).expect("a token");
            assert!(progress.iter().all(|params| params["progressToken"] == sent), "{token}");
            let steps: Vec<_> = progress.iter().map(|params| params["progress"].as_u64()).collect();
            assert_eq!(steps, [Some(1), Some(2), Some(3)]);
            let last = messages.last().expect("an answer");
            assert_eq!((&last["id"], &last["result"]["isError"]), (&json!(1), &Value::Null));
        }
    }
}

#[tokio::test]
async fn nothing_is_told_that_nobody_asked_for() {
    let house = House::new().await;
    let messages = house.caller.post(stepping("", &json!({"steps": 2}))).await.messages();
    assert!(told(&messages, "notifications/progress").is_empty());
    assert_eq!(told(&messages, "notifications/message").len(), 2);
    let json_only = house.caller.with("Accept", "application/json");
    let reply = json_only.post(stepping("7", &json!({"steps": 2}))).await;
    assert_eq!(reply.json()["result"]["content"][0]["text"], "took 2 steps");
}

#[tokio::test]
async fn log_messages_are_of_the_level_of_the_session() {
    let house = House::new().await;
    let other = {
        let mut caller = house.caller.in_session(None);
        caller.open("2025-11-25").await;
        caller
    };
    for (level, count) in [("debug", 3), ("info", 2), ("notice", 0), ("emergency", 0)] {
        set_level(&house.caller, level).await;
        let messages = house.caller.post(stepping("", &json!({"steps": 2}))).await.messages();
        assert_eq!(told(&messages, "notifications/message").len(), count, "{level}");
    }
    let messages = other.post(stepping("", &json!({"steps": 2}))).await.messages();
    assert_eq!(told(&messages, "notifications/message").len(), 2);
}

#[tokio::test]
async fn notices_are_sent_when_they_happen() {
    let house = House::new().await;
    let call = stepping("7", &json!({"steps": 20, "milliseconds": 250}));
    let deadline = Duration::from_millis(1500);
    let reply = house.caller.send_within(deadline, "POST", "/mcp", call.as_bytes()).await;
    assert!(!reply.ended && reply.status == 200, "{}", reply.body);
    assert!(!told(&reply.messages(), "notifications/progress").is_empty(), "{}", reply.body);
}

fn cancelled(id: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id},"reason":"no more"}}}}"#
    )
}

/// Calls the slow tool, and cancels this id meanwhile.
async fn cancel(caller: &Caller, canceller: &Caller, call: &str, id: &str) -> Reply {
    let (slow, called) = (caller.clone(), call.to_owned());
    let reply = tokio::spawn(async move { slow.post(called).await });
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(canceller.post(cancelled(id)).await.status, 202);
    reply.await.expect("it is answered")
}

#[tokio::test]
async fn a_cancelled_call_ends_without_an_answer() {
    let house = House::new().await;
    let call = tool_call("7", SLOW, &json!({"milliseconds": 5000}));
    let reply = cancel(&house.caller, &house.caller, &call, "7.0").await;
    assert!(reply.ended && reply.status == 200 && reply.messages().is_empty());
    let records = house.records().await;
    let record = records.iter().find(|record| record["call_type"] == "call_mcp_tool");
    let record = record.expect("a record");
    assert_eq!(record["status"], "failure");
    assert_eq!(record["error_information"]["error_class"], "Cancelled");
    let message = record["error_information"]["error_message"].as_str().expect("a text");
    assert!(message.contains("no more"), "{message}");
    let json_only = house.caller.with("Accept", "application/json");
    assert_eq!(cancel(&json_only, &house.caller, &call, "7").await.code(), -32800);
}

#[tokio::test]
async fn nobody_else_is_cancelled() {
    let house = House::new().await;
    let mut stranger = house.caller.in_session(None);
    stranger.open("2025-11-25").await;
    let call = tool_call("7", SLOW, &json!({"milliseconds": 900}));
    for (canceller, id) in [(&house.caller, "\"7\""), (&house.caller, "8"), (&stranger, "7")] {
        let reply = cancel(&house.caller, canceller, &call, id).await;
        assert_eq!(reply.json()["result"]["content"][0]["text"], "waited 900 ms", "{id}");
    }
    for id in ["null", "{}", "[7]", "7"] {
        assert_eq!(house.caller.post(cancelled(id)).await.status, 202, "{id}");
    }
}

#[tokio::test]
async fn each_fault_of_progress_shows() {
    let call = stepping("7", &json!({"steps": 2}));
    for (fault, token, steps) in [
        (Fault::ProgressStuck, json!(7), vec![1, 1]),
        (Fault::ProgressTokenCoerced, json!("7"), vec![1, 2]),
        (Fault::ProgressAfterResult, json!(7), vec![1, 2, 2]),
    ] {
        let messages = House::with(&[fault]).await.caller.post(&call).await.messages();
        let progress = told(&messages, "notifications/progress");
        assert!(progress.iter().all(|params| params["progressToken"] == token), "{fault}");
        let told: Vec<_> =
            progress.iter().filter_map(|params| params["progress"].as_u64()).collect();
        assert_eq!(told, steps, "{fault}");
        let answered_last = messages.last().is_some_and(|message| message["id"] == 1);
        assert_eq!(answered_last, fault != Fault::ProgressAfterResult);
    }
}

#[tokio::test]
async fn what_a_call_tells_may_go_to_another_that_runs() {
    for (faults, crossed) in [(&[][..], false), (&[Fault::NoticesCrossed], true)] {
        let house = House::with(faults).await;
        let arguments = json!({"steps": 3, "milliseconds": 50});
        let (first, second) = (stepping("1", &arguments), stepping("2", &arguments));
        let (first, second) = tokio::join!(house.caller.post(first), house.caller.post(second));
        let of = |reply: &Reply, token: u32| {
            let messages = reply.messages();
            let told = told(&messages, "notifications/progress");
            assert!(messages.iter().any(|message| message["result"].is_object()));
            told.iter().any(|params| params["progressToken"] == token)
        };
        assert_eq!(of(&first, 2) || of(&second, 1), crossed);
    }
}
