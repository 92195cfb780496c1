//! Programs by which the upstream itself speaks: it asks, or tells, within a call or beside it.

use std::time::Duration;

use super::program::{Call, private};
use super::script::{Step, chunk, end, event, json, stream};
use crate::wire::arrival::{question_of, state_of};

/// How long an answer to a request of ours is waited for.
const ANSWER: Duration = Duration::from_secs(1);

/// Method and parameters of a request of ours.
pub(super) type Question = (&'static str, fn(&Call) -> String);

/// Asks for a completion.
pub(super) const SAMPLING: Question = ("sampling/createMessage", |call| {
    let text = serde_json::Value::from(private(&call.text));
    let message = format!(r#"{{"role":"user","content":{{"type":"text","text":{text}}}}}"#);
    format!(r#"{{"messages":[{message}],"maxTokens":1}}"#)
});

/// Asks the user.
pub(super) const ELICITATION: Question = ("elicitation/create", |call| {
    let schema = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let text = serde_json::Value::from(private(&call.text));
    format!(r#"{{"mode":"form","message":{text},"requestedSchema":{schema}}}"#)
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

/// The id of what a call makes us ask.
fn asked_id(call: &Call) -> String {
    question_of(&call.text)
}

fn question(call: &Call, (method, params): Question) -> String {
    let (id, params) = (serde_json::Value::from(asked_id(call)), params(call));
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
}

/// Asks within the stream of a call, waits for the answer and answers. In the stateless revision a server
/// asks nothing.
pub(super) fn ask(call: &Call, asked: Question) -> Vec<Step> {
    if call.modern {
        return vec![json(call.done(""))];
    }
    vec![
        stream(),
        chunk(event(&question(call, asked))),
        Step::Await(asked_id(call), ANSWER),
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
pub(super) fn ask_outside(call: &Call, asked: Question) -> Vec<Step> {
    let question = question(call, asked);
    let step = |session| Step::Ask { session, question, id: asked_id(call), time: ANSWER };
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
