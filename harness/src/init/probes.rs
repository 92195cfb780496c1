//! The three probes: a list of tools, which succeeds, an unknown method, and a call of an unknown tool.

use crate::case::expectation::ReplyKind;
use crate::case::recipe::{Base, Recipe};
use crate::examine::ExamineError;
use crate::oracle::checks::answered::{describe, error_code};
use crate::oracle::evidence::Exchange;
use crate::runner::conversation::Conversation;
use crate::runner::probe::{bare, greet};
use crate::target::facts::Facts;
use crate::target::world::World;
use crate::wire::json::Json;
use crate::wire::revision::Revision;
use std::time::Duration;

/// Pause around each probe, so that records can be told apart by their time too.
const APART: Duration = Duration::from_millis(60);

/// The probes in the order in which they are sent, with ids that occur nowhere by chance.
const PROBES: [(&str, Base, &str); 3] = [
    ("tools/list", Base::ToolsList, "70101"),
    ("an unknown method", Base::UnknownMethod, "70202"),
    ("a call of an unknown tool", Base::UnknownCall, "70303"),
];

/// Everything that was sent.
pub(super) struct Sent {
    /// All exchanges, the handshake's among them.
    pub(super) exchanges: Vec<Exchange>,
    pub(super) probes: Vec<Probe>,
}

/// One probe, and what a record of it could repeat.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    pub(super) title: &'static str,
    /// Its place among the exchanges.
    pub(super) place: usize,
    pub(super) key: String,
    pub(super) trace_id: String,
    /// JSON-RPC id.
    pub(super) id: Option<Json>,
    pub(super) method: Option<String>,
    pub(super) tool: Option<String>,
    pub(super) arguments: Option<Json>,
    pub(super) session: Option<String>,
    pub(super) revision: String,
    /// Whether it was served.
    pub(super) served: bool,
    /// What came back, in words.
    pub(super) answer: String,
    pub(super) error_code: Option<String>,
    pub(super) error_message: Option<String>,
    /// When it was sent and answered, seconds since the Unix epoch.
    pub(super) started: f64,
    pub(super) ended: f64,
}

/// Greets the target, and sends the probes.
pub(super) async fn send(
    world: &World,
    revisions: &[Revision],
    target: &str,
) -> Result<Sent, ExamineError> {
    let mut exchanges = Vec::new();
    let facts = greeted(world, revisions, &mut exchanges)
        .await
        .map_err(|why| ExamineError::Untestable(format!("{target} cannot be probed: {why}")))?;
    let lot = world.keys.lot(1);
    let mut conversation = Conversation::new(world, &facts, lot.child()).quietly();
    conversation
        .open()
        .await
        .map_err(|why| ExamineError::Untestable(format!("{target} cannot be probed: {why}")))?;
    exchanges.append(&mut conversation.exchanges);
    let mut probes = Vec::new();
    for (title, base, id) in PROBES {
        conversation.pause(APART).await;
        let recipe = Recipe { base, edits: Vec::new() };
        let exchange = conversation.send(&conversation.plain(&recipe, id)).await;
        let session = conversation.session.clone();
        probes.push(probe(title, exchanges.len(), &exchange, (session, facts.revision)));
        exchanges.push(exchange);
    }
    conversation.pause(APART).await;
    conversation.part(false).await;
    exchanges.append(&mut conversation.exchanges);
    match probes.first() {
        Some(list) if !list.served => Err(ExamineError::Untestable(format!(
            "{target} did not serve tools/list ({}): a profile needs the record of a success beside those of \
             failures",
            list.answer
        ))),
        _ => Ok(Sent { exchanges, probes }),
    }
}

/// The newest revision with sessions that the target speaks, since its records may name them; or else the
/// newest.
async fn greeted(
    world: &World,
    revisions: &[Revision],
    exchanges: &mut Vec<Exchange>,
) -> Result<Facts, String> {
    let (lot, mut last) = (world.keys.lot(0), "no revision is selected".to_owned());
    let (modern, sessions): (Vec<Revision>, Vec<Revision>) =
        revisions.iter().rev().partition(|revision| revision.is_modern());
    for revision in sessions.iter().chain(&modern) {
        let mut facts = bare(world, *revision);
        match greet(world, &mut facts, &lot, exchanges).await {
            Ok(()) => return Ok(facts),
            Err(why) => last = why,
        }
    }
    Err(last)
}

fn probe(
    title: &'static str,
    place: usize,
    exchange: &Exchange,
    (session, revision): (Option<String>, Revision),
) -> Probe {
    let main = exchange.observation.main.as_ref();
    let text = |pointer: &str| {
        let found = main.and_then(|main| main.pointer(pointer)).and_then(Json::as_str);
        found.map(str::to_owned)
    };
    let reading = &exchange.reading;
    Probe {
        title,
        place,
        key: exchange.key.clone(),
        trace_id: exchange.trace_id.clone(),
        id: reading.ids.first().cloned(),
        method: reading.method.clone(),
        tool: reading.tool.clone(),
        arguments: reading.arguments.clone(),
        session,
        revision: revision.to_string(),
        served: exchange.observation.kind == ReplyKind::Result,
        answer: describe(exchange),
        error_code: error_code(&exchange.observation).map(|code| code.to_string()),
        error_message: text("/error/message").or_else(|| text("/result/content/0/text")),
        started: exchange.started,
        ended: exchange.ended,
    }
}
