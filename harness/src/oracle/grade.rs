//! How much a source tells of a message, whether it has to or not: a poor sink is described, not only
//! failed. What the product cannot carry is no excuse here, as it is for the checks.

use super::checks::answered::error_code;
use super::checks::audited::{call_types, demand, main_record};
use super::checks::record::{implied_status, names, recorded_id, same};
use super::evidence::{Evidence, Exchange, Records};
use crate::audit::naming;
use crate::audit::record::{AuditRecord, Status};
use crate::case::class::Class;
use crate::case::expectation::{RecordDemand, ReplyKind};
use crate::report::model::{Grade, Outcome};
use crate::wire::json::Json;
use crate::wire::methods;

/// By how much the clock of a record may differ from ours, in seconds.
const CLOCK: f64 = 2.0;

/// What one source tells of the stimulus. None where no record is asked for and none is there, or where
/// nobody can say which it is.
#[must_use]
pub fn grade(evidence: &Evidence<'_>, records: &Records<'_>) -> Option<Grade> {
    let stimulus = evidence.stimulus;
    // What we did to the sink ourselves says nothing of it.
    let ours = records.receives && evidence.outage.is_some();
    if stimulus.observation.kind == ReplyKind::Refused || records.ambiguous || ours {
        return None;
    }
    let due = demand(evidence) != RecordDemand::Optional;
    let record = main_record(evidence, records).map(|(record, _)| record);
    let grade = Grade {
        source: records.source.unwrap_or_default().to_owned(),
        call_type: label(evidence),
        recorded: record.is_some(),
        ..Grade::default()
    };
    match record {
        Some(record) => Some(told(evidence, records, record, grade)),
        None => due.then_some(grade),
    }
}

/// The call type that the message calls for; what has none is grouped by what it is.
fn label(evidence: &Evidence<'_>) -> String {
    let wanted = call_types(evidence);
    let known = evidence.stimulus.reading.method.as_deref().is_some_and(methods::is_of_mcp);
    // What somebody made up for a method is no kind of its own.
    let kind = |label: &String| known || label == naming::PROTOCOL_ERROR;
    let label = wanted.into_iter().next().filter(kind).unwrap_or_else(|| "other".to_owned());
    // Notifications are many, and mostly recorded alike.
    if label.starts_with("mcp_notifications_") { "mcp_notifications_*".to_owned() } else { label }
}

fn told(
    evidence: &Evidence<'_>,
    records: &Records<'_>,
    record: &AuditRecord,
    grade: Grade,
) -> Grade {
    let stimulus = evidence.stimulus;
    let failed = implied_status(evidence) == Some(Status::Failure);
    let status = failed.then_some(record.status == Some(Status::Failure));
    let code = error_code(&stimulus.observation).filter(|_| failed);
    let code = code.map(|code| has_code(stimulus, record, code));
    let most = stimulus.reading.messages.max(1);
    let once = Some(records.matched.len() <= most);
    if stimulus.reading.messages > 1 || stimulus.reading.class == Class::Batch {
        // Of several messages in one nobody says which of them the record is about.
        return Grade { failure: status, code, once, timing: timing(stimulus, record), ..grade };
    }
    Grade {
        failure: status,
        code,
        request: request(stimulus, record),
        id: id(stimulus, record),
        content: content(stimulus, record),
        timing: timing(stimulus, record),
        once,
        ..grade
    }
}

/// The code that the caller saw, or the HTTP status of what the HTTP layer refused.
fn has_code(exchange: &Exchange, record: &AuditRecord, code: i64) -> bool {
    let status = exchange.observation.status.filter(|status| *status >= 400);
    let recorded = record.error_code.as_deref();
    recorded == Some(code.to_string().as_str())
        || status.is_some_and(|status| recorded == Some(status.to_string().as_str()))
}

/// Whether the message was so broken that nothing of it need have been read.
const fn is_unread(class: Class) -> bool {
    matches!(class, Class::Unparsable | Class::Empty | Class::TooDeep | Class::TooLarge)
        || class.is_http()
}

/// The method, by name or by a call type of its own, and the tool of a call.
fn request(exchange: &Exchange, record: &AuditRecord) -> Option<bool> {
    let reading = &exchange.reading;
    let method = reading.method.as_ref().filter(|method| !method.is_empty());
    let method = method.filter(|_| !is_unread(reading.class))?;
    let by_name = record.method.as_ref().is_some_and(|recorded| same(method, recorded));
    let by_type = record.call_type.as_deref() == Some(naming::call_type(method).as_str());
    let tool = reading.tool.as_ref().filter(|tool| !tool.is_empty());
    let recorded = [&record.tool_name, &record.namespaced_tool_name];
    let named = |tool: &String| recorded.into_iter().flatten().any(|name| names(name, tool));
    Some((by_name || by_type) && tool.is_none_or(named))
}

fn id(exchange: &Exchange, record: &AuditRecord) -> Option<bool> {
    let reading = &exchange.reading;
    let [sent] = reading.ids.as_slice() else { return None };
    if is_unread(reading.class) || !reading.id_readable {
        return None;
    }
    let recorded = record.jsonrpc_id.as_ref();
    Some(recorded.is_some_and(|seen| recorded_id(sent, seen) == Outcome::Pass))
}

/// The arguments of a call that has some, and the response of one that was served.
fn content(exchange: &Exchange, record: &AuditRecord) -> Option<bool> {
    let reading = &exchange.reading;
    reading.tool.as_ref().filter(|_| !is_unread(reading.class))?;
    let sent = reading.arguments.as_ref().and_then(Json::as_object);
    let arguments = sent.is_none_or(<[_]>::is_empty) || record.tool_arguments.is_some();
    let served = exchange.observation.kind == ReplyKind::Result;
    Some(arguments && (!served || record.response.is_some()))
}

/// Both times, in order, within the exchange; of a message without an answer our deadline is not its end.
fn timing(exchange: &Exchange, record: &AuditRecord) -> Option<bool> {
    let (Some(start), Some(end)) = (record.start, record.end) else { return Some(false) };
    let open = matches!(exchange.fate(), ReplyKind::Silent | ReplyKind::Closed);
    let begun = start >= exchange.started - CLOCK && start <= exchange.ended + CLOCK;
    Some(begun && end >= start && (open || end <= exchange.ended + CLOCK))
}

#[cfg(test)]
mod tests;
