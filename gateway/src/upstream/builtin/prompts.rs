//! The prompt of the builtin upstream: a greeting.

use serde_json::json;

use super::resources::page;
use crate::json::{Kind, Member, kind, member, members, raw, string};
use crate::outcome::Outcome;
use crate::rpc::{Params, code, text_member};
use crate::text::shown;

/// The only prompt.
pub(super) const GREETING: &str = "gauntlet_greeting";
/// Longer names are cut in messages.
const NAME_LIMIT: usize = 128;

/// `prompts/list`.
pub(crate) fn list(params: &Params<'_>) -> Outcome {
    page(
        params,
        &json!({"prompts": [{
            "name": GREETING,
            "description": "Asks for a greeting.",
            "arguments": [
                {"name": "name", "description": "Who is greeted.", "required": true},
                {"name": "language", "description": "In which language; English by default.", "required": false},
            ],
        }]}),
    )
}

/// `prompts/get`.
pub(crate) fn get(params: &Params<'_>) -> Outcome {
    let name = match text_member(params, "name") {
        Ok(name) => name,
        Err(message) => return Outcome::invalid_params(format!("Invalid params: {message}")),
    };
    if name != GREETING {
        return unknown(&name);
    }
    match greeting(params) {
        Ok(text) => Outcome::Success(raw(json!({
            "description": "A request for a greeting.",
            "messages": [{"role": "user", "content": {"type": "text", "text": text}}],
        })
        .to_string())),
        Err(message) => Outcome::invalid_params(format!("Invalid params: {message}")),
    }
}

/// There is no prompt of that name.
pub(super) fn unknown(name: &str) -> Outcome {
    let message = format!("Unknown prompt: {}", shown(name, NAME_LIMIT));
    Outcome::refused(code::INVALID_PARAMS, "UnknownPrompt", message)
}

/// The arguments of a prompt are strings by name (schema of `GetPromptRequest`).
fn greeting(params: &Params<'_>) -> Result<String, &'static str> {
    let given = match member(params.members(), "arguments") {
        None => Vec::new(),
        Some(given) if kind(given) == Kind::Null => Vec::new(),
        Some(given) => members(given).ok_or("arguments must be an object")?,
    };
    if given.iter().any(|(_, value)| string(value).is_none()) {
        return Err("the arguments must be strings");
    }
    let name = argument(&given, "name")?.ok_or("the argument name is required")?;
    let language = argument(&given, "language")?.unwrap_or_else(|| "English".to_owned());
    Ok(format!("Greet {name} in {language}."))
}

fn argument(given: &[Member<'_>], name: &str) -> Result<Option<String>, &'static str> {
    let Some(value) = member(given, name) else {
        return Ok(None);
    };
    string(value).map(Some).ok_or("the arguments must be strings")
}
