//! The official schema of a revision, where a copy of it lies beside the workspace: the envelope by
//! its union, and what the envelope carries by the definition of the method.

#![expect(clippy::indexing_slicing, reason = "a test that finds nothing there may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::message::{Message, Side};
use jsonschema::Validator;
use mcp_gauntlet::wire::revision::Revision;
use serde_json::{Value, json};

/// The definition of each method's result.
const RESULTS: [(&str, &str); 16] = [
    ("initialize", "InitializeResult"),
    ("server/discover", "DiscoverResult"),
    ("tools/list", "ListToolsResult"),
    ("tools/call", "CallToolResult"),
    ("resources/list", "ListResourcesResult"),
    ("resources/templates/list", "ListResourceTemplatesResult"),
    ("resources/read", "ReadResourceResult"),
    ("prompts/list", "ListPromptsResult"),
    ("prompts/get", "GetPromptResult"),
    ("completion/complete", "CompleteResult"),
    ("tasks/get", "GetTaskResult"),
    ("tasks/list", "ListTasksResult"),
    ("tasks/result", "GetTaskPayloadResult"),
    ("subscriptions/listen", "SubscriptionsListenResult"),
    ("a call that asks for input", "InputRequiredResult"),
    ("a call that makes a task", "CreateTaskResult"),
];
const MESSAGES: [&str; 6] = [
    "JSONRPCMessage",
    "ClientRequest",
    "ClientNotification",
    "ServerRequest",
    "ServerNotification",
    "EmptyResult",
];

/// The compiled definitions of one revision.
pub(super) struct Official {
    validators: BTreeMap<&'static str, Validator>,
}

impl Official {
    /// The definitions; an explanation where there is no copy of the schema.
    pub(super) fn of(revision: Revision) -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/schemas");
        let path = folder.join(revision.as_str()).join("schema.json");
        let text = fs::read_to_string(path).map_err(|error| {
            format!("no copy of the official schema beside the workspace: {error}")
        })?;
        let document: Value = serde_json::from_str(&text).unwrap();
        let key = if document["$defs"].is_object() { "$defs" } else { "definitions" };
        let names = MESSAGES.into_iter().chain(RESULTS.map(|(_, name)| name));
        let known = names.filter(|name| document[key][name].is_object());
        let compiled = known.map(|name| {
            let schema = json!({
                "$schema": document["$schema"],
                "$ref": format!("#/{key}/{name}"),
                key: document[key],
            });
            // Whether a text is a URI or base64 is no question of a message's structure.
            let options = jsonschema::options().should_validate_formats(false);
            (name, options.build(&schema).unwrap())
        });
        Ok(Self { validators: compiled.collect() })
    }

    fn is(&self, name: &str, value: &Value) -> bool {
        self.validators.get(name).is_some_and(|validator| validator.is_valid(value))
    }

    /// Whether the official schema takes a message.
    pub(super) fn takes(&self, message: &Message) -> bool {
        let body = &message.body;
        let envelope = self.is("JSONRPCMessage", body);
        match body.as_array() {
            Some(items) => envelope && items.iter().all(|item| self.carries(message, item, false)),
            None => envelope && self.carries(message, body, true),
        }
    }

    /// Whether what the envelope carries fits its method.
    fn carries(&self, message: &Message, body: &Value, by_method: bool) -> bool {
        if body.get("method").is_some() {
            let (request, notification) = match message.side {
                Side::Client => ("ClientRequest", "ClientNotification"),
                Side::Server => ("ServerRequest", "ServerNotification"),
            };
            return self.is(request, body) || self.is(notification, body);
        }
        match (body.get("result"), message.answers.as_deref()) {
            (Some(result), Some(method)) if by_method => {
                self.is(self.definition(method, result), result)
            }
            _ => true,
        }
    }

    fn definition(&self, method: &str, result: &Value) -> &'static str {
        let asks = result.get("resultType").is_some_and(|kind| kind == "input_required");
        let may_ask = matches!(method, "tools/call" | "prompts/get" | "resources/read");
        if asks && may_ask && self.validators.contains_key("InputRequiredResult") {
            return "InputRequiredResult";
        }
        let task = method == "tools/call" && result.get("task").is_some();
        if task && self.validators.contains_key("CreateTaskResult") {
            return "CreateTaskResult";
        }
        let named = RESULTS.iter().find(|(name, _)| *name == method);
        named.map_or("EmptyResult", |(_, definition)| definition)
    }
}
