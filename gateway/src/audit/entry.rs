//! An open audit entry. It is opened before anything is read and writes its record when it is
//! dropped, on whatever path that happens.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::value::RawValue;

use super::record::{
    ErrorInformation, Metadata, Record, RequestFacts, Status, ToolCall, new_id, now,
};
use super::{PROTOCOL_ERROR, RecordContext, Settling, Trail};
use crate::json::{compact, quoted, redacted, too_deep};
use crate::revision::Revision;
use crate::rpc::Sketch;
use crate::text::{header_text, truncated};

/// Longer methods are cut in the record.
const METHOD_LIMIT: usize = 256;
/// Longer header values are cut in the record.
const HEADER_LIMIT: usize = 256;
/// Longer ids that are no strings or numbers are left out of the record.
const ODD_ID_LIMIT: usize = 1024;

/// The record of one request while it is being served.
pub(crate) struct Entry {
    /// `None` once the record is written or given up.
    draft: Option<Record>,
    authorization: Option<HeaderValue>,
    trail: Arc<Trail>,
}

impl Entry {
    /// Opens the entry of a request with these headers.
    pub(crate) fn open(trail: &Arc<Trail>, headers: &HeaderMap) -> Self {
        let request = RequestFacts {
            transport: "http",
            correlation_id: header_text(headers, "x-request-id", HEADER_LIMIT),
            session_id: header_text(headers, "mcp-session-id", HEADER_LIMIT),
            protocol_version: header_text(headers, "mcp-protocol-version", HEADER_LIMIT),
            ..RequestFacts::default()
        };
        let started = now();
        let draft = Record {
            id: new_id(),
            trace_id: header_text(headers, "traceparent", HEADER_LIMIT)
                .and_then(|parent| trace_id(&parent)),
            call_type: PROTOCOL_ERROR.to_owned(),
            status: Status::Failure,
            start_time: started,
            end_time: started,
            error_information: Some(unanswered()),
            response: None,
            end_user: header_text(headers, "x-litellm-end-user-id", HEADER_LIMIT),
            metadata: Metadata { mcp_request: request, ..Metadata::default() },
        };
        Self {
            draft: Some(draft),
            authorization: headers.get(header::AUTHORIZATION).cloned(),
            trail: Arc::clone(trail),
        }
    }

    /// Opens the entry of a line of stdin, which has no headers.
    pub(crate) fn open_stdio(trail: &Arc<Trail>) -> Self {
        let mut entry = Self::open(trail, &HeaderMap::new());
        entry.change(|draft| draft.metadata.mcp_request.transport = "stdio");
        entry
    }

    /// A second entry with the same facts, for the items of a batch.
    pub(crate) fn sibling(&self) -> Self {
        Self {
            draft: self.draft.clone().map(|draft| Record { id: new_id(), ..draft }),
            authorization: self.authorization.clone(),
            trail: Arc::clone(&self.trail),
        }
    }

    /// Gives the entry up: its siblings stand for it.
    pub(crate) fn discard(&mut self) {
        self.draft = None;
    }

    /// Says what is called.
    pub(crate) fn call_type(&mut self, call_type: impl Into<String>) {
        self.change(|draft| draft.call_type = call_type.into());
    }

    /// Notes what could be read of the message. `server` is the alias of the upstream that the
    /// tool belongs to, and the name by which that upstream knows it.
    pub(crate) fn note(&mut self, sketch: &Sketch<'_>, server: Option<(&str, &str)>) {
        let id = sketch.id.filter(|id| {
            let odd = id.get().starts_with(['{', '[']);
            !odd || id.get().len() <= ODD_ID_LIMIT
        });
        let tool = sketch.tool.as_ref().map(|(name, arguments)| ToolCall {
            name: server.map_or(name.as_str(), |(_, bare)| bare).to_owned(),
            arguments: arguments.map(legible),
            mcp_server_name: server.map(|(alias, _)| alias.to_owned()),
            namespaced_tool_name: name.clone(),
        });
        self.change(|draft| {
            let request = &mut draft.metadata.mcp_request;
            request.jsonrpc_id = id.map(compact);
            request.method = sketch.method.as_deref().map(|method| truncated(method, METHOD_LIMIT));
            draft.metadata.mcp_tool_call_metadata = tool;
            if draft.trace_id.is_none() {
                draft.trace_id = sketch.traceparent.as_deref().and_then(trace_id);
            }
        });
    }

