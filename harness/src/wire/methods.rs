//! The methods that a server of each revision knows (MCP schema, ClientRequest).

use super::revision::Revision;

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

/// Whether any revision knows the method, as a request or as a notification.
#[must_use]
pub fn is_of_mcp(method: &str) -> bool {
    method.starts_with("notifications/")
        || [&COMMON[..], &TASKS, &MODERN].iter().any(|list| list.contains(&method))
}
