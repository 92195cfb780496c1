//! The faults that show over stdio, each by its effect.

use std::time::Duration;

use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::pipe::Pipe;
use crate::support::{initialize, request, tool_call};

async fn with(fault: &str) -> Pipe {
    Pipe::open("2025-11-25", &["--fault", fault]).await
}

/// Says something and proves by a ping that nothing came back for it.
async fn is_silent(pipe: &mut Pipe, line: &str) {
    pipe.say(line).await;
    assert_eq!(pipe.ask(&request("\"alive\"", "ping")).await["id"], "alive", "{line}");
}

#[tokio::test]
async fn a_banner_is_no_message() {
    let mut pipe = Pipe::start(&["--fault", "stdio-banner"]);
    assert_eq!(pipe.line().await, "reference-gateway: ready");
    assert_eq!(pipe.ask(&initialize("2025-11-25")).await["id"], 0);
}

#[tokio::test]
async fn garbage_is_ignored_in_silence() {
    let mut pipe = with("stdio-silent-parse-error").await;
    is_silent(&mut pipe, "garbage").await;
    let refused = pipe.ask(r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#).await;
    assert_eq!(refused["error"]["code"], -32600);
    // Its record is written all the same.
    assert_eq!(pipe.finish().await.records.len(), 4);
}

#[tokio::test]
async fn garbage_ends_the_process() {
    let mut pipe = with("stdio-exit-on-garbage").await;
    assert_eq!(pipe.ask(&request("1", "nope")).await["error"]["code"], -32601);
    pipe.say("garbage").await;
    assert!(pipe.wait().await.code.is_some());
}

#[tokio::test]
async fn answers_take_several_lines() {
    let mut pipe = Pipe::start(&["--fault", "stdio-pretty-print"]);
    pipe.say(&request("1", "ping")).await;
    let lines = [pipe.line().await, pipe.line().await];
    assert_eq!(lines, ["{", "  \"jsonrpc\": \"2.0\","]);
}

#[tokio::test]
async fn the_end_of_stdin_is_ignored() {
    let mut pipe = with("stdio-ignores-eof").await;
    pipe.close();
    assert!(timeout(Duration::from_millis(500), pipe.child.wait()).await.is_err());
    pipe.signal("-TERM").await;
    assert_eq!(pipe.wait().await.code, Some(0));
}

#[tokio::test]
async fn lines_are_torn_when_requests_run_side_by_side() {
    let mut pipe = with("stdio-torn-lines").await;
    assert_eq!(pipe.ask(&request("1", "ping")).await["id"], 1);
    let slow = tool_call("2", "gauntlet-gauntlet_slow", &json!({"milliseconds": 500}));
    pipe.say(&slow).await;
    pipe.say(&request("3", "ping")).await;
    let line = pipe.line().await;
    assert!(line.starts_with(r#"{"jsonrpc":"2.0","id":3,"result":{}}{"jsonrpc""#), "{line}");
}

#[tokio::test]
async fn faults_of_replies_show_here_too() {
    let mut pipe = with("drop-bad-id").await;
    is_silent(&mut pipe, &request("true", "ping")).await;
    let mut pipe = with("hang-unknown-method").await;
    is_silent(&mut pipe, &request("1", "nope")).await;
    let mut pipe = with("stringify-id").await;
    assert_eq!(pipe.ask(&request("1", "ping")).await["id"], "1");
    let mut pipe = with("invented-id").await;
    assert_eq!(pipe.ask("garbage").await["id"], "server-error");
    let mut pipe = with("wrong-code").await;
    assert_eq!(pipe.ask(&request("1", "nope")).await["error"]["code"], -32000);
    let mut pipe = with("answer-notification").await;
    let answer = pipe.ask(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    assert_eq!(answer["error"]["code"], -32601);
    let mut pipe = with("double-reply").await;
    let echo = tool_call("1", "gauntlet-gauntlet_echo", &json!({"text": "a"}));
    assert_eq!(pipe.ask(&echo).await, pipe.hear().await);
}

#[tokio::test]
async fn a_wedged_session_is_silent() {
    let mut pipe = with("wedge-session").await;
    assert_eq!(pipe.ask("garbage").await["error"]["code"], -32700);
    pipe.say(&request("1", "ping")).await;
    sleep(Duration::from_millis(300)).await;
    let ended = pipe.finish().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn rejections_leave_no_record() {
    let mut pipe = with("skip-rejected-record").await;
    pipe.ask("garbage").await;
    assert_eq!(pipe.finish().await.records.len(), 1);
}
