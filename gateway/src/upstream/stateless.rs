//! Two more tools of the upstream that is part of the gateway, about what came with the stateless
//! revision: asking the user, and headers that mirror arguments.

use serde_json::json;

use super::call::{CallOutcome, ToolCall, text_result};
use super::catalog::Tool;
use crate::json::{member, members, raw, string};

/// The tools in the order in which they are listed.
pub(super) fn tools() -> Vec<Tool> {
    [
        json!({
            "name": "gauntlet_ask",
            "description": "Asks the user, and answers with what the user says.",
            "inputSchema": {"type": "object", "properties": {"question": {"type": "string"}}},
        }),
        json!({
            "name": "gauntlet_region",
            "description": "Answers with the region that it is given, which a header mirrors.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "region": {"type": "string", "x-mcp-header": "Region"},
                    "count": {"type": "integer", "x-mcp-header": "Count"},
                },
                "required": ["region"],
            },
        }),
    ]
    .into_iter()
    .filter_map(|tool| Tool::read(&raw(tool.to_string())))
    .collect()
}

/// Runs one of them; `None` if the call is for another tool. Asking the user is not done here: it
/// takes more than arguments, and whoever gets here came by a revision that has no way to ask.
pub(super) fn call(call: ToolCall<'_>) -> Option<CallOutcome> {
    let (text, is_error) = match call.name {
        "gauntlet_ask" => {
            let reason = "no revision with a handshake lets this tool ask the user";
            (reason.to_owned(), true)
        }
        "gauntlet_region" => {
            let arguments = call.arguments.and_then(members).unwrap_or_default();
            (member(&arguments, "region").and_then(string)?, false)
        }
        _ => return None,
    };
    Some(CallOutcome::answered(text_result(&text, is_error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Notices;
    use crate::upstream::mirrored::mirrored;

    #[test]
    fn a_region_is_mirrored_and_a_question_is_not() {
        let tools = tools();
        let headers: Vec<usize> = tools
            .iter()
            .map(|tool| mirrored(&tool.schema).expect("the annotations are valid").len())
            .collect();
        assert_eq!(headers, [0, 2]);
    }

    #[test]
    fn only_its_own_tools_are_run() {
        let arguments = raw(r#"{"region":"eu"}"#.to_owned());
        let notices = Notices::none();
        let (arguments, notices) = (Some(&*arguments), &notices);
        let run =
            |name| call(ToolCall { name, arguments, traceparent: None, notices, brought: None });
        let is_error =
            |outcome| matches!(outcome, Some(CallOutcome::Answered { is_error: true, .. }));
        assert!(is_error(run("gauntlet_ask")));
        assert!(!is_error(run("gauntlet_region")) && run("gauntlet_region").is_some());
        assert!(run("gauntlet_echo").is_none());
    }
}
