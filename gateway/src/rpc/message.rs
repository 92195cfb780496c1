//! What a message can be.

use serde_json::value::RawValue;

use super::id::Echo;
use crate::json::Member;

/// A valid message.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    /// Something to be answered.
    Request(Request<'a>),
    /// Something to be taken note of; it is never executed.
    Notification(Params<'a>),
    /// An answer to something that we asked; we ask nothing.
    Response,
}

/// A request with a valid envelope.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) id: &'a RawValue,
    pub(crate) method: String,
    pub(crate) params: Params<'a>,
}

/// The member `params` of a request.
#[derive(Debug)]
pub(crate) enum Params<'a> {
    /// Left out, or null.
    Absent,
    /// By name.
    Object(Vec<Member<'a>>),
    /// By position: valid in JSON-RPC, not in MCP.
    Array,
}

/// Why a JSON text is no valid message. The code is -32600 (JSON-RPC 2.0 section 5.1).
#[derive(Debug)]
pub(crate) struct Defect {
    pub(crate) echo: Echo,
    pub(crate) message: &'static str,
    pub(crate) kind: DefectKind,
}

/// What sort of defect it is, as far as others need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DefectKind {
    /// The id itself is the reason.
    BadId,
    /// The message asks for no answer: a notification with odd parameters, or a response.
    Unasked,
    /// Anything else.
    Other,
}

/// What can be told about a message even if it is refused.
#[derive(Debug, Default)]
pub(crate) struct Sketch<'a> {
    pub(crate) id: Option<&'a RawValue>,
    pub(crate) method: Option<String>,
    /// The tool that a `tools/call` names, and its arguments.
    pub(crate) tool: Option<(String, Option<&'a RawValue>)>,
    /// The member `traceparent` of `_meta`.
    pub(crate) traceparent: Option<String>,
}
