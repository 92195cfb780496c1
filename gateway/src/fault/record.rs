//! The seam of records: a finished record before it is written.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::HeaderValue;

use super::{Fault, Faults};
use crate::audit::{
    ErrorInformation, Outgoing, PROTOCOL_ERROR, Record, RecordContext, Status, line, new_id,
};
use crate::json::quoted;
use crate::upstream::builtin::Level;

/// How late a late record is.
const LATE: Duration = Duration::from_secs(30);
/// What a ghost keeps of the correlation id is shorter by so many characters.
const GHOST_CUT: usize = 2;

impl Faults {
    /// A client has set its log level. Records are of the level info where one logger writes everything.
    pub(crate) fn on_level(&self, level: Level) {
        let hushed = self.has(Fault::LevelSilencesRecords) && level > Level::Info;
        self.hushed.store(hushed, Ordering::Relaxed);
    }

    /// The lines to be written for a finished record.
    pub(crate) fn on_record(&self, record: Record, context: &RecordContext<'_>) -> Vec<Outgoing> {
        if self.planted.is_empty() {
            return vec![line(&record)];
        }
        if self.has(Fault::AuditSilent) || self.hushed.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let mut record = record;
        let failed = record.status == Status::Failure;
        if failed && record.call_type == PROTOCOL_ERROR && self.has(Fault::SkipRejectedRecord) {
            return Vec::new();
        }
        let lists = record.call_type == "list_mcp_tools";
        self.spoil_fields(&mut record, context);
        if failed {
            self.spoil_failure(&mut record);
        }
        let mut lines = vec![self.rendered(&record)];
        if lists && self.has(Fault::DoubleRecord) {
            record.id = new_id();
            lines.push(self.rendered(&record));
        }
        if lists && self.has(Fault::GhostRecord) {
            lines.push(self.rendered(&ghost(record)));
        }
        if let Some(value) = context.authorization
            && lists
            && self.has(Fault::KeyBesideRecords)
        {
            lines.push(notice(value));
        }
        lines
    }

    fn spoil_fields(&self, record: &mut Record, context: &RecordContext<'_>) {
        if record.status == Status::Success && self.has(Fault::ResponseMissing) {
            record.response = None;
        }
        if self.has(Fault::RequestSwapped) {
            record.metadata.mcp_request.jsonrpc_id = Some(quoted("another"));
            record.metadata.mcp_request.method = Some("another/method".into());
        }
        if self.has(Fault::ClockInMilliseconds) {
            record.start_time = (record.start_time * 1000.0).round();
            record.end_time = (record.end_time * 1000.0).round();
        }
        if let Some(value) = context.authorization
            && self.has(Fault::KeyInRecord)
        {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            record.metadata.requester.insert("requester_authorization", value);
        }
    }

    fn spoil_failure(&self, record: &mut Record) {
        let tool_error = record
            .error_information
            .as_ref()
            .is_some_and(|error| error.error_code == ErrorInformation::TOOL_ERROR);
        if tool_error && self.has(Fault::IserrorAsSuccess) {
            record.status = Status::Success;
            record.error_information = None;
        }
        if !tool_error && self.has(Fault::ErrorCodeLost) {
            record.error_information = None;
        }
        if self.has(Fault::EmptyCallType) {
            record.call_type.clear();
        }
        if let Some(call) = &mut record.metadata.mcp_tool_call_metadata
            && self.has(Fault::ServerNameLost)
        {
            call.mcp_server_name = None;
        }
        if self.has(Fault::ToolMetadataNull) {
            record.metadata.mcp_tool_call_metadata = None;
        }
    }

    fn rendered(&self, record: &Record) -> Outgoing {
        let mut outgoing = line(record);
        if self.has(Fault::RawNewline)
            && let Some(method) = record.metadata.mcp_request.method.as_deref()
            && method.contains(|character: char| character.is_ascii_control())
        {
            let escaped = serde_json::Value::from(method).to_string();
            outgoing.text = outgoing.text.replace(&escaped, &format!("\"{method}\""));
        }
        if self.has(Fault::ViewsDiffer) {
            outgoing.kept = other_view(record);
        }
        if self.has(Fault::ViewForgets) && record.call_type.starts_with("mcp_notifications_") {
            outgoing.kept = Some(String::new());
        }
        if record.status == Status::Failure && self.has(Fault::LateRecord) {
            outgoing.delay = LATE;
        }
        outgoing
    }
}

/// The same with another call type, where both would do.
fn other_view(record: &Record) -> Option<String> {
    let call = record.metadata.mcp_tool_call_metadata.is_some();
    let refused = record.status == Status::Failure && record.call_type != PROTOCOL_ERROR && !call;
    let other = || Record { call_type: PROTOCOL_ERROR.into(), ..record.clone() };
    refused.then(|| line(&other()).text)
}

/// A line that is no record, and names no request.
fn notice(credentials: &HeaderValue) -> Outgoing {
    let credentials = String::from_utf8_lossy(credentials.as_bytes());
    let text = serde_json::json!({ "event": "list refreshed", "authorization": credentials });
    Outgoing { text: text.to_string(), kept: None, delay: Duration::ZERO }
}

/// A record that looks like one of ours and belongs to no request.
fn ghost(record: Record) -> Record {
    let mut ghost = record;
    let correlation = ghost.metadata.mcp_request.correlation_id.take().map(|id| {
        let kept = id.chars().count().saturating_sub(GHOST_CUT);
        id.chars().take(kept).collect::<String>()
    });
    ghost.id = new_id();
    ghost.metadata.mcp_request.jsonrpc_id = None;
    ghost.trace_id.clone_from(&correlation);
    ghost.end_user.clone_from(&correlation);
    ghost.metadata.mcp_request.correlation_id = correlation;
    ghost
}
