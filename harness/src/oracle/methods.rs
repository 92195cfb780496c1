//! The methods that a server of each revision knows (MCP schema, ClientRequest).

use crate::wire::revision::Revision;

const COMMON: [&str; 13] = [
    "initialize",
    "ping",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "prompts/list",
    "prompts/get",
    "logging/setLevel",
    "completion/complete",
];

/// Experimental tasks of 2025-11-25.
const TASKS: [&str; 4] = ["tasks/get", "tasks/result", "tasks/cancel", "tasks/list"];

/// What is left of them, and what came, with the stateless revision.
const MODERN: [&str; 10] = [
    "server/discover",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "subscriptions/listen",
];

/// Whether a server of this revision may be asked for the method.
#[must_use]
pub fn is_known(method: &str, revision: Revision) -> bool {
    if revision.is_modern() {
        return MODERN.contains(&method);
    }
    COMMON.contains(&method) || (revision >= Revision::V2025_11_25 && TASKS.contains(&method))
}

/// The call type that a record of a served request of this method carries.
#[must_use]
pub fn call_type(method: &str) -> String {
    match method {
        "tools/call" => "call_mcp_tool".to_owned(),
        "tools/list" => "list_mcp_tools".to_owned(),
        method => format!("mcp_{}", method.replace('/', "_")),
    }
}

/// The call type of what is refused at the protocol layer.
pub const PROTOCOL_ERROR: &str = "call_mcp_protocol_error";
