//! Valid messages of every kind and method, from `tests/data/messages.json`.

#![expect(clippy::indexing_slicing, reason = "a test that finds nothing there may panic")]

use mcp_gauntlet::wire::revision::Revision;
use serde_json::{Value, json};

/// Who sends a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Side {
    Client,
    Server,
}

/// A message, and for a response the method that it answers.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) side: Side,
    pub(super) answers: Option<String>,
    pub(super) body: Value,
}

/// The first revision without a handshake: what is new in every message of it.
const STATELESS: &str = "2026-07-28";
/// Results that say since then how long they may be kept.
const KEPT: [&str; 6] = [
    "server/discover",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
];

/// One valid message of every kind and method that the revision knows.
pub(super) fn messages(revision: Revision) -> Vec<Message> {
    let data: Value = serde_json::from_str(include_str!("../../data/messages.json")).unwrap();
    let revision = revision.as_str();
    let list = |name: &str| {
        let all = data[name].as_array().unwrap().iter();
        all.filter(|entry| is_of(entry, revision)).cloned().collect::<Vec<_>>()
    };
    let requests = list("requests").into_iter().map(|entry| request(&entry, revision));
    let notifications = list("notifications").into_iter().map(|entry| notification(&entry));
    let results = list("results").into_iter().map(|entry| result(&entry, revision));
    let errors = list("errors").into_iter().map(error);
    let reply = Message {
        side: Side::Client,
        answers: None,
        body: json!({"jsonrpc": "2.0", "id": 3, "result": {}}),
    };
    let reply = (revision < STATELESS).then_some(reply);
    requests.chain(notifications).chain(results).chain(errors).chain(reply).collect()
}

fn is_of(entry: &Value, revision: &str) -> bool {
    let from = entry["since"].as_str().is_none_or(|since| since <= revision);
    from && entry["until"].as_str().is_none_or(|until| revision <= until)
}

fn side(entry: &Value) -> Side {
    if entry["by"] == "client" { Side::Client } else { Side::Server }
}

fn notification(entry: &Value) -> Message {
    let mut body = json!({"jsonrpc": "2.0", "method": entry["method"]});
    if !entry["params"].is_null() {
        body["params"] = entry["params"].clone();
    }
    Message { side: side(entry), answers: None, body }
}

fn request(entry: &Value, revision: &str) -> Message {
    let mut message = notification(entry);
    message.body["id"] = json!(7);
    if revision >= STATELESS {
        let meta = &mut message.body["params"]["_meta"];
        meta["io.modelcontextprotocol/protocolVersion"] = json!(revision);
        meta["io.modelcontextprotocol/clientCapabilities"] =
            json!({"sampling": {}, "extensions": {"x": {"y": 1}}});
        meta["io.modelcontextprotocol/clientInfo"] = json!({"name": "c", "version": "1"});
        meta["io.modelcontextprotocol/logLevel"] = json!("info");
    }
    message
}

fn result(entry: &Value, revision: &str) -> Message {
    let method = entry["method"].as_str().unwrap();
    let mut result = entry["result"].clone();
    if revision >= STATELESS {
        if result["resultType"].is_null() {
            result["resultType"] = json!("complete");
        }
        if KEPT.contains(&method) {
            result["ttlMs"] = json!(5);
            result["cacheScope"] = json!("private");
        }
    }
    let body = json!({"jsonrpc": "2.0", "id": "a", "result": result});
    Message { side: Side::Server, answers: Some(method.to_owned()), body }
}

fn error(entry: Value) -> Message {
    let mut error = entry;
    let members = error.as_object_mut().unwrap();
    members.remove("since");
    members.remove("until");
    let body = json!({"jsonrpc": "2.0", "id": 3, "error": error});
    Message { side: Side::Server, answers: Some("tools/call".to_owned()), body }
}
