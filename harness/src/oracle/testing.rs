//! What the oracle's tests are made of: exchanges, records and whole evidence, built by hand.

use std::time::Duration;

use super::check::CheckId;
use super::classify::{Context, classify};
use super::evidence::{Evidence, Exchange, Hop, Leak, LogLine, Lost, Outage, Records};
use super::judge::judge;
use super::observe::observe;
use super::params::Tool;
use super::secrets::Secrets;
use crate::audit::correlate::Tier;
use crate::audit::profile::Profile;
use crate::audit::record::{AuditRecord, Status};
use crate::case::class::Class;
use crate::case::expectation::{Allowed, Expectation, ReplyKind};
use crate::case::requirement::Level;
use crate::case::switch::Switches;
use crate::case::{Case, Stimulus};
use crate::report::model::{Check, Outcome};
use crate::wire::delivery::{Delivery, End, Response};
use crate::wire::envelope::{Envelope, Header};
use crate::wire::json::{Json, parse};
use crate::wire::revision::Revision;
use crate::wire::transport::Transport;

pub(super) const KEY: &str = "gauntlet7f3a21c4x000123";
pub(super) const SESSION: &str = "live-session-1";
pub(super) const SECRET: &str = "sesame-open-1";

/// A `tools/list` with id 7.
pub(super) const LIST: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{}}"#;
/// A `tools/call` of the one tool that exists.
pub(super) const CALL: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"up-echo","arguments":{"text":"x"}}}"#;
/// A result for id 7.
pub(super) const RESULT: &str = r#"{"jsonrpc":"2.0","id":7,"result":{"tools":[]}}"#;

/// The JSON text of an error reply; `id` is raw text.
pub(super) fn error(code: i64, id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":{code},"message":"no"}}}}"#)
}

/// A whole HTTP response.
pub(super) fn delivery(status: u16, media: &str, body: impl AsRef<[u8]>) -> Delivery {
    let headers = vec![Header::new("Content-Type", media)];
    let body = body.as_ref().to_vec();
    let response = Some(Response { status, headers, body });
    Delivery {
        output: None,
        response,
        end: End::Complete,
        elapsed: Duration::from_millis(5),
        surplus: 0,
    }
}

pub(super) fn json(status: u16, body: impl AsRef<[u8]>) -> Delivery {
    delivery(status, "application/json", body)
}

pub(super) fn stream(body: &str) -> Delivery {
    delivery(200, "text/event-stream", body)
}

/// No response at all.
pub(super) fn nothing(end: End) -> Delivery {
    Delivery { output: None, response: None, end, elapsed: Duration::from_secs(5), surplus: 0 }
}

pub(super) fn with_end(delivery: Delivery, end: End) -> Delivery {
    Delivery { end, ..delivery }
}

pub(super) fn with_header(mut delivery: Delivery, name: &str, value: &str) -> Delivery {
    if let Some(response) = &mut delivery.response {
        response.headers.push(Header::new(name, value));
    }
    delivery
}

pub(super) fn value(text: &str) -> Json {
    parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(super) fn tools() -> Vec<Tool> {
    let schema = r#"{"type":"object","required":["text"],"properties":{"text":{"type":"string"},"n":{"type":"integer"}}}"#;
    vec![Tool { name: "up-echo".to_owned(), schema: value(schema) }]
}

/// A POST with every header in order, as it is sent under 2025-11-25.
pub(super) fn envelope(body: impl AsRef<[u8]>) -> Envelope {
    let headers = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("Authorization", "Bearer sesame-open-1"),
        ("Mcp-Session-Id", SESSION),
        ("MCP-Protocol-Version", "2025-11-25"),
    ];
    let headers = headers.into_iter().map(|(name, value)| Header::new(name, value)).collect();
    let body = body.as_ref().to_vec();
    Envelope { method: "POST".to_owned(), path: None, headers, body }
}

