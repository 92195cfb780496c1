//! Members twice, under another name, in another order, or of a response.

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;

use super::set;
use super::value::{integer, string};
use crate::case::class::Class;
use crate::case::recipe::Edit;
use crate::generate::made::Defect;

fn add(at: &str, to: impl Into<String>, first: bool) -> Edit {
    let (at, to) = (at.to_owned(), to.into());
    if first { Edit::AddFirst { at, to } } else { Edit::Add { at, to } }
}

fn rename(at: &str, to: &str) -> Edit {
    Edit::Rename { at: at.to_owned(), to: to.to_owned() }
}

/// Every change of that kind.
pub(super) fn of(class: Class) -> SBoxedStrategy<Defect> {
    let one = |edit, class| Defect::new(vec![edit], class);
    let first = || proptest::bool::ANY;
    let method = (select(vec!["\"ping\"", "\"tools/list\"", "5"]), first())
        .prop_map(move |(to, first)| one(add("method", to, first), Class::Ambiguous));
    let version =
        first().prop_map(move |first| one(add("jsonrpc", "\"2.0\"", first), Class::Ambiguous));
    let id = (prop_oneof![integer(), string()], first())
        .prop_map(move |(to, first)| one(add("id", to, first), Class::Ambiguous));
    let answer = select(vec![("result", "{}"), ("error", "{\"code\":1,\"message\":\"x\"}")])
        .prop_map(move |(at, to)| one(set(at, to), Class::Ambiguous));
    let renamed = select(vec![
        ("method", "Method", Class::InvalidRequest),
        ("method", "METHOD", Class::InvalidRequest),
        ("method", "method ", Class::InvalidRequest),
        ("jsonrpc", "jsonRpc", Class::InvalidRequest),
        ("jsonrpc", "JSONRPC", Class::InvalidRequest),
    ])
    .prop_map(move |(at, to, class)| one(rename(at, to), class));
    let lost = select(vec!["ID", "Id", "_id"])
        .prop_map(move |to| one(rename("id", to), Class::Notification));
    let moved = select(vec!["id", "method", "params"])
        .prop_map(move |at| one(Edit::Move { at: at.to_owned() }, class));
    prop_oneof![
        2 => method,
        1 => version,
        2 => id,
        2 => answer,
        2 => renamed,
        2 => lost,
        1 => moved,
        1 => Just(one(rename("method", "\\u006dethod"), class)),
    ]
    .sboxed()
}
