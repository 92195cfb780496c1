//! `audited.`: the fields of the one record.

mod alike;

use super::answered::error_code;
use super::audited::call_types;
use super::shorten;
use crate::audit::profile::{Field, Profile};
use crate::audit::record::{AuditRecord, Status};
use crate::case::class::Class;
use crate::case::expectation::ReplyKind;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Evidence;
use crate::oracle::expect::PARSE_ERROR;
use crate::report::model::Outcome;
use crate::wire::json::Json;

pub(in crate::oracle) use alike::{names, recorded_id, same};

/// Judges each field that the product can carry.
pub fn fields(
    evidence: &Evidence<'_>,
    record: &AuditRecord,
    (profile, names_servers): (&Profile, bool),
    findings: &mut Findings,
) {
    let mut judge = FieldJudge { evidence, record, profile, findings };
    judge.call_type();
    judge.status();
    judge.error();
    judge.request();
    judge.tool();
    judge.server(names_servers);
    judge.response();
    judge.timing();
}

/// Judges what the record of a refused batch says of the refusal.
pub fn refusal(
    evidence: &Evidence<'_>,
    record: &AuditRecord,
    profile: &Profile,
    findings: &mut Findings,
) {
    let mut judge = FieldJudge { evidence, record, profile, findings };
    judge.status();
    judge.error();
}

struct FieldJudge<'a> {
    evidence: &'a Evidence<'a>,
    record: &'a AuditRecord,
    profile: &'a Profile,
    findings: &'a mut Findings,
}

/// How far the clock of a target on the same machine may differ, and how long it may take to write
/// an entry, in seconds.
const CLOCK_TOLERANCE: f64 = 2.0;

/// A call that takes so many seconds waits for its upstream.
const LONG_CALL: f64 = 2.0;

/// A start that differs by more than a day is no clock's fault: the unit is another one.
const OTHER_UNIT: f64 = 86_400.0;

