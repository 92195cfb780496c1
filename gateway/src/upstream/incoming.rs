//! What a message of an upstream is: the answer we wait for, a request of its own, or neither.

use serde_json::value::RawValue;

use super::call::Unavailable;
use crate::json::{Kind, compact, integer, kind, member, members, read, string, too_deep};
use crate::rpc::{Answer, Echo, ErrorObject, IdMember, code, read_id};

/// The answer of an upstream.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The member `result`.
    Result(Box<RawValue>),
    /// The member `error`.
    Error(ErrorObject),
}

/// One message of an upstream.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// The answer to our request.
    Reply(Reply),
    /// A request of the upstream.
    Request(Question),
    /// How far our request is: the params of the notification.
    Progress(Box<RawValue>),
    /// The tools of the upstream are others.
    Changed,
    /// Another notification, or an answer to something else.
    Other,
}

/// A request of the upstream, and our answer to it.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) method: String,
    /// As the upstream wrote them.
    pub(crate) params: Option<Box<RawValue>>,
    pub(crate) answer: Answer,
}

/// What an upstream tells whose tools are others than it has listed.
const CHANGED: &str = "notifications/tools/list_changed";

/// Reads one message while the answer to the request `own` is awaited.
pub(crate) fn read_incoming(bytes: &[u8], own: u64) -> Result<Incoming, Unavailable> {
    let garbage = Unavailable::Garbage("JSON-RPC message");
    let text = read(bytes).map_err(|_| garbage)?;
    if too_deep(text) {
        return Err(garbage);
    }
    let members = members(text).ok_or(garbage)?;
    let id = read_id(member(&members, "id"));
    if member(&members, "method").is_some() {
        let valid = member(&members, "jsonrpc").and_then(string).as_deref() == Some("2.0");
        let method = member(&members, "method").and_then(string);
        let params = member(&members, "params").map(RawValue::to_owned);
        if matches!(id, IdMember::Absent) && method.as_deref() == Some("notifications/progress") {
            return Ok(progress(params, own));
        }
        if matches!(id, IdMember::Absent) && method.as_deref() == Some(CHANGED) {
            return Ok(Incoming::Changed);
        }
        return Ok(asked(id, method.filter(|_| valid), params));
    }
    match id {
        IdMember::Valid(id) if integer(id.get()) == Some(own.to_string()) => {}
        _ => return Ok(Incoming::Other),
    }
    match (member(&members, "result"), member(&members, "error")) {
        (Some(result), None) if kind(result) == Kind::Object => {
            Ok(Incoming::Reply(Reply::Result(compact(result))))
        }
        (None, Some(error)) => {
            read_error(error).map(|error| Incoming::Reply(Reply::Error(error))).ok_or(garbage)
        }
        _ => Err(garbage),
    }
}

/// The token of a request of ours is its id.
fn progress(params: Option<Box<RawValue>>, own: u64) -> Incoming {
    let told = params.filter(|params| {
        let token =
            members(params).and_then(|params| integer(member(&params, "progressToken")?.get()));
        token == Some(own.to_string())
    });
    told.map_or(Incoming::Other, |params| Incoming::Progress(compact(&params)))
}

/// We declare no capabilities, so that an upstream may ask us for nothing but a sign of life.
fn asked(id: IdMember<'_>, method: Option<String>, params: Option<Box<RawValue>>) -> Incoming {
    let IdMember::Valid(id) = id else {
        return Incoming::Other;
    };
    let echo = Echo::Of(id.to_owned());
    let answer = match method.as_deref() {
        Some("ping") => Answer::result(echo, crate::json::raw("{}".to_owned())),
        Some(_) => {
            Answer::error(echo, ErrorObject::new(code::METHOD_NOT_FOUND, "Method not found"))
        }
        None => Answer::error(echo, ErrorObject::new(code::INVALID_REQUEST, "Invalid Request")),
    };
    Incoming::Request(Question { method: method.unwrap_or_default(), params, answer })
}

/// The request of ours that a message answers, whether or not it does so well.
pub(crate) fn answered(bytes: &[u8]) -> Option<u64> {
    let text = read(bytes).ok().filter(|text| !too_deep(text))?;
    let members = members(text)?;
    match (member(&members, "method"), read_id(member(&members, "id"))) {
        (None, IdMember::Valid(id)) => integer(id.get())?.parse().ok(),
        _ => None,
    }
}

fn read_error(error: &RawValue) -> Option<ErrorObject> {
    let members = members(error)?;
    Some(ErrorObject {
        code: integer(member(&members, "code")?.get())?.parse().ok()?,
        message: string(member(&members, "message")?)?,
        data: member(&members, "data").map(compact),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_answer_is_ours() {
        for (text, expected) in [
            (r#"{"jsonrpc":"2.0","id":7,"result":{"a":1}}"#, "result"),
            (r#"{"jsonrpc":"2.0","id":7.0,"result":{}}"#, "result"),
            (r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32001,"message":"m"}}"#, "error"),
            (r#"{"jsonrpc":"2.0","id":8,"result":{}}"#, "other"),
            (r#"{"jsonrpc":"2.0","id":"7","result":{}}"#, "other"),
            (r#"{"jsonrpc":"2.0","method":"notifications/progress"}"#, "other"),
            (
                r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":8}}"#,
                "other",
            ),
            (
                r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7}}"#,
                "progress",
            ),
            (r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#, "changed"),
            (r#"{"jsonrpc":"2.0","id":7,"method":"notifications/tools/list_changed"}"#, "-32601"),
            (r#"{"jsonrpc":"2.0","id":7,"method":"roots/list"}"#, "-32601"),
            (r#"{"jsonrpc":"1.0","id":7,"method":"roots/list"}"#, "-32600"),
            (r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#, "\"result\":{}"),
            (r#"{"jsonrpc":"2.0","id":7,"result":{},"error":{}}"#, "garbage"),
            (r#"{"jsonrpc":"2.0","id":7,"result":[]}"#, "garbage"),
            (r#"{"jsonrpc":"2.0","id":7}"#, "garbage"),
            ("[]", "garbage"),
        ] {
            let told = match read_incoming(text.as_bytes(), 7) {
                Ok(Incoming::Reply(Reply::Result(_))) => "result".to_owned(),
                Ok(Incoming::Reply(Reply::Error(_))) => "error".to_owned(),
                Ok(Incoming::Request(question)) => question.answer.text().get().to_owned(),
                Ok(Incoming::Progress(_)) => "progress".to_owned(),
                Ok(Incoming::Changed) => "changed".to_owned(),
                Ok(Incoming::Other) => "other".to_owned(),
                Err(_) => "garbage".to_owned(),
            };
            assert!(told.contains(expected), "{text}: {told}");
        }
    }
}
