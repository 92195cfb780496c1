//! What a judge of the diagnosis sees of one exchange.

use super::step::redact;
use crate::case::expectation::ReplyKind;
use crate::oracle::checks::answered;
use crate::oracle::evidence::Exchange;
use crate::wire::json::Json;

/// What came back for one message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    /// What it is at a glance.
    pub(super) kind: ReplyKind,
    /// HTTP status, where a head arrived.
    pub(super) status: Option<u16>,
    /// Code of the JSON-RPC error, where it is one.
    pub(super) code: Option<i64>,
    /// In a few words.
    pub(super) told: String,
    /// What the target says about a failure, cut; empty where it says nothing.
    pub(super) text: String,
    /// Where it redirects to.
    pub(super) location: Option<String>,
}

/// Characters of what the target says that are shown.
const SHOWN: usize = 120;

impl Answer {
    /// The answer of an exchange. What is secret is taken out before anything is cut: a cut would leave
    /// the beginning of a secret that nobody knows again.
    pub(super) fn of(exchange: &Exchange, secrets: &[String]) -> Self {
        let observation = &exchange.observation;
        let response = exchange.delivery.response.as_ref();
        Self {
            kind: observation.kind,
            status: observation.status,
            code: answered::error_code(observation),
            told: answered::describe(exchange),
            text: redact(&text(exchange), secrets).chars().take(SHOWN).collect(),
            location: response.and_then(|response| response.header("location")),
        }
    }

    /// Whether a message of MCP came back, and no refusal by HTTP of the caller.
    pub(super) fn is_mcp(&self) -> bool {
        let message = matches!(
            self.kind,
            ReplyKind::Result | ReplyKind::ToolError | ReplyKind::Error | ReplyKind::Batch
        );
        message && !self.asks_credentials()
    }

    /// Whether HTTP refuses the caller.
    pub(super) const fn asks_credentials(&self) -> bool {
        matches!(self.status, Some(401 | 403 | 407))
    }

    /// Whether two answers cannot be told apart by what they are.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.kind, self.status, self.code) == (other.kind, other.status, other.code)
    }

    /// In a few words, with what the target says.
    pub(super) fn in_words(&self) -> String {
        if self.text.is_empty() {
            self.told.clone()
        } else {
            format!("{} ({})", self.told, self.text)
        }
    }
}

/// What the target says: the message of an error, the text of a tool that failed, or else the body of a
/// refusal by HTTP.
fn text(exchange: &Exchange) -> String {
    let observation = &exchange.observation;
    let main = observation.main.as_ref();
    let of_message = |place| main.and_then(|main| main.pointer(place)).and_then(Json::as_str);
    let said = match observation.kind {
        ReplyKind::Error => of_message("/error/message").unwrap_or_default().to_owned(),
        ReplyKind::ToolError => of_message("/result/content/0/text").unwrap_or_default().to_owned(),
        ReplyKind::Http => String::from_utf8_lossy(exchange.delivery.bytes()).trim().to_owned(),
        _ => String::new(),
    };
    // A page for people says nothing in its first characters.
    if said.starts_with('<') { String::new() } else { said }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// An answer of this kind and status.
    pub(in super::super) fn answer(kind: ReplyKind, status: u16) -> Answer {
        let told = format!("HTTP {status}, {kind}");
        let (code, status) = (None, Some(status));
        Answer { kind, status, code, told, text: String::new(), location: None }
    }
}
