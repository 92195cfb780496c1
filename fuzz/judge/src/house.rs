//! A gateway in this process with a session, and what is said on it. Inputs of one message share one, as
//! long as nothing goes wrong: what does is tried again in a fresh one, so that no input is blamed for
//! what another left behind.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use futures_util::StreamExt as _;
use mcp_gauntlet::case::recipe::{Base, Credentials, Edit, Recipe};
use mcp_gauntlet::generate::base::{Address, Call, Ingredients, Round};
use mcp_gauntlet::generate::render::render;
use mcp_gauntlet::oracle::classify::{Context, Reading, classify, classify_body};
use mcp_gauntlet::oracle::evidence::Exchange;
use mcp_gauntlet::oracle::observe::observe;
use mcp_gauntlet::oracle::params::Tool;
use mcp_gauntlet::runner::headers::{HeaderPlan, headers};
use mcp_gauntlet::runner::keys::{now, trace_id};
use mcp_gauntlet::transport::until::{Until, Watch};
use mcp_gauntlet::wire::delivery::{Delivery, End, Response};
use mcp_gauntlet::wire::envelope::{Envelope, Header};
use mcp_gauntlet::wire::json::{Json, parse};
use mcp_gauntlet::wire::mirror;
use mcp_gauntlet::wire::revision::Revision;
use reference_gateway::{Config, Local};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, timeout_at};

/// What every canary begins with.
pub(crate) const PREFIX: &str = "gauntlet00000000x";
/// No tool of the gateway takes longer; it costs no real time.
const DEADLINE: Duration = Duration::from_secs(60);
/// How long an event stream that has answered must be quiet before it is left.
const GRACE: Duration = Duration::from_millis(150);
/// Messages after which a house is torn down: its gateway keeps sessions and records.
const WORN: usize = 2000;

/// A gateway with what was said to it.
pub(crate) struct House {
    gateway: Local,
    pub(crate) revision: Revision,
    tools: Arc<[Tool]>,
    session: Option<String>,
    /// The exchanges since it was opened or lent, in order.
    pub(crate) exchanges: Vec<Exchange>,
    /// How many messages were sent in all.
    sent: usize,
    /// How many records were left before it was lent.
    recorded: usize,
}

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime of one thread");
    /// The tools that the gateway lists under each revision.
    static TOOLS: RefCell<BTreeMap<Revision, Arc<[Tool]>>> = RefCell::default();
    /// Houses that may be used again.
    static HOUSES: RefCell<BTreeMap<Revision, House>> = RefCell::default();
}

/// Runs to the end on a clock that stands still while there is work.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(work))
}

/// A call that the upstream of the gateway serves.
fn call(tool: &str, arguments: &str) -> Option<Call> {
    let name = format!("gauntlet-gauntlet_{tool}");
    Some(Call { name, arguments: arguments.to_owned() })
}

impl House {
    /// A gateway with a session of this revision, which the stateless one does without.
    pub(crate) async fn open(revision: Revision) -> Self {
        let known = TOOLS.with_borrow(|tools| tools.get(&revision).cloned());
        let mut house = Self::with(revision, known.clone().unwrap_or_default()).await;
        if known.is_none() {
            let listed = house.listed().await;
            TOOLS.with_borrow_mut(|tools| tools.insert(revision, listed.clone()));
            house = Self::with(revision, listed).await;
        }
        house
    }

    /// A house that is perhaps not fresh, as if nothing had been said in it.
    pub(crate) async fn lend(revision: Revision) -> Self {
        let used = HOUSES.with_borrow_mut(|houses| houses.remove(&revision));
        let Some(mut house) = used.filter(|house| house.sent < WORN) else {
            return Self::open(revision).await;
        };
        house.recorded += house.records().len();
        house.exchanges.clear();
        house
    }

    /// Gives a house back in which nothing went wrong.
    pub(crate) fn give_back(self) {
        HOUSES.with_borrow_mut(|houses| houses.insert(self.revision, self));
    }

    async fn with(revision: Revision, tools: Arc<[Tool]>) -> Self {
        let gateway = Local::new(Config::default()).expect("a gateway");
        let exchanges = Vec::new();
        let (session, sent, recorded) = (None, 0, 0);
        let mut house = Self { gateway, revision, tools, session, exchanges, sent, recorded };
        if !revision.is_modern() {
            let opened = house.say(Base::Initialize).await;
            let response = opened.delivery.response.as_ref().expect("a response");
            house.session = Some(response.header("mcp-session-id").expect("a session"));
        }
        house
    }

    async fn listed(&mut self) -> Arc<[Tool]> {
        let answer = self.say(Base::ToolsList).await.observation.main.clone().expect("an answer");
        let tools = answer.pointer("/result/tools").and_then(Json::as_array).expect("tools");
        let tool = |listed: &Json| Tool {
            name: listed.get("name").and_then(Json::as_str).expect("a name").to_owned(),
            schema: listed.get("inputSchema").expect("a schema").clone(),
        };
        tools.iter().map(tool).collect()
    }

    /// The audit records of all that was said since it was lent.
    pub(crate) fn records(&self) -> Vec<String> {
        self.gateway.records(u64::try_from(self.recorded).unwrap_or(u64::MAX))
    }

