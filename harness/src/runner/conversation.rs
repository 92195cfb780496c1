//! One session with the target: a lane, a session id, and every exchange on it.

use std::time::Duration;

use super::headers::{HeaderPlan, credentials, headers};
use super::keys::{now, trace_id};
use crate::case::Wait;
use crate::case::recipe::{Base, Credentials, Recipe};
use crate::generate::base::Ingredients;
use crate::generate::render::render;
use crate::oracle::classify::{Context, classify};
use crate::oracle::evidence::Exchange;
use crate::oracle::observe::observe;
use crate::target::facts::Facts;
use crate::target::world::World;
use crate::transport::raw_http::Lane;
use crate::transport::until::Until;
use crate::wire::delivery::{Delivery, End, Response};
use crate::wire::envelope::{Envelope, Header};
use crate::wire::json::Json;

/// A session with the target.
#[derive(Debug)]
pub struct Conversation<'a> {
    world: &'a World,
    facts: &'a Facts,
    /// The headers that prove who we are.
    credentials: Vec<Header>,
    lane: Lane,
    /// Pause before each message, which tells exchanges apart by time alone.
    quiet: Duration,
    /// The session id, where the target issued one.
    pub session: Option<String>,
    /// What opening and preparing the session took, in order.
    pub exchanges: Vec<Exchange>,
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
}

impl<'a> Conversation<'a> {
    /// A conversation that has sent nothing.
    #[must_use]
    pub fn new(world: &'a World, facts: &'a Facts) -> Self {
        let lane = world.client.lane();
        let quiet = Duration::ZERO;
        let credentials = credentials(&world.given);
        Self { world, facts, credentials, lane, quiet, session: None, exchanges: Vec::new() }
    }

    /// The same, pausing before each message: a record that carries nothing of ours can then still
    /// be matched by its time.
    #[must_use]
    pub const fn quietly(mut self) -> Self {
        self.quiet = Duration::from_millis(20);
        self
    }

    /// Opens a session: `initialize`, then `notifications/initialized`.
    ///
    /// # Errors
    /// What came back instead of a result.
    pub async fn open(&mut self) -> Result<Json, String> {
        let exchange = self.handshake(Base::Initialize, "1").await;
        let result =
            exchange.observation.main.as_ref().and_then(|main| main.get("result")).cloned();
        self.session = session_id(&exchange);
        let described = crate::oracle::checks::answered::describe(&exchange);
        self.exchanges.push(exchange);
        let result = result.ok_or_else(|| format!("initialize was not accepted: {described}"))?;
        let exchange = self.handshake(Base::Notification, "1").await;
        self.exchanges.push(exchange);
        Ok(result)
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
        }
    }

    /// Sends one message and reads what comes back.
    pub async fn send(&mut self, sending: &Sending<'_>) -> Exchange {
        self.send_within(sending, self.world.deadline).await
    }

    /// As [`Self::send`], with a deadline of its own.
    pub async fn send_within(&mut self, sending: &Sending<'_>, deadline: Duration) -> Exchange {
        // The timer rounds up to its next tick of a millisecond, also for no time at all.
        if !self.quiet.is_zero() {
            tokio::time::sleep(self.quiet).await;
        }
        if let Some(pace) = &self.world.pace {
            pace.wait().await;
        }
        let key = self.world.keys.next();
        let envelope = self.envelope(sending, &key);
        let (until, deadline) = match sending.wait {
            Wait::Reply => (Until::Reply, deadline),
            Wait::Head => (Until::Head, deadline),
            Wait::Listen => (Until::End, LISTENING.min(deadline)),
        };
        let started = now();
        let mut delivery = self.lane.exchange(&envelope, deadline, until).await;
        let ended = now();
        if sending.wait == Wait::Listen {
            stop_listening(&mut delivery);
        }
        self.world.kept.admit(&mut delivery);
        let reading = classify(&envelope, &self.context());
        let observation = observe(&delivery, &reading.ids);
        let trace_id = trace_id(&key);
        Exchange { key, trace_id, envelope, reading, delivery, observation, started, ended }
    }

    fn envelope(&self, sending: &Sending<'_>, key: &str) -> Envelope {
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
            slow: self.facts.calls.slow.clone(),
            session: self.session.clone().unwrap_or_default(),
        }
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

/// How long is listened to a stream that stands open by design.
const LISTENING: Duration = Duration::from_millis(1500);

/// A stream that was open to the end of the listening is as it should be.
fn stop_listening(delivery: &mut Delivery) {
    if delivery.end == End::Deadline
        && delivery.response.as_ref().is_some_and(Response::is_event_stream)
    {
        delivery.end = End::StillOpen;
    }
}

/// The session id of a reply to `initialize`.
fn session_id(exchange: &Exchange) -> Option<String> {
    exchange.delivery.response.as_ref()?.header("mcp-session-id")
}
