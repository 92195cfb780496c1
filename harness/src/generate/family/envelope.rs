//! The members of the envelope itself, and messages that are no requests.

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;

use super::value::{fraction, integer, other_than_string, quoted, string, structure, text, word};
use super::{set, without};
use crate::case::class::Class;
use crate::case::recipe::Edit;
use crate::generate::made::{Defect, Scene};

/// Every version but `2.0`, and none.
pub(super) fn versions(class: Class) -> SBoxedStrategy<Defect> {
    let numbered = "[0-9]{0,2}\\.[0-9]{0,2}".prop_map(|text| quoted(&text));
    let other = prop_oneof![numbered, string(), other_than_string()];
    let other = other.prop_filter("another version", |to| to != "\"2.0\"");
    let invalid = |edit| Defect::new(vec![edit], Class::InvalidRequest);
    let missing = match class {
        Class::Notification => "mcp/notification/bad-version",
        _ => "jsonrpc/version/missing",
    };
    let right = Defect::new(vec![set("jsonrpc", "\"\\u0032.0\"")], class);
    prop_oneof![
        8 => other.prop_map(move |to| invalid(set("jsonrpc", to))),
        2 => Just(invalid(without("jsonrpc")).like(missing)),
        1 => Just(right),
    ]
    .sboxed()
}

/// Methods that are no text, and texts that are no method.
pub(super) fn methods() -> SBoxedStrategy<Defect> {
    let invalid = |edit| Defect::new(vec![edit], Class::InvalidRequest);
    let unknown =
        |edit| Defect::new(vec![edit], Class::UnknownMethod).like("jsonrpc/method/trailing-space");
    let known = ["tools/list", "tools/call", "ping", "initialize", "resources/read"];
    let near =
        (select(known.to_vec()), select(vec![" ", ".", "/", "?x=1", "\n", "\u{0}", "\u{200b}"]))
            .prop_map(|(method, more)| quoted(&format!("{method}{more}")));
    // No method of any revision begins so.
    let made_up = text().prop_map(|text| quoted(&format!("gauntlet/{text}")));
    prop_oneof![
        4 => other_than_string().prop_map(move |to| invalid(set("method", to)).like("jsonrpc/method/number")),
        1 => Just(invalid(without("method")).like("jsonrpc/method/missing")),
        4 => made_up.prop_map(move |to| unknown(set("method", to))),
        2 => near.prop_map(move |to| unknown(set("method", to))),
        // Capital letters make another method of every method.
        1 => Just(unknown(Edit::SwapCase { at: "method".to_owned() })),
    ]
    .sboxed()
}

/// Ids of every kind.
pub(super) fn ids(class: Class) -> SBoxedStrategy<Defect> {
    let of = |class| move |to: String| Defect::new(vec![set("id", to)], class);
    let keyed = text().prop_map(|text| quoted(&format!("{{{{key}}}}{text}")));
    prop_oneof![
        2 => prop_oneof![string(), keyed].prop_map(of(class)),
        1 => integer().prop_map(move |to| {
            let like = if is_safe(&to) { "" } else { "jsonrpc/id/thirty-digits" };
            of(class)(to).like(like)
        }),
        2 => word().prop_map(move |to| {
            let null = to == "null";
            let like = if null { "jsonrpc/id/null-call" } else { "jsonrpc/id/bool-true" };
            of(Class::InvalidId)(to).like(like)
        }),
        2 => fraction().prop_map(move |to| of(Class::InvalidId)(to).like("jsonrpc/id/fraction")),
        2 => structure().prop_map(move |to| of(Class::InvalidId)(to).like("jsonrpc/id/object")),
        1 => Just(Defect::new(vec![without("id")], Class::Notification)),
    ]
    .sboxed()
}

/// Whether every reader of numbers keeps a whole number (RFC 8259 section 6).
fn is_safe(raw: &str) -> bool {
    const SAFE: u64 = 1 << 53;
    raw.parse::<i64>().is_ok_and(|number| number.unsigned_abs() < SAFE)
}

/// Notifications that nobody knows, and responses that nobody asked for.
pub(super) fn mixed(scene: &Scene) -> SBoxedStrategy<Defect> {
    let named = |name: &str| quoted(&format!("notifications/gauntlet_{{{{key}}}}{name}"));
    let unknown = "[a-z/]{0,8}"
        .prop_map(move |name| Defect::new(vec![set("method", named(&name))], Class::Notification));
    let asked = Defect::new(vec![set("id", "{{id}}")], Class::UnknownMethod);
    let asked = asked.like("mcp/notification/with-id");
    let answer = (select(vec!["{}", "null", "1", "\"{{key}}\""]), string());
    let response = answer.prop_map(|(result, id)| {
        let edits =
            vec![without("method"), without("params"), set("id", id), set("result", result)];
        Defect::new(edits, Class::Response)
    });
    let error = string().prop_map(|id| {
        let error = r#"{"code":-32603,"message":"gauntlet"}"#;
        let edits = vec![without("method"), without("params"), set("id", id), set("error", error)];
        Defect::new(edits, Class::Response)
    });
    // The stateless revision forbids responses of clients over HTTP, and a notification that becomes a
    // request lacks its `_meta` there: both have cases of their own.
    if scene.revision.is_modern() {
        return unknown.sboxed();
    }
    prop_oneof![4 => unknown, 1 => Just(asked), 2 => response, 2 => error].sboxed()
}
