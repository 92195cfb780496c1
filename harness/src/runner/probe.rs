//! Finds out what the target speaks, before the first case.

mod own;

use std::time::Duration;

use super::conversation::{Conversation, result};
use super::keys::Lot;
use crate::case::expectation::ReplyKind;
use crate::case::recipe::{Base, Credentials, Recipe};
use crate::generate::base::Call;
use crate::oracle::checks::answered;
use crate::oracle::evidence::Exchange;
use crate::oracle::expect::MISSING_CAPABILITY;
use crate::oracle::params::Tool;
use crate::target::arguments::arguments;
use crate::target::facts::{Calls, Facts, is_builtin};
use crate::target::world::World;
use crate::upstream::{PREFIX, SECOND_PREFIX};
use crate::wire::json::Json;
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// A tool that the user allows to be called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AllowedTool {
    /// Its name.
    pub name: String,
    /// Raw JSON text of its arguments; none to make them from its input schema.
    pub arguments: Option<String>,
    /// What it is known to do; none to find out.
    pub role: Option<Role>,
}

/// What a tool does when it is called.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// It succeeds.
    Working,
    /// It answers `isError: true`.
    Failing,
    /// Its upstream is dead.
    Dead,
    /// It succeeds with structured content.
    Structured,
    /// It succeeds and tells of its progress.
    Progress,
    /// It asks the client for input, and refuses a client that has none to give.
    Asking,
    /// It succeeds, and takes its time.
    Slow,
}

/// What probing found: the facts of each revision, and every exchange that it took.
#[derive(Debug, Default)]
pub struct Probe {
    /// One entry for each revision that the target speaks, oldest first.
    pub facts: Vec<Facts>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
    /// The revisions that are left out.
    pub refused: Vec<Refusal>,
}

/// A revision that the target does not speak.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The revision.
    pub revision: Revision,
    /// What came back instead.
    pub why: String,
}

/// What the upstream's own slow tool is called with.
const OWN_SLOW_ARGUMENTS: &str = r#"{"milliseconds":600,"text":"{{key}}"}"#;

/// What our own upstream's tools are called with.
pub(crate) const OWN_ARGUMENTS: &str = r#"{"text":"{{key}}"}"#;

/// A tool is slow from this time on.
const SLOW: Duration = Duration::from_millis(250);

/// Probes each revision.
pub async fn probe(world: &World, revisions: &[Revision], allowed: &[AllowedTool]) -> Probe {
    let (mut probe, lot) = (Probe::default(), world.keys.lot(0));
    for revision in revisions {
        let mut facts = bare(world, *revision);
        let mut greeted = greet(world, &mut facts, &lot, &mut probe.exchanges).await;
        let first = probe.facts.is_empty() && probe.refused.is_empty();
        if first && greeted.is_err() && is_slow(world, probe.exchanges.last()) {
            greeted = greet(world, &mut facts, &lot, &mut probe.exchanges).await;
        }
        match greeted {
            Ok(()) => probe.facts.push(facts),
            Err(why) => {
                probe.refused.push(Refusal { revision: *revision, why });
                if is_dumb(world, probe.exchanges.last()) {
                    break;
                }
            }
        }
    }
    let Some(newest) = probe.facts.last().cloned() else { return probe };
    let mut calls = probe_calls(world, &newest, allowed, &lot, &mut probe.exchanges).await;
    let own = own::call(world, &newest, (&lot, PREFIX), &mut probe.exchanges).await;
    if let Some((call, came)) = own {
        (calls.own, calls.hop) = (Some(call), Some(came.transport()));
        calls.hop_is_modern = came.is_modern();
        let second = (&lot, SECOND_PREFIX);
        let second = own::call(world, &newest, second, &mut probe.exchanges).await;
        calls.second = second.map(|(call, _)| call);
    }
    let asks = asks_credentials(world, &newest, &lot, &mut probe.exchanges).await;
    for facts in &mut probe.facts {
        facts.calls = calls.clone();
        facts.asks_credentials = asks;
        name_allowed(facts, allowed);
    }
    probe.exchanges.iter_mut().for_each(|exchange| world.kept.slim(exchange));
    probe
}

/// Whether a target left its very first message unanswered: one that was started just now may still be
/// loading. A process has all the time that it needs to start.
fn is_slow(world: &World, last: Option<&Exchange>) -> bool {
    world.reach.transport() == Transport::Http
        && last.is_some_and(|exchange| exchange.observation.kind == ReplyKind::Silent)
}

/// Whether a process could not be started, or said nothing in all the time that it has to start:
/// another revision would only cost that time again.
fn is_dumb(world: &World, last: Option<&Exchange>) -> bool {
    let kind = last.map(|exchange| exchange.observation.kind);
    world.reach.transport() == Transport::Stdio
        && matches!(kind, Some(ReplyKind::Silent | ReplyKind::Refused))
}

/// Nothing is known yet.
pub(crate) fn bare(world: &World, revision: Revision) -> Facts {
    Facts {
        revision,
        transport: world.reach.transport(),
        server: String::new(),
        sessions: false,
        capabilities: Vec::new(),
        serves_tools: false,
        declares_tools: false,
        tools: Vec::new(),
        calls: Calls::default(),
        asks_credentials: false,
        loopback: world.reach.is_loopback(),
    }
}

