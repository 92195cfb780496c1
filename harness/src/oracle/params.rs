//! Whether the params of a known method fit it. Only what every revision agrees on is judged.

use crate::wire::id::Id;
use crate::wire::json::Json;

/// A tool that the target offers.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Name as listed.
    pub name: String,
    /// Its input schema, as listed.
    pub schema: Json,
}

/// Whether the params, an object or absent, violate the method's schema.
#[must_use]
pub fn violate(method: &str, params: Option<&Json>) -> bool {
    bad_meta(params)
        || match method {
            "tools/call" => bad_call(params),
            "initialize" => bad_initialize(params),
            "resources/read" | "resources/subscribe" | "resources/unsubscribe" => {
                !has_text(params, "uri")
            }
            "prompts/get" => !has_text(params, "name"),
            "logging/setLevel" => !has_text(params, "level"),
            "tools/list" | "prompts/list" | "resources/list" | "resources/templates/list" => {
                member(params, "cursor").is_some_and(|cursor| !is_text(cursor))
            }
            _ => false,
        }
}

fn member<'a>(params: Option<&'a Json>, name: &str) -> Option<&'a Json> {
    params.and_then(|params| params.get(name))
}

const fn is_text(json: &Json) -> bool {
    matches!(json, Json::String(_))
}

fn has_text(params: Option<&Json>, name: &str) -> bool {
    member(params, name).is_some_and(is_text)
}

fn bad_meta(params: Option<&Json>) -> bool {
    let Some(meta) = member(params, "_meta") else { return false };
    match meta {
        Json::Object(_) => meta.get("progressToken").is_some_and(|token| !Id::is_valid(token)),
        _ => true,
    }
}

/// `arguments: null` counts as absent.
fn bad_call(params: Option<&Json>) -> bool {
    let arguments = member(params, "arguments");
    let fits = matches!(arguments, None | Some(Json::Null | Json::Object(_)));
    !has_text(params, "name") || !fits
}

fn bad_initialize(params: Option<&Json>) -> bool {
    let object = |name| matches!(member(params, name), Some(Json::Object(_)));
    !has_text(params, "protocolVersion") || !object("capabilities") || !object("clientInfo")
}

/// Whether the arguments violate the tool's input schema: a required member is missing, or one has
/// another type than the schema names. Deeper rules are left to the target.
#[must_use]
pub fn arguments_violate(tool: &Tool, arguments: Option<&Json>) -> bool {
    let given = |name: &str| arguments.and_then(|arguments| arguments.get(name));
    let required = tool.schema.get("required").and_then(Json::as_array).unwrap_or_default();
    let missing = required.iter().filter_map(Json::as_str).any(|name| given(name).is_none());
    let properties = tool.schema.get("properties").and_then(Json::as_object).unwrap_or_default();
    let wrong = properties.iter().any(|(name, schema)| {
        let value = name.decoded().and_then(given);
        let kind = schema.get("type").and_then(Json::as_str);
        matches!((value, kind), (Some(value), Some(kind)) if !has_type(value, kind))
    });
    missing || wrong
}

fn has_type(value: &Json, kind: &str) -> bool {
    match kind {
        "integer" => value.as_number().is_some_and(crate::wire::number::Number::is_integer),
        kind => value.kind() == kind,
    }
}
