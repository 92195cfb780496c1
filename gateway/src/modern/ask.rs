//! The built-in tool that asks the user something (2026-07-28, Multi Round-Trip Requests). Nothing
//! is kept here between the rounds: the client brings it all again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::finish;
use super::meta::Meta;
use super::seal::{Purpose, Seal};
use crate::http::Principal;
use crate::json::{Kind, Member, kind, member, members, raw, string};
use crate::outcome::Outcome;
use crate::rpc::{ErrorObject, Params, code};
use crate::upstream::text_result;

/// The tool, as the built-in upstream knows it.
pub(super) const TOOL: &str = "gauntlet_ask";
/// The key under which the user is asked, and answers.
const KEY: &str = "answer";
/// What is asked unless the arguments say something else.
const QUESTION: &str = "What shall the tool answer?";

/// A call of the tool.
pub(super) struct Ask<'a> {
    pub(super) seal: &'a Seal,
    pub(super) principal: Principal,
    pub(super) meta: &'a Meta<'a>,
    pub(super) params: &'a Params<'a>,
}

/// What the client brings in a later round.
struct Round {
    state: Option<String>,
    /// The answer of the user, if it is among the responses.
    reply: Option<Reply>,
}

enum Reply {
    Accepted(String),
    /// The user declined, or went away.
    Refused(String),
}

impl Ask<'_> {
    /// Asks, or completes the call.
    pub(super) fn serve(&self) -> Outcome {
        if !self.meta.can_elicit() {
            return lacks_elicitation();
        }
        let round = match Round::read(self.params.members()) {
            Ok(round) => round,
            Err(message) => return Outcome::invalid_params(format!("Invalid params: {message}")),
        };
        let arguments = member(self.params.members(), "arguments");
        let canonical = canonical(arguments);
        let purpose = Purpose {
            principal: match self.principal {
                Principal::Anyone => "anyone",
                Principal::Key => "key",
            },
            tool: TOOL,
            arguments: &canonical,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        match round.state {
            Some(state) if !self.seal.admits(&state, purpose, now) => {
                Outcome::invalid_params("Invalid params: requestState is not valid for this call")
            }
            Some(_) if round.reply.is_some() => completed(round.reply),
            // Nothing was asked yet, or the answer is missing.
            _ => asked(&question(arguments), &self.seal.state(purpose, now)),
        }
    }
}

impl Round {
    fn read(params: &[Member<'_>]) -> Result<Self, &'static str> {
        let state = match member(params, "requestState") {
            None => None,
            Some(state) => Some(string(state).ok_or("requestState must be a string")?),
        };
        let Some(responses) = member(params, "inputResponses") else {
            return Ok(Self { state, reply: None });
        };
        let responses = members(responses).ok_or("inputResponses must be an object")?;
        let reply = member(&responses, KEY).map(Reply::read).transpose()?;
        Ok(Self { state, reply })
    }
}

impl Reply {
    /// The schema of `ElicitResult`, with what was asked for.
    fn read(response: &RawValue) -> Result<Self, &'static str> {
        let parts = members(response).ok_or("an input response must be an object")?;
        let action = member(&parts, "action").and_then(string).unwrap_or_default();
        match action.as_str() {
            "accept" => member(&parts, "content")
                .and_then(members)
                .and_then(|content| member(&content, KEY).and_then(string))
                .map(Self::Accepted)
                .ok_or("content must have the string that was asked for"),
            "decline" | "cancel" => Ok(Self::Refused(action)),
            _ => Err("action must be accept, decline or cancel"),
        }
    }
}

/// The schema of `MissingRequiredClientCapabilityError`.
fn lacks_elicitation() -> Outcome {
    let message = "Missing required client capability: this tool asks the user by elicitation";
    let data = json!({"requiredCapabilities": {"elicitation": {"form": {}}}});
    Outcome::Refused {
        error: ErrorObject::new(code::MISSING_CAPABILITY, message).with(&data),
        class: "MissingClientCapability",
    }
}

fn question(arguments: Option<&RawValue>) -> String {
    arguments
        .and_then(members)
        .and_then(|arguments| member(&arguments, "question").and_then(string))
        .unwrap_or_else(|| QUESTION.to_owned())
}

fn asked(question: &str, state: &str) -> Outcome {
    let schema = json!({
        "type": "object",
        "properties": {KEY: {"type": "string"}},
        "required": [KEY],
    });
    let elicitation = json!({
        "method": "elicitation/create",
        "params": {"mode": "form", "message": question, "requestedSchema": schema},
    });
    let result = json!({"inputRequests": {KEY: elicitation}, "requestState": state});
    Outcome::Success(finish::result(&raw(result.to_string()), finish::INPUT_REQUIRED, "tools/call"))
}

fn completed(reply: Option<Reply>) -> Outcome {
    let text = match reply {
        Some(Reply::Accepted(answer)) => format!("the answer is {answer}"),
        Some(Reply::Refused(action)) => format!("there is no answer: {action}"),
        None => return Outcome::internal(),
    };
    finish::finished(Outcome::Success(text_result(&text, false)), "tools/call")
}

/// The same text for the same arguments, however their members are ordered and their text is
/// escaped. Left out, null and empty are the same.
fn canonical(arguments: Option<&RawValue>) -> String {
    let arguments = arguments.filter(|arguments| kind(arguments) != Kind::Null);
    let read = |arguments: &RawValue| serde_json::from_str::<Value>(arguments.get()).ok();
    let mut value = arguments.and_then(read).unwrap_or_else(|| json!({}));
    value.sort_all_objects();
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_have_one_form() {
        let of = |text: &str| canonical(Some(&raw(text.to_owned())));
        assert_eq!(of(r#"{"b":{"d":1,"c":"\u0061"},"a":[]}"#), r#"{"a":[],"b":{"c":"a","d":1}}"#);
        assert_eq!(canonical(None), of("null"));
        assert_ne!(of(r#"{"a":1}"#), of(r#"{"a":"1"}"#));
    }
}
