//! What revision 2026-07-28 adds to a message: `_meta` in the params of every request, and headers
//! that mirror the body. Both follow a case's edits, so that it breaks one thing at a time.

use super::base::Ingredients;
use super::message::Node;
use super::render::fill_in;
use crate::case::recipe::{Base, Edit, Recipe};
use crate::wire::envelope::{Envelope, Header};
use crate::wire::json::{self, Json};
use crate::wire::mirror;

/// `_meta` as a valid request carries it.
#[must_use]
pub fn meta(with: &Ingredients) -> Node {
    let client = Node::object([
        ("name", Node::raw("\"mcp-gauntlet\"")),
        ("version", Node::raw(format!("\"{}\"", env!("CARGO_PKG_VERSION")))),
    ]);
    Node::object([
        (mirror::META_VERSION, Node::raw(format!("\"{}\"", with.revision))),
        (mirror::META_CAPABILITIES, Node::object([])),
        (mirror::META_CLIENT, client),
    ])
}

/// Whether a recipe's message belongs to the stateless revision: `initialize` never does.
#[must_use]
pub fn speaks(recipe: &Recipe, with: &Ingredients) -> bool {
    with.is_modern() && recipe.base != Base::Initialize
}

/// Whether `_meta` stays when edits replace the params: unless they are about it.
#[must_use]
pub fn keeps_meta(recipe: &Recipe) -> bool {
    let request = !matches!(recipe.base, Base::Empty | Base::Notification | Base::Initialize);
    request && !recipe.edits.iter().any(|edit| path(edit).is_some_and(|at| at.contains("_meta")))
}

fn path(edit: &Edit) -> Option<&str> {
    match edit {
        Edit::Set { at, .. }
        | Edit::Drop { at }
        | Edit::Add { at, .. }
        | Edit::AddFirst { at, .. }
        | Edit::Rename { at, .. }
        | Edit::Move { at }
        | Edit::SwapCase { at }
        | Edit::Nest { at, .. }
        | Edit::Fill { at, .. } => Some(at),
        _ => None,
    }
}

/// Puts `_meta` back into params that are absent or an object without it. Params of another kind
/// are a defect of their own and stay.
pub fn restore_meta(message: &mut Node, with: &Ingredients) {
    let Node::Object(members) = message else { return };
    let mut there = false;
    for (_, params) in members.iter_mut().filter(|(name, _)| name == "params") {
        there = true;
        match params {
            Node::Object(inner) if inner.iter().all(|(name, _)| name != "_meta") => {
                inner.push(("_meta".to_owned(), meta(with)));
            }
            Node::Object(_) => {}
            Node::Raw(text) => insert_meta(text, with),
        }
    }
    if !there {
        members.push(("params".to_owned(), Node::object([("_meta", meta(with))])));
    }
}

fn insert_meta(text: &mut String, with: &Ingredients) {
    let Some(inner) = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return;
    };
    if !inner.contains("\"_meta\"") {
        let comma = if inner.trim().is_empty() { "" } else { "," };
        *text = format!("{{\"_meta\":{}{comma}{inner}}}", meta(with).text());
    }
}

/// Sets the headers that mirror the final body, except those that the edits are about. Where the body
/// is no request that can be read, they are those of the message before the edits.
pub fn set_headers(envelope: &mut Envelope, recipe: &Recipe, with: &Ingredients) {
    if envelope.method != "POST" || envelope.body.is_empty() {
        return;
    }
    for (name, value) in mirrors(&envelope.body, recipe, with) {
        if recipe.edits.iter().any(|edit| replaces(edit, &name, with)) {
            continue;
        }
        let added = recipe.edits.iter().any(|edit| adds(edit, &name, with));
        if !added {
            envelope.headers.retain(|header| !header.is(&name));
        }
        let there = envelope.headers.iter().filter(|header| header.is(&name)).count();
        let (Some(value), true) = (value, there < 2) else { continue };
        // One that an edit adds comes second.
        let at = envelope.headers.iter().position(|header| header.is(&name));
        let at = at.unwrap_or(envelope.headers.len());
        envelope.headers.insert(at, Header::new(name, value));
    }
}

fn replaces(edit: &Edit, wanted: &str, with: &Ingredients) -> bool {
    let is = |name: &str| fill_in(name, with).eq_ignore_ascii_case(wanted);
    matches!(edit, Edit::Header { name, .. } | Edit::DropHeader(name) if is(name))
}

fn adds(edit: &Edit, wanted: &str, with: &Ingredients) -> bool {
    let is = |name: &str| fill_in(name, with).eq_ignore_ascii_case(wanted);
    matches!(edit, Edit::AddHeader { name, .. } if is(name))
}

/// The header in which the first marked argument of the mirroring call travels; a name that nobody
/// marks where there is no such call.
#[must_use]
pub fn mirror_of_call(with: &Ingredients) -> String {
    let call = with.mirroring.as_ref();
    let of = |(name, _): &&(String, mirror::Mirrored)| call.is_some_and(|call| call.name == *name);
    let found = with.mirrored.iter().find(of).map(|(_, mirrored)| mirrored.header.clone());
    found.unwrap_or_else(|| format!("{}Gauntlet-None", mirror::PARAM))
}

/// Name and value of each mirroring header; none where the body holds nothing to be mirrored.
fn mirrors(body: &[u8], recipe: &Recipe, with: &Ingredients) -> Vec<(String, Option<String>)> {
    let read = |body: &[u8]| json::parse(body).ok().filter(|message| method(message).is_some());
    let before = || super::base::message(recipe.base, with).map(|node| node.text());
    let message = read(body).or_else(|| read(before()?.as_bytes()));
    let method = message.as_ref().and_then(method).unwrap_or("server/discover");
    let params = message.as_ref().and_then(|message| message.get("params"));
    let text = |pointer: &[&str]| {
        let found = pointer.iter().try_fold(params?, |value, name| value.get(name));
        found.and_then(Json::as_str).map(mirror::encode)
    };
    let version = text(&["_meta", mirror::META_VERSION]);
    let named = mirror::named_by(method).and_then(|member| text(&[member]));
    let mut all = vec![
        (mirror::VERSION.to_owned(), version.or_else(|| Some(with.revision.clone()))),
        (mirror::METHOD.to_owned(), Some(mirror::encode(method))),
        (mirror::NAME.to_owned(), named),
    ];
    if method == "tools/call" {
        all.extend(arguments(params, with));
    }
    all
}

fn method(message: &Json) -> Option<&str> {
    message.get("method").and_then(Json::as_str)
}

/// The headers that mirror arguments of the tool that is called.
fn arguments(params: Option<&Json>, with: &Ingredients) -> Vec<(String, Option<String>)> {
    let member = |name| params.and_then(|params| params.get(name));
    let tool = member("name").and_then(Json::as_str);
    let mirrored = with.mirrored.iter().filter(|(name, _)| Some(name.as_str()) == tool);
    let value = |path: &[String]| mirror::argument(member("arguments"), path);
    let header = |(_, mirrored): &(String, mirror::Mirrored)| {
        let text = value(&mirrored.path).and_then(mirror::text_of);
        (mirrored.header.clone(), text.map(|text| mirror::encode(&text)))
    };
    mirrored.map(header).collect()
}

#[cfg(test)]
mod tests;
