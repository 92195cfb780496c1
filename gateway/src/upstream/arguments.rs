//! A small check of arguments against the input schema of a tool: `required`, and the `type` of
//! each property. The upstream checks the rest.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::json::{Kind, integer, kind, member, members};
use crate::text::shown;

/// Names from a schema are cut to this length in messages.
const NAME_LIMIT: usize = 80;

/// What is wrong with the arguments, in words that help the caller.
pub(crate) fn complaint(schema: &Value, arguments: Option<&RawValue>) -> Option<String> {
    let given = arguments.and_then(members).unwrap_or_default();
    let required = schema.get("required").and_then(Value::as_array);
    let missing = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(|name| member(&given, name).is_none());
    if let Some(name) = missing {
        return Some(format!("argument {} is required", shown(name, NAME_LIMIT)));
    }
    let properties = schema.get("properties")?.as_object()?;
    properties.iter().find_map(|(name, property)| {
        let value = member(&given, name)?;
        let types = property.get("type")?;
        (!fits(types, value)).then(|| {
            let types = shown(&types.to_string(), NAME_LIMIT);
            format!(
                "argument {} must be of type {types}",
                shown(name, NAME_LIMIT)
            )
        })
    })
}

/// `type` is a name or an array of names (JSON Schema 2020-12 validation, section 6.1.1).
fn fits(types: &Value, value: &RawValue) -> bool {
    match types {
        Value::String(name) => is_of_type(name, value),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .any(|name| is_of_type(name, value)),
        _ => true,
    }
}

fn is_of_type(name: &str, value: &RawValue) -> bool {
    match (name, kind(value)) {
        ("integer", Kind::Number) => integer(value.get()).is_some(),
        ("string", Kind::String)
        | ("number", Kind::Number)
        | ("object", Kind::Object)
        | ("array", Kind::Array)
        | ("boolean", Kind::Boolean)
        | ("null", Kind::Null) => true,
        ("integer" | "string" | "number" | "object" | "array" | "boolean" | "null", _) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    #[test]
    fn required_and_types_are_checked() {
        let schema = serde_json::json!({
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "integer"}, "b": {"type": ["string", "null"]}, "c": {}},
        });
        for (arguments, fine) in [
            (r#"{"a":1}"#, true),
            (r#"{"a":1.0,"b":null,"c":[]}"#, true),
            (r#"{"a":1,"other":true}"#, true),
            (r#"{"a":1.5}"#, false),
            (r#"{"a":"1"}"#, false),
            (r#"{"a":1,"b":2}"#, false),
            ("{}", false),
        ] {
            let arguments = raw(arguments.to_owned());
            let complaint = complaint(&schema, Some(&arguments));
            assert_eq!(complaint.is_none(), fine, "{arguments}: {complaint:?}");
        }
        assert_eq!(
            complaint(&schema, None).as_deref(),
            Some("argument a is required")
        );
    }
}
