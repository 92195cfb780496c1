//! A case as text again: what a generated message is called, and the case file that sends it.

use serde::Serialize;
use toml::ser::ValueSerializer;
use toml::{Table, Value};

use super::expectation::{Expectation, RecordDemand};
use super::recipe::{Base, Credentials, Edit, Recipe, SessionMode};
use super::{Case, Stimulus};
use crate::wire::revision::Revision;

/// Columns of one value in a title.
const VALUE: usize = 40;

/// A base and what was done to it, in one line.
#[must_use]
pub fn summary(recipe: &Recipe) -> String {
    let edits: Vec<String> = recipe.edits.iter().map(edit).collect();
    let with = if edits.is_empty() { "" } else { " with " };
    format!("{}{with}{}", base(recipe.base), edits.join(", "))
}

/// An edit in a few words.
#[must_use]
pub fn edit(edit: &Edit) -> String {
    match edit {
        Edit::Set { at, to } => format!("{at} {}", short(to)),
        Edit::Drop { at } => format!("no {at}"),
        Edit::Add { at, to } => format!("another {at} {}", short(to)),
        Edit::AddFirst { at, to } => format!("another {at} {} before", short(to)),
        Edit::Rename { at, to } => format!("{at} called {}", short(to)),
        Edit::Move { at } => format!("{at} last"),
        Edit::SwapCase { at } => format!("the letters of {at} in the other case"),
        Edit::Nest { at, depth, .. } => format!("{at} nested {depth} deep"),
        Edit::Fill { at, bytes } => format!("{at} of {bytes} letters"),
        Edit::Body(text) => format!("the body {}", short(text)),
        Edit::BodyHex(hex) => format!("the bytes {}", short(hex)),
        Edit::Prefix(text) => format!("{} before it", short(&inline(text))),
        Edit::Suffix(text) => format!("{} behind it", short(&inline(text))),
        Edit::PrefixHex(hex) => format!("the bytes {} before it", short(hex)),
        Edit::ReplaceHex { from, to } => format!("the bytes {to} for {from}"),
        Edit::Batch(count) => format!("{count} copies in an array"),
        Edit::Cut(count) => format!("{count} bytes cut off"),
        Edit::Encode(encoding) => format!("encoded as {}", inline(encoding)),
        Edit::Method(method) => format!("the HTTP method {}", short(method)),
        Edit::Path(path) => format!("the path {}", short(path)),
        Edit::Header { name, value } => format!("{name}: {}", short(value)),
        Edit::AddHeader { name, value } => format!("another {name}: {}", short(value)),
        Edit::DropHeader(name) => format!("no {name}"),
    }
}

/// A text that is cut where it is long.
fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(VALUE).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// The word of a base.
#[must_use]
pub fn base(base: Base) -> String {
    inline(&base).trim_matches('"').to_owned()
}

/// The case file that sends what a generated case sends. Reading it gives the same stimulus.
#[must_use]
pub fn file(case: &Case) -> String {
    let stimulus = &case.stimulus;
    let revisions: Vec<&str> = case.revisions.iter().copied().map(Revision::as_str).collect();
    let transports: Vec<String> = case.transports.iter().map(ToString::to_string).collect();
    let mut lines = vec![
        format!("title = {}", inline(&case.title)),
        format!("requirement = {}", inline(&case.requirement)),
        format!("class = {}", inline(&stimulus.class.to_string())),
        format!("revisions = {}", inline(&revisions)),
        format!("transports = {}", inline(&transports)),
        format!("needs = {}", inline(&case.needs)),
        String::new(),
        "[send]".to_owned(),
    ];
    lines.extend(send(stimulus));
    if let Some(control) = &stimulus.control {
        lines.extend([String::new(), "[control]".to_owned()]);
        lines.extend(recipe(control));
    }
    lines.extend(expect(&case.expectation));
    lines.push(String::new());
    lines.join("\n")
}

fn send(stimulus: &Stimulus) -> Vec<String> {
    let mut lines = recipe(&stimulus.recipe);
    if !stimulus.before.is_empty() {
        lines.push(format!("before = {}", inline(&stimulus.before)));
    }
    if stimulus.session != SessionMode::Live {
        lines.push(format!("session = {}", inline(&stimulus.session)));
    }
    if stimulus.credentials != Credentials::Valid {
        lines.push(format!("credentials = {}", inline(&stimulus.credentials)));
    }
    lines
}

fn recipe(recipe: &Recipe) -> Vec<String> {
    let mut lines = vec![format!("base = {}", inline(&recipe.base))];
    if !recipe.edits.is_empty() {
        let edits: Vec<String> =
            recipe.edits.iter().map(|edit| format!("    {},", inline(edit))).collect();
        lines.push(format!("edits = [\n{}\n]", edits.join("\n")));
    }
    lines
}

/// What is said of the answer; nothing where the class says it all.
fn expect(expectation: &Expectation) -> Vec<String> {
    let mut lines = vec![String::new(), "[expect]".to_owned()];
    if expectation.several {
        lines.push("several = true".to_owned());
    }
    if expectation.any_revision {
        lines.push("any-revision = true".to_owned());
    }
    if expectation.record != RecordDemand::default() {
        lines.push(format!("record = {}", inline(&expectation.record)));
    }
    lines.extend(expectation.secret.iter().map(|text| format!("secret = {}", inline(text))));
    lines.extend(expectation.switch.iter().map(|switch| format!("switch = {}", inline(switch))));
    let tables = [("reply", &expectation.replies), ("stdio.reply", &expectation.on_stdio)];
    for (name, replies) in tables {
        for (kind, allowed) in replies {
            let kind = inline(kind);
            lines.extend([String::new(), format!("[expect.{name}.{}]", kind.trim_matches('"'))]);
            lines.extend(said(allowed));
        }
    }
    if let Some(rule) = &expectation.upstream {
        lines.extend([String::new(), "[expect.upstream]".to_owned()]);
        lines.extend(said(rule));
    }
    for header in &expectation.headers {
        lines.extend([String::new(), "[[expect.header]]".to_owned()]);
        lines.extend(said(header));
    }
    if lines.len() > 2 { lines } else { Vec::new() }
}

fn said(value: &(impl Serialize + Default)) -> Vec<String> {
    sparse(value).iter().map(|(key, value)| format!("{key} = {value}")).collect()
}

/// What of the permitted values is said at all.
fn sparse<T: Serialize + Default>(value: &T) -> Table {
    let table = |value: &T| Table::try_from(value).unwrap_or_default();
    let unsaid = table(&T::default());
    let said = |(key, value): &(String, Value)| unsaid.get(key) != Some(value);
    table(value).into_iter().filter(said).collect()
}

/// A value as it stands behind an equals sign. Everything that cases hold has such a form.
fn inline(value: &(impl Serialize + ?Sized)) -> String {
    let mut text = String::new();
    match value.serialize(ValueSerializer::new(&mut text)) {
        Ok(_) => text,
        Err(error) => unreachable!("a case holds texts, numbers, lists and tables only: {error}"),
    }
}
