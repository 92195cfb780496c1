//! Programs by which the upstream itself speaks: it asks, or tells, within a call or beside it.

use std::time::Duration;

use super::journal::Asked;
use super::program::{Call, private};
use super::script::{Step, chunk, chunked, end, event, json, stream};
use crate::wire::arrival::{question_of, state_of};
use crate::wire::json::{Json, parse};

/// How long an answer to a request of ours is waited for.
const ANSWER: Duration = Duration::from_secs(1);

/// Method and parameters of a request of ours.
pub(super) type Question = (&'static str, fn(&Call) -> String);

/// Asks for a completion.
pub(super) const SAMPLING: Question = ("sampling/createMessage", |call| {
    let message = user(&text_block(call));
    format!(r#"{{"messages":[{message}],"maxTokens":1}}"#)
});

/// Asks the user.
pub(super) const ELICITATION: Question = ("elicitation/create", |call| {
    let schema = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let text = told(call);
    format!(r#"{{"mode":"form","message":{text},"requestedSchema":{schema}}}"#)
});

/// Asks the user to open a page, which takes a client that says it can.
pub(super) const ELICITATION_URL: Question = ("elicitation/create", |call| {
    let (text, id) = (told(call), told_id(call));
    let url = "http://127.0.0.1:9/gauntlet";
    format!(r#"{{"mode":"url","elicitationId":{id},"url":"{url}","message":{text}}}"#)
});

/// Asks the user in a way that no revision knows.
pub(super) const ELICITATION_UNKNOWN: Question = ("elicitation/create", |call| {
    let schema = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let text = told(call);
    format!(r#"{{"mode":"gauntlet","message":{text},"requestedSchema":{schema}}}"#)
});

/// Asks for a completion with tools, which takes a client that says it can.
pub(super) const SAMPLING_TOOLS: Question = ("sampling/createMessage", |call| {
    let message = user(&text_block(call));
    let tool = r#"{"name":"gauntlet_tool","inputSchema":{"type":"object"}}"#;
    format!(r#"{{"messages":[{message}],"maxTokens":1,"tools":[{tool}]}}"#)
});

/// Asks for a completion of messages in which the result of a tool stands beside a text.
pub(super) const SAMPLING_MIXED: Question = ("sampling/createMessage", |call| {
    let text = text_block(call);
    let used = r#"{"type":"tool_use","id":"gauntlet-1","name":"gauntlet_tool","input":{}}"#;
    let used = format!(r#"{{"role":"assistant","content":[{used}]}}"#);
    let result = r#"{"type":"tool_result","toolUseId":"gauntlet-1","content":[]}"#;
    let mixed = user(&format!("[{result},{text}]"));
    let tool = r#"{"name":"gauntlet_tool","inputSchema":{"type":"object"}}"#;
    format!(r#"{{"messages":[{used},{mixed}],"maxTokens":1,"tools":[{tool}]}}"#)
});

/// Asks for the roots.
pub(super) const ROOTS: Question = ("roots/list", no_params);

/// Asks for a sign of life.
pub(super) const PING: Question = ("ping", no_params);

/// Asks what no revision knows.
pub(super) const UNKNOWN: Question = ("gauntlet/unknown", no_params);

fn no_params(_: &Call) -> String {
    "{}".to_owned()
}

/// What is said to the user, as raw text.
fn told(call: &Call) -> String {
    serde_json::Value::from(private(&call.text)).to_string()
}

/// A block of content with that text.
fn text_block(call: &Call) -> String {
    format!(r#"{{"type":"text","text":{}}}"#, told(call))
}

/// A message of the user.
fn user(content: &str) -> String {
    format!(r#"{{"role":"user","content":{content}}}"#)
}

/// The id of what a call makes us ask.
fn asked_id(call: &Call) -> String {
    question_of(&call.text)
}

/// The same as raw text.
fn told_id(call: &Call) -> String {
    serde_json::Value::from(asked_id(call)).to_string()
}

/// A request of ours with this id (raw text).
fn question(call: &Call, id: &str, (method, params): Question) -> String {
    let params = params(call);
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
}

/// The answer to it is known by an id that no other request of ours has.
fn asked(call: &Call) -> Asked {
    Asked { by: call.text.clone(), id: Json::string(&asked_id(call)), session: None }
}

/// Asks within the stream of a call, waits for the answer and answers. In the stateless revision a server
/// asks nothing.
pub(super) fn ask(call: &Call, what: Question) -> Vec<Step> {
    within(call, &question(call, &told_id(call), what), asked(call))
}

/// The same with the id that the call itself has here: both are pending at once, one in each direction.
pub(super) fn ask_twin(call: &Call, what: Question) -> Vec<Step> {
    let id = parse(call.id.as_bytes()).unwrap_or(Json::Null);
    let asked = Asked { by: call.text.clone(), id, session: call.session.clone() };
    within(call, &question(call, &call.id, what), asked)
}

/// The same with the text of the call, which its caller may have for an id.
pub(super) fn ask_by_text(call: &Call, what: Question) -> Vec<Step> {
    let id = serde_json::Value::from(call.text.as_str()).to_string();
    let asked = Asked { by: call.text.clone(), id: Json::string(&call.text), session: None };
    within(call, &question(call, &id, what), asked)
}

/// The same with one part of the request (raw text) replaced by what may not stand there.
pub(super) fn ask_malformed(call: &Call, (part, instead): (&str, &str)) -> Vec<Step> {
    let question = question(call, &told_id(call), PING).replacen(part, instead, 1);
    within(call, &question, asked(call))
}

fn within(call: &Call, question: &str, asked: Asked) -> Vec<Step> {
    if call.modern {
        return vec![json(call.done(""))];
    }
    vec![
        stream(),
        Step::Await(chunked(event(question).as_bytes()), asked, ANSWER),
        chunk(event(&call.done(""))),
        end(),
    ]
}

/// Asks by a result for what the stateless revision lets nobody ask otherwise (MCP 2026-07-28, Multi Round-Trip
/// Requests). Whoever brings an answer is answered.
pub(super) fn input(call: &Call) -> String {
    if !call.modern || call.retried {
        return call.done("");
    }
    let (method, params) = ELICITATION;
    let state = serde_json::Value::from(state_of(&call.text));
    let asked = format!(r#"{{"method":"{method}","params":{}}}"#, params(call));
    let members = format!(r#""inputRequests":{{"answer":{asked}}},"requestState":{state}"#);
    let kind = r#""resultType":"input_required""#;
    call.result(&members).replacen(r#""resultType":"complete""#, kind, 1)
}

/// Asks on the stream that stands beside the calls, waits for the answer and answers the call. Where there
/// is no such stream nothing is asked.
pub(super) fn ask_outside(call: &Call, what: Question) -> Vec<Step> {
    let question = question(call, &told_id(call), what);
    let step = |session| Step::Ask { session, question, asked: asked(call), time: ANSWER };
    beside(call, step)
}

/// Tells something on the stream that stands beside the calls, where there is one, and answers.
pub(super) fn tell_outside(call: &Call, told: &str) -> Vec<Step> {
    beside(call, |session| Step::Tell { session, message: told.to_owned() })
}

/// The stateless revision has neither sessions nor such a stream.
fn beside(call: &Call, step: impl FnOnce(String) -> Step) -> Vec<Step> {
    let session = call.session.clone().filter(|_| !call.modern);
    session.map(step).into_iter().chain([json(call.done(""))]).collect()
}

/// A notification before the answer, in the stream of the call. The stateless revision has none that nobody
/// asked for.
pub(super) fn tell(call: &Call, told: &str) -> Vec<Step> {
    let told = (!call.modern).then(|| chunk(event(told)));
    let answer = [chunk(event(&call.done(""))), end()];
    [stream()].into_iter().chain(told).chain(answer).collect()
}
