//! From a JSON text to a message, or to the reason why it is none.

use serde_json::value::RawValue;

use super::id::{Echo, IdMember, read_id};
use super::message::{Defect, DefectKind, Message, Params, Request, Sketch};
use super::params::traceparent_of;
use crate::json::{Kind, Member, kind, member, members, repeated, string, too_deep};

struct Parts<'a> {
    members: Vec<Member<'a>>,
    id: IdMember<'a>,
    method: Option<&'a RawValue>,
    params: Option<&'a RawValue>,
}

/// Reads one message. The sketch is for the record.
pub(crate) fn read_message(text: &RawValue) -> (Sketch<'_>, Result<Message<'_>, Defect>) {
    let Some(members) = members(text) else {
        let defect = defect(Echo::Null, "a message must be an object");
        return (Sketch::default(), Err(defect));
    };
    let doubled_id = members.iter().filter(|(name, _)| name == "id").count() > 1;
    let id_member = member(&members, "id").filter(|_| !doubled_id);
    let parts = Parts {
        id: read_id(id_member),
        method: member(&members, "method"),
        params: member(&members, "params"),
        members,
    };
    let sketch = parts.sketch();
    let message = match parts.defect_of_shape(text, doubled_id) {
        Some(defect) => Err(defect),
        None if parts.method.is_some() => parts.call(),
        None => parts.response(),
    };
    (sketch, message)
}

fn defect(echo: Echo, message: &'static str) -> Defect {
    Defect { echo, message, kind: DefectKind::Other }
}

fn unasked(defect: Defect) -> Defect {
    Defect { kind: DefectKind::Unasked, ..defect }
}

impl<'a> Parts<'a> {
    fn sketch(&self) -> Sketch<'a> {
        let method = self.method.and_then(string);
        Sketch {
            id: match self.id {
                IdMember::Valid(id) | IdMember::Invalid(id) => Some(id),
                IdMember::Absent => None,
            },
            tool: method
                .as_deref()
                .filter(|method| *method == "tools/call")
                .and_then(|_| tool_of(self.params?)),
            traceparent: self.params.and_then(members).and_then(|params| traceparent_of(&params)),
            method,
        }
    }

    fn has(&self, name: &str) -> bool {
        member(&self.members, name).is_some()
    }

    /// What is wrong before the kind of the message matters.
    fn defect_of_shape(&self, text: &RawValue, doubled_id: bool) -> Option<Defect> {
        if doubled_id {
            return Some(defect(Echo::Null, "the member id is repeated"));
        }
        if self.method.is_some() && matches!(self.id, IdMember::Invalid(_)) {
            return Some(Defect {
                echo: Echo::Null,
                message: "id must be a string or an integer",
                kind: DefectKind::BadId,
            });
        }
        if repeated(&self.members).is_some() {
            return Some(self.refused("a member is repeated"));
        }
        too_deep(text).then(|| self.refused("the message nests deeper than 128 levels"))
    }

    /// A defect of something that has a method, or no kind at all.
    fn refused(&self, message: &'static str) -> Defect {
        let echo = match self.id {
            IdMember::Absent if self.method.is_some() => Echo::Omitted,
            id => id.echo(),
        };
        defect(echo, message)
    }

    fn call(&self) -> Result<Message<'a>, Defect> {
        if !self.is_version_two() {
            return Err(self.refused("jsonrpc must be exactly \"2.0\""));
        }
        let Some(method) = self.method.and_then(string) else {
            return Err(self.refused("method must be a string"));
        };
        if self.has("result") || self.has("error") {
            return Err(self.refused("a message has either a method or a result or an error"));
        }
        let params = self.read_params()?;
        match self.id {
            IdMember::Valid(id) => Ok(Message::Request(Request { id, method, params })),
            _ if matches!(params, Params::Array) => {
                Err(unasked(self.refused("params of a notification must be an object")))
            }
            _ => Ok(Message::Notification(params)),
        }
    }

    fn read_params(&self) -> Result<Params<'a>, Defect> {
        let Some(params) = self.params else {
            return Ok(Params::Absent);
        };
        match kind(params) {
            Kind::Null => Ok(Params::Absent),
            Kind::Array => Ok(Params::Array),
            Kind::Object => {
                let members = members(params).unwrap_or_default();
                if repeated(&members).is_some() {
                    return Err(self.refused("a member of params is repeated"));
                }
                Ok(Params::Object(members))
            }
            _ => Err(self.refused("params must be structured")),
        }
    }

    /// A response is never answered with its own id: that would look like an answer to a request
    /// of the other side.
    fn response(&self) -> Result<Message<'a>, Defect> {
        let (result, error) = (self.has("result"), self.has("error"));
        if !result && !error {
            return Err(self.refused("a request needs a method"));
        }
        let answers_nothing = match self.id {
            IdMember::Valid(_) => false,
            IdMember::Absent => result,
            IdMember::Invalid(id) => kind(id) != Kind::Null || result,
        };
        if !self.is_version_two() || (result && error) || answers_nothing {
            return Err(unasked(defect(Echo::Null, "the response is malformed")));
        }
        Ok(Message::Response)
    }

    fn is_version_two(&self) -> bool {
        member(&self.members, "jsonrpc").and_then(string).is_some_and(|version| version == "2.0")
    }
}

