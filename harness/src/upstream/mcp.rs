//! What the upstream answers as an MCP server, in the revision that the caller speaks.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::journal::Journal;
use super::listing::{Listing, SHOWN, Shown};
use super::program::{Call, ECHO, PREFIX, programs};
use super::script::{Step, end, json, response, stream};
use super::standing::Standing;
use crate::wire::arrival::Arrival;
use crate::wire::json::Json;
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

/// What may be sent to us (RFC 9110 section 10.2.1).
const ALLOWED: &str = "GET, POST, DELETE";

/// What stands before the number of a session.
const SESSION: &str = "session_";

/// What stands before the names of the second upstream's tools and sessions.
pub const SECOND_PREFIX: &str = "gauntlet_up_second_";

/// The input schema of a program.
const SCHEMA: &str = r#"{"type":"object","properties":{"text":{"type":"string"}}}"#;

/// A time in which it is down.
#[derive(Clone, Copy, Debug)]
struct Down {
    from: Instant,
    until: Instant,
    /// Whether its sessions are lost already.
    begun: bool,
}

/// A list of tools that is unusual for a while.
#[derive(Debug)]
struct Unusual {
    /// The canary of the call that wanted it.
    text: String,
    listing: Listing,
    until: Instant,
}

impl Unusual {
    /// None that lasts.
    fn over() -> Self {
        Self { text: String::new(), listing: Listing::Usual, until: Instant::now() }
    }
}

/// The upstreams at one address.
#[derive(Debug)]
pub(super) struct Houses {
    pub(super) journal: Arc<Journal>,
    first: House,
    second: House,
}

impl Default for Houses {
    fn default() -> Self {
        let journal = Arc::new(Journal::default());
        let house = |prefix| House::new(Arc::clone(&journal), prefix);
        Self { first: house(PREFIX), second: house(SECOND_PREFIX), journal }
    }
}

impl Houses {
    /// The one that a request has reached.
    pub(super) fn of(&self, arrival: &Arrival) -> &House {
        if arrival.is_second() { &self.second } else { &self.first }
    }
}

/// What all connections to one upstream share.
#[derive(Debug)]
pub(super) struct House {
    pub(super) journal: Arc<Journal>,
    /// What stands before the names of its tools and sessions.
    prefix: &'static str,
    pub(super) standing: Arc<Standing>,
    /// What its list of tools is, until when it is.
    listing: Mutex<Unusual>,
    sessions: AtomicU64,
    /// Sessions up to this one were lost when it was down.
    forgotten: AtomicU64,
    /// When it is down, until that was.
    down: Mutex<Option<Down>>,
    /// The canaries of calls that something happened to once.
    once: Mutex<BTreeSet<String>>,
    /// The sessions that were given up.
    lost: Mutex<BTreeSet<String>>,
}

impl House {
    fn new(journal: Arc<Journal>, prefix: &'static str) -> Self {
        Self {
            journal,
            prefix,
            standing: Arc::default(),
            listing: Mutex::new(Unusual::over()),
            sessions: AtomicU64::default(),
            forgotten: AtomicU64::default(),
            down: Mutex::default(),
            once: Mutex::default(),
            lost: Mutex::default(),
        }
    }

