//! One session with the target: a lane or a child, a session id, and every exchange on it.

mod spoken;

use std::time::Duration;

use super::headers::{HeaderPlan, bearer, credentials, headers};
use super::keys::{Lot, now, number, trace_id};
use super::talk::Talk;
use crate::case::Wait;
use crate::case::recipe::{Base, Credentials, Recipe};
use crate::generate::base::{Address, Ingredients, Round};
use crate::generate::render::render;
use crate::oracle::classify::{Context, Reading, classify, classify_lines};
use crate::oracle::evidence::Exchange;
use crate::oracle::observe::observe;
use crate::target::facts::Facts;
use crate::target::world::{Reach, World};
use crate::transport::raw_http::Lane;
use crate::transport::stdio::{Framing, Grace};
use crate::transport::until::Until;
use crate::wire::delivery::{Delivery, End, Response};
use crate::wire::envelope::{Envelope, Header};
use crate::wire::json::Json;
use crate::wire::life::Life;

/// A session with the target.
#[derive(Debug)]
pub struct Conversation<'a> {
    world: &'a World,
    facts: &'a Facts,
    /// The headers that prove who we are.
    credentials: Vec<Header>,
    /// The keys of its messages.
    lot: Lot,
    link: Link,
    /// Pause before each message, which tells exchanges apart by time alone.
    quiet: Duration,
    /// The session id, where the target issued one.
    pub session: Option<String>,
    /// What the next message may need of those before it.
    pub round: Round,
    /// What opening and preparing the session took, in order.
    pub exchanges: Vec<Exchange>,
}

/// What carries the messages.
#[derive(Debug)]
enum Link {
    Http(Box<Lane>),
    Stdio(Box<Talk>),
}

/// How one message is sent.
#[derive(Clone, Debug)]
pub struct Sending<'a> {
    /// What is sent.
    pub recipe: &'a Recipe,
    /// Raw text of the id that base messages carry.
    pub id: &'a str,
    /// The session id that the headers name.
    pub session: Option<String>,
    /// The credentials that the headers carry.
    pub credentials: Credentials,
    /// When the answer is over.
    pub wait: Wait,
    /// How the message is put on a process's input.
    pub framing: Framing,
    /// What the answer is wanted for.
    pub purpose: Purpose,
}

/// What an answer is wanted for. Only matters where it may come late: on a process's output.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// To go on: silence costs the whole deadline, unless none is expected.
    Step,
    /// To be judged: silence is proved by a later message, and a second answer is waited for.
    Verdict,
}

impl<'a> Conversation<'a> {
    /// A conversation that has sent nothing.
    #[must_use]
    pub fn new(world: &'a World, facts: &'a Facts, lot: Lot) -> Self {
        let link = match &world.reach {
            Reach::Http(client) => Link::Http(Box::new(client.lane())),
            Reach::Stdio(launcher) => Link::Stdio(Box::new(Talk::new(launcher))),
        };
        let quiet = Duration::ZERO;
        let credentials = credentials(&world.given);
        let (exchanges, round) = (Vec::new(), Round::default());
        Self { world, facts, credentials, lot, link, quiet, session: None, round, exchanges }
    }

    /// The same, pausing before each message: a record that carries nothing of ours can then still
    /// be matched by its time.
    #[must_use]
    pub const fn quietly(mut self) -> Self {
        self.quiet = Duration::from_millis(20);
        self
    }

    /// Keys for a conversation beside this one.
    #[must_use]
    pub fn child_lot(&self) -> Lot {
        self.lot.child()
    }

    /// Opens a session: `initialize`, then `notifications/initialized`. The stateless revision has
    /// none to open, and nothing is sent.
    ///
    /// # Errors
    /// What came back instead of a result.
    pub async fn open(&mut self) -> Result<Json, String> {
        if self.facts.revision.is_modern() {
            self.wait_for_start().await;
            return Ok(Json::Null);
        }
        let result = self.greet().await?;
        let exchange = self.handshake(Base::Notification, "1").await;
        self.exchanges.push(exchange);
        Ok(result)
    }

