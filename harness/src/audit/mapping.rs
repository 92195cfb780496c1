//! One line of an audit source, translated to our vocabulary by a profile.
//!
//! Knows no product: every name of a member comes from the profile. Loses nothing: ids, arguments and
//! responses stay JSON, and the raw text is kept.

use super::profile::{CallType, Field, Profile, Shape};
use super::record::{AuditRecord, Status};
use super::timestamp;
use crate::wire::json::{Json, parse};

/// What a line of an audit source is.
#[derive(Clone, Debug)]
pub enum Mapped {
    /// A record.
    Record(Box<AuditRecord>),
    /// A line that the profile knows to be no record; it is passed over in silence.
    Ignored,
    /// JSON that no shape of the profile fits, where the profile expects nothing else.
    NotARecord,
}

/// Translates one line. `raw` is the line's own text, `line` what it parses to.
#[must_use]
pub fn map(profile: &Profile, line: &Json, raw: &str) -> Mapped {
    if profile.ignore.iter().any(|ignore| ignore.when.holds(line)) {
        return Mapped::Ignored;
    }
    match profile.locate(line) {
        Some((shape, value)) => {
            let reader = Reader { profile, shape, value };
            Mapped::Record(Box::new(reader.record(raw)))
        }
        None if profile.others.is_some() => Mapped::Ignored,
        None => Mapped::NotARecord,
    }
}

/// A record while it is read.
struct Reader<'a> {
    profile: &'a Profile,
    shape: &'a Shape,
    value: &'a Json,
}

impl<'a> Reader<'a> {
    fn record(&self, raw: &str) -> AuditRecord {
        AuditRecord {
            id: self.text(Field::Id),
            trace_id: self.text(Field::TraceId),
            call_type: self.call_type(),
            status: self.status(),
            start: self.time(Field::Start),
            end: self.time(Field::End),
            error_code: self.text(Field::ErrorCode),
            error_class: self.text(Field::ErrorClass),
            error_message: self.text(Field::ErrorMessage),
            response: self.response(),
            end_user: self.text(Field::EndUser),
            tool_name: self.text(Field::ToolName),
            tool_arguments: self.json(Field::ToolArguments),
            server_name: self.text(Field::ServerName),
            namespaced_tool_name: self.text(Field::NamespacedToolName),
            jsonrpc_id: self.json(Field::JsonrpcId),
            method: self.text(Field::Method),
            session_id: self.text(Field::SessionId),
            protocol_version: self.text(Field::ProtocolVersion),
            transport: self.text(Field::Transport),
            correlation_id: self.text(Field::CorrelationId),
            auxiliary: self.shape.auxiliary,
            raw: raw.to_owned(),
        }
    }

    /// What stands at the alternatives of a field, in order, null left out.
    fn alternatives(&self, field: Field) -> impl Iterator<Item = &'a Json> {
        let value = self.value;
        let pointers = self.shape.fields.get(&field).map(Vec::as_slice).unwrap_or_default();
        pointers
            .iter()
            .filter_map(move |pointer| value.pointer(pointer.as_str()))
            .filter(|found| !found.is_null())
    }

    /// A value that is kept as it is; an empty text is a value, since `""` is a legal JSON-RPC id.
    fn json(&self, field: Field) -> Option<Json> {
        self.alternatives(field).next().cloned()
    }

    fn text(&self, field: Field) -> Option<String> {
        self.alternatives(field).map(text_of).find(|text| !text.is_empty())
    }

    fn time(&self, field: Field) -> Option<f64> {
        self.alternatives(field).find_map(time_of)
    }

    fn status(&self) -> Option<Status> {
        let word = self.text(Field::Status)?;
        self.profile.status.get(&word).copied()
    }

    /// The profile's translation, else the record's own text. That text may be empty, which is a
    /// defect of its own and must not look like a record without a call type.
    fn call_type(&self) -> Option<String> {
        let translated = self.profile.call_types.iter().find(|rule| rule.when.holds(self.value));
        translated
            .map(|rule| self.named(rule))
            .or_else(|| self.text(Field::CallType))
            .or_else(|| self.alternatives(Field::CallType).next().map(text_of))
    }

    /// The call type of a rule, with the text that it is made of.
    fn named(&self, rule: &CallType) -> String {
        let found = self.value.pointer(rule.when.pointer.as_str());
        let text = found.map(text_of).unwrap_or_default().replace('/', "_");
        rule.call_type.replace("{}", &text)
    }

    fn response(&self) -> Option<String> {
        self.alternatives(Field::Response).find_map(response_of)
    }
}

/// A string's value, or the JSON text of anything else.
fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.lossy().into_owned(),
        other => other.to_text(),
    }
}

fn time_of(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => Some(number.as_f64()).filter(|seconds| seconds.is_finite()),
        Json::String(text) => timestamp::parse(text.decoded()?),
        _ => None,
    }
}

/// A response that says something. Products with a text column store it as the text of an object.
fn response_of(value: &Json) -> Option<String> {
    let embedded = match value {
        Json::String(text) => embedded(&text.lossy()),
        _ => None,
    };
    let response = embedded.as_ref().unwrap_or(value);
    let empty = match response {
        Json::Null => true,
        Json::Object(members) => members.is_empty(),
        Json::String(text) => text.raw().is_empty(),
        _ => false,
    };
    (!empty).then(|| response.to_text())
}

/// The object or array that a text holds; other texts mean themselves, also those that look like a
/// number.
fn embedded(text: &str) -> Option<Json> {
    let value = parse(text.as_bytes()).ok()?;
    let container = value.is_null() || value.as_object().is_some() || value.as_array().is_some();
    container.then_some(value)
}

#[cfg(test)]
mod tests;