    /// What is done in answer to a request.
    pub(super) fn answer(&self, arrival: &Arrival) -> Vec<Step> {
        if arrival.is_fetch() {
            return vec![json(r#"{"type":"string"}"#)];
        }
        if self.is_lost(arrival) {
            return vec![response(404, &[], "")];
        }
        match arrival.method.as_str() {
            "POST" => {}
            "GET" => return self.listen(arrival),
            "DELETE" => return self.end(arrival),
            _ => return vec![response(405, &[("Allow", ALLOWED)], "")],
        }
        let Some(message) = &arrival.message else {
            let error = error("null", -32700, "Parse error", "");
            return vec![response(400, &[("Content-Type", "application/json")], error)];
        };
        match (arrival.rpc_method(), message.get("id")) {
            (Some(method), Some(id)) => self.request(arrival, message, (method, &id.to_text())),
            // Notifications, and answers to what was asked.
            _ => vec![response(202, &[], "")],
        }
    }

    /// The stream beside the calls of a session; the stateless revision has none.
    fn listen(&self, arrival: &Arrival) -> Vec<Step> {
        let accepts = arrival.header("accept").is_some_and(|it| it.contains("text/event-stream"));
        match arrival.header("mcp-session-id") {
            Some(session) if accepts && !arrival.is_modern() && self.is_issued(session) => {
                vec![stream(), Step::Stand(session.to_owned()), end(), Step::Close]
            }
            Some(session) if !self.is_issued(session) => vec![response(404, &[], "")],
            _ => vec![response(405, &[("Allow", ALLOWED)], "")],
        }
    }

    fn end(&self, arrival: &Arrival) -> Vec<Step> {
        if let Some(session) = arrival.header("mcp-session-id") {
            self.standing.close(session);
        }
        vec![response(200, &[], "")]
    }

    fn is_issued(&self, session: &str) -> bool {
        self.number(session)
            .is_some_and(|it| (1..=self.sessions.load(Ordering::Relaxed)).contains(&it))
    }

    fn request(&self, arrival: &Arrival, message: &Json, (method, id): (&str, &str)) -> Vec<Step> {
        let modern = arrival.is_modern();
        match method {
            "initialize" => return vec![self.initialize(message, id)],
            "server/discover" => return vec![json(discover(id))],
            "tools/call" => {
                let call = Call::read(arrival, message, (id, self.prefix));
                let unknown = || vec![json(error(id, -32602, "Unknown tool", ""))];
                return call.map_or_else(unknown, |call| self.run(&call));
            }
            _ => {}
        }
        let body = match method {
            "ping" | "logging/setLevel" => result(id, modern, ""),
            "tools/list" => result(id, modern, &self.tools(arrival, message)),
            "prompts/list" => result(id, modern, &listed(modern, "prompts")),
            "resources/list" => result(id, modern, &listed(modern, "resources")),
            "resources/templates/list" => result(id, modern, &listed(modern, "resourceTemplates")),
            _ => {
                let status = if modern { 404 } else { 200 };
                let told = error(id, -32601, "Method not found", "");
                return vec![response(status, &[("Content-Type", "application/json")], told)];
            }
        };
        vec![json(body)]
    }

    /// Whether it came in a session that was given up.
    fn is_lost(&self, arrival: &Arrival) -> bool {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = self.forgotten.load(Ordering::Relaxed);
        let is_old = |session| self.number(session).is_some_and(|number| number <= forgotten);
        let session = arrival.header("mcp-session-id");
        session.is_some_and(|session| lost.contains(session) || is_old(session))
    }

    /// In a while it is down for so long.
    pub(super) fn go_down(&self, after: Duration, time: Duration) {
        let from = Instant::now() + after;
        let down = Down { from, until: from + time, begun: false };
        *self.down.lock().unwrap_or_else(PoisonError::into_inner) = Some(down);
    }

    /// Whether it is down. The first who asks when it has gone down finds all sessions lost.
    pub(super) fn is_down(&self) -> bool {
        let mut down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let Some(down) = down.as_mut().filter(|down| down.from <= now) else { return false };
        if !std::mem::replace(&mut down.begun, true) {
            self.forgotten.store(self.sessions.load(Ordering::Relaxed), Ordering::Relaxed);
            self.standing.end_all();
        }
        now < down.until
    }

    /// From now on nothing is served in this session.
    pub(super) fn lose(&self, session: String) {
        self.standing.close(&session);
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).insert(session);
    }

    fn run(&self, call: &Call) -> Vec<Step> {
        let known = format!("{} {}", call.program.name, call.text);
        let mut once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        (call.program.script)(call, once.insert(known))
    }

    /// The number of a session that may have been issued.
    fn number(&self, session: &str) -> Option<u64> {
        session.strip_prefix(self.prefix)?.strip_prefix(SESSION)?.parse().ok()
    }

    /// Lists other tools for a while, for the call with this canary. Who listens in the session is told, and
    /// told again when it is over.
    pub(super) async fn show(
        &self,
        (text, listing): (String, Listing),
        session: Option<String>,
        told: &'static str,
    ) {
        let unusual = Unusual { text, listing, until: Instant::now() + SHOWN };
        *self.listing.lock().unwrap_or_else(PoisonError::into_inner) = unusual;
        let Some(session) = session else { return };
        let _ = self.standing.tell(&session, told).await;
        let standing = Arc::clone(&self.standing);
        tokio::spawn(async move {
            tokio::time::sleep(SHOWN).await;
            let _ = standing.tell(&session, told).await;
        });
    }

    fn listing(&self) -> (String, Listing) {
        let unusual = self.listing.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() < unusual.until {
            return (unusual.text.clone(), unusual.listing);
        }
        (String::new(), Listing::Usual)
    }

    /// A page of the list of tools. Whatever cursor comes back was an empty one.
    fn tools(&self, arrival: &Arrival, message: &Json) -> String {
        let ((text, listing), modern) = (self.listing(), arrival.is_modern());
        let cursor = message.pointer("/params/cursor");
        let second = cursor.is_some_and(|cursor| !cursor.is_null());
        let (extra, next) = match listing {
            _ if second => (Listing::Pages, ""),
            Listing::Pages => (Listing::Usual, r#","nextCursor":"""#),
            listing => (listing, ""),
        };
        let extra = extra.extra((arrival.header("host").unwrap_or_default(), &text));
        let extra = extra.iter().map(|(name, schema)| self.tool(name, "echoes", schema));
        let usual = programs()
            .iter()
            .filter(|program| !second && (self.prefix != SECOND_PREFIX || program.name == ECHO));
        let usual = usual.map(|program| self.tool(program.name, program.about, SCHEMA));
        let tools: Vec<String> = usual.chain(extra).collect();
        if listing != Listing::Usual {
            let http = arrival.transport() == Transport::Http;
            self.journal.show(Shown { text, second, modern, http });
        }
        format!("\"tools\":[{}]{next}{}", tools.join(","), cache(modern))
    }

    fn tool(&self, name: &str, about: &str, schema: &str) -> String {
        let prefix = self.prefix;
        format!(r#"{{"name":"{prefix}{name}","description":"{about}","inputSchema":{schema}}}"#)
    }

    fn initialize(&self, message: &Json, id: &str) -> Step {
        let asked = message.pointer("/params/protocolVersion").and_then(Json::as_str);
        let known = asked.and_then(|asked| asked.parse::<Revision>().ok());
        let spoken = known.filter(|known| !known.is_modern()).unwrap_or(Revision::V2025_11_25);
        let session = self.sessions.fetch_add(1, Ordering::Relaxed) + 1;
        let session = format!("{}{SESSION}{session}", self.prefix);
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"result":{{"protocolVersion":"{spoken}",{SELF}}}}}"#
        );
        let headers = [("Content-Type", "application/json"), ("Mcp-Session-Id", session.as_str())];
        response(200, &headers, body)
    }
}

