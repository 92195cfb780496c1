//! One case under one revision: session, control, stimulus, sentinel.

use super::company::Company;
use super::conversation::{Conversation, Purpose, Sending, result};
use super::outage::Outage;
use super::pages;
use super::told::{Telling, Told};
use crate::case::expectation::RecordDemand;
use crate::case::recipe::{Base, Edit, Recipe, SessionMode};
use crate::case::{self, Case, Need, Wait};
use crate::oracle::checks::answered::{accepts, describe};
use crate::oracle::evidence::{self, Exchange};
use crate::runner::headers::bearer;
use crate::runner::keys::{Lot, trace_id};
use crate::runner::patience::unanswered;
use crate::target::facts::Facts;
use crate::target::world::{Reach, World};
use crate::transport::stdio::Framing;
use crate::wire::life::Life;
use std::time::{Duration, Instant};

/// Everything that was sent and came back for one case under one revision.
#[derive(Debug)]
pub struct CaseRun {
    /// Index of the case in the selection.
    pub case: usize,
    /// Index of the revision's facts.
    pub facts: usize,
    /// Whether nothing else was sent meanwhile.
    pub alone: bool,
    /// What came of it.
    pub result: RunResult,
    /// Exchanges that prepared the session.
    pub prepared: Vec<Exchange>,
    /// What the report says of the stimulus.
    pub told: Told,
}

impl CaseRun {
    /// Makes the texts of the report, then lets go of everything that no verdict looks at: a run
    /// keeps every exchange to its end, and some bodies are very large.
    pub fn tell(&mut self, telling: &Telling<'_>) {
        if let RunResult::Sent(sent) = &mut self.result {
            self.told = Told::of(&sent.stimulus, &sent.beside, &self.prepared, telling);
            // What several defects permit is read from the message itself.
            if !telling.case.expectation.several {
                sent.stimulus.envelope.body = Vec::new();
            }
            sent.control.iter_mut().chain(&mut sent.sentinel).for_each(Exchange::slim);
        }
        self.prepared.iter_mut().for_each(Exchange::slim);
        self.prepared.shrink_to_fit();
    }
}

/// What came of sending a case.
#[derive(Debug)]
pub enum RunResult {
    /// It was sent.
    Sent(Box<Sent>),
    /// The target does not have what the case needs.
    NotApplicable(String),
    /// A step before the stimulus failed.
    Untestable(String),
}

/// The three exchanges of a case.
#[derive(Debug)]
pub struct Sent {
    /// The twin.
    pub control: Option<Exchange>,
    /// The message under test.
    pub stimulus: Exchange,
    /// The messages sent beside it.
    pub beside: Vec<Exchange>,
    /// The further pages of its result.
    pub pages: Vec<Exchange>,
    /// The valid request after it.
    pub sentinel: Option<Exchange>,
    /// The life of the process that was talked to; none over HTTP.
    pub life: Option<Life>,
    /// How our own receiver of records misbehaved meanwhile; none where it did not.
    pub outage: Option<evidence::Outage>,
    /// Whether a record of the stimulus is demanded.
    pub demand: RecordDemand,
}

/// What happens beside a case while it runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Manner {
    /// Other cases.
    Together,
    /// Nothing.
    Alone,
    /// Nothing, and there is a pause before each message.
    Quietly,
}

/// Sends one case. Returns what came back and the exchanges that prepared it.
pub async fn run(
    world: &World,
    facts: &Facts,
    case: &Case,
    (lot, manner): (Lot, Manner),
) -> (RunResult, Vec<Exchange>) {
    if let Some(own) = world.own.as_ref().filter(|_| is_unreached(facts, case)) {
        return (RunResult::Untestable(unreached(&own.url)), Vec::new());
    }
    if let Some(reason) = case.needs.iter().find_map(|need| facts.lacks(*need)) {
        return (RunResult::NotApplicable(reason.to_owned()), Vec::new());
    }
    if case.stimulus.sink.is_some() && world.mailbox.is_none() {
        return (RunResult::NotApplicable(NO_RECEIVER.to_owned()), Vec::new());
    }
    let conversation = Conversation::new(world, facts, lot);
    let mut conversation =
        if manner == Manner::Quietly { conversation.quietly() } else { conversation };
    let opened = match case.stimulus.session {
        _ if is_cold(world, case) => Ok(()),
        SessionMode::Greeted => conversation.greet().await.map(drop),
        _ => conversation.open().await.map(drop),
    };
    let mut result = match opened {
        Ok(()) => send(world, facts, case, &mut conversation).await,
        Err(why) => RunResult::Untestable(why),
    };
    let life = conversation.part(case.expectation.process).await;
    if let RunResult::Sent(sent) = &mut result {
        sent.life = life;
    }
    (result, std::mem::take(&mut conversation.exchanges))
}

/// Why a case in which our own receiver of records misbehaves cannot be sent.
const NO_RECEIVER: &str = "records are not delivered to us: point a webhook of the target at this machine, and give \
     --audit webhook:HOST:PORT";