/// Initializes and lists tools.
pub(crate) async fn greet(
    world: &World,
    facts: &mut Facts,
    lot: &Lot,
    exchanges: &mut Vec<Exchange>,
) -> Result<(), String> {
    let known = facts.clone();
    let mut conversation = Conversation::new(world, &known, lot.child());
    let opened = if facts.revision.is_modern() {
        discover(&mut conversation).await
    } else {
        conversation.open().await
    };
    let listed = match &opened {
        Ok(result) if result.pointer("/capabilities/tools").is_some() => {
            list(&mut conversation).await
        }
        _ => None,
    };
    facts.sessions = conversation.session.is_some();
    conversation.part(false).await;
    exchanges.append(&mut conversation.exchanges);
    let result = opened?;
    speaks(&result, facts.revision)?;
    facts.server = server(&result);
    facts.declares_tools = result.pointer("/capabilities/tools").is_some();
    facts.capabilities = capabilities(&result);
    facts.serves_tools = listed.is_some();
    facts.tools = listed.unwrap_or_default();
    Ok(())
}

/// What the target says of itself under the stateless revision, which has no handshake.
async fn discover(conversation: &mut Conversation<'_>) -> Result<Json, String> {
    let recipe = Recipe { base: Base::Discover, edits: Vec::new() };
    let exchange = conversation.send(&conversation.plain(&recipe, "1")).await;
    let found = result(&exchange).ok_or_else(|| {
        let described = answered::describe(&exchange);
        format!("server/discover was not accepted: {described}")
    });
    conversation.exchanges.push(exchange);
    found
}

/// Whether the answer to `initialize` or `server/discover` is about the revision.
fn speaks(result: &Json, revision: Revision) -> Result<(), String> {
    if revision.is_modern() {
        let listed = result.get("supportedVersions").and_then(Json::as_array).unwrap_or_default();
        let own = |version: &Json| version.as_str() == Some(revision.as_str());
        let told = || "the target does not list it in supportedVersions".to_owned();
        return listed.iter().any(own).then_some(()).ok_or_else(told);
    }
    let spoken = result.get("protocolVersion").and_then(Json::as_str).unwrap_or_default();
    let told = || format!("the target answers with `{spoken}`");
    (spoken == revision.as_str()).then_some(()).ok_or_else(told)
}

/// Name and version of the server, where it says them.
fn server(result: &Json) -> String {
    let told = "/_meta/io.modelcontextprotocol~1serverInfo";
    let info = result.get("serverInfo").or_else(|| result.pointer(told));
    let text = |name| info.and_then(|info| info.get(name)).and_then(Json::as_str).unwrap_or("?");
    format!("{} {}", text("name"), text("version"))
}

/// The names of the capabilities that the target declares of itself, and `resources.subscribe`. One
/// whose value is null is as good as none.
fn capabilities(result: &Json) -> Vec<String> {
    let declared = result.get("capabilities").and_then(Json::as_object).unwrap_or_default();
    let present = declared.iter().filter(|(_, value)| !value.is_null());
    let names = present.filter_map(|(name, _)| name.decoded().map(str::to_owned));
    let subscribe = result.pointer("/capabilities/resources/subscribe").and_then(Json::as_bool);
    let subscribe = (subscribe == Some(true)).then(|| "resources.subscribe".to_owned());
    names.chain(subscribe).collect()
}

async fn list(conversation: &mut Conversation<'_>) -> Option<Vec<Tool>> {
    let recipe = Recipe { base: Base::ToolsList, edits: Vec::new() };
    let exchange = conversation.send(&conversation.plain(&recipe, "2")).await;
    let tools = exchange.observation.main.as_ref().and_then(|main| main.pointer("/result/tools"));
    let tools = tools.and_then(Json::as_array).map(|tools| tools.iter().filter_map(tool).collect());
    conversation.exchanges.push(exchange);
    tools
}

fn tool(listed: &Json) -> Option<Tool> {
    let name = listed.get("name").and_then(Json::as_str)?.to_owned();
    Some(Tool { name, schema: listed.get("inputSchema").cloned().unwrap_or(Json::Null) })
}

/// A tool that the user names exists, whether it is listed or not (its upstream may be down).
fn name_allowed(facts: &mut Facts, allowed: &[AllowedTool]) {
    for allowed in allowed {
        if !facts.tools.iter().any(|tool| tool.name == allowed.name) {
            facts.tools.push(Tool { name: allowed.name.clone(), schema: Json::Null });
        }
    }
}

