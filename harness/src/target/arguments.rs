//! Arguments for a tool that may be called, made from its input schema.

use crate::wire::json::Json;

/// Raw JSON text of arguments that satisfy the schema's `required` members. Strings hold the text
/// `{{key}}`, which becomes the exchange's canary. What the schema wants in a header too is given
/// although it may be optional.
#[must_use]
pub fn arguments(schema: &Json) -> String {
    let required = schema.get("required").and_then(Json::as_array).unwrap_or_default();
    let properties = schema.get("properties").and_then(Json::as_object).unwrap_or_default();
    let mut names: Vec<&str> = required.iter().filter_map(Json::as_str).collect();
    let mirrored = properties.iter().filter(|(_, one)| one.get("x-mcp-header").is_some());
    let mirrored = mirrored.filter_map(|(name, _)| name.decoded());
    let further: Vec<&str> = mirrored.filter(|name| !names.contains(name)).collect();
    names.extend(further);
    let member = |name: &str| {
        let property = schema.get("properties").and_then(|properties| properties.get(name));
        format!("{}:{}", Json::string(name).to_text(), value(property))
    };
    let members: Vec<String> = names.into_iter().map(member).collect();
    format!("{{{}}}", members.join(","))
}

/// A value that fits one property: its default, its first permitted value, or one of its type.
fn value(property: Option<&Json>) -> String {
    let Some(property) = property else { return canary() };
    if let Some(default) = property.get("default").or_else(|| property.get("const")) {
        return default.to_text();
    }
    if let Some(first) = property.pointer("/enum/0") {
        return first.to_text();
    }
    let kind = property.get("type");
    let named = kind.and_then(Json::as_str);
    let first = kind.and_then(|kind| kind.pointer("/0")).and_then(Json::as_str);
    match named.or(first) {
        Some("integer" | "number") => property.get("minimum").map_or("1".to_owned(), Json::to_text),
        Some("boolean") => "true".to_owned(),
        Some("array") => "[]".to_owned(),
        Some("object") => arguments(property),
        Some("null") => "null".to_owned(),
        _ => canary(),
    }
}

fn canary() -> String {
    "\"{{key}}\"".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::parse;

    #[test]
    fn required_members_get_a_value_of_their_type() {
        let schema = br#"{"type":"object","required":["text","n","mode","deep"],"properties":{
            "text":{"type":"string"},"n":{"type":"integer","minimum":3},"extra":{"type":"string"},
            "mode":{"enum":["a","b"]},"deep":{"type":"object","required":["on"],
            "properties":{"on":{"type":["boolean","null"]}}}}}"#;
        let text = arguments(&parse(schema).unwrap());
        assert_eq!(text, r#"{"text":"{{key}}","n":3,"mode":"a","deep":{"on":true}}"#);
    }

    #[test]
    fn what_travels_in_a_header_is_given_though_it_is_optional() {
        let schema = br#"{"properties":{"a":{"type":"integer","x-mcp-header":"A"},"b":{}}}"#;
        assert_eq!(arguments(&parse(schema).unwrap()), r#"{"a":1}"#);
    }

    #[test]
    fn no_required_member_means_no_arguments() {
        assert_eq!(arguments(&parse(br#"{"type":"object"}"#).unwrap()), "{}");
        assert_eq!(arguments(&Json::Null), "{}");
    }
}