/// Calls the function with the context in which [`envelope`] is in order.
pub(super) fn in_context<T>(revision: Revision, use_it: impl FnOnce(&Context<'_>) -> T) -> T {
    let credentials = [Header::new("Authorization", format!("Bearer {SECRET}"))];
    let tools = tools();
    use_it(&Context {
        revision,
        session: Some(SESSION),
        credentials: &credentials,
        host: "127.0.0.1",
        tools: &tools,
    })
}

pub(super) fn exchange_of(envelope: Envelope, delivery: Delivery) -> Exchange {
    let reading = in_context(Revision::V2025_11_25, |context| classify(&envelope, context));
    let observation = observe(&delivery, &reading.ids);
    Exchange {
        key: KEY.to_owned(),
        trace_id: "0af7651916cd43dd8448eb211c80319c".to_owned(),
        envelope,
        reading,
        delivery,
        observation,
        started: 1_000.0,
        ended: 1_000.5,
    }
}

pub(super) fn exchange(body: impl AsRef<[u8]>, delivery: Delivery) -> Exchange {
    exchange_of(envelope(body), delivery)
}

/// A case of the class that names no replies of its own.
pub(crate) fn case(class: Class) -> Case {
    Case {
        id: "test/case".to_owned(),
        title: "a case made by a test".to_owned(),
        note: String::new(),
        requirement: "TEST".to_owned(),
        also: Vec::new(),
        level: Level::Must,
        revisions: Revision::ALL.to_vec(),
        transports: Transport::ALL.to_vec(),
        needs: Vec::new(),
        alone: false,
        last: false,
        stimulus: Stimulus::bare(class),
        expectation: Expectation::default(),
    }
}

/// The record that an honest target writes of an exchange.
pub(super) fn record(exchange: &Exchange) -> AuditRecord {
    let reading = &exchange.reading;
    let main = exchange.observation.main.as_ref();
    let served = exchange.observation.kind == ReplyKind::Result;
    let known = |method: &&str| {
        crate::wire::methods::is_known(method, Revision::V2025_11_25)
            || method.starts_with("notifications/")
    };
    let call = reading.method.as_deref().filter(known).map(crate::audit::naming::call_type);
    AuditRecord {
        call_type: Some(call.unwrap_or_else(|| crate::audit::naming::PROTOCOL_ERROR.to_owned())),
        status: Some(if served { Status::Success } else { Status::Failure }),
        start: Some(exchange.started + 0.1),
        end: Some(exchange.started + 0.2),
        error_code: main.and_then(|main| main.pointer("/error/code")).map(Json::to_text),
        error_message: (!served).then(|| "went wrong".to_owned()),
        response: main.and_then(|main| main.get("result")).map(Json::to_text),
        tool_name: reading.tool.clone(),
        tool_arguments: reading.arguments.clone(),
        jsonrpc_id: reading.ids.first().cloned(),
        method: reading.method.clone(),
        correlation_id: Some(exchange.key.clone()),
        raw: "{\"raw\":true}".to_owned(),
        ..AuditRecord::default()
    }
}

/// All that a judge sees, owned; a test changes one thing of it.
pub(super) struct Scene {
    pub(super) case: Case,
    pub(super) revision: Revision,
    pub(super) control: Option<Exchange>,
    pub(super) stimulus: Exchange,
    pub(super) beside: Vec<Exchange>,
    pub(super) pages: Vec<Exchange>,
    pub(super) sentinel: Option<Exchange>,
    pub(super) hop: Option<Hop>,
    /// How our own receiver of records misbehaved.
    pub(super) outage: Option<Outage>,
    pub(super) audited: bool,
    pub(super) records: Vec<AuditRecord>,
    pub(super) ambiguous: bool,
    pub(super) too_deep: bool,
    pub(super) broken: Vec<String>,
    pub(super) orphans: Vec<AuditRecord>,
    pub(super) leaks: Vec<Leak>,
    pub(super) lost: Vec<Lost>,
    pub(super) names_servers: bool,
    pub(super) log: Option<Vec<LogLine>>,
    pub(super) secrets: Secrets,
    pub(super) profile: Profile,
    pub(super) switches: Switches,
}

impl Scene {
    /// A scene in which everything but perhaps the reply is in order, with one honest record.
    pub(super) fn new(class: Class, stimulus: Exchange) -> Self {
        Self {
            case: case(class),
            revision: Revision::V2025_11_25,
            control: Some(exchange(LIST, json(200, RESULT))),
            records: vec![record(&stimulus)],
            stimulus,
            beside: Vec::new(),
            pages: Vec::new(),
            sentinel: Some(exchange(LIST, json(200, RESULT))),
            hop: None,
            outage: None,
            audited: true,
            ambiguous: false,
            too_deep: false,
            broken: Vec::new(),
            orphans: Vec::new(),
            leaks: Vec::new(),
            lost: Vec::new(),
            names_servers: false,
            log: None,
            secrets: Secrets::default(),
            profile: Profile::builtin("reference").unwrap(),
            switches: Switches::default(),
        }
    }

    /// The message of a class with the body, answered by the delivery.
    pub(super) fn of(class: Class, body: &str, delivery: Delivery) -> Self {
        Self::new(class, exchange(body, delivery))
    }

    /// A served `tools/call`.
    pub(super) fn call() -> Self {
        let body = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[]}}"#;
        Self::of(Class::Request, CALL, json(200, body))
    }

    /// Permits one kind of reply and nothing else.
    pub(super) fn permit(mut self, kind: ReplyKind, allowed: Allowed) -> Self {
        self.case.expectation.replies.insert(kind, allowed);
        self
    }

    /// Without any records to be had.
    pub(super) fn unaudited(mut self) -> Self {
        self.audited = false;
        self
    }

    pub(super) fn judge(&self) -> Vec<Check> {
        self.with(judge)
    }

    /// What comes of the evidence.
    pub(super) fn with<T>(&self, ask: impl FnOnce(&Evidence<'_>) -> T) -> T {
        let records = Records {
            source: None,
            matched: self.records.iter().map(|record| (record, Tier::Header)).collect(),
            ambiguous: self.ambiguous,
            broken: self.broken.iter().map(String::as_str).collect(),
            too_deep: self.too_deep,
            orphans: self.orphans.iter().collect(),
            leaks: &self.leaks,
            lost: &self.lost,
            receives: self.outage.is_some(),
            names_servers: self.names_servers,
            profile: &self.profile,
        };
        ask(&Evidence {
            case: &self.case,
            revision: self.revision,
            control: self.control.as_ref(),
            stimulus: &self.stimulus,
            beside: &self.beside,
            pages: &self.pages,
            sentinel: self.sentinel.as_ref(),
            life: None,
            hop: self.hop.as_ref(),
            outage: self.outage.as_ref(),
            log: self.log.as_deref(),
            audit: if self.audited { vec![records] } else { Vec::new() },
            secrets: &self.secrets,
            switches: &self.switches,
        })
    }

    /// The worst answer to one question; none where it was not asked.
    pub(super) fn asked(&self, check: CheckId) -> Option<Outcome> {
        worst(&self.judge(), check)
    }

    /// The questions whose answer is none of pass and not-applicable, with that answer.
    pub(super) fn troubles(&self) -> Vec<(String, Outcome)> {
        let checks = self.judge().into_iter();
        let bad = checks.filter(|check| check.outcome > Outcome::Pass);
        bad.map(|check| (check.check, check.outcome)).collect()
    }
}

/// The worst answer to one question.
pub(super) fn worst(checks: &[Check], check: CheckId) -> Option<Outcome> {
    let named = checks.iter().filter(|one| one.check == check.as_str());
    named.map(|one| one.outcome).max()
}

/// What [`Scene::troubles`] gives for one question.
pub(super) fn only(check: CheckId, outcome: Outcome) -> Vec<(String, Outcome)> {
    vec![(check.as_str().to_owned(), outcome)]
}
