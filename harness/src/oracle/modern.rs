//! What revision 2026-07-28 asks of a request beyond JSON-RPC: `_meta` that says what the caller
//! speaks, and headers that agree with the body.

use super::classify::Context;
use super::params::Tool;
use crate::case::class::Class;
use crate::wire::envelope::Envelope;
use crate::wire::json::{self, Json};
use crate::wire::mirror::{self, Mirrored};
use crate::wire::number::Number;
use crate::wire::revision::Revision;

/// The defect of `_meta`, if it has one. `params`: absent or null where there are none.
#[must_use]
pub fn meta_class(params: Option<&Json>, revision: Revision) -> Option<Class> {
    let meta = params.and_then(|params| params.get("_meta"));
    let member = |name| meta.and_then(|meta| meta.get(name));
    let version = member(mirror::META_VERSION).and_then(Json::as_str);
    let capable = matches!(member(mirror::META_CAPABILITIES), Some(Json::Object(_)));
    match version {
        Some(version) if capable => {
            (version != revision.as_str()).then_some(Class::UnsupportedVersion)
        }
        _ => Some(Class::MissingMeta),
    }
}

/// The severities of RFC 5424 that a log level may be.
const LEVELS: [&str; 8] =
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/// Whether params violate what only this revision says of them.
#[must_use]
pub fn violate(method: &str, params: Option<&Json>) -> bool {
    let member = |name| params.and_then(|params| params.get(name));
    let meta = |name| member("_meta").and_then(|meta| meta.get(name));
    let object = |value: Option<&Json>| matches!(value, None | Some(Json::Object(_)));
    let level = meta(mirror::META_LOG_LEVEL);
    let leveled = level.is_none_or(|level| level.as_str().is_some_and(|l| LEVELS.contains(&l)));
    let answers = mirror::named_by(method).is_none() || object(member("inputResponses"));
    !leveled
        || !answers
        || !object(meta(mirror::META_CLIENT))
        || (method == "subscriptions/listen" && bad_filter(member("notifications")))
}

/// A filter says by true or false which notifications it wants, and lists the resources.
fn bad_filter(filter: Option<&Json>) -> bool {
    let Some(members) = filter.and_then(Json::as_object) else { return true };
    members.iter().any(|(name, value)| match name.decoded() {
        Some("resourceSubscriptions") => {
            let all = |items: &[Json]| items.iter().all(|item| item.kind() == "string");
            !value.as_array().is_some_and(all)
        }
        Some("toolsListChanged" | "promptsListChanged" | "resourcesListChanged") => {
            value.kind() != "boolean"
        }
        _ => false,
    })
}

/// Whether a header that mirrors the body is missing, stands twice or says something else.
#[must_use]
pub fn headers_differ(envelope: &Envelope, context: &Context<'_>) -> bool {
    let Ok(message) = json::parse(&envelope.body) else { return false };
    let at = |pointer: &[&str]| pointer.iter().try_fold(&message, |value, name| value.get(name));
    let text = |pointer: &[&str]| at(pointer).and_then(Json::as_str);
    let method = text(&["method"]).unwrap_or_default();
    let version = text(&["params", "_meta", mirror::META_VERSION]);
    let named = mirror::named_by(method).and_then(|member| text(&["params", member]));
    let tool =
        context.tools.iter().find(|tool| method == "tools/call" && Some(&*tool.name) == named);
    !mirrors(envelope, mirror::METHOD, method)
        || version.is_some_and(|version| !mirrors(envelope, mirror::VERSION, version))
        || named.is_some_and(|name| !mirrors(envelope, mirror::NAME, name))
        || tool.is_some_and(|tool| arguments_differ(envelope, tool, at(&["params", "arguments"])))
}

/// The header's only value, decoded; none where it is absent, stands twice or is broken.
fn only(envelope: &Envelope, name: &str) -> Option<String> {
    let mut values = envelope.headers.iter().filter(|header| header.is(name));
    let first = values.next()?;
    if values.next().is_some() { None } else { mirror::decode(&first.value) }
}

fn mirrors(envelope: &Envelope, name: &str, text: &str) -> bool {
    only(envelope, name).as_deref() == Some(text)
}

fn arguments_differ(envelope: &Envelope, tool: &Tool, arguments: Option<&Json>) -> bool {
    let differs = |mirrored: &Mirrored| {
        let argument = mirror::argument(arguments, &mirrored.path).and_then(mirror::text_of);
        match argument {
            None => envelope.header(&mirrored.header).is_some(),
            Some(text) => !only(envelope, &mirrored.header).is_some_and(|it| same(&it, &text)),
        }
    };
    mirror::mirrored(&tool.schema).iter().any(differs)
}

/// The same text, or two ways to write one number.
fn same(one: &str, other: &str) -> bool {
    let numbers = Number::parse(one).zip(Number::parse(other));
    one == other || numbers.is_some_and(|(one, other)| one.same_value(&other))
}

#[cfg(test)]
mod tests;
