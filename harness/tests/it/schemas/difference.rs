//! Where our schemas mean to differ from the official ones, and why.

use super::message::Message;
use mcp_gauntlet::wire::revision::Revision;
use serde_json::Value;

/// What the two schemas say of one message.
#[derive(Debug)]
pub(super) struct Verdicts {
    pub(super) ours: bool,
    pub(super) official: bool,
}

/// One difference that is meant.
pub(super) struct Difference {
    pub(super) name: &'static str,
    pub(super) revisions: &'static [&'static str],
    /// Whether it is ours that takes the message.
    ours_takes: bool,
    /// Why; for the reader of this table.
    #[expect(dead_code, reason = "the table is read by people too")]
    reason: &'static str,
    /// The messages that it is about.
    about: fn(&Message) -> bool,
}

impl Difference {
    /// Whether it is why the two verdicts on a message differ.
    pub(super) fn explains(&self, revision: Revision, message: &Message, seen: &Verdicts) -> bool {
        self.revisions.contains(&revision.as_str())
            && seen.ours == self.ours_takes
            && self.is_about(message)
    }

    pub(super) fn is_about(&self, message: &Message) -> bool {
        (self.about)(message)
    }
}

const ALL: &[&str] = &["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];
const HANDSHAKE: &[&str] = &["2025-03-26", "2025-06-18", "2025-11-25"];
const OLDER: &[&str] = &["2025-03-26", "2025-06-18"];
const STATELESS: &[&str] = &["2026-07-28"];

/// The table.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "a request whose id is no string and no integer",
        revisions: ALL,
        ours_takes: false,
        reason: "the union takes it for a notification with a surplus member, and so it is lost; \
                 a message with id and method is a request",
        about: |message| {
            any(message, |body| has(body, "method") && body.get("id").is_some_and(|id| !is_id(id)))
        },
    },
    Difference {
        name: "a notification with an id",
        revisions: ALL,
        ours_takes: false,
        reason: "a message with id and method is a request, whose method is then none of the revision",
        about: |message| {
            any(message, |body| has(body, "id") && method(body).starts_with("notifications/"))
        },
    },
    Difference {
        name: "a request without an id",
        revisions: OLDER,
        ours_takes: false,
        reason: "the definitions of requests lack the id there, so that the union takes it for a \
                 notification of a method that no notification has",
        about: |message| {
            let request = |body: &Value| !method(body).starts_with("notifications/");
            any(message, |body| has(body, "method") && !has(body, "id") && request(body))
        },
    },
    Difference {
        name: "a request that answers",
        revisions: ALL,
        ours_takes: false,
        reason: "a message is a request or a response (JSON-RPC 2.0 sections 4 and 5)",
        about: |message| any(message, |body| has(body, "method") && answers(body)),
    },
    Difference {
        name: "a result and an error",
        revisions: ALL,
        ours_takes: false,
        reason: "JSON-RPC 2.0 section 5: either, never both; the official objects are open",
        about: |message| any(message, |body| has(body, "result") && has(body, "error")),
    },
    Difference {
        name: "an error whose id is null",
        revisions: ALL,
        ours_takes: true,
        reason: "JSON-RPC 2.0 section 5 demands null where no id could be read",
        about: |message| {
            any(message, |body| has(body, "error") && body.get("id").is_some_and(Value::is_null))
        },
    },
    Difference {
        name: "an error without an id",
        revisions: OLDER,
        ours_takes: true,
        reason: "later revisions permit it where no id could be read, and older ones have no other \
                 way to say so than a null that they forbid as well",
        about: |message| any(message, |body| has(body, "error") && !has(body, "id")),
    },
    Difference {
        name: "a progress token that is no token",
        revisions: OLDER,
        ours_takes: false,
        reason: "the union takes the request for a notification, whose _meta is free",
        about: |message| {
            any(message, |body| {
                let token = body.pointer("/params/_meta/progressToken");
                has(body, "id") && token.is_some_and(|token| !is_id(token))
            })
        },
    },
    Difference {
        name: "a property whose schema is true or false",
        revisions: HANDSHAKE,
        ours_takes: true,
        reason: "JSON Schema has boolean schemas since draft 6",
        about: |message| {
            message.body.pointer("/result/tools").is_some_and(|tools| {
                inside(tools, &|name, value| {
                    let properties = value.as_object().filter(|_| name == "properties");
                    properties.is_some_and(|members| members.values().any(Value::is_boolean))
                })
            })
        },
    },
    Difference {
        name: "an error that lacks the data of its code",
        revisions: &["2025-11-25", "2026-07-28"],
        ours_takes: false,
        reason: "the revision gives the code a definition of its own, which the union does not use",
        about: |message| {
            any(message, |body| {
                let code = body.pointer("/error/code").and_then(Value::as_i64);
                matches!(code, Some(-32042 | -32022 | -32021))
            })
        },
    },
    Difference {
        name: "null or a fraction in a capability",
        revisions: STATELESS,
        ours_takes: true,
        reason: "what a capability holds is any JSON value; the generated schema forgets two kinds",
        about: |message| {
            inside(&message.body, &|name, value| {
                let free = name.to_lowercase().ends_with("capabilities") || name == "metadata";
                free && (holds_forgotten(value)
                    || inside(value, &|_, value| holds_forgotten(value)))
            })
        },
    },
    Difference {
        name: "a fraction as the answer to a question",
        revisions: STATELESS,
        ours_takes: true,
        reason: "a form may ask for a number; the generated schema knows integers only",
        about: |message| {
            message.body.pointer("/params/inputResponses").is_some_and(|responses| {
                inside(responses, &|name, value| {
                    name == "content" && inside(value, &|_, value| holds_forgotten(value))
                })
            })
        },
    },
    Difference {
        name: "a question that asks nothing",
        revisions: STATELESS,
        ours_takes: false,
        reason: "the text demands inputRequests or requestState of a result that wants input",
        about: |message| {
            let result = message.body.get("result");
            let kind = result.and_then(|result| result.get("resultType"));
            let says = |name| result.is_some_and(|result| result.get(name).is_some());
            kind.is_some_and(|kind| kind == "input_required")
                && !says("inputRequests")
                && !says("requestState")
        },
    },
    Difference {
        name: "an empty batch",
        revisions: &["2025-03-26"],
        ours_takes: false,
        reason: "JSON-RPC 2.0 section 6: an empty array is no batch",
        about: |message| message.body.as_array().is_some_and(Vec::is_empty),
    },
];

/// Whether it holds for the message, or for one message of a batch.
fn any(message: &Message, holds: impl Fn(&Value) -> bool) -> bool {
    match &message.body {
        Value::Array(items) => items.iter().any(holds),
        body => holds(body),
    }
}

fn has(body: &Value, name: &str) -> bool {
    body.get(name).is_some()
}

fn method(body: &Value) -> &str {
    body.get("method").and_then(Value::as_str).unwrap_or_default()
}

fn answers(body: &Value) -> bool {
    has(body, "result") || has(body, "error")
}

/// A string or an integer, however it is written.
fn is_id(id: &Value) -> bool {
    id.is_string() || id.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// What the generated definition of a JSON value forgets.
fn holds_forgotten(value: &Value) -> bool {
    value.is_null() || value.as_f64().is_some_and(|number| number.fract() != 0.0)
}

/// Whether it holds for a member anywhere inside a value.
fn inside(value: &Value, holds: &dyn Fn(&str, &Value) -> bool) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, value)| holds(name, value) || inside(value, holds))
        }
        Value::Array(elements) => {
            elements.iter().any(|value| holds("", value) || inside(value, holds))
        }
        _ => false,
    }
}