    /// The first half of it: `initialize` and its answer. The client has not said that it is initialized.
    ///
    /// # Errors
    /// What came back instead of a result.
    pub async fn greet(&mut self) -> Result<Json, String> {
        let exchange = self.handshake(Base::Initialize, "1").await;
        let result = result(&exchange);
        self.session = session_id(&exchange);
        let described = crate::oracle::checks::answered::describe(&exchange);
        // Without an answer the first thing that is no message is the likely reason.
        let stray = exchange.observation.strays.first();
        let described = stray.map_or_else(
            || described.clone(),
            |stray| {
                format!("{described}; on its standard output stands what is no message: {stray}")
            },
        );
        self.exchanges.push(exchange);
        result.ok_or_else(|| format!("initialize was not accepted: {described}"))
    }

    /// Where records may have to be told apart by their time, a process that is still starting would
    /// read several messages at one moment; a first answer says that it has started.
    async fn wait_for_start(&mut self) {
        if matches!(self.link, Link::Stdio(_)) && !self.quiet.is_zero() {
            let exchange = self.handshake(Base::Ping, "1").await;
            self.exchanges.push(exchange);
        }
    }

    async fn handshake(&mut self, base: Base, id: &str) -> Exchange {
        let recipe = Recipe { base, edits: Vec::new() };
        self.send(&self.plain(&recipe, id)).await
    }

    /// A message on this session with valid credentials.
    #[must_use]
    pub fn plain<'r>(&self, recipe: &'r Recipe, id: &'r str) -> Sending<'r> {
        Sending {
            recipe,
            id,
            session: self.session.clone(),
            credentials: Credentials::Valid,
            wait: Wait::Reply,
            framing: Framing::Line,
            purpose: Purpose::Step,
        }
    }

    /// Sends one message and reads what comes back.
    pub async fn send(&mut self, sending: &Sending<'_>) -> Exchange {
        self.send_within(sending, self.world.deadline).await
    }

    /// As [`Self::send`], with a deadline of its own.
    pub async fn send_within(&mut self, sending: &Sending<'_>, deadline: Duration) -> Exchange {
        self.pause(self.quiet).await;
        if let Some(pace) = &self.world.pace {
            pace.wait().await;
        }
        let draft = self.draft(sending);
        let Link::Http(lane) = &mut self.link else {
            return self.speak(draft, sending, deadline).await;
        };
        let (until, deadline) = match sending.wait {
            Wait::Reply => (Until::Reply, deadline),
            Wait::Head => (Until::Head, deadline),
            Wait::Listen => (Until::End, LISTENING.min(deadline)),
            Wait::Close => (Until::Close, deadline),
        };
        let exchange = lane.exchange(&draft.envelope, deadline, until);
        let delivery = match sending.wait {
            Wait::Listen => stop_listening(self.world.idle.silence(exchange).await),
            Wait::Close => self.world.idle.silence(exchange).await,
            Wait::Reply | Wait::Head => exchange.await,
        };
        self.complete(draft, delivery)
    }

    /// Says nothing for this time.
    pub async fn pause(&self, time: Duration) {
        // The timer rounds up to its next tick of a millisecond, also for no time at all.
        if !time.is_zero() {
            self.world.idle.silence(tokio::time::sleep(time)).await;
        }
    }

    /// A message with its key, read before it is sent.
    fn draft(&self, sending: &Sending<'_>) -> Draft {
        let key = self.lot.key();
        let envelope = self.envelope(sending, &key);
        let reading = match self.link {
            Link::Http(_) => classify(&envelope, &self.context()),
            Link::Stdio(_) => classify_lines(&envelope.body, &self.context()),
        };
        Draft { key, envelope, reading, started: now() }
    }

