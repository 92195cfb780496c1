//! The call types of our vocabulary, and which one a method has.

use crate::wire::methods;

/// The call type of what is refused at the protocol layer.
pub const PROTOCOL_ERROR: &str = "call_mcp_protocol_error";

/// Codes by which a message is refused before its method is served: parse error, invalid request and
/// method not found (JSON-RPC 2.0 section 5.1).
const PROTOCOL_CODES: [&str; 3] = ["-32700", "-32600", "-32601"];

/// The call type that a record of a served request of this method carries.
#[must_use]
pub fn call_type(method: &str) -> String {
    match method {
        "tools/call" => "call_mcp_tool".to_owned(),
        "tools/list" => "list_mcp_tools".to_owned(),
        method => format!("mcp_{}", method.replace('/', "_")),
    }
}

/// The call type of a record that names nothing but its method. One that failed with a code of the protocol
/// layer, or with a method that MCP does not know, was refused there; a call of a tool stays one.
#[must_use]
pub fn call_type_of_record(method: &str, failed: bool, error_code: Option<&str>) -> String {
    let unknown = failed && !methods::is_of_mcp(method);
    let refused = error_code.is_some_and(|code| PROTOCOL_CODES.contains(&code));
    if method != "tools/call" && (unknown || refused) {
        PROTOCOL_ERROR.to_owned()
    } else {
        call_type(method)
    }
}

#[cfg(test)]
mod tests {
    use super::call_type_of_record;

    #[test]
    fn a_method_has_a_call_type_that_follows_what_became_of_it() {
        let named = |method, failed, code| call_type_of_record(method, failed, code);
        assert_eq!(named("tools/call", false, None), "call_mcp_tool");
        assert_eq!(named("tools/call", true, Some("-32602")), "call_mcp_tool");
        assert_eq!(named("tools/call", true, Some("-32601")), "call_mcp_tool");
        assert_eq!(named("tools/list", false, None), "list_mcp_tools");
        assert_eq!(named("tools/list", true, Some("-32600")), "call_mcp_protocol_error");
        assert_eq!(named("resources/templates/list", true, None), "mcp_resources_templates_list");
        assert_eq!(named("gauntlet/none", true, None), "call_mcp_protocol_error");
        assert_eq!(named("gauntlet/none", false, None), "mcp_gauntlet_none");
        let notification = named("notifications/initialized", false, None);
        assert_eq!(notification, "mcp_notifications_initialized");
    }
}
