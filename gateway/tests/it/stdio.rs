//! Messages over stdin and stdout.

use serde_json::{Value, json};

use crate::pipe::Pipe;
use crate::support::{initialize, request, tool_call};

fn code(message: &Value) -> i64 {
    message["error"]["code"].as_i64().unwrap_or(0)
}

fn slow(id: &str, milliseconds: u64) -> String {
    tool_call(id, "gauntlet-gauntlet_slow", &json!({"milliseconds": milliseconds}))
}

#[tokio::test]
async fn a_session_is_opened_and_serves_tools() {
    let mut pipe = Pipe::open("2025-06-18", &[]).await;
    pipe.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    let listed = pipe.ask(&request("1", "tools/list")).await;
    assert_eq!(listed["result"]["tools"][0]["name"], "gauntlet-gauntlet_echo");
    let text = "two\nlines\r\u{2028}\u{85}";
    let echo = tool_call("\"a\"", "gauntlet-gauntlet_echo", &json!({"text": text}));
    let answer = pipe.ask(&echo).await;
    assert_eq!(answer["id"], "a");
    assert_eq!(answer["result"]["content"][0]["text"], text);
    let ended = pipe.finish().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    let seen: Vec<(&Value, &Value)> = ended
        .records
        .iter()
        .map(|record| (&record["call_type"], &record["metadata"]["mcp_request"]["jsonrpc_id"]))
        .collect();
    assert_eq!(
        json!(seen),
        json!([
            ["mcp_initialize", 0],
            ["mcp_notifications_initialized", null],
            ["list_mcp_tools", 1],
            ["call_mcp_tool", "a"],
        ])
    );
    for record in &ended.records {
        let request = &record["metadata"]["mcp_request"];
        assert_eq!(request["transport"], "stdio");
        assert_eq!(request["protocol_version"], "2025-06-18");
        assert_eq!(record["status"], "success");
    }
}

#[tokio::test]
async fn a_session_begins_with_initialize() {
    let mut pipe = Pipe::start(&[]);
    let refused = pipe.ask(&request("\"early\"", "tools/list")).await;
    assert_eq!((code(&refused), &refused["id"]), (-32602, &json!("early")));
    assert_eq!(pipe.ask(&request("1", "ping")).await["result"], json!({}));
    // A notification is not answered, and what is asked in the same breath is served in order.
    let lines = [
        r#"{"jsonrpc":"2.0","method":"notifications/early"}"#.to_owned(),
        initialize("2025-11-25"),
        request("2", "tools/list"),
        initialize("2025-11-25"),
    ];
    pipe.say(&lines.join("\n")).await;
    // Requests run side by side, so that their answers come in any order.
    let answers = [pipe.hear().await, pipe.hear().await, pipe.hear().await];
    let any = |holds: fn(&Value) -> bool| answers.iter().any(holds);
    assert!(any(|answer| answer["result"]["protocolVersion"] == "2025-11-25"), "{answers:?}");
    assert!(any(|answer| answer["result"]["tools"].is_array()), "{answers:?}");
    assert!(any(|answer| answer["error"]["code"] == -32600), "{answers:?}");
    let ended = pipe.finish().await;
    assert_eq!((ended.code, ended.records.len()), (Some(0), 6));
}

#[tokio::test]
async fn bad_lines_are_answered_and_survived() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    for (line, code_of_error, id) in [
        ("garbage", -32700, json!(null)),
        ("{\"jsonrpc\":", -32700, json!(null)),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}{}"#, -32700, json!(null)),
        ("\0", -32700, json!(null)),
        ("42", -32600, json!(null)),
        (r#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#, -32600, json!(3)),
        (r#"{"jsonrpc":"2.0","id":8,"method":5}"#, -32600, json!(8)),
        (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, -32600, json!(null)),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600, json!(null)),
        (r#"{"jsonrpc":"2.0","id":9,"method":"nope"}"#, -32601, json!(9)),
    ] {
        let answer = pipe.ask(line).await;
        assert_eq!((code(&answer), &answer["id"]), (code_of_error, &id), "{line:?}");
        assert_eq!(pipe.ask(&request("\"alive\"", "ping")).await["id"], "alive");
    }
    pipe.write(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc3\x28\"}\n").await;
    assert_eq!(code(&pipe.hear().await), -32700);
    let ended = pipe.finish().await;
    assert_eq!(ended.records.len(), 22);
}

#[tokio::test]
async fn what_asks_for_no_answer_gets_none() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    for line in [
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"gauntlet-gauntlet_echo"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}"#,
        r#"{"jsonrpc":"2.0","id":999,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":999,"result":{},"error":{}}"#,
        "",
        " \t\r",
    ] {
        pipe.say(line).await;
    }
    assert_eq!(pipe.ask(&request("1", "ping")).await["id"], 1);
    let ended = pipe.finish().await;
    assert_eq!((ended.stdout.as_str(), ended.records.len()), ("", 7));
}

