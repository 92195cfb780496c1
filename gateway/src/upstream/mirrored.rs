//! Parameters of a tool that are mirrored into headers: `x-mcp-header` in its input schema
//! (2026-07-28, Streamable HTTP, Custom Headers from Tool Parameters).

use serde_json::Value;

/// The annotation.
const ANNOTATION: &str = "x-mcp-header";
/// Schemas that nest deeper are not searched; what is annotated there makes the tool invalid.
const DEPTH_LIMIT: usize = 64;

/// A parameter that is mirrored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirrored {
    /// The names that lead to the parameter, from the arguments on.
    pub(crate) path: Vec<String>,
    /// What follows `Mcp-Param-`.
    pub(crate) header: String,
}

/// The mirrored parameters of an input schema, or why its annotations are not valid. A tool with
/// such a schema must not be listed.
pub(crate) fn mirrored(schema: &Value) -> Result<Vec<Mirrored>, &'static str> {
    let mut found = Vec::new();
    descend(schema, &mut Vec::new(), &mut found)?;
    if annotations(schema, 0) != found.len() {
        return Err("an annotation is not reachable through properties alone");
    }
    let mut names: Vec<String> =
        found.iter().map(|mirrored| mirrored.header.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() == found.len() { Ok(found) } else { Err("two annotations have the same name") }
}

/// Follows `properties` alone.
fn descend(
    schema: &Value,
    path: &mut Vec<String>,
    found: &mut Vec<Mirrored>,
) -> Result<(), &'static str> {
    if path.len() > DEPTH_LIMIT {
        return Ok(());
    }
    for (name, property) in
        schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        path.push(name.clone());
        if let Some(annotation) = property.get(ANNOTATION) {
            let header = header_name(annotation)?;
            if !matches!(type_of(property), Some("string" | "integer" | "boolean")) {
                return Err("an annotated parameter is no string, integer or boolean");
            }
            found.push(Mirrored { path: path.clone(), header });
        }
        descend(property, path, found)?;
        path.pop();
    }
    Ok(())
}

fn type_of(property: &Value) -> Option<&str> {
    property.get("type").and_then(Value::as_str)
}

/// A name that can be a part of the name of a header (RFC 9110 section 5.6.2).
fn header_name(annotation: &Value) -> Result<String, &'static str> {
    let is_token = |name: &&str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    let name = annotation.as_str().filter(is_token).map(str::to_owned);
    name.ok_or("an annotation is no name of a header")
}

/// All annotations of schemas, wherever they are. A property may have the name of the annotation.
fn annotations(schema: &Value, depth: usize) -> usize {
    if depth > 2 * DEPTH_LIMIT {
        return 0;
    }
    match schema {
        Value::Array(elements) => elements.iter().map(|part| annotations(part, depth + 1)).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                (ANNOTATION, _) => 1,
                ("const" | "enum" | "default" | "examples", _) => 0,
                ("properties" | "$defs" | "definitions", Value::Object(named)) => {
                    named.values().map(|part| annotations(part, depth + 1)).sum()
                }
                _ => annotations(value, depth + 1),
            })
            .sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(properties: &Value) -> Result<Vec<Mirrored>, &'static str> {
        mirrored(&json!({"type": "object", "properties": properties}))
    }

    #[test]
    fn annotations_are_found_at_their_path() {
        let found = of(&json!({
            "region": {"type": "string", "x-mcp-header": "Region"},
            "deep": {"type": "object", "properties": {
                "count": {"type": "integer", "x-mcp-header": "Count"},
                "x-mcp-header": {"type": "string"},
            }},
            "plain": {"type": "string", "default": {"x-mcp-header": 1}},
        }));
        let region = Mirrored { path: vec!["region".into()], header: "Region".into() };
        let count = Mirrored { path: vec!["deep".into(), "count".into()], header: "Count".into() };
        assert_eq!(found, Ok(vec![region, count]));
        assert_eq!(mirrored(&json!({})), Ok(Vec::new()));
    }

    #[test]
    fn annotations_that_no_client_may_follow() {
        let annotated = |name: &str| json!({"type": "string", "x-mcp-header": name});
        for properties in [
            json!({"a": annotated("")}),
            json!({"a": annotated("A\r\nB")}),
            json!({"a": annotated("A B")}),
            json!({"a": {"type": "string", "x-mcp-header": 5}}),
            json!({"a": {"type": "number", "x-mcp-header": "A"}}),
            json!({"a": {"x-mcp-header": "A"}}),
            json!({"a": annotated("Same"), "b": annotated("same")}),
            json!({"a": {"type": "array", "items": annotated("A")}}),
            json!({"a": {"anyOf": [annotated("A")]}}),
        ] {
            assert!(of(&properties).is_err(), "{properties}");
        }
    }
}