impl FieldJudge<'_> {
    /// Adds a not-applicable answer where the product cannot carry the field.
    fn cannot(&mut self, check: CheckId, field: Field) -> bool {
        let Some(reason) = self.profile.cannot(field, self.record) else { return false };
        self.findings.add(check, Outcome::NotApplicable, "the field in the record", reason);
        true
    }

    fn call_type(&mut self) {
        if self.cannot(CheckId::CallType, Field::CallType) {
            return;
        }
        let wanted = call_types(self.evidence);
        let actual = self.record.call_type.clone();
        // The name of a long method may be cut, as it may in the record of the method itself.
        let cut = |actual: &str| wanted.iter().any(|own| own.len() > 64 && same(own, actual));
        let fits = |actual: &String| {
            wanted.contains(actual) || (wanted.is_empty() && !actual.is_empty()) || cut(actual)
        };
        let holds = actual.as_ref().is_some_and(fits);
        let shown = actual
            .map_or_else(|| "none".to_owned(), |actual| format!("\"{}\"", shorten(&actual, 80)));
        let wanted = if wanted.is_empty() { "any".to_owned() } else { wanted.join(" or ") };
        self.findings.require(CheckId::CallType, holds, wanted, shown);
    }

    fn implied_status(&self) -> Option<Status> {
        implied_status(self.evidence)
    }

    fn status(&mut self) {
        let Some(wanted) = self.implied_status() else { return };
        if self.cannot(CheckId::RecordStatus, Field::Status) {
            return;
        }
        let holds = self.record.status == Some(wanted);
        let shown = self.record.status.map_or("none", name);
        self.findings.require(CheckId::RecordStatus, holds, name(wanted), shown);
    }

    /// A failure carries the code that the caller saw, or for a tool's error some text.
    fn error(&mut self) {
        if self.implied_status() != Some(Status::Failure) {
            return;
        }
        let code = error_code(&self.evidence.stimulus.observation);
        let said = [&self.record.error_code, &self.record.error_class, &self.record.error_message];
        let said_something = said.into_iter().any(Option::is_some);
        if !said_something && self.no_error_anywhere() {
            return;
        }
        let Some(code) = code else {
            let shown = self.error_text();
            return self.findings.require(
                CheckId::RecordError,
                said_something,
                "what went wrong",
                shown,
            );
        };
        if self.profile.cannot(Field::ErrorCode, self.record).is_some() {
            let shown = self.error_text();
            return self.findings.require(
                CheckId::RecordError,
                said_something,
                "what went wrong",
                shown,
            );
        }
        let recorded = self.record.error_code.as_deref();
        // What the HTTP layer refuses may be recorded by its status: no MCP text gives it a code.
        let status = self.evidence.stimulus.observation.status.filter(|status| *status >= 400);
        let matches = recorded == Some(code.to_string().as_str())
            || status.is_some_and(|status| recorded == Some(status.to_string().as_str()));
        // A code of another vocabulary (an HTTP status, a name) still tells that it failed and why.
        let foreign = recorded.is_none_or(|code| !code.starts_with("-32"));
        let outcome = match (matches, foreign && said_something) {
            (true, _) => Outcome::Pass,
            (false, true) => Outcome::Warn,
            (false, false) => Outcome::Fail,
        };
        let shown = self.error_text();
        self.findings.add(CheckId::RecordError, outcome, format!("error code {code}"), shown);
    }

    /// Adds a not-applicable answer where the product can carry nothing at all of an error.
    fn no_error_anywhere(&mut self) -> bool {
        let fields = [Field::ErrorCode, Field::ErrorClass];
        let carries = |field: &Field| self.profile.cannot(*field, self.record).is_none();
        !fields.iter().any(carries) && self.cannot(CheckId::RecordError, Field::ErrorMessage)
    }

    fn error_text(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let text = format!(
            "{} {} {}",
            part(&self.record.error_code),
            part(&self.record.error_class),
            part(&self.record.error_message)
        );
        if text.trim().is_empty() { "nothing".to_owned() } else { shorten(text.trim(), 120) }
    }

    /// Whether the target refused the message before, or without, understanding it.
    fn refused_unread(&self) -> bool {
        let unparsed = error_code(&self.evidence.stimulus.observation) == Some(PARSE_ERROR);
        unparsed || self.evidence.stimulus.reading.class.is_http()
    }

    /// Method and id as they were sent. Missing warns, another value fails.
    fn request(&mut self) {
        let reading = &self.evidence.stimulus.reading;
        if matches!(
            reading.class,
            Class::Unparsable | Class::Empty | Class::TooDeep | Class::TooLarge
        ) || self.refused_unread()
        {
            return;
        }
        let method = reading.method.clone();
        if reading.id_readable {
            self.request_id();
        }
        self.compare(Field::Method, "method", method, self.record.method.clone());
    }

    /// The id as it was sent; an id kept as a text is still the same. Of several ids in one message
    /// the target's own answer tells which it took.
    fn request_id(&mut self) {
        let stimulus = self.evidence.stimulus;
        let answered = stimulus.observation.main.as_ref().and_then(|main| main.get("id"));
        let several = stimulus.reading.ids.len() > 1;
        let answered = answered.filter(|id| !id.is_null());
        let sent = if several { answered } else { stimulus.reading.ids.first() };
        let Some(sent) = sent else { return };
        if self.cannot(CheckId::RecordRequest, Field::JsonrpcId) {
            return;
        }
        let seen = self.record.jsonrpc_id.as_ref();
        let outcome = seen.map_or(Outcome::Warn, |seen| recorded_id(sent, seen));
        let shown = seen.map_or_else(|| "missing".to_owned(), Json::to_text);
        let wanted = format!("id {}", shorten(&sent.to_text(), 80));
        self.findings.add(CheckId::RecordRequest, outcome, wanted, shorten(&shown, 80));
    }

    fn compare(&mut self, field: Field, name: &str, sent: Option<String>, seen: Option<String>) {
        let Some(sent) = sent.filter(|sent| !sent.is_empty()) else { return };
        if self.cannot(CheckId::RecordRequest, field) {
            return;
        }
        let (outcome, shown) = match seen {
            Some(seen) if same(&sent, &seen) => (Outcome::Pass, seen),
            // How a log keeps control characters from breaking it is its own choice.
            Some(seen) if sent.chars().any(char::is_control) => (Outcome::Pass, seen),
            Some(seen) => (Outcome::Fail, seen),
            None => (Outcome::Warn, "missing".to_owned()),
        };
        let wanted = format!("{name} {}", shorten(&sent, 80));
        self.findings.add(CheckId::RecordRequest, outcome, wanted, shorten(&shown, 80));
    }

    /// A call names its tool and arguments, also when it fails (BerriAI/litellm#28928).
    fn tool(&mut self) {
        let reading = &self.evidence.stimulus.reading;
        let Some(name) = reading.tool.clone().filter(|name| !name.is_empty()) else { return };
        if self.refused_unread() || reading.class == Class::TooLarge {
            return;
        }
        if self.cannot(CheckId::RecordTool, Field::ToolName) {
            return;
        }
        let recorded = [&self.record.tool_name, &self.record.namespaced_tool_name];
        let holds = recorded.into_iter().flatten().any(|recorded| names(recorded, &name));
        let shown =
            self.record.tool_name.clone().or_else(|| self.record.namespaced_tool_name.clone());
        let outcome = self.tool_outcome(holds, shown.is_none());
        self.findings.add(
            CheckId::RecordTool,
            outcome,
            format!("tool {}", shorten(&name, 80)),
            shown.map_or_else(|| "no tool".to_owned(), |shown| shorten(&shown, 80)),
        );
        self.arguments();
    }

    fn arguments(&mut self) {
        let sent = self.evidence.stimulus.reading.arguments.as_ref();
        let filled = sent.and_then(Json::as_object).is_some_and(|members| !members.is_empty());
        if !filled || self.cannot(CheckId::RecordTool, Field::ToolArguments) {
            return;
        }
        let there = self.record.tool_arguments.is_some();
        let shown = if there { "arguments" } else { "no arguments" };
        let outcome = self.tool_outcome(there, true);
        self.findings.add(CheckId::RecordTool, outcome, "the arguments of the call", shown);
    }

    /// A message that is no valid call may be recorded without ever having been read as one.
    fn tool_outcome(&self, holds: bool, absent: bool) -> Outcome {
        let call = matches!(
            self.evidence.stimulus.reading.class,
            Class::Request | Class::UnknownTool | Class::ToolArguments | Class::InvalidParams
        );
        match (holds, absent && !call) {
            (true, _) => Outcome::Pass,
            (false, true) => Outcome::Warn,
            (false, false) => Outcome::Fail,
        }
    }

    /// A call that failed behind the target names the upstream as those do that succeed: that is what an
    /// operator looks for first.
    fn server(&mut self, names_servers: bool) {
        let rule = self.evidence.case.expectation.upstream.as_ref();
        let forwarded = rule.is_some_and(|rule| rule.calls != [0]) && self.evidence.hop.is_some();
        if !forwarded || self.implied_status() != Some(Status::Failure) {
            return;
        }
        if self.cannot(CheckId::RecordServer, Field::ServerName) {
            return;
        }
        let outcome = match (&self.record.server_name, names_servers) {
            (Some(_), _) => Outcome::Pass,
            (None, true) => Outcome::Fail,
            (None, false) => Outcome::Warn,
        };
        let shown = self.record.server_name.as_ref().map(|name| shorten(name, 80));
        let shown = shown.unwrap_or_else(|| "none".to_owned());
        self.findings.add(CheckId::RecordServer, outcome, "the name of the upstream", shown);
    }

    /// A successful call carries what was answered (BerriAI/litellm#28900).
    fn response(&mut self) {
        let served = self.evidence.stimulus.observation.kind == ReplyKind::Result;
        if !served || self.evidence.stimulus.reading.tool.is_none() {
            return;
        }
        if self.cannot(CheckId::RecordResponse, Field::Response) {
            return;
        }
        let there = self.record.response.is_some();
        let shown = if there { "a response" } else { "no response" };
        self.findings.require(CheckId::RecordResponse, there, "the response of the call", shown);
    }

    fn timing(&mut self) {
        if [Field::Start, Field::End].into_iter().any(|it| self.cannot(CheckId::RecordTiming, it)) {
            return;
        }
        let exchange = self.evidence.stimulus;
        let (Some(start), Some(end)) = (self.record.start, self.record.end) else {
            let expected = "start and end in seconds since the epoch";
            return self.findings.add(CheckId::RecordTiming, Outcome::Warn, expected, "missing");
        };
        let from = exchange.started - CLOCK_TOLERANCE;
        let until = exchange.ended + CLOCK_TOLERANCE;
        // A silent exchange ends by our deadline, not when the target gives up.
        let near = start >= from && start <= until;
        let unseen = hangs_up(self.evidence);
        let open = unseen || self.implied_status() == Some(Status::Failure) || end <= until;
        // Another clock may go wrong by minutes; a time in milliseconds is off by decades.
        let other_unit = (start - exchange.started).abs() > OTHER_UNIT;
        // An upstream that keeps a call waiting is found by the duration of its records.
        let took = exchange.ended - exchange.started;
        let waited = self.evidence.hop.is_some() && took >= LONG_CALL;
        let whole = !waited || end - start >= took / 2.0 - CLOCK_TOLERANCE / 4.0;
        let outcome = match (end >= start && !other_unit, near && open && whole) {
            (false, _) => Outcome::Fail,
            (true, true) => Outcome::Pass,
            (true, false) => Outcome::Warn,
        };
        self.findings.add(
            CheckId::RecordTiming,
            outcome,
            "start before end, both within the exchange, and its duration",
            format!(
                "start {:+.3} s, end {:+.3} s of {took:.3} s",
                start - exchange.started,
                end - exchange.started
            ),
        );
    }
}

/// The status that the reply implies; none where either may be said.
pub(in crate::oracle) fn implied_status(evidence: &Evidence<'_>) -> Option<Status> {
    match evidence.stimulus.fate() {
        ReplyKind::Silent | ReplyKind::Closed if hangs_up(evidence) => None,
        ReplyKind::Result => Some(Status::Success),
        ReplyKind::ToolError | ReplyKind::Error | ReplyKind::Http => Some(Status::Failure),
        ReplyKind::Silent | ReplyKind::Closed | ReplyKind::Garbage => Some(Status::Failure),
        ReplyKind::Accepted | ReplyKind::Stream | ReplyKind::Batch | ReplyKind::Refused => None,
    }
}

/// Whether we hang up before the answer: what becomes of the request then we do not see.
const fn hangs_up(evidence: &Evidence<'_>) -> bool {
    evidence.case.stimulus.give_up_ms.is_some()
}

const fn name(status: Status) -> &'static str {
    match status {
        Status::Success => "success",
        Status::Failure => "failure",
    }
}

#[cfg(test)]
mod tests;
