//! The tools of the upstream: each is a program that answers a call in one way.

use super::listing::is_extra;
use super::mcp;
use super::pack;
use super::programs::PROGRAMS;
use super::script::Step;
use crate::wire::arrival::Arrival;
use crate::wire::json::Json;
use crate::wire::revision::Revision;

/// What the names of all tools begin with; a gateway may put more before it.
pub const PREFIX: &str = "gauntlet_up_";

/// The cookie that a program sets.
pub const COOKIE: &str = "upstream-cookie";

/// The plainest program.
pub(super) const ECHO: &str = "echo";

/// What the question of an upstream begins with that is the user's business alone.
const PRIVATE: &str = "SECRET-PROMPT-";

/// Texts by which lines of a log are known to be about our questions: their methods, and what they say; and
/// what the secrets in the arguments of cases begin with.
pub const QUESTIONS: [&str; 6] = [
    "sampling/createMessage",
    "elicitation/create",
    "roots/list",
    "gauntlet/unknown",
    PRIVATE,
    "SECRET-ARGUMENT-",
];

/// What is asked the user in the call with this text.
#[must_use]
pub fn private(text: &str) -> String {
    format!("{PRIVATE}{text}")
}

/// One tool.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name without [`PREFIX`].
    pub name: &'static str,
    /// What it does, in one line without quotes.
    pub about: &'static str,
    /// What is done: told the call, and whether it is the first with its text.
    pub(super) script: fn(&Call, bool) -> Vec<Step>,
}

/// Every tool.
#[must_use]
pub const fn programs() -> &'static [Program] {
    PROGRAMS
}

/// A call of a tool.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// The tool.
    pub(super) program: &'static Program,
    /// The session in which it came.
    pub(super) session: Option<String>,
    /// Id of the request, as raw text.
    pub(super) id: String,
    /// The argument `text`, by which the call is known.
    pub(super) text: String,
    /// The progress token, as raw text.
    pub(super) token: Option<String>,
    /// Whether it names the level of log messages that it wants, as the stateless revision has it.
    pub(super) logs: bool,
    /// Whether it brings the input that was asked for, and the state.
    pub(super) retried: bool,
    /// Whether the caller speaks the stateless revision.
    pub(super) modern: bool,
    /// Whether it knows the event without data that a stream may begin with.
    pub(super) primed: bool,
    /// Whether it asked for answers that are packed by gzip.
    pub(super) gzip: bool,
}

impl Call {
    /// The call that a request makes; none where it names none of the tools.
    pub(super) fn read(
        arrival: &Arrival,
        message: &Json,
        (id, prefix): (&str, &str),
    ) -> Option<Self> {
        let name = message.pointer("/params/name").and_then(Json::as_str)?.strip_prefix(prefix)?;
        let program = if is_extra(name) { ECHO } else { name };
        let program = programs().iter().find(|known| known.name == program)?;
        let text = message.pointer("/params/arguments/text").and_then(Json::as_str);
        let token = message.pointer("/params/_meta/progressToken").map(Json::to_text);
        let level = message.pointer("/params/_meta/io.modelcontextprotocol~1logLevel");
        let logs = level.is_some_and(|level| !level.is_null());
        let (id, text) = (id.to_owned(), text.unwrap_or_default().to_owned());
        let session = arrival.header("mcp-session-id").map(str::to_owned);
        let (modern, version) = (arrival.is_modern(), arrival.header("mcp-protocol-version"));
        let primed = version == Some(Revision::V2025_11_25.as_str());
        let gzip = pack::permits(arrival.header("accept-encoding"));
        let retried = message.pointer("/params/inputResponses").is_some();
        Some(Self { program, session, id, text, token, logs, retried, modern, primed, gzip })
    }

    /// The same call as one of a revision with a handshake.
    pub(super) fn handshake(&self) -> Self {
        Self { modern: false, ..self.clone() }
    }

    /// A response with these members of its result, as raw text.
    pub(super) fn result(&self, members: &str) -> String {
        mcp::result(&self.id, self.modern, members)
    }

    /// The usual result: the text that came, and further members as raw text.
    pub(super) fn done(&self, more: &str) -> String {
        let text = serde_json::Value::from(self.text.as_str());
        self.result(&format!(r#""content":[{{"type":"text","text":{text}}}]{more}"#))
    }

    /// An error.
    pub(super) fn error(&self, code: i64, message: &str, data: &str) -> String {
        mcp::error(&self.id, code, message, data)
    }
}
