//! In which way an upstream is spoken to: in that of the caller, where the upstream knows it too.

use serde_json::value::RawValue;

use crate::json::{Member, member, members};

/// Whether there is a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// The revisions with a handshake and a session.
    Handshake,
    /// 2026-07-28: every request says itself what it speaks.
    Stateless,
}

/// What a call of the stateless revision brings beside its arguments. The caller is the one who is asked,
/// so that its capabilities are those that the upstream is told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Brought<'a> {
    pub(crate) capabilities: Option<&'a RawValue>,
    /// `inputResponses`, as they came.
    pub(crate) responses: Option<&'a RawValue>,
    /// `requestState`, as it came.
    pub(crate) state: Option<&'a RawValue>,
}

impl<'a> Brought<'a> {
    /// What stands in the params of a call.
    pub(crate) fn read(params: &[Member<'a>]) -> Self {
        const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
        let meta = member(params, "_meta").and_then(members);
        Self {
            capabilities: meta.and_then(|meta| member(&meta, CAPABILITIES)),
            responses: member(params, "inputResponses"),
            state: member(params, "requestState"),
        }
    }
}
