//! The stateless revision over stdin and stdout.

use serde_json::{Value, json};

use crate::pipe::Pipe;
use crate::support::{initialize, request};

/// A request that says itself what it speaks.
fn stateless(id: &Value, method: &str, params: &Value) -> String {
    let mut params = params.clone();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

fn slow(id: &Value) -> String {
    let arguments = json!({"milliseconds": 1500});
    let params = json!({"name": "gauntlet-gauntlet_slow", "arguments": arguments});
    stateless(id, "tools/call", &params)
}

#[tokio::test]
async fn requests_need_no_session() {
    let mut pipe = Pipe::start(&[]);
    let discovered = pipe.ask(&stateless(&json!(1), "server/discover", &json!({}))).await;
    assert_eq!(discovered["result"]["supportedVersions"][0], "2026-07-28", "{discovered}");
    let params = json!({"name": "gauntlet-gauntlet_echo", "arguments": {"text": "a"}});
    let answer = pipe.ask(&stateless(&json!("b"), "tools/call", &params)).await;
    assert_eq!(answer["result"]["resultType"], "complete");
    assert_eq!(answer["id"], "b");
    let unknown = pipe.ask(&stateless(&json!(2), "nope", &json!({}))).await;
    assert_eq!((&unknown["error"]["code"], &unknown["id"]), (&json!(-32601), &json!(2)));
    let ended = pipe.finish().await;
    assert_eq!(ended.code, Some(0));
    for record in &ended.records {
        assert_eq!(record["metadata"]["mcp_request"]["protocol_version"], "2026-07-28");
        assert_eq!(record["metadata"]["mcp_request"]["transport"], "stdio");
    }
}

#[tokio::test]
async fn each_request_says_itself_what_it_speaks() {
    let mut pipe = Pipe::start(&[]);
    for method in ["tools/list", "server/discover"] {
        assert!(pipe.ask(&stateless(&json!(1), method, &json!({}))).await["result"].is_object());
        let refused = pipe.ask(&request("2", method)).await;
        assert_eq!((&refused["error"]["code"], &refused["id"]), (&json!(-32602), &json!(2)));
    }
    let old = stateless(&json!(3), "tools/list", &json!({})).replace("2026-07-28", "2020-01-01");
    assert_eq!(pipe.ask(&old).await["error"]["code"], -32022);
    // Both eras share the connection.
    assert_eq!(pipe.ask(&initialize("2025-11-25")).await["id"], 0);
    assert!(pipe.ask(&request("4", "tools/list")).await["result"]["resultType"].is_null());
    let listed = pipe.ask(&stateless(&json!(5), "tools/list", &json!({}))).await;
    assert_eq!(listed["result"]["resultType"], "complete");
}

#[tokio::test]
async fn a_cancelled_request_is_not_answered() {
    let mut pipe = Pipe::start(&[]);
    let cancel =
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}}"#;
    let lines = [
        slow(&json!("x")),
        slow(&json!("y")),
        cancel.to_owned(),
        r#"{"jsonrpc":"2.0","id":"z","result":{}}"#.to_owned(),
    ];
    pipe.say(&lines.join("\n")).await;
    assert_eq!(pipe.hear().await["id"], "y");
    let ended = pipe.finish().await;
    assert_eq!((ended.stdout.as_str(), ended.records.len()), ("", 4));
    let codes: Vec<&Value> =
        ended.records.iter().map(|record| &record["error_information"]["error_code"]).collect();
    assert!(codes.contains(&&json!("cancelled")), "{codes:?}");
}