/// Why a token cannot be sent in a query.
const NO_BEARER: &str = "needs credentials that are a bearer token of letters, digits and -._~, for instance \
     --header 'Authorization: Bearer $TOKEN'";

/// Why a case cannot be sent that goes on from where our own upstream has asked for input.
const UNASKED: &str = "our own upstream asked for no input that reached us: the target speaks a revision with a handshake \
     to it, or answers for its callers";

/// Whether the case is about our own upstream, and the target did not call it when it was probed.
fn is_unreached(facts: &Facts, case: &Case) -> bool {
    case.needs.contains(&Need::Upstream) && facts.lacks(Need::Upstream).is_some()
}

fn unreached(url: &str) -> String {
    let place = url.trim_start_matches("http://").trim_end_matches("/mcp");
    format!(
        "the target lists no tool of our own upstream, or its call did not arrive: configure it with an \
         MCP server (Streamable HTTP) at {url} before the run, or with the command \
         `mcp-gauntlet upstream --stdio --to {place}` (stdio)"
    )
}

/// Lets go of what only the sending of the case needed; of its answers, only that to the stimulus is
/// judged by its content.
pub fn slim(world: &World, run: &mut CaseRun) {
    if let RunResult::Sent(sent) = &mut run.result {
        let around = sent.control.iter_mut().chain(&mut sent.sentinel);
        around.for_each(|exchange| world.kept.slim(exchange));
    }
    run.prepared.iter_mut().for_each(|exchange| world.kept.slim(exchange));
}

async fn send(
    world: &World,
    facts: &Facts,
    case: &Case,
    conversation: &mut Conversation<'_>,
) -> RunResult {
    let stimulus = &case.stimulus;
    if stimulus.recipe.shows_token() && bearer(&world.given).is_none() {
        return RunResult::NotApplicable(NO_BEARER.to_owned());
    }
    let control = match control(world, facts, case, conversation).await {
        Ok(control) => control,
        Err(why) => return RunResult::Untestable(why),
    };
    let outage = Outage::begin(world, stimulus.sink).await;
    before(&stimulus.before, outage.as_ref(), conversation).await;
    if stimulus.recipe.brings_state() && conversation.round.state.is_empty() {
        return RunResult::NotApplicable(UNASKED.to_owned());
    }
    let session = match session(world, facts, case, conversation).await {
        Ok(session) => session,
        Err(reason) => return RunResult::NotApplicable(reason),
    };
    let sending = Sending {
        recipe: &stimulus.recipe,
        id: "7",
        session,
        credentials: stimulus.credentials,
        wait: stimulus.wait,
        framing: match stimulus.framing {
            case::Framing::Line => Framing::Line,
            case::Framing::Split => Framing::Split,
            case::Framing::Unended => Framing::Unended,
        },
        purpose: Purpose::Verdict,
    };
    let mut company = match Company::gather(world, facts, &stimulus.beside, conversation).await {
        Ok(company) => company,
        Err(why) => return RunResult::Untestable(why),
    };
    let give_up = stimulus.give_up_ms.map(Duration::from_millis);
    let suffered = outage.as_ref().map_or(0, Outage::suffered);
    let (first, beside) = company.send_with(conversation, &sending, give_up).await;
    let exchange = insist(world.deadline * stimulus.patience, first, &sending, conversation).await;
    conversation.exchanges.append(&mut company.prepared());
    let outage = match outage {
        Some(outage) => Some(outage.end(suffered).await),
        None => None,
    };
    let pages = if stimulus.follow {
        pages::follow(conversation, &sending, &exchange).await
    } else {
        Vec::new()
    };
    let sentinel = match stimulus.framing {
        // Nothing can follow the end of the input.
        case::Framing::Unended => None,
        case::Framing::Line | case::Framing::Split => sentinel(case, conversation).await,
    };
    let (stimulus, life, demand) = (exchange, None, case.expectation.record);
    let sent = Sent { control, stimulus, beside, pages, sentinel, life, outage, demand };
    RunResult::Sent(Box::new(sent))
}

/// Time between two tries of a message that is sent until it is accepted.
const AGAIN: Duration = Duration::from_millis(500);

/// Sends the message again, as long as there is patience and it is not accepted. Its last exchange; those
/// before have prepared it.
async fn insist(
    patience: Duration,
    first: Exchange,
    sending: &Sending<'_>,
    conversation: &mut Conversation<'_>,
) -> Exchange {
    let (mut exchange, begun, mut tries) = (first, Instant::now(), 0);
    while !accepts(&exchange) && begun.elapsed() < patience {
        let ended = exchange.observation.status == Some(404);
        conversation.exchanges.push(exchange);
        conversation.pause(AGAIN).await;
        if ended {
            // Its session is gone; whether there is another, the next answer tells.
            conversation.session = None;
            let _ = conversation.open().await;
        }
        tries += 1;
        // An id may be used once in a session.
        let id = format!("7{tries:03}");
        let again = Sending { id: &id, session: conversation.session.clone(), ..*sending };
        exchange = conversation.send(&again).await;
    }
    exchange
}

