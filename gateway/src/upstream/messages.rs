//! What is said to an upstream, whatever carries it, and what its listings say.

use serde_json::json;
use serde_json::value::RawValue;

use super::call::{ToolCall, Unavailable};
use super::catalog::Tool;
use super::incoming::Reply;
use crate::json::{elements, member, members, quoted, string};
use crate::revision::Revision;

/// Pages of one listing; a longer one is cut.
const PAGE_LIMIT: usize = 32;

/// What follows a good handshake.
pub(super) const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

/// A request; `params` is raw text.
pub(super) fn request(id: u64, method: &str, params: Option<&str>) -> String {
    params.map_or_else(
        || format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}"}}"#),
        |params| format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#),
    )
}

/// The parameters of a call, the arguments as they came, and the token under which its progress is told.
pub(super) fn call_params(call: &ToolCall<'_>, token: Option<u64>) -> String {
    let mut params = vec![format!(r#""name":{}"#, quoted(call.name))];
    params.extend(call.arguments.map(|arguments| format!(r#""arguments":{arguments}"#)));
    params.extend(token.map(|token| format!(r#""_meta":{{"progressToken":{token}}}"#)));
    format!("{{{}}}", params.join(","))
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

/// A listing as its pages come.
#[derive(Default)]
pub(super) struct Pages {
    tools: Vec<Tool>,
    cursor: Option<String>,
    read: usize,
}

impl Pages {
    /// The parameters of the request for the next page.
    pub(super) fn params(&self) -> Option<String> {
        self.cursor.as_ref().map(|cursor| format!(r#"{{"cursor":{}}}"#, quoted(cursor)))
    }

    /// Adds a page; gives all tools with the last one.
    pub(super) fn add(&mut self, reply: Reply) -> Result<Option<Vec<Tool>>, Unavailable> {
        let garbage = Unavailable::Garbage("list of tools");
        let Reply::Result(page) = reply else { return Err(garbage) };
        let (listed, cursor) = read_page(&page).ok_or(garbage)?;
        self.tools.extend(listed);
        self.read += 1;
        self.cursor = cursor;
        let last = self.cursor.is_none() || self.read >= PAGE_LIMIT;
        Ok(last.then(|| std::mem::take(&mut self.tools)))
    }
}

/// The tools of a page that have a name, and the cursor of the next page.
fn read_page(page: &RawValue) -> Option<(Vec<Tool>, Option<String>)> {
    let page = members(page)?;
    let tools = elements(member(&page, "tools")?)?;
    let cursor = member(&page, "nextCursor").and_then(string);
    Some((tools.into_iter().filter_map(Tool::read).collect(), cursor))
}