    /// Sends a valid message.
    pub(crate) async fn say(&mut self, base: Base) -> &Exchange {
        self.send(&Recipe { base, edits: Vec::new() }, base == Base::Initialize).await
    }

    /// Sends any bytes as the body of a message.
    pub(crate) async fn post(&mut self, body: &[u8]) -> &Exchange {
        let hex = body.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex = hex.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect();
        let recipe = Recipe { base: Base::Empty, edits: vec![Edit::BodyHex(hex)] };
        let method = classify_body(body, &self.context()).method;
        self.send(&recipe, method.as_deref() == Some("initialize")).await
    }

    /// Sends what a recipe makes.
    pub(crate) async fn send(&mut self, recipe: &Recipe, initialize: bool) -> &Exchange {
        let key = format!("{PREFIX}{:06}", self.sent);
        self.sent += 1;
        let envelope = self.envelope(recipe, &key, initialize);
        let reading = classify(&envelope, &self.context());
        let started = now();
        let delivery = deliver(&self.gateway, &envelope, until(&reading)).await;
        let ended = now();
        let observation = observe(&delivery, &reading.ids);
        let trace_id = trace_id(&key);
        let exchange =
            Exchange { key, trace_id, envelope, reading, delivery, observation, started, ended };
        self.exchanges.push(exchange);
        self.exchanges.last().expect("what was pushed")
    }

    fn envelope(&self, recipe: &Recipe, key: &str, initialize: bool) -> Envelope {
        let session = self.session.as_deref().filter(|_| !initialize);
        let revision = (!initialize || self.revision.is_modern()).then_some(self.revision);
        let credentials = Credentials::Valid;
        let plan = HeaderPlan { given: &[], key_headers: &[], credentials, session, revision };
        render(recipe, &self.ingredients(key), headers(&plan, key))
    }

    fn ingredients(&self, key: &str) -> Ingredients {
        Ingredients {
            key: key.to_owned(),
            id: "7".to_owned(),
            revision: self.revision.to_string(),
            tools: true,
            working: call("echo", r#"{"text":"{{key}}"}"#),
            failing: call("fail", "{}"),
            dead: None,
            structured: call("structured", r#"{"text":"{{key}}"}"#),
            progress: call("progress", r#"{"steps":3}"#),
            asking: None,
            mirroring: None,
            mirrored: Vec::new(),
            slow: None,
            own: None,
            second: None,
            session: self.session.clone().unwrap_or_default(),
            round: Round::default(),
            address: Address::default(),
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            revision: self.revision,
            session: self.session.as_deref(),
            credentials: &[],
            host: "127.0.0.1",
            tools: &self.tools,
        }
    }
}

/// A subscription stands open by design.
pub(crate) fn subscribes(reading: &Reading) -> bool {
    reading.method.as_deref() == Some("subscriptions/listen")
}

/// Whether a message says itself that it is one of the stateless revision, whatever it stands in.
pub(crate) fn names_its_version(body: &[u8]) -> bool {
    let version = |message: &Json| {
        let meta = message.get("params").and_then(|params| params.get("_meta"));
        meta.and_then(|meta| meta.get(mirror::META_VERSION)).is_some()
    };
    parse(body).is_ok_and(|message| version(&message))
}

fn until(reading: &Reading) -> Until {
    if subscribes(reading) { Until::Head } else { Until::Reply }
}

async fn deliver(gateway: &Local, envelope: &Envelope, until: Until) -> Delivery {
    let begun = Instant::now();
    let deadline = begun + DEADLINE;
    let (response, end) = match timeout_at(deadline, gateway.serve(request(envelope))).await {
        Ok(response) => read(response, until, deadline).await,
        Err(_) => (None, End::Deadline),
    };
    Delivery { output: None, response, end, elapsed: begun.elapsed(), surplus: 0 }
}

fn request(envelope: &Envelope) -> Request {
    let request = Request::builder().method(envelope.method.as_str()).uri("/mcp");
    let request = request.header("Host", "127.0.0.1");
    let length = envelope.body.len();
    let request = envelope.headers.iter().fold(request, |request, header| {
        request.header(header.name.as_str(), header.value.as_slice())
    });
    let body = Body::from(envelope.body.clone());
    request.header("Content-Length", length).body(body).expect("headers that can be written")
}

async fn read(
    response: axum::response::Response,
    until: Until,
    deadline: Instant,
) -> (Option<Response>, End) {
    let (parts, body) = response.into_parts();
    let header = |(name, value): (&_, &axum::http::HeaderValue)| {
        Header::new(format!("{name}"), value.as_bytes())
    };
    let headers = parts.headers.iter().map(header).collect();
    let mut response = Response { status: parts.status.as_u16(), headers, body: Vec::new() };
    let mut watch = Watch::new(until, GRACE);
    let mut chunks = body.into_data_stream();
    let end = loop {
        watch.observe(&response);
        let quiet = watch.quiet_at();
        match timeout_at(quiet.unwrap_or(deadline).min(deadline), chunks.next()).await {
            Ok(None) => break End::Complete,
            Ok(Some(Ok(chunk))) => response.body.extend_from_slice(&chunk),
            Ok(Some(Err(error))) => break End::Reset(error.to_string()),
            Err(_) if quiet.is_some() => break End::StillOpen,
            Err(_) => break End::Deadline,
        }
    };
    (Some(response), end)
}