/// The calls that may be tried: the upstream's own, then those that the user names.
pub(crate) fn candidates(facts: &Facts, allowed: &[AllowedTool]) -> Vec<(Call, Option<Role>)> {
    let made = |name: &str| {
        let tool = facts.tools.iter().find(|tool| tool.name == name);
        tool.map_or_else(|| "{}".to_owned(), |tool| arguments(&tool.schema))
    };
    let named = allowed.iter().map(|allowed| {
        let arguments = allowed.arguments.clone().unwrap_or_else(|| made(&allowed.name));
        (Call { name: allowed.name.clone(), arguments }, allowed.role)
    });
    let own = facts.tools.iter().filter(|tool| {
        is_builtin(&tool.name) && !allowed.iter().any(|allowed| allowed.name == tool.name)
    });
    let own = own.map(|tool| {
        let role = own_role(&tool.name);
        let arguments = match role {
            Some(Role::Slow) => OWN_SLOW_ARGUMENTS.to_owned(),
            _ => made(&tool.name),
        };
        (Call { name: tool.name.clone(), arguments }, role)
    });
    own.chain(named).collect()
}

/// What the upstream's own tools do is known: a target that makes a success of a failure must not
/// thereby escape the cases about failures.
fn own_role(name: &str) -> Option<Role> {
    let roles = [
        ("gauntlet_echo", Role::Working),
        ("gauntlet_fail", Role::Failing),
        ("gauntlet_structured", Role::Structured),
        ("gauntlet_progress", Role::Progress),
        ("gauntlet_ask", Role::Asking),
        ("gauntlet_slow", Role::Slow),
    ];
    roles.into_iter().find_map(|(suffix, role)| name.ends_with(suffix).then_some(role))
}

/// Calls each candidate once and sorts it by what it did.
async fn probe_calls(
    world: &World,
    facts: &Facts,
    allowed: &[AllowedTool],
    lot: &Lot,
    exchanges: &mut Vec<Exchange>,
) -> Calls {
    let mut calls = Calls::default();
    for (call, role) in candidates(facts, allowed) {
        let mut tried = facts.clone();
        tried.calls.working = Some(call.clone());
        let mut conversation = Conversation::new(world, &tried, lot.child());
        if conversation.open().await.is_ok() {
            let recipe = Recipe { base: Base::ToolsCall, edits: Vec::new() };
            let exchange = conversation.send(&conversation.plain(&recipe, "2")).await;
            let role = role.unwrap_or_else(|| seen_role(&exchange, &calls));
            if role == Role::Working && has_structure(&exchange) {
                sort(&mut calls, call.clone(), Role::Structured);
            }
            let served = exchange.observation.kind == ReplyKind::Result;
            if served && facts.mirrored().iter().any(|(name, _)| *name == call.name) {
                calls.mirroring.get_or_insert(call.clone());
            }
            if role == Role::Working && exchange.delivery.elapsed >= SLOW {
                calls.slow.get_or_insert_with(|| call.clone());
            }
            sort(&mut calls, call, role);
            conversation.exchanges.push(exchange);
        }
        conversation.part(false).await;
        exchanges.append(&mut conversation.exchanges);
    }
    calls
}

/// What a tool did. A reply that holds a result counts as a success even where it is malformed, so
/// that the cases about successes show what is wrong with it.
fn seen_role(exchange: &Exchange, calls: &Calls) -> Role {
    let result = exchange.observation.main.as_ref().and_then(|main| main.get("result"));
    let failed = exchange.observation.kind == ReplyKind::ToolError;
    let asks = result.and_then(|result| result.get("resultType")).and_then(Json::as_str);
    let refuses = answered::error_code(&exchange.observation) == Some(MISSING_CAPABILITY);
    if refuses || asks == Some("input_required") {
        return Role::Asking;
    }
    match (result.is_some(), failed) {
        (true, false) => Role::Working,
        (true, true) if calls.failing.is_none() => Role::Failing,
        _ => Role::Dead,
    }
}

fn has_structure(exchange: &Exchange) -> bool {
    let main = exchange.observation.main.as_ref();
    main.and_then(|main| main.pointer("/result/structuredContent")).is_some()
}

/// The first tool of each role is the one that is called.
fn sort(calls: &mut Calls, call: Call, role: Role) {
    let place = match role {
        Role::Working => &mut calls.working,
        Role::Failing => &mut calls.failing,
        Role::Dead => &mut calls.dead,
        Role::Structured => &mut calls.structured,
        Role::Progress => &mut calls.progress,
        Role::Asking => &mut calls.asking,
        Role::Slow => &mut calls.slow,
    };
    place.get_or_insert(call);
}

/// Whether a caller without credentials is refused.
async fn asks_credentials(
    world: &World,
    facts: &Facts,
    lot: &Lot,
    exchanges: &mut Vec<Exchange>,
) -> bool {
    if !world.given.iter().any(super::headers::GivenHeader::is_credential) {
        return false;
    }
    let mut conversation = Conversation::new(world, facts, lot.child());
    let base = if facts.revision.is_modern() { Base::Discover } else { Base::Initialize };
    let recipe = Recipe { base, edits: Vec::new() };
    let mut sending = conversation.plain(&recipe, "2");
    sending.credentials = Credentials::None;
    let exchange =
        conversation.send_within(&sending, world.deadline.min(Duration::from_secs(5))).await;
    let refused = exchange.observation.kind != ReplyKind::Result;
    exchanges.push(exchange);
    refused
}
