//! What only the stateless revision has: `_meta` of every request, and headers that mirror the body.

use proptest::prelude::{Strategy, prop_oneof};
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;

use super::value::{integer, scalar};
use super::{set, without};
use crate::case::class::Class;
use crate::case::recipe::Edit;
use crate::generate::made::Defect;
use crate::wire::mirror::{META_CAPABILITIES, META_VERSION};

/// Headers that are missing or say something else than the body, and one that says nothing any more.
pub(super) fn headers() -> SBoxedStrategy<Defect> {
    let one = |edit| Defect::new(vec![edit], Class::HeaderMismatch);
    let names = ["Mcp-Method", "MCP-Protocol-Version"];
    let absent = select(names.to_vec()).prop_map(move |name| {
        let like = if name == "Mcp-Method" { "" } else { "http/mirror/version-absent" };
        one(Edit::DropHeader(name.into())).like(like)
    });
    let other = "[a-z]{3,8}/[a-z]{1,8}".prop_map(move |method| {
        one(Edit::Header { name: "Mcp-Method".into(), value: format!("gauntlet-{method}") })
    });
    let older = select(vec!["2025-11-25", "2025-06-18"]).prop_map(move |version| {
        let edit = Edit::Header { name: "MCP-Protocol-Version".into(), value: version.into() };
        one(edit).like("http/mirror/version-older")
    });
    let session = "[a-z0-9]{1,32}".prop_map(|id| {
        let edit = Edit::Header { name: "Mcp-Session-Id".into(), value: id };
        Defect::new(vec![edit], Class::Request).like("http/session/ignored")
    });
    prop_oneof![3 => absent, 3 => other, 3 => older, 4 => session].sboxed()
}

/// `_meta` that does not say what the caller speaks, or that it speaks what nobody knows.
pub(super) fn meta() -> SBoxedStrategy<Defect> {
    let one = |edit, class| Defect::new(vec![edit], class);
    let member = |name: &str| format!("params._meta.\"{name}\"");
    let absent =
        select(vec!["params._meta".to_owned(), member(META_VERSION), member(META_CAPABILITIES)]);
    let absent = absent.prop_map(move |at| one(without(&at), Class::MissingMeta));
    let kinds = scalar().prop_map(move |to| one(set("params._meta", to), Class::MissingMeta));
    let numbered =
        integer().prop_map(move |to| one(set(&member(META_VERSION), to), Class::MissingMeta));
    let unknown = "[3-9][0-9]{3}-[01][0-9]-[0-3][0-9]".prop_map(move |version| {
        one(set(&member(META_VERSION), format!("\"{version}\"")), Class::UnsupportedVersion)
    });
    prop_oneof![2 => absent, 1 => kinds, 1 => numbered, 2 => unknown].sboxed()
}