/// Sends the twin, where there is one.
///
/// # Errors
/// What came back where it was not answered: nothing can be learned from the message itself then, and it
/// would cost two deadlines.
async fn control(
    world: &World,
    facts: &Facts,
    case: &Case,
    conversation: &mut Conversation<'_>,
) -> Result<Option<Exchange>, String> {
    let Some(recipe) = &case.stimulus.control else { return Ok(None) };
    let control = if is_cold(world, case) {
        control_of_its_own(world, facts, recipe, conversation).await
    } else {
        conversation.send(&conversation.plain(recipe, "5")).await
    };
    if unanswered(&control) {
        let why = format!("the same message without its defect: {}", describe(&control));
        conversation.exchanges.push(control);
        return Err(why);
    }
    Ok(Some(control))
}

/// Sends what comes before the message under test, and where the receiver of records misbehaves, waits until
/// it has done so with those.
async fn before(
    recipes: &[Recipe],
    outage: Option<&Outage<'_>>,
    conversation: &mut Conversation<'_>,
) {
    for recipe in recipes {
        let sending = conversation.plain(recipe, "3");
        let exchange = conversation.send(&sending).await;
        conversation.round.learn(&exchange.key, result(&exchange).as_ref());
        conversation.exchanges.push(exchange);
    }
    if let Some(outage) = outage.filter(|_| !recipes.is_empty()) {
        outage.bite(outage.suffered_before()).await;
    }
}

/// Whether the message is the first that a process gets: its session is the process itself, so
/// that a second `initialize` is not what one is over HTTP.
fn is_cold(world: &World, case: &Case) -> bool {
    let stimulus = &case.stimulus;
    let first = stimulus.recipe.base == Base::Initialize || stimulus.session == SessionMode::None;
    first && matches!(world.reach, Reach::Stdio(_))
}

/// Sends the twin to a process of its own.
async fn control_of_its_own(
    world: &World,
    facts: &Facts,
    recipe: &Recipe,
    conversation: &mut Conversation<'_>,
) -> Exchange {
    let mut other = Conversation::new(world, facts, conversation.child_lot());
    let control = other.send(&other.plain(recipe, "5")).await;
    other.part(false).await;
    conversation.exchanges.append(&mut other.exchanges);
    control
}

/// The session id that the stimulus names.
async fn session(
    world: &World,
    facts: &Facts,
    case: &Case,
    conversation: &mut Conversation<'_>,
) -> Result<Option<String>, String> {
    match case.stimulus.session {
        SessionMode::Live | SessionMode::Greeted => Ok(conversation.session.clone()),
        SessionMode::None => Ok(None),
        SessionMode::Unknown => Ok(Some(trace_id(&conversation.child_lot().key()))),
        SessionMode::Deleted => {
            let mut other = Conversation::new(world, facts, conversation.child_lot());
            let ended = end_session(&mut other).await;
            let session = other.session.take();
            conversation.exchanges.append(&mut other.exchanges);
            ended.map(|()| session)
        }
    }
}

/// Opens a session and ends it by DELETE.
async fn end_session(conversation: &mut Conversation<'_>) -> Result<(), String> {
    conversation.open().await?;
    let recipe = Recipe { base: Base::Empty, edits: vec![Edit::Method("DELETE".to_owned())] };
    let sending = conversation.plain(&recipe, "3");
    let exchange = conversation.send(&sending).await;
    let status = exchange.observation.status;
    conversation.exchanges.push(exchange);
    match status {
        Some(200..=299) => Ok(()),
        Some(status) => {
            Err(format!("the target does not let clients end a session: DELETE got {status}"))
        }
        None => Err("the target did not answer DELETE".to_owned()),
    }
}

/// A ping on the session that was open all the time. A message that ends or renews the session by
/// design is followed by a session of its own.
async fn sentinel(case: &Case, conversation: &mut Conversation<'_>) -> Option<Exchange> {
    // After an outage it tells whether records of that kind come again.
    let ping = match &case.stimulus.control {
        Some(control) if case.stimulus.sink.is_some() => control.clone(),
        _ => Recipe { base: Base::Ping, edits: Vec::new() },
    };
    let sending = Sending { wait: Wait::Reply, ..conversation.plain(&ping, "9") };
    let exchange = conversation.send(&sending).await;
    if accepts(&exchange) || !may_end_session(case) {
        return Some(exchange);
    }
    conversation.exchanges.push(exchange);
    conversation.session = None;
    if conversation.open().await.is_err() {
        return conversation.exchanges.pop();
    }
    let sending = conversation.plain(&ping, "9");
    Some(conversation.send(&sending).await)
}

fn may_end_session(case: &Case) -> bool {
    let recipe = &case.stimulus.recipe;
    let deletes = |edit: &Edit| matches!(edit, Edit::Method(method) if method == "DELETE");
    // What is sent last may cost a gateway the session that it has behind.
    case.last || recipe.base == Base::Initialize || recipe.edits.iter().any(deletes)
}