#[tokio::test]
async fn line_ends_and_chunks_do_not_matter() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    pipe.write(format!("  {}\r\n", request("1", "ping"))).await;
    assert_eq!(pipe.hear().await["id"], 1);
    for byte in format!("{}\n", request("2", "ping")).as_bytes() {
        pipe.write([*byte]).await;
    }
    assert_eq!(pipe.hear().await["id"], 2);
    pipe.write(request("3", "ping")).await;
    let ended = pipe.finish().await;
    assert_eq!(ended.messages(), [json!({"jsonrpc": "2.0", "id": 3, "result": {}})]);
}

#[tokio::test]
async fn a_long_line_is_refused_and_skipped() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    pipe.write(vec![b'x'; (4 << 20) + 1]).await;
    // It is told before the line has ended.
    let refused = pipe.hear().await;
    assert_eq!((code(&refused), &refused["id"]), (-32600, &json!(null)));
    pipe.write(vec![b'x'; 1 << 20]).await;
    pipe.say("").await;
    assert_eq!(pipe.ask(&request("1", "ping")).await["id"], 1);
    assert_eq!(pipe.finish().await.records.len(), 3);
}

#[tokio::test]
async fn requests_run_side_by_side() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    let lines: Vec<String> = (0..50)
        .map(|number| slow(&number.to_string(), if number % 2 == 0 { 300 } else { 0 }))
        .collect();
    pipe.say(&lines.join("\n")).await;
    let mut ids = Vec::new();
    for _ in 0..50 {
        ids.push(pipe.hear().await["id"].as_u64().expect("a number"));
    }
    assert!(ids[..25].iter().all(|id| id % 2 == 1), "the quick ones come first: {ids:?}");
    ids.sort_unstable();
    assert_eq!(ids, (0..50).collect::<Vec<u64>>());
    assert_eq!(pipe.finish().await.stdout, "");
}

#[tokio::test]
async fn a_batch_is_answered_in_one_line_where_there_are_batches() {
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"x"},3]"#;
    let mut pipe = Pipe::open("2025-03-26", &[]).await;
    let answers = pipe.ask(batch).await;
    assert_eq!(answers[0]["id"], 1);
    assert_eq!(code(&answers[1]), -32600);
    pipe.say(r#"[{"jsonrpc":"2.0","method":"x"}]"#).await;
    assert_eq!(code(&pipe.ask("[]").await), -32600);
    assert_eq!(pipe.finish().await.stdout, "");
}

#[tokio::test]
async fn a_cancelled_request_is_not_answered() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    let cancel = |id: &str| {
        let params = format!(r#"{{"requestId":{id},"reason":"bored"}}"#);
        format!(r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{params}}}"#)
    };
    let lines =
        [slow("\"1\"", 2000), slow("1", 500), cancel("\"1\""), cancel("77"), cancel("null")];
    pipe.say(&lines.join("\n")).await;
    assert_eq!(pipe.hear().await["id"], 1);
    let ended = pipe.finish().await;
    assert_eq!(ended.stdout, "");
    let cancelled = ended.records.iter().find(|record| {
        record["metadata"]["mcp_request"]["jsonrpc_id"] == "1" && record["status"] == "failure"
    });
    let error = &cancelled.expect("a record")["error_information"];
    assert_eq!(error["error_code"], "cancelled");
    assert_eq!(error["error_message"], "the caller cancelled the request: bored");
}

#[tokio::test]
async fn a_trace_is_told_in_meta() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let meta = format!(r#"{{"_meta":{{"traceparent":"{parent}"}}}}"#);
    pipe.ask(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{meta}}}"#)).await;
    let ended = pipe.finish().await;
    assert_eq!(ended.records[1]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(ended.records[0]["trace_id"], json!(null));
}

#[tokio::test]
async fn running_requests_get_a_moment_when_stdin_ends() {
    let mut pipe = Pipe::open("2025-11-25", &[]).await;
    pipe.say(&slow("1", 300)).await;
    pipe.say(&slow("2", 5000)).await;
    let ended = pipe.finish().await;
    let messages = ended.messages();
    assert_eq!(ended.code, Some(0));
    assert_eq!(messages.len(), 2);
    assert!(messages[0]["id"] == 1 && messages[0]["result"].is_object(), "{messages:?}");
    assert!(messages[1]["id"] == 2 && code(&messages[1]) == -32603, "{messages:?}");
}

#[tokio::test]
async fn a_signal_ends_the_process_while_stdin_is_open() {
    for signal in ["-TERM", "-INT"] {
        let mut pipe = Pipe::open("2025-11-25", &[]).await;
        pipe.say(&slow("1", 5000)).await;
        assert_eq!(pipe.ask(&request("2", "ping")).await["id"], 2);
        let sent = std::time::Instant::now();
        pipe.signal(signal).await;
        let ended = pipe.wait().await;
        assert_eq!(ended.code, Some(0));
        assert!(sent.elapsed() < std::time::Duration::from_secs(3), "{:?}", sent.elapsed());
        assert_eq!(code(&ended.messages()[0]), -32603);
    }
}
