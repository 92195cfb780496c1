//! The schemas of MCP messages, one file a revision, written for this project: what a server may
//! send and what a client may. Each definition is compiled once, when it is first needed.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::wire::json::Json;
use crate::wire::number::Number;
use crate::wire::revision::Revision;

/// The files, by the revision's text.
const FILES: [(&str, &str); 4] = [
    ("2025-03-26", include_str!("../../../schemas/mcp/2025-03-26.json")),
    ("2025-06-18", include_str!("../../../schemas/mcp/2025-06-18.json")),
    ("2025-11-25", include_str!("../../../schemas/mcp/2025-11-25.json")),
    ("2026-07-28", include_str!("../../../schemas/mcp/2026-07-28.json")),
];

/// The definition of each method's result. A method that is not named has a plain `Result`.
const RESULTS: [(&str, &str); 15] = [
    ("initialize", "InitializeResult"),
    ("server/discover", "DiscoverResult"),
    ("ping", "EmptyResult"),
    ("tools/list", "ListToolsResult"),
    ("tools/call", "CallToolResult"),
    ("resources/list", "ListResourcesResult"),
    ("resources/templates/list", "ListTemplatesResult"),
    ("resources/read", "ReadResourceResult"),
    ("prompts/list", "ListPromptsResult"),
    ("prompts/get", "GetPromptResult"),
    ("completion/complete", "CompleteResult"),
    ("tasks/get", "TaskResult"),
    ("tasks/cancel", "TaskResult"),
    ("tasks/list", "ListTasksResult"),
    ("subscriptions/listen", "ListenResult"),
];

static BOOKS: LazyLock<BTreeMap<&'static str, Book>> =
    LazyLock::new(|| FILES.into_iter().map(|(name, text)| (name, Book::read(text))).collect());

/// The definitions of one revision.
struct Book {
    definitions: Value,
    compiled: BTreeMap<String, OnceLock<Result<Validator, String>>>,
}

impl Book {
    fn read(text: &str) -> Self {
        let mut document: Value = serde_json::from_str(text).unwrap_or_default();
        let definitions = document.get_mut("$defs").map(Value::take).unwrap_or_default();
        let names = definitions.as_object().into_iter().flat_map(Map::keys).cloned();
        let compiled = names.map(|name| (name, OnceLock::new())).collect();
        Self { definitions, compiled }
    }

    /// The validator of a definition; none where the revision has no such definition.
    fn validator(&self, name: &str) -> Option<&Result<Validator, String>> {
        let place = self.compiled.get(name)?;
        Some(place.get_or_init(|| {
            let schema = json!({"$ref": format!("#/$defs/{name}"), "$defs": self.definitions});
            jsonschema::draft202012::new(&schema).map_err(|error| format!("{name}: {error}"))
        }))
    }

    fn judge(&self, name: &str, value: &Value) -> Result<(), Complaint> {
        let Some(validator) = self.validator(name) else { return Ok(()) };
        let broken = |why: &String| Complaint { at: String::new(), why: why.clone() };
        let validator = validator.as_ref().map_err(broken)?;
        validator.validate(value).map_err(|error| Complaint {
            at: error.instance_path().to_string(),
            why: error.to_string(),
        })
    }
}

/// Where a message leaves its schema, and how.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Complaint {
    /// JSON pointer into what was judged.
    pub at: String,
    /// What is wrong there.
    pub why: String,
}

fn judge(revision: Revision, name: &str, value: &Value) -> Result<(), Complaint> {
    BOOKS.get(revision.as_str()).map_or(Ok(()), |book| book.judge(name, value))
}

/// Judges a whole message that a server sent: a response of any method, a notification or a request.
///
/// # Errors
/// Where the message leaves the schema.
pub fn server_message(revision: Revision, message: &Json) -> Result<(), Complaint> {
    judge(revision, "ServerMessage", &to_value(message))
}

/// Judges a whole message that a client sends.
///
/// # Errors
/// Where the message leaves the schema.
pub fn client_message(revision: Revision, message: &Json) -> Result<(), Complaint> {
    judge(revision, "ClientMessage", &to_value(message))
}

/// Judges the member `error` of a response.
///
/// # Errors
/// Where it leaves the schema.
pub fn error(revision: Revision, error: &Json) -> Result<(), Complaint> {
    judge(revision, "Error", &to_value(error))
}

/// Judges the member `result` of a response to a method; where the method is not known, by what
/// every result is.
///
/// # Errors
/// Where it leaves the schema.
pub fn result(revision: Revision, method: Option<&str>, result: &Json) -> Result<(), Complaint> {
    judge(revision, definition(revision, method), &to_value(result))
}

/// The name of the definition that a method's result has under a revision.
fn definition(revision: Revision, method: Option<&str>) -> &'static str {
    let named = RESULTS.iter().find(|(name, _)| Some(*name) == method).map(|(_, name)| *name);
    let book = BOOKS.get(revision.as_str());
    let defined = |name: &&str| book.is_some_and(|book| book.compiled.contains_key(*name));
    named.filter(defined).unwrap_or("Result")
}

/// Whether a server may send a message of this method: a request if it has an id, or else a
/// notification.
#[must_use]
pub fn server_sends(revision: Revision, method: &str, request: bool) -> bool {
    let kind = if request { "ServerRequest" } else { "ServerNotification" };
    let listed = BOOKS.get(revision.as_str()).and_then(|book| {
        book.definitions.get(kind)?.pointer("/allOf/1/properties/method/enum")?.as_array()
    });
    listed.is_some_and(|listed| listed.iter().any(|name| name.as_str() == Some(method)))
}

/// The nearest value that a schema can judge. Numbers keep being integers or fractions, whatever
/// their size; of duplicate members the last stays; lone surrogates become U+FFFD. Never compare
/// values by it.
#[must_use]
pub fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => number_value(number),
        Json::String(text) => Value::String(text.lossy().into_owned()),
        Json::Array(elements) => Value::Array(elements.iter().map(to_value).collect()),
        Json::Object(members) => {
            let members = members.iter();
            let member = |(name, value): &(_, Json)| (name_text(name), to_value(value));
            Value::Object(members.map(member).collect())
        }
    }
}

fn name_text(name: &crate::wire::text::Text) -> String {
    name.lossy().into_owned()
}

/// A double between two integers, for fractions that no double holds.
const FRACTION: f64 = 4_503_599_627_370_495.5;

fn number_value(number: &Number) -> Value {
    if let Some(integer) = number.as_i64() {
        return integer.into();
    }
    let double = number.as_f64();
    let negative = double.is_sign_negative();
    if number.is_integer() {
        // Beyond 64 bits a double is an integer; beyond the doubles stands the largest integer.
        let edge = if negative { Value::from(i64::MIN) } else { Value::from(u64::MAX) };
        return serde_json::Number::from_f64(double).map_or(edge, Value::Number);
    }
    let fraction = if double.is_finite() && double.fract() != 0.0 {
        double
    } else if double.abs() < FRACTION {
        double.trunc() + if negative { -0.5 } else { 0.5 }
    } else {
        FRACTION.copysign(double)
    };
    serde_json::Number::from_f64(fraction).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests;
