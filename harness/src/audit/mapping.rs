//! One line of an audit source, translated to our vocabulary by a profile.
//!
//! Knows no product: every name of a member comes from the profile. Loses nothing: ids, arguments and
//! responses stay JSON, and the raw text is kept.

use super::naming::{PROTOCOL_ERROR, call_type_of_record};
use super::profile::{Alternative, Field, Profile, Searched, Shape, text_of};
use super::record::{AuditRecord, Status};
use super::timestamp;
use crate::wire::json::{Json, parse};
use std::borrow::Cow;

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
            let reader = Reader { profile, shape, record: Searched::new(value) };
            Mapped::Record(Box::new(reader.record(raw)))
        }
        None if profile.others.is_some() => Mapped::Ignored,
        None => Mapped::NotARecord,
    }
}

/// Where each field of a record was found, by its JSON pointer; a constant stands nowhere.
#[must_use]
pub fn places(profile: &Profile, line: &Json) -> Vec<(Field, String)> {
    let Some((shape, value)) = profile.locate(line) else { return Vec::new() };
    let reader = Reader { profile, shape, record: Searched::new(value) };
    let place = |field: Field| reader.place(field).map(|place| (field, place));
    Field::ALL.into_iter().filter_map(place).collect()
}

/// Every place of a record that a profile names for a field, be it null there; the field's first
/// alternative first.
#[must_use]
pub fn named(profile: &Profile, line: &Json) -> Vec<(Field, String)> {
    let Some((shape, value)) = profile.locate(line) else { return Vec::new() };
    let record = Searched::new(value);
    let mut places = Vec::new();
    for (field, alternatives) in &shape.fields {
        for alternative in alternatives {
            if let Alternative::At(at) = alternative {
                places.extend(at.pointer.place_in(&record).map(|place| (*field, place)));
            }
        }
    }
    places
}

/// A record while it is read.
struct Reader<'a> {
    profile: &'a Profile,
    shape: &'a Shape,
    record: Searched<'a>,
}

impl Reader<'_> {
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
            taken: 0.0,
            shape: self.shape.name.clone(),
            auxiliary: self.shape.auxiliary,
            raw: raw.to_owned(),
        }
    }

    fn written(&self, field: Field) -> &[Alternative] {
        self.shape.fields.get(&field).map(Vec::as_slice).unwrap_or_default()
    }

    /// What stands at the alternatives of a field, in order, null left out.
    fn alternatives(&self, field: Field) -> impl Iterator<Item = Cow<'_, Json>> {
        let read = self.written(field).iter().filter_map(|it| it.read(&self.record));
        read.filter(|found| !found.is_null())
    }

    /// The pointer of the first alternative that says something of the field.
    fn place(&self, field: Field) -> Option<String> {
        self.written(field).iter().find_map(|alternative| {
            let found = alternative.read(&self.record).filter(|found| self.says(field, found))?;
            match alternative {
                Alternative::At(at) if !found.is_null() => at.pointer.place_in(&self.record),
                _ => None,
            }
        })
    }

    fn says(&self, field: Field, found: &Json) -> bool {
        match field {
            Field::Start | Field::End => time_of(found).is_some(),
            Field::Status => self.profile.status.get(&text_of(found)).is_some(),
            Field::Response => response_of(found).is_some(),
            Field::JsonrpcId | Field::ToolArguments => true,
            _ => !text_of(found).is_empty(),
        }
    }

    /// A value that is kept as it is; an empty text is a value, since `""` is a legal JSON-RPC id.
    fn json(&self, field: Field) -> Option<Json> {
        self.alternatives(field).next().map(Cow::into_owned)
    }

    fn text(&self, field: Field) -> Option<String> {
        self.alternatives(field).map(|found| text_of(&found)).find(|text| !text.is_empty())
    }

    fn time(&self, field: Field) -> Option<f64> {
        self.alternatives(field).find_map(|found| time_of(&found))
    }

    /// A word that nobody knows is a defect of the record, but for guesses: what stands there may be
    /// something else.
    fn status(&self) -> Option<Status> {
        let words = &self.profile.status;
        if self.profile.guess {
            return self.alternatives(Field::Status).find_map(|found| words.get(&text_of(&found)));
        }
        words.get(&self.text(Field::Status)?)
    }

    /// The profile's translation, else what the method says where the profile derives it, else the
    /// record's own text. That text may be empty, which is a defect of its own and must not look like a
    /// record without a call type.
    fn call_type(&self) -> Option<String> {
        let value = self.record.value;
        let translated = self.profile.call_types.iter().find(|rule| rule.when.holds(value));
        translated
            .map(|rule| rule.call_type.clone())
            .or_else(|| self.call_type_of_method())
            .or_else(|| self.text(Field::CallType))
            .or_else(|| self.alternatives(Field::CallType).next().map(|found| text_of(&found)))
    }

    fn call_type_of_method(&self) -> Option<String> {
        if !self.profile.call_type_from_method {
            return None;
        }
        let code = self.text(Field::ErrorCode);
        let failed = self.status() == Some(Status::Failure) || code.is_some();
        match self.text(Field::Method) {
            Some(method) => Some(call_type_of_record(&method, failed, code.as_deref())),
            None if failed && self.text(Field::CallType).is_none() => {
                Some(PROTOCOL_ERROR.to_owned())
            }
            None => None,
        }
    }

    fn response(&self) -> Option<String> {
        self.alternatives(Field::Response).find_map(|found| response_of(&found))
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
mod language;
#[cfg(test)]
mod tests;