/// The name that it gives itself.
pub const SERVER_NAME: &str = "mcp-gauntlet-upstream";

/// What it says of itself in the handshake.
const SELF: &str = r#""capabilities":{"tools":{"listChanged":true},"logging":{}},"serverInfo":{"name":"mcp-gauntlet-upstream","version":"1"}"#;

fn discover(id: &str) -> String {
    let versions = Revision::ALL.map(|revision| format!("\"{revision}\"")).join(",");
    let members = format!(
        r#""supportedVersions":[{versions}],"capabilities":{{"tools":{{"listChanged":true}},"logging":{{}}}},"ttlMs":0,"cacheScope":"private","_meta":{{"io.modelcontextprotocol/serverInfo":{{"name":"mcp-gauntlet-upstream","version":"1"}}}}"#
    );
    result(id, true, &members)
}

/// A response with these members of its result, as raw text.
pub(super) fn result(id: &str, modern: bool, members: &str) -> String {
    let kind = match (modern, members.is_empty()) {
        (true, true) => r#""resultType":"complete""#,
        (true, false) => r#","resultType":"complete""#,
        (false, _) => "",
    };
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{{members}{kind}}}}}"#)
}

/// A JSON-RPC error; `data` is raw text, or empty for none.
pub(super) fn error(id: &str, code: i64, message: &str, data: &str) -> String {
    let data = if data.is_empty() { String::new() } else { format!(",\"data\":{data}") };
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":{code},"message":"{message}"{data}}}}}"#
    )
}

fn listed(modern: bool, name: &str) -> String {
    format!("\"{name}\":[]{}", cache(modern))
}

const fn cache(modern: bool) -> &'static str {
    if modern { r#","ttlMs":0,"cacheScope":"private""# } else { "" }
}
