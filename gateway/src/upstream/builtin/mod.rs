//! The upstream that is part of the gateway: tools without effects, and one each of the other
//! features of a server.

mod completion;
mod languages;
mod logging;
mod progress;
mod prompts;
mod resources;

use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::call::{CallOutcome, ToolCall, text_result};
use super::catalog::Tool;
use crate::json::{Member, integer, member, members, raw, string};

pub(crate) use completion::complete;
pub(crate) use logging::{Level, set_level};
pub(crate) use prompts::{get as get_prompt, list as list_prompts};
pub(crate) use resources::{
    list as list_resources, read as read_resource, templates as list_resource_templates,
};

/// `gauntlet_slow` takes at most this many milliseconds.
const SLOWEST: u64 = 5000;

/// The tools in the order in which they are listed.
pub(crate) fn tools() -> Vec<Tool> {
    let (text, whole) = (json!({"type": "string"}), json!({"type": "integer"}));
    [
        (
            "gauntlet_echo",
            "Answers with the text that it is given.",
            json!({"type": "object", "properties": {"text": text}, "required": ["text"]}),
        ),
        (
            "gauntlet_fail",
            "Fails, for the reason that it is given.",
            json!({"type": "object", "properties": {"reason": text}}),
        ),
        (
            "gauntlet_add",
            "Adds two integers.",
            json!({"type": "object", "properties": {"a": whole, "b": whole}, "required": ["a", "b"]}),
        ),
        (
            "gauntlet_slow",
            "Answers after a number of milliseconds, with the text that it is given.",
            json!({
                "type": "object",
                "properties": {
                    "milliseconds": {"type": "integer", "minimum": 0, "maximum": SLOWEST},
                    "text": {"type": "string"},
                },
                "required": ["milliseconds"],
            }),
        ),
    ]
    .into_iter()
    .map(|(name, description, schema)| {
        json!({"name": name, "description": description, "inputSchema": schema})
    })
    .chain([structured_tool(), progress::description()])
    .filter_map(|tool| Tool::read(&raw(tool.to_string())))
    .collect()
}

fn structured_tool() -> Value {
    json!({
        "name": "gauntlet_structured",
        "description": "Answers with a text and its length in characters, as structured content.",
        "inputSchema": {
            "type": "object",
            "properties": {"text": {"type": "string"}},
            "required": ["text"],
        },
        "outputSchema": {
            "type": "object",
            "properties": {"text": {"type": "string"}, "characters": {"type": "integer"}},
            "required": ["text", "characters"],
        },
    })
}

/// Runs a tool whose arguments fit its schema.
pub(crate) async fn call(call: ToolCall<'_>) -> CallOutcome {
    let arguments = call.arguments.and_then(members).unwrap_or_default();
    if call.name == "gauntlet_structured" {
        return CallOutcome::answered(structured(&arguments));
    }
    let done = match call.name {
        "gauntlet_echo" => text_argument(&arguments, "text").ok_or("text is not readable".into()),
        "gauntlet_fail" => {
            Err(text_argument(&arguments, "reason").unwrap_or_else(|| "it failed as asked".into()))
        }
        "gauntlet_add" => add(&arguments),
        progress::NAME => progress::run(&arguments, call.notices).await,
        _ => slow(&arguments).await,
    };
    CallOutcome::answered(match done {
        Ok(text) => text_result(&text, false),
        Err(reason) => text_result(&reason, true),
    })
}

fn text_argument(arguments: &[Member<'_>], name: &str) -> Option<String> {
    member(arguments, name).and_then(string)
}

/// The text copy is for clients that know no structured content (tools, Structured Content).
fn structured(arguments: &[Member<'_>]) -> Box<RawValue> {
    let text = text_argument(arguments, "text").unwrap_or_default();
    let content = json!({"text": text, "characters": text.chars().count()});
    let copy = json!([{"type": "text", "text": content.to_string()}]);
    raw(json!({"content": copy, "structuredContent": content}).to_string())
}

fn add(arguments: &[Member<'_>]) -> Result<String, String> {
    let term = |name| member(arguments, name).and_then(number::<i128>);
    let sum = term("a").zip(term("b")).and_then(|(a, b)| a.checked_add(b));
    sum.map(|sum| sum.to_string()).ok_or_else(|| {
        "a and b must be integers of at most 128 bits, and so must be their sum".into()
    })
}

async fn slow(arguments: &[Member<'_>]) -> Result<String, String> {
    let milliseconds = member(arguments, "milliseconds")
        .and_then(number::<u64>)
        .filter(|milliseconds| *milliseconds <= SLOWEST)
        .ok_or_else(|| format!("milliseconds must be between 0 and {SLOWEST}"))?;
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    let text =
        text_argument(arguments, "text").map_or_else(String::new, |text| format!(": {text}"));
    Ok(format!("waited {milliseconds} ms{text}"))
}

fn number<N: std::str::FromStr>(value: &RawValue) -> Option<N> {
    integer(value.get())?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Notices;

    async fn run(name: &str, arguments: &str) -> String {
        let arguments = raw(arguments.to_owned());
        let notices = &Notices::none();
        let arguments = Some(&*arguments);
        let done = call(ToolCall { name, arguments, traceparent: None, notices, brought: None });
        match done.await {
            CallOutcome::Answered { result, .. } => result.get().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_tools_do_what_they_say() {
        assert!(run("gauntlet_echo", r#"{"text":"\u00e9\n"}"#).await.contains(r#""é\n""#));
        assert!(run("gauntlet_fail", "{}").await.contains(r#""isError":true"#));
        assert!(run("gauntlet_add", r#"{"a":1.0,"b":-3}"#).await.contains("\"-2\""));
        assert!(run("gauntlet_slow", r#"{"milliseconds":1}"#).await.contains("waited 1 ms\""));
        let told = run("gauntlet_slow", r#"{"milliseconds":1,"text":"hm"}"#).await;
        assert!(told.contains("waited 1 ms: hm"));
        let huge = format!(r#"{{"a":{0},"b":{0}}}"#, i128::MAX);
        assert!(run("gauntlet_add", &huge).await.contains("isError"));
        assert!(run("gauntlet_slow", r#"{"milliseconds":5001}"#).await.contains("isError"));
        assert!(run("gauntlet_progress", r#"{"steps":2}"#).await.contains("took 2 steps"));
        for arguments in [r#"{"steps":0}"#, r#"{"steps":21}"#, r#"{"steps":1,"milliseconds":501}"#]
        {
            assert!(run("gauntlet_progress", arguments).await.contains("isError"), "{arguments}");
        }
    }

    #[test]
    fn every_tool_is_listed() {
        let names: Vec<String> = tools().into_iter().map(|tool| tool.name).collect();
        assert_eq!(
            names,
            [
                "gauntlet_echo",
                "gauntlet_fail",
                "gauntlet_add",
                "gauntlet_slow",
                "gauntlet_structured",
                "gauntlet_progress",
            ]
        );
    }

    #[tokio::test]
    async fn structured_content_has_a_copy_as_text() {
        let result = run("gauntlet_structured", r#"{"text":"zażółć"}"#).await;
        let result: Value = serde_json::from_str(&result).expect("it is JSON");
        assert_eq!(result["structuredContent"], json!({"text": "zażółć", "characters": 6}));
        let copy = result["content"][0]["text"].as_str().expect("a text");
        assert_eq!(serde_json::from_str::<Value>(copy).expect("JSON"), result["structuredContent"]);
    }
}