    /// Notes the session that serves the request.
    pub(crate) fn session(&mut self, id: &str) {
        self.change(|draft| draft.metadata.mcp_request.session_id = Some(id.to_owned()));
    }

    /// Notes the revision under which the request is served.
    pub(crate) fn revision(&mut self, revision: Revision) {
        let name = revision.name().to_owned();
        self.change(|draft| draft.metadata.mcp_request.protocol_version = Some(name));
    }

    /// Notes the revision that a request without a session names.
    pub(crate) fn stateless(&mut self, version: &str) {
        self.change(|draft| {
            let request = &mut draft.metadata.mcp_request;
            request.session_id = None;
            request.protocol_version = Some(truncated(version, HEADER_LIMIT));
        });
    }

    /// The request succeeds, with this result if it has one.
    pub(crate) fn succeed(&mut self, response: Option<&RawValue>) {
        self.change(|draft| {
            draft.status = Status::Success;
            draft.error_information = None;
            draft.response = response.map(compact);
        });
    }

    /// The request fails; a failed tool has a result all the same.
    pub(crate) fn fail(&mut self, error: ErrorInformation, response: Option<&RawValue>) {
        self.change(|draft| {
            draft.status = Status::Failure;
            draft.error_information = Some(error);
            draft.response = response.map(compact);
        });
    }

    /// Writes the record and waits, for a moment, until it is on disk.
    pub(crate) async fn close(mut self) {
        if let Some(settling) = self.write() {
            settling.wait().await;
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Record)) {
        if let Some(draft) = &mut self.draft {
            change(draft);
        }
    }

    fn write(&mut self) -> Option<Settling> {
        let mut record = self.draft.take()?;
        record.end_time = now().max(record.start_time);
        let context = RecordContext { authorization: self.authorization.as_ref() };
        self.trail.write(record, &context)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.write();
    }
}

/// What the record says if nobody says anything better: the handler panicked or was stopped.
fn unanswered() -> ErrorInformation {
    ErrorInformation {
        error_code: "-32603".to_owned(),
        error_class: "InternalError",
        error_message: "the request ended without an answer".to_owned(),
    }
}

/// The trace id of a `traceparent` (W3C Trace Context section 3.2).
fn trace_id(traceparent: &str) -> Option<String> {
    let id = traceparent.split('-').nth(1)?;
    let valid = id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    valid.then(|| id.to_owned())
}

/// Arguments as they are recorded: whoever reads the log must be able to, also where a caller nested
/// them without end.
fn legible(arguments: &RawValue) -> Box<RawValue> {
    if too_deep(arguments) { quoted("[nested too deep]") } else { redacted(arguments) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Outlets;
    use crate::fault::Faults;

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", HeaderValue::from_static(parent));
        headers.insert("x-request-id", HeaderValue::from_static("one"));
        headers.insert("authorization", HeaderValue::from_static("Bearer hush"));
        headers
    }

    fn written(serve: impl FnOnce(Entry)) -> Vec<String> {
        let trail = Arc::new(Trail::new(Outlets::default(), Arc::new(Faults::default())));
        serve(Entry::open(&trail, &headers()));
        trail.ring().since(0, 10).records
    }

    #[test]
    fn a_dropped_entry_leaves_one_failure() {
        let records = written(drop);
        assert_eq!(records.len(), 1);
        let record = &records[0];
        assert!(record.contains(r#""status":"failure""#));
        assert!(record.contains(r#""trace_id":"0af7651916cd43dd8448eb211c80319c""#));
        assert!(record.contains(r#""correlation_id":"one""#));
        assert!(!record.contains("hush"));
    }

    #[test]
    fn a_panic_leaves_one_failure() {
        let records = written(|entry| {
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let _entry = entry;
                panic!("on purpose");
            }));
            assert!(panicked.is_err());
        });
        assert_eq!(records.len(), 1);
        assert!(records[0].contains(r#""error_code":"-32603""#));
    }

    #[test]
    fn siblings_have_ids_of_their_own() {
        let records = written(|mut entry| {
            let mut sibling = entry.sibling();
            sibling.succeed(None);
            entry.discard();
        });
        assert_eq!(records.len(), 1);
        assert!(records[0].contains(r#""status":"success""#));
    }
}
