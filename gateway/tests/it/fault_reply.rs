//! The faults of replies, each by its effect.

use std::time::Duration;

use reference_gateway::{Config, Fault};
use serde_json::json;

use crate::support::{Caller, House, Reply, initialize, request, tool_call};

async fn reply(fault: Fault, body: &str) -> Reply {
    House::with(&[fault]).await.caller.post(body).await
}

fn echo() -> String {
    tool_call("1", "gauntlet-gauntlet_echo", &json!({"text": "a"}))
}

/// The reply if it comes soon.
async fn soon(caller: &Caller, body: &str) -> Reply {
    caller.send_within(Duration::from_millis(1300), "POST", "/mcp", body.as_bytes()).await
}

fn hangs(reply: &Reply) -> bool {
    !reply.ended
        && reply.status == 200
        && reply.header("content-type") == Some("text/event-stream")
        && reply.body.contains(": keep-alive")
        && reply.messages().is_empty()
}

#[tokio::test]
async fn rejections_of_bad_ids_are_dropped() {
    let dropped = reply(Fault::DropBadId, &request("true", "ping")).await;
    assert_eq!((dropped.status, dropped.body.as_str()), (202, ""));
    assert_eq!(reply(Fault::DropBadId, "{}").await.status, 400);
}

#[tokio::test]
async fn unknown_methods_hang() {
    let house = House::with(&[Fault::HangUnknownMethod]).await;
    assert!(hangs(&soon(&house.caller, &request("1", "nope")).await));
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 200);
}

#[tokio::test]
async fn a_session_is_wedged_by_what_is_unparsable() {
    let mut house = House::with(&[Fault::WedgeSession]).await;
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 200);
    assert_eq!(house.caller.post("{").await.code(), -32700);
    assert!(hangs(&soon(&house.caller, &request("1", "ping")).await));
    house.caller = house.caller.in_session(None);
    house.caller.open("2025-11-25").await;
    assert_eq!(house.caller.post(request("1", "ping")).await.status, 200);
}

#[tokio::test]
async fn calls_are_answered_twice_in_a_stream() {
    let house = House::with(&[Fault::DoubleReply]).await;
    assert_eq!(house.caller.post(echo()).await.messages().len(), 2);
    let json_only = house.caller.with("Accept", "application/json");
    assert_eq!(json_only.post(echo()).await.messages().len(), 1);
}

#[tokio::test]
async fn answers_are_spoilt() {
    let both = reply(Fault::ResultAndError, &echo()).await.json();
    assert!(both["result"].is_object() && both["error"].is_object());
    let code = reply(Fault::WrongCode, &request("1", "nope")).await.code();
    assert_eq!(code, -32000);
    let rejected = reply(Fault::RejectValid, &request("1", "tools/list")).await;
    assert_eq!((rejected.status, rejected.code()), (200, -32603));
    assert!(rejected.json()["result"].is_null());
    let traced = reply(Fault::Traceback, &request("1", "nope")).await.json();
    assert!(
        traced["error"]["message"].as_str().is_some_and(|text| text.contains(" /opt/app/src/"))
    );
}

#[tokio::test]
async fn initialize_is_spoilt() {
    let house = House::with(&[Fault::ServerInfoLost]).await;
    let stranger = house.caller.in_session(None);
    let nameless = stranger.post(&initialize("2025-11-25")).await.json();
    assert!(nameless["result"]["protocolVersion"].is_string());
    assert!(nameless["result"]["serverInfo"].is_null());
    let house = House::with(&[Fault::RevisionInvented]).await;
    let stranger = house.caller.in_session(None);
    for (asked, offered) in [("2025-06-18", "2025-06-18"), ("1900-01-01", "2020-02-30")] {
        let answer = stranger.post(&initialize(asked)).await.json();
        assert_eq!(answer["result"]["protocolVersion"], offered);
    }
    let marked = reply(Fault::ByteOrderMark, &request("1", "ping")).await;
    assert!(marked.body.starts_with("\u{feff}{"), "{}", marked.body);
}

#[tokio::test]
async fn one_schema_of_the_list_is_null() {
    let list = reply(Fault::ToolSchemaNull, &request("1", "tools/list")).await.json();
    let tools = list["result"]["tools"].as_array().cloned().unwrap_or_default();
    let null = tools.iter().filter(|tool| tool["inputSchema"].is_null());
    let null: Vec<_> = null.map(|tool| tool["name"].clone()).collect();
    assert_eq!(null, ["gauntlet-gauntlet_slow"]);
    assert!(tools.len() > 3);
}

#[tokio::test]
async fn ids_are_spoilt() {
    for (fault, sent, echoed) in [
        (Fault::StringifyId, "7", "\"7\""),
        (Fault::StringifyId, "\"a\"", "\"a\""),
        (Fault::RoundId, "9007199254740993", "9007199254740992"),
        (Fault::RoundId, "18446744073709551616", "1.8446744073709552e19"),
        (Fault::RoundId, "7", "7"),
        (Fault::AliasIdEchoLowercase, "\"AbC\"", "\"abc\""),
        (Fault::AliasIdEchoLowercase, "7", "7"),
    ] {
        assert_eq!(reply(fault, &request(sent, "ping")).await.raw_id(), echoed, "{fault}");
    }
    assert_eq!(reply(Fault::InventedId, "{").await.raw_id(), "\"server-error\"");
    assert_eq!(reply(Fault::InventedId, &request("1", "nope")).await.raw_id(), "1");
}

#[tokio::test]
async fn http_is_spoilt() {
    let parse = reply(Fault::ParseError500, "{").await;
    assert_eq!((parse.status, parse.code()), (500, -32700));
    assert_eq!(reply(Fault::ParseError500, "{}").await.status, 400);
    let plain = reply(Fault::PlainTextReply, &request("1", "ping")).await;
    assert_eq!(plain.header("content-type"), Some("text/plain"));
    let stream = reply(Fault::PlainTextReply, &echo()).await;
    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    let cut = reply(Fault::SseUnterminated, &echo()).await;
    assert!(cut.body.ends_with("}\n") && !cut.body.ends_with("\n\n"));
}

#[tokio::test]
async fn strangers_get_no_challenge() {
    let config = Config {
        api_key: Some("key".to_owned()),
        faults: vec![Fault::NoChallenge],
        ..Config::default()
    };
    let gateway = reference_gateway::start(config).await.expect("it starts");
    let reply = Caller::at(gateway.address()).post("{}").await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, None));
}

#[tokio::test]
async fn notifications_are_answered() {
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let answered = reply(Fault::AnswerNotification, notification).await;
    assert_eq!(
        (answered.status, answered.code(), answered.raw_id().as_str()),
        (200, -32601, "null")
    );
}

#[tokio::test]
async fn a_standing_stream_asks_for_what_was_not_declared() {
    let house = House::with(&[Fault::AsksUndeclared]).await;
    let caller = house.caller.with("Accept", "text/event-stream");
    let stream = caller.send_within(Duration::from_millis(900), "GET", "/mcp", b"").await;
    assert!(stream.messages().iter().any(|message| message["method"] == "roots/list"));
}
