//! The base messages, and what a run knows that they are made of.

use super::message::Node;
use super::modern;
use crate::case::recipe::Base;
use crate::wire::json::Json;
use crate::wire::mirror::Mirrored;
use crate::wire::revision::Revision;

/// What a recipe is rendered with: the facts of one exchange with one target.
#[derive(Clone, Debug)]
pub struct Ingredients {
    /// The exchange's canary, for example `gauntlet7f3a21c4x000123`.
    pub key: String,
    /// Raw text of the id that base requests carry.
    pub id: String,
    /// Revision text, for `initialize` and `_meta`.
    pub revision: String,
    /// Whether the target serves tools.
    pub tools: bool,
    /// A call that succeeds.
    pub working: Option<Call>,
    /// A call that answers `isError: true`.
    pub failing: Option<Call>,
    /// A call whose upstream is dead.
    pub dead: Option<Call>,
    /// A call that answers with structured content.
    pub structured: Option<Call>,
    /// A call that tells of its progress.
    pub progress: Option<Call>,
    /// A call that cannot be answered without asking the client for input.
    pub asking: Option<Call>,
    /// A call of a tool that wants an argument in a header too.
    pub mirroring: Option<Call>,
    /// Arguments that tools want in a header too, by the tool's name.
    pub mirrored: Vec<(String, Mirrored)>,
    /// A call that takes its time.
    pub slow: Option<Call>,
    /// A call of our own upstream's tool that answers with its text.
    pub own: Option<Call>,
    /// The same of our second upstream.
    pub second: Option<Call>,
    /// Id of the live session; empty where there is none.
    pub session: String,
    /// What came of the messages before.
    pub round: Round,
    /// What a URL of the endpoint is made of.
    pub address: Address,
}

/// What a URL of the endpoint is made of, and the token that must not stand in one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Address {
    /// Its path and query.
    pub path: String,
    /// The bearer token of the run, where it can stand in a query as it is; empty where there is none.
    pub token: String,
}

impl Address {
    /// Path and query with what comes before a further parameter.
    #[must_use]
    pub fn continued(&self) -> String {
        format!("{}{}", self.path, if self.path.contains('?') { '&' } else { '?' })
    }
}

/// What the next message of a conversation may need of those before it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Round {
    /// The canary of the first message; empty where this is the first.
    pub first: String,
    /// The first key under which the last result asked for input; empty where it asked for none.
    pub asked: String,
    /// Raw JSON text of the state that the last result gave; empty where it gave none.
    pub state: String,
}

impl Round {
    /// Learns from a message and the result that came for it.
    pub fn learn(&mut self, key: &str, result: Option<&Json>) {
        if self.first.is_empty() {
            key.clone_into(&mut self.first);
        }
        let Some(result) = result else { return };
        let asked = result.get("inputRequests").and_then(Json::as_object);
        let asked = asked.and_then(|asked| asked.first()).and_then(|(name, _)| name.decoded());
        self.asked = asked.unwrap_or_default().to_owned();
        let state = result.get("requestState").filter(|state| state.as_str().is_some());
        self.state = state.map(Json::to_text).unwrap_or_default();
    }
}

impl Ingredients {
    /// Whether the revision in force is stateless.
    #[must_use]
    pub fn is_modern(&self) -> bool {
        self.revision.parse::<Revision>().is_ok_and(Revision::is_modern)
    }
}

/// A tool that may be called, with arguments that fit it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Call {
    /// The tool's name as the target lists it.
    pub name: String,
    /// Raw JSON text of the arguments; `{{key}}` in it stands for the canary.
    pub arguments: String,
}

/// The base message; none for an empty body.
#[must_use]
pub fn message(base: Base, with: &Ingredients) -> Option<Node> {
    Some(match base {
        Base::Empty => return None,
        Base::Request if with.tools => request(with, "tools/list", Node::object([])),
        Base::Request | Base::Ping if with.is_modern() => discover(with),
        Base::Request | Base::Ping => request(with, "ping", Node::object([])),
        Base::Discover => discover(with),
        Base::ToolsList => request(with, "tools/list", Node::object([])),
        Base::ToolsCall => call(with, with.working.as_ref()),
        Base::FailingCall => call(with, with.failing.as_ref()),
        Base::DeadCall => call(with, with.dead.as_ref()),
        Base::StructuredCall => call(with, with.structured.as_ref()),
        Base::ProgressCall => call(with, with.progress.as_ref()),
        Base::AskingCall => call(with, with.asking.as_ref()),
        Base::MirroringCall => call(with, with.mirroring.as_ref()),
        Base::SlowCall => call(with, with.slow.as_ref()),
        Base::OwnCall => call(with, with.own.as_ref()),
        Base::UnknownCall => call(with, None),
        Base::Initialize => initialize(with),
        Base::UnknownMethod => request(with, &format!("gauntlet/{}", with.key), Node::object([])),
        Base::Notification if with.is_modern() => Node::object([
            ("jsonrpc", Node::raw("\"2.0\"")),
            ("method", Node::raw("\"notifications/cancelled\"")),
            ("params", Node::object([("requestId", Node::raw("\"gauntlet-none\""))])),
        ]),
        Base::Notification => Node::object([
            ("jsonrpc", Node::raw("\"2.0\"")),
            ("method", Node::raw("\"notifications/initialized\"")),
        ]),
    })
}

fn discover(with: &Ingredients) -> Node {
    request(with, "server/discover", Node::object([]))
}

/// A request; under the stateless revision its params say what the caller speaks.
fn request(with: &Ingredients, method: &str, mut params: Node) -> Node {
    if with.is_modern() {
        params.set("_meta", modern::meta(with));
    }
    bare_request(with, method, params)
}

fn bare_request(with: &Ingredients, method: &str, params: Node) -> Node {
    Node::object([
        ("jsonrpc", Node::raw("\"2.0\"")),
        ("id", Node::raw(with.id.clone())),
        ("method", Node::raw(format!("\"{method}\""))),
        ("params", params),
    ])
}

/// A call of the tool, or of one that cannot exist. Names come from the target's own tools/list and
/// may hold anything, so they are written as JSON strings.
fn call(with: &Ingredients, tool: Option<&Call>) -> Node {
    let unknown =
        || Call { name: format!("gauntlet_no_such_tool_{}", with.key), arguments: "{}".to_owned() };
    let tool = tool.cloned().unwrap_or_else(unknown);
    let name = serde_json::Value::String(tool.name).to_string();
    let arguments = tool.arguments.replace("{{key}}", &with.key);
    let params =
        Node::object([("name", Node::raw(name)), ("arguments", arguments_node(&arguments))]);
    request(with, "tools/call", params)
}

/// Arguments as an object that edits can enter, where they are one.
fn arguments_node(text: &str) -> Node {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
        Ok(members) => Node::Object(
            members.into_iter().map(|(name, value)| (name, Node::raw(value.to_string()))).collect(),
        ),
        Err(_) => Node::raw(text),
    }
}

fn initialize(with: &Ingredients) -> Node {
    let client = Node::object([
        ("name", Node::raw("\"mcp-gauntlet\"")),
        ("version", Node::raw(format!("\"{}\"", env!("CARGO_PKG_VERSION")))),
    ]);
    let params = Node::object([
        ("protocolVersion", Node::raw(format!("\"{}\"", with.revision))),
        ("capabilities", Node::object([])),
        ("clientInfo", client),
    ]);
    bare_request(with, "initialize", params)
}

#[cfg(test)]
mod tests;
