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
            "prompts/get" => bad_prompt(params),
            "completion/complete" => bad_completion(params),
            "logging/setLevel" => {
                !member(params, "level").and_then(Json::as_str).is_some_and(is_level)
            }
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

/// The arguments of a prompt are strings by name; `null` counts as absent.
fn bad_prompt(params: Option<&Json>) -> bool {
    let fits = match member(params, "arguments") {
        None | Some(Json::Null) => true,
        Some(Json::Object(members)) => members.iter().all(|(_, value)| is_text(value)),
        Some(_) => false,
    };
    !has_text(params, "name") || !fits
}

/// A reference of one of two types, and an argument with what was typed of it.
fn bad_completion(params: Option<&Json>) -> bool {
    let (reference, argument) = (member(params, "ref"), member(params, "argument"));
    let referred = match member(reference, "type").and_then(Json::as_str) {
        Some("ref/prompt") => has_text(reference, "name"),
        Some("ref/resource") => has_text(reference, "uri"),
        _ => false,
    };
    !referred || !has_text(argument, "name") || !has_text(argument, "value")
}

/// The severities of RFC 5424 section 6.2.1, by which MCP names them.
fn is_level(name: &str) -> bool {
    matches!(
        name,
        "debug" | "info" | "notice" | "warning" | "error" | "critical" | "alert" | "emergency"
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::parse;

    #[test]
    fn the_params_of_the_features_fit_or_not() {
        let argument = r#""argument":{"name":"a","value":""}"#;
        let complete = |reference: &str| format!(r#"{{"ref":{reference},{argument}}}"#);
        for (method, params, bad) in [
            ("prompts/get", r#"{"name":"a"}"#, false),
            ("prompts/get", r#"{"name":"a","arguments":{"b":"c"}}"#, false),
            ("prompts/get", r#"{"name":"a","arguments":{"b":5}}"#, true),
            ("prompts/get", r#"{"name":"a","arguments":[]}"#, true),
            ("prompts/get", r#"{"arguments":{}}"#, true),
            ("logging/setLevel", r#"{"level":"notice"}"#, false),
            ("logging/setLevel", r#"{"level":"Notice"}"#, true),
            ("logging/setLevel", r#"{"level":5}"#, true),
            ("logging/setLevel", "{}", true),
            ("completion/complete", &complete(r#"{"type":"ref/prompt","name":"a"}"#), false),
            ("completion/complete", &complete(r#"{"type":"ref/resource","uri":"a"}"#), false),
            ("completion/complete", &complete(r#"{"type":"ref/resource","name":"a"}"#), true),
            ("completion/complete", &complete(r#"{"type":"ref/bogus","name":"a"}"#), true),
            ("completion/complete", &complete("[]"), true),
            ("completion/complete", r#"{"ref":{"type":"ref/prompt","name":"a"}}"#, true),
        ] {
            let json = parse(params.as_bytes()).unwrap();
            assert_eq!(violate(method, Some(&json)), bad, "{method} {params}");
        }
    }
}
