//! What is said to an upstream, whatever carries it, and what its listings say.

use std::time::Duration;

use serde_json::json;
use serde_json::value::RawValue;

use super::call::{ToolCall, Unavailable};
use super::catalog::Tool;
use super::era::{Brought, Era};
use super::incoming::Reply;
use crate::fault::Outgoing;
use crate::json::{elements, member, members, quoted, string};
use crate::revision::Revision;

/// Pages of one listing; a longer one is cut.
const PAGE_LIMIT: usize = 32;

/// What stands before the names that the protocol gives to members of `_meta`.
const SELF: &str = "io.modelcontextprotocol";

/// What follows a good handshake.
pub(super) const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

/// A request; `params` is raw text.
pub(super) fn request(id: u64, method: &str, params: Option<&str>) -> String {
    params.map_or_else(
        || format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}"}}"#),
        |params| format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#),
    )
}

/// The parameters of a call, the arguments as they came, and the token under which its progress is told. Where
/// there is no handshake, what the caller brings goes along as it came.
pub(super) fn call_params(
    call: &ToolCall<'_>,
    token: Option<u64>,
    brought: Option<&Brought<'_>>,
) -> String {
    let mut params = vec![format!(r#""name":{}"#, quoted(call.name))];
    params.extend(call.arguments.map(|arguments| format!(r#""arguments":{arguments}"#)));
    match brought {
        Some(brought) => {
            let members = [("inputResponses", brought.responses), ("requestState", brought.state)];
            let given = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
            params.extend(given.map(|(name, value)| format!(r#""{name}":{value}"#)));
            params.push(meta(brought.capabilities, token));
        }
        None => {
            params.extend(token.map(|token| format!(r#""_meta":{{"progressToken":{token}}}"#)));
        }
    }
    format!("{{{}}}", params.join(","))
}

/// The member `_meta` of a request without a handshake: what we speak, who we are, and what the client can do
/// for whom it is sent.
pub(super) fn meta(capabilities: Option<&RawValue>, token: Option<u64>) -> String {
    let info = json!({"name": crate::NAME, "version": crate::VERSION});
    let (version, can) = (Revision::July2026.name(), capabilities.map_or("{}", RawValue::get));
    let token = token.map(|token| format!(r#","progressToken":{token}"#)).unwrap_or_default();
    format!(
        r#""_meta":{{"{SELF}/protocolVersion":"{version}","{SELF}/clientInfo":{info},"{SELF}/clientCapabilities":{can}{token}}}"#
    )
}

/// Whether an answer to `server/discover` names the revision without a handshake.
pub(super) fn is_stateless(result: &RawValue) -> bool {
    let spoken = members(result)
        .and_then(|result| elements(member(&result, "supportedVersions")?))
        .unwrap_or_default();
    let spoken = spoken.into_iter().filter_map(string);
    spoken.into_iter().any(|name| Revision::stateless(&name).is_some())
}

/// The parameters of `initialize`.
pub(super) fn initialize_params() -> String {
    json!({
        "protocolVersion": Revision::NEWEST.name(),
        "capabilities": {},
        "clientInfo": {"name": crate::NAME, "version": crate::VERSION},
    })
    .to_string()
}

/// The revision that an answer to `initialize` agrees to.
pub(super) fn agreed(reply: &Reply) -> Result<Revision, Unavailable> {
    let Reply::Result(result) = reply else {
        return Err(Unavailable::Garbage("agreement to initialize"));
    };
    members(result)
        .and_then(|result| string(member(&result, "protocolVersion")?))
        .and_then(|name| Revision::named(&name))
        .ok_or(Unavailable::Garbage("revision that is spoken here"))
}

/// Tells that nobody waits for a request any more.
pub(super) fn cancellation(id: u64) -> String {
    let params = json!({"requestId": id, "reason": "nobody waits for it any more"});
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}).to_string()
}

/// A whole listing.
pub(crate) struct Listed {
    pub(super) tools: Vec<Tool>,
    /// How long the upstream lets it be kept; none where it does not say so.
    pub(super) life: Option<Duration>,
}

/// A listing as its pages come.
pub(super) struct Pages<'a> {
    era: Era,
    outgoing: &'a Outgoing,
    listed: Listed,
    cursor: Option<String>,
    read: usize,
}

impl<'a> Pages<'a> {
    /// No page yet.
    pub(super) const fn new(era: Era, outgoing: &'a Outgoing) -> Self {
        let listed = Listed { tools: Vec::new(), life: None };
        Self { era, outgoing, listed, cursor: None, read: 0 }
    }

    /// The parameters of the request for the next page. An empty cursor is one like any other.
    pub(super) fn params(&self) -> Option<String> {
        let cursor = self.cursor.as_ref().map(|cursor| format!(r#""cursor":{}"#, quoted(cursor)));
        let meta = (self.era == Era::Stateless).then(|| meta(None, None));
        let params: Vec<String> = cursor.into_iter().chain(meta).collect();
        (!params.is_empty()).then(|| format!("{{{}}}", params.join(",")))
    }

    /// Adds a page; gives the whole listing with the last one.
    pub(super) fn add(&mut self, reply: Reply) -> Result<Option<Listed>, Unavailable> {
        let garbage = Unavailable::Garbage("list of tools");
        let Reply::Result(page) = reply else { return Err(garbage) };
        let page = members(&page).ok_or(garbage)?;
        let tools = member(&page, "tools").and_then(elements).ok_or(garbage)?;
        self.listed.tools.extend(tools.into_iter().filter_map(Tool::read));
        let life = member(&page, "ttlMs").and_then(|ttl| ttl.get().parse().ok());
        self.listed.life = life.map(Duration::from_millis).filter(|_| self.era == Era::Stateless);
        self.read += 1;
        self.cursor = member(&page, "nextCursor").and_then(string);
        let last = self.read >= PAGE_LIMIT
            || self.cursor.as_ref().is_none_or(|cursor| self.outgoing.ends_at(cursor));
        let nothing = Listed { tools: Vec::new(), life: None };
        Ok(last.then(|| std::mem::replace(&mut self.listed, nothing)))
    }
}