fn tool_of(params: &RawValue) -> Option<(String, Option<&RawValue>)> {
    let members = members(params)?;
    let name = string(member(&members, "name")?)?;
    Some((name, member(&members, "arguments")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    /// The echo as text: `-` for none.
    fn refusal(text: &str) -> Option<String> {
        let text = raw(text.to_owned());
        let (_, message) = read_message(&text);
        message.err().map(|defect| {
            let id = defect.echo.into_member();
            id.map_or_else(|| "-".to_owned(), |id| id.get().to_owned())
        })
    }

    #[test]
    fn a_readable_id_is_echoed_byte_for_byte() {
        for (text, id) in [
            (r#"{"jsonrpc":"1.0","id":3,"method":"ping"}"#, "3"),
            (r#"{"id":"\u00e9","method":"ping"}"#, r#""\u00e9""#),
            (r#"{"jsonrpc":2.0,"id":1e0,"method":"ping"}"#, "1e0"),
            (r#"{"jsonrpc":"2.0","id":8,"method":12345}"#, "8"),
            (r#"{"jsonrpc":"2.0","id":14}"#, "14"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":5}"#, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1,"x":2}}"#, "1"),
        ] {
            assert_eq!(refusal(text).as_deref(), Some(id), "{text}");
        }
    }

    #[test]
    fn an_unreadable_id_is_null() {
        for text in [
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
            r#"{"JSONRPC":"2.0","ID":1,"Method":"ping"}"#,
            r#"{"jsonrpc":"1.0","id":9,"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":9,"result":{},"error":{}}"#,
            "{}",
            "42",
            "null",
        ] {
            assert_eq!(refusal(text).as_deref(), Some("null"), "{text}");
        }
    }

    #[test]
    fn a_refused_notification_gets_no_id() {
        for text in [
            r#"{"jsonrpc":"1.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":1}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}"#,
        ] {
            assert_eq!(refusal(text).as_deref(), Some("-"), "{text}");
        }
    }

    #[test]
    fn valid_messages_are_told_apart() {
        let kind_of = |text: &str| {
            let text = raw(text.to_owned());
            match read_message(&text).1.expect("it is valid") {
                Message::Request(_) => "request",
                Message::Notification(_) => "notification",
                Message::Response => "response",
            }
        };
        for (text, kind) in [
            (r#"{"jsonrpc":"2.0","id":"","method":"","foo":1,"params":null}"#, "request"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"x","params":[]}"#, "request"),
            (r#"{"jsonrpc":"2.0","method":"tools/call"}"#, "notification"),
            (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "response"),
            (r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}"#, "response"),
        ] {
            assert_eq!(kind_of(text), kind, "{text}");
        }
    }

    #[test]
    fn a_refused_call_still_has_a_sketch() {
        let text = r#"{"jsonrpc":"1","id":true,"method":"tools/call","params":{"name":"x","arguments":{"a":1}}}"#;
        let text = raw(text.to_owned());
        let (sketch, message) = read_message(&text);
        assert!(message.is_err_and(|defect| defect.kind == DefectKind::BadId));
        assert_eq!(sketch.id.map(RawValue::get), Some("true"));
        let (name, arguments) = sketch.tool.expect("the tool is readable");
        assert_eq!(name, "x");
        assert_eq!(arguments.map(RawValue::get), Some(r#"{"a":1}"#));
    }
}