    /// The exchange that a message and what came back for it make.
    fn complete(&self, draft: Draft, mut delivery: Delivery) -> Exchange {
        let ended = now();
        let Draft { key, envelope, reading, started } = draft;
        self.world.kept.admit(&mut delivery);
        let observation = observe(&delivery, &reading.ids);
        let trace_id = trace_id(&key);
        Exchange { key, trace_id, envelope, reading, delivery, observation, started, ended }
    }

    fn envelope(&self, sending: &Sending<'_>, key: &str) -> Envelope {
        if matches!(self.link, Link::Stdio(_)) {
            // Without headers the id is what a record can be known by, so it is never used twice.
            let id = number(key).map(|number| (FIRST_ID + number).to_string());
            let id = id.unwrap_or_else(|| sending.id.to_owned());
            return render(sending.recipe, &self.ingredients(&id, key), Vec::new());
        }
        let initialize = sending.recipe.base == Base::Initialize;
        let plan = HeaderPlan {
            given: &self.world.given,
            key_headers: &self.world.key_headers,
            credentials: sending.credentials,
            session: sending.session.as_deref().filter(|_| !initialize),
            revision: (!initialize).then_some(self.facts.revision),
        };
        render(sending.recipe, &self.ingredients(sending.id, key), headers(&plan, key))
    }

    fn ingredients(&self, id: &str, key: &str) -> Ingredients {
        Ingredients {
            key: key.to_owned(),
            id: id.to_owned(),
            revision: self.facts.revision.to_string(),
            tools: self.facts.serves_tools,
            working: self.facts.calls.working.clone(),
            failing: self.facts.calls.failing.clone(),
            dead: self.facts.calls.dead.clone(),
            structured: self.facts.calls.structured.clone(),
            progress: self.facts.calls.progress.clone(),
            asking: self.facts.calls.asking.clone(),
            mirroring: self.facts.calls.mirroring.clone(),
            mirrored: if self.facts.revision.is_modern() {
                self.facts.mirrored()
            } else {
                Vec::new()
            },
            slow: self.facts.calls.slow.clone(),
            own: self.facts.calls.own.clone(),
            second: self.facts.calls.second.clone(),
            session: self.session.clone().unwrap_or_default(),
            round: self.round.clone(),
            address: self.address(),
        }
    }

    fn address(&self) -> Address {
        let path = match &self.world.reach {
            Reach::Http(client) => client.endpoint().path().to_owned(),
            Reach::Stdio(_) => String::new(),
        };
        let token = bearer(&self.world.given).unwrap_or_default();
        Address { path, token }
    }

    fn context(&self) -> Context<'_> {
        Context {
            revision: self.facts.revision,
            session: self.session.as_deref(),
            credentials: &self.credentials,
            host: &self.world.host,
            tools: &self.facts.tools,
        }
    }
}

/// The first of the ids on a process's input: above those that cases set, all of twelve digits so that
/// snapshots know them, and whole numbers to every reader (RFC 8259 section 6).
const FIRST_ID: u64 = 600_000_000_000;

/// A message that is about to be sent.
#[derive(Debug)]
struct Draft {
    key: String,
    envelope: Envelope,
    reading: Reading,
    started: f64,
}

/// The result in a reply.
#[must_use]
pub fn result(exchange: &Exchange) -> Option<Json> {
    exchange.observation.main.as_ref().and_then(|main| main.get("result")).cloned()
}

/// How long is listened to a stream that stands open by design.
const LISTENING: Duration = Duration::from_millis(1500);

/// A stream that was open to the end of the listening is as it should be.
fn stop_listening(mut delivery: Delivery) -> Delivery {
    if delivery.end == End::Deadline
        && delivery.response.as_ref().is_some_and(Response::is_event_stream)
    {
        delivery.end = End::StillOpen;
    }
    delivery
}

/// The session id of a reply to `initialize`.
fn session_id(exchange: &Exchange) -> Option<String> {
    exchange.delivery.response.as_ref()?.header("mcp-session-id")
}
