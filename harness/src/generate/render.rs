//! Recipe -> envelope. Total: every recipe renders, whatever its edits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::base::{self, Ingredients};
use super::bytes;
use super::message::Node;
use super::modern;
use crate::case::recipe::{Edit, Recipe};
use crate::upstream::PREFIX;
use crate::wire::envelope::{Envelope, Header};

/// Renders a recipe. Edits on members act on the message as long as it has not become bytes; the
/// first edit on bytes renders it. The text `{{key}}` becomes the exchange's canary everywhere. Under
/// the stateless revision `_meta` and the mirroring headers follow the edits.
#[must_use]
pub fn render(recipe: &Recipe, with: &Ingredients, headers: Vec<Header>) -> Envelope {
    let envelope = Envelope { method: "POST".to_owned(), path: None, headers, body: Vec::new() };
    let body = base::message(recipe.base, with).map_or(Body::Bytes(Vec::new()), Body::Message);
    let speaks = modern::speaks(recipe, with);
    let meta = speaks && modern::keeps_meta(recipe);
    let mut draft = Draft { envelope, body, meta };
    for edit in &recipe.edits {
        draft.apply(edit, with);
    }
    let mut envelope = draft.finish(with);
    if speaks {
        modern::set_headers(&mut envelope, recipe, with);
    }
    envelope
}

enum Body {
    Message(Node),
    Bytes(Vec<u8>),
}

struct Draft {
    envelope: Envelope,
    body: Body,
    /// Whether the message gets its `_meta` back before it becomes bytes.
    meta: bool,
}

impl Draft {
    fn apply(&mut self, edit: &Edit, with: &Ingredients) {
        if !self.apply_to_message(edit, with) && !self.apply_to_http(edit, with) {
            self.apply_to_bytes(edit, with);
        }
    }

    fn apply_to_message(&mut self, edit: &Edit, with: &Ingredients) -> bool {
        match edit {
            Edit::Set { at, to } => self.message().set(at, raw(to, with)),
            Edit::Drop { at } => self.message().remove(at),
            Edit::Add { at, to } => self.message().add(at, raw(to, with), false),
            Edit::AddFirst { at, to } => self.message().add(at, raw(to, with), true),
            Edit::Rename { at, to } => self.message().rename(at, to),
            Edit::Move { at } => self.message().move_last(at),
            Edit::SwapCase { at } => self.message().change(at, swap_case),
            Edit::Nest { at, depth, objects } => {
                self.message().set(at, Node::Raw(bytes::nested(*depth, *objects)));
            }
            Edit::Fill { at, bytes } => {
                self.message().set(at, Node::Raw(bytes::letters(*bytes)));
            }
            Edit::Batch(count) => self.body = Body::Bytes(copies(self.message(), *count)),
            _ => return false,
        }
        true
    }

    fn apply_to_bytes(&mut self, edit: &Edit, with: &Ingredients) {
        let body = self.bytes(with);
        match edit {
            Edit::Body(text) => *body = fill_in(text, with).into_bytes(),
            Edit::BodyHex(text) => *body = bytes::from_hex(text),
            Edit::Prefix(text) => *body = [fill_in(text, with).as_bytes(), body].concat(),
            Edit::Suffix(text) => body.extend_from_slice(fill_in(text, with).as_bytes()),
            Edit::PrefixHex(text) => *body = [&bytes::from_hex(text), body.as_slice()].concat(),
            Edit::ReplaceHex { from, to } => {
                *body = bytes::replace(body, from.as_bytes(), &bytes::from_hex(to));
            }
            Edit::Cut(count) => body.truncate(body.len().saturating_sub(*count)),
            Edit::Encode(encoding) => *body = bytes::encode(body, *encoding),
            _ => {}
        }
    }

    fn apply_to_http(&mut self, edit: &Edit, with: &Ingredients) -> bool {
        let envelope = &mut self.envelope;
        match edit {
            Edit::Method(method) => envelope.method.clone_from(method),
            Edit::Path(path) => envelope.path = Some(fill_in(path, with)),
            Edit::Header { name, value } => {
                let name = fill_in(name, with);
                envelope.headers.retain(|header| !header.is(&name));
                envelope.headers.push(Header::new(name, fill_in(value, with)));
            }
            Edit::AddHeader { name, value } => {
                envelope.headers.push(Header::new(fill_in(name, with), fill_in(value, with)));
            }
            Edit::DropHeader(name) => {
                let name = fill_in(name, with);
                envelope.headers.retain(|header| !header.is(&name));
            }
            _ => return false,
        }
        true
    }

    /// The message; a body that has become bytes starts anew as an empty object.
    fn message(&mut self) -> &mut Node {
        if let Body::Bytes(_) = self.body {
            self.body = Body::Message(Node::Object(Vec::new()));
        }
        match &mut self.body {
            Body::Message(node) => node,
            Body::Bytes(_) => unreachable!("bytes were replaced by a message just now"),
        }
    }

    fn bytes(&mut self, with: &Ingredients) -> &mut Vec<u8> {
        if let Body::Message(node) = &mut self.body {
            if std::mem::take(&mut self.meta) {
                modern::restore_meta(node, with);
            }
            self.body = Body::Bytes(node.text().into_bytes());
        }
        match &mut self.body {
            Body::Bytes(bytes) => bytes,
            Body::Message(_) => unreachable!("the message was rendered just now"),
        }
    }

    fn finish(mut self, with: &Ingredients) -> Envelope {
        self.envelope.body = std::mem::take(self.bytes(with));
        self.envelope
    }
}

/// An array of so many copies of a message, with the ids 1, 2, 3 and on.
fn copies(message: &mut Node, count: usize) -> Vec<u8> {
    let copy = |id: usize| {
        message.set("id", Node::raw(id.to_string()));
        message.text()
    };
    format!("[{}]", (1..=count).map(copy).collect::<Vec<_>>().join(",")).into_bytes()
}

fn swap_case(text: &str) -> String {
    let swap = |c: char| {
        if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    text.chars().map(swap).collect()
}

fn raw(text: &str, with: &Ingredients) -> Node {
    Node::Raw(fill_in(text, with))
}

pub(super) fn fill_in(text: &str, with: &Ingredients) -> String {
    if !text.contains("{{") {
        return text.to_owned();
    }
    let tool = with.working.as_ref().map_or("", |call| call.name.as_str());
    // The names of our own upstream's tools but for their last word.
    let own = with.own.as_ref().map_or("", |call| call.name.trim_end_matches("echo"));
    let second = with.second.as_ref().map_or("", |call| call.name.as_str());
    // A target that puts nothing before them has no such upstream either.
    let alias = own.strip_suffix(PREFIX).filter(|it| !it.is_empty()).unwrap_or("nobody-");
    let meta = if with.is_modern() { modern::meta(with).text() } else { "{}".to_owned() };
    text.replace("{{key}}", &with.key)
        .replace("{{id}}", &with.id)
        .replace("{{session}}", &with.session)
        .replace("{{tool}}", tool)
        .replace("{{own}}", own)
        .replace("{{alias}}", alias)
        .replace("{{second}}", second)
        .replace(
            "{{first}}",
            if with.round.first.is_empty() { &with.key } else { &with.round.first },
        )
        .replace("{{endpoint}}", &with.address.continued())
        .replace("{{token}}", &with.address.token)
        .replace("{{asked}}", &with.round.asked)
        .replace("{{state}}", &with.round.state)
        .replace("{{mirror}}", &modern::mirror_of_call(with))
        .replace("{{tool-base64}}", &STANDARD.encode(tool))
        .replace("{{meta}}", &meta)
}

#[cfg(test)]
mod tests;
