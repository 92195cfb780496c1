//! The same message gets the same answer, byte for byte, as JSON and as a stream over HTTP and over
//! stdio.

use serde_json::{Value, json};

use crate::pipe::Pipe;
use crate::support::{Caller, House, dead_address, initialize, request, tool_call, with_upstream};

/// Messages that are answered, of any session.
fn answered() -> Vec<String> {
    let mut messages: Vec<String> = [
        "garbage",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":",
        "{\"jsonrpc\":\"2.0\",\"id\":01,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":\"\\ud800\",\"method\":\"ping\"}",
        "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
        "\"a\u{1}b\"",
        "null",
        "42",
        "[]",
        "[[]]",
        "{}",
        r#"{"JSONRPC":"2.0","ID":1,"Method":"ping"}"#,
        r#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#,
        r#"{"id":4,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":8,"method":12345}"#,
        r#"{"jsonrpc":"2.0","method":12345}"#,
        r#"{"jsonrpc":"1.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":14}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":5}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToken":{}}}}"#,
    ]
    .map(str::to_owned)
    .to_vec();
    let ids =
        ["1", "0", "-1", "1.0", "1e0", "9007199254740993", "\"\"", "\"\\u00e9\"", "\"1\"", "null"];
    messages.extend(ids.map(|id| request(id, "ping")));
    messages.extend(["true", "1.5", "{}", "[1]"].map(|id| request(id, "ping")));
    messages.extend(["nope", "", "Tools/List", "rpc.x", "tools/list"].map(|m| request("5", m)));
    messages.push(format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"a":{}{}}}}}"#,
        "[".repeat(3000),
        "]".repeat(3000)
    ));
    messages.push(initialize("2025-11-25"));
    messages.extend(calls());
    messages
}

fn calls() -> Vec<String> {
    [
        ("gauntlet-gauntlet_echo", json!({"text": "two\nlines\r\u{2028}\u{85}\u{1f600}"})),
        ("gauntlet-gauntlet_echo", json!({"text": 5})),
        ("gauntlet-gauntlet_fail", json!({"reason": "so"})),
        ("gauntlet-gauntlet_add", json!({"a": 1, "b": 2})),
        ("gauntlet-nope", json!({})),
        ("nope", json!({})),
        ("down-gauntlet_echo", json!({"text": "a"})),
    ]
    .map(|(tool, arguments)| tool_call("\"c\"", tool, &arguments))
    .to_vec()
}

/// Messages that no transport answers; HTTP has a status for them, and an error without a
/// matching id at most.
const UNASKED: [&str; 7] = [
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/nope"}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}"#,
    r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"gauntlet-gauntlet_echo"}}"#,
    r#"{"jsonrpc":"2.0","id":999,"result":{}}"#,
    r#"{"jsonrpc":"2.0","id":999,"result":{},"error":{}}"#,
];

struct Both {
    caller: Caller,
    pipe: Pipe,
    /// Runs until both are done.
    _house: House,
}

impl Both {
    async fn new(revision: &str) -> Self {
        let nowhere = dead_address().await;
        let house = House::of(with_upstream("down", nowhere), revision).await;
        let upstream = format!("down=http://{nowhere}/mcp");
        let pipe = Pipe::open(revision, &["--upstream", &upstream]).await;
        Self { caller: house.caller.clone(), pipe, _house: house }
    }

    /// Demands that all ways lead to the same answer.
    async fn compare(&mut self, caller: &Caller, message: &str) {
        self.pipe.say(message).await;
        let line = self.pipe.line().await;
        let json = caller.with("Accept", "application/json").post(message).await;
        assert_eq!(json.body, line, "{message}");
        let stream = caller.with("Accept", "text/event-stream").post(message).await;
        let data: Vec<&str> =
            stream.body.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
        // The answers to a batch are events of their own in a stream.
        let batch = line.starts_with('[');
        let streamed = if batch { format!("[{}]", data.join(",")) } else { data.join("\n") };
        assert_eq!(streamed, line, "{message}");
    }
}

#[tokio::test]
async fn every_transport_gives_the_same_answer() {
    for revision in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut both = Both::new(revision).await;
        let caller = both.caller.clone();
        for message in answered() {
            both.compare(&caller, &message).await;
        }
        let batch = format!("[{},3,{}]", request("1", "ping"), request("2", "nope"));
        both.compare(&caller, &batch).await;
    }
}

#[tokio::test]
async fn what_asks_for_no_answer_gets_none_anywhere() {
    let mut both = Both::new("2025-11-25").await;
    for message in UNASKED {
        let reply = both.caller.post(message).await;
        let identified = || reply.json()["id"].is_number() || reply.json()["id"].is_string();
        assert!(reply.body.is_empty() || !identified(), "{message}: {}", reply.body);
        both.pipe.say(message).await;
        assert_eq!(both.pipe.ask(&request("\"next\"", "ping")).await["id"], "next", "{message}");
    }
}

#[tokio::test]
async fn the_stateless_revision_answers_alike_too() {
    let mut both = Both::new("2025-11-25").await;
    let caller = both.caller.in_session(None).with("MCP-Protocol-Version", "2026-07-28");
    let echo = json!({"name": "gauntlet-gauntlet_echo", "arguments": {"text": "a\nb"}});
    for (method, params) in [
        ("server/discover", json!({})),
        ("tools/list", json!({})),
        ("tools/list", json!({"cursor": "x"})),
        ("tools/call", echo),
        ("tools/call", json!({"name": "nope"})),
        ("ping", json!({})),
        ("nope", json!({})),
    ] {
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        let message = stateless(method, params);
        let caller = caller.with("Mcp-Method", method).with("Mcp-Name", &name);
        both.compare(&caller, &message).await;
    }
}

fn stateless(method: &str, mut params: Value) -> String {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).to_string()
}
