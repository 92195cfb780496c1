//! The params of a message, and those of the methods that we know.

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::strategy::SBoxedStrategy;

use super::stateless;
use super::value::{fraction, other_than_string, quoted, scalar, string, text, word};
use super::{set, without};
use crate::case::class::Class;
use crate::case::recipe::{Base, Edit};
use crate::generate::made::{Defect, Scene};

/// Params of another kind, and members of them that are.
pub(super) fn of(base: Base, scene: &Scene) -> SBoxedStrategy<Defect> {
    let to = |class| move |to: String| Defect::new(vec![set("params", to)], class);
    let kinds = scalar().prop_map(to(Class::InvalidRequest));
    let lists = string().prop_map(|text| format!("[{text}]")).prop_map(to(Class::InvalidParams));
    let lists = lists.prop_map(|defect| defect.like("jsonrpc/params/array"));
    let meta = prop_oneof![scalar(), Just("[]".to_owned())]
        .prop_map(|to| Defect::new(vec![set("params._meta", to)], Class::InvalidParams))
        .prop_map(|defect| defect.like("jsonrpc/params/meta-string"));
    let extra = ("[a-z]{1,8}", string()).prop_map(|(name, to)| {
        Defect::new(vec![set(&format!("params.gauntlet_{name}"), to)], Class::Request)
    });
    let extra = extra.sboxed();
    let token = prop_oneof![fraction(), word()].prop_map(|to| {
        Defect::new(vec![set("params._meta.progressToken", to)], Class::InvalidParams)
            .like("jsonrpc/params/progress-token-bool")
    });
    // Under the stateless revision a request is nothing without its `_meta`.
    let (meta, token) = if scene.revision.is_modern() {
        (stateless::meta(), extra.clone())
    } else {
        (meta.sboxed(), token.sboxed())
    };
    let cursor = other_than_string().prop_filter("not absent", |to| to != "null");
    let cursor =
        cursor.prop_map(|to| Defect::new(vec![set("params.cursor", to)], Class::InvalidParams));
    let cursor = cursor.prop_map(|defect| defect.like("mcp/tools/list-cursor-number"));
    if base == Base::ToolsList {
        return prop_oneof![2 => kinds, 1 => lists, 4 => meta, 1 => token, 1 => extra, 2 => cursor]
            .sboxed();
    }
    prop_oneof![2 => kinds, 1 => lists, 4 => meta, 1 => token, 1 => extra].sboxed()
}

/// Name and arguments of a call.
pub(super) fn of_a_call() -> SBoxedStrategy<Defect> {
    let at = |at: &'static str, class| move |to: String| Defect::new(vec![set(at, to)], class);
    let invalid = Class::InvalidParams;
    let name = other_than_string().prop_map(at("params.name", invalid));
    let arguments = prop_oneof![scalar(), Just("[]".to_owned())];
    // A line feed in a name is harmless in JSON, and breaks the record of a log without escapes.
    let behind = prop_oneof![3 => text(), 1 => Just("\n".to_owned())];
    let unknown = behind.prop_map(|text| quoted(&format!("gauntlet_{{{{key}}}}{text}")));
    prop_oneof![
        3 => name,
        1 => Just(Defect::new(vec![without("params.name")], invalid)),
        3 => arguments.prop_map(at("params.arguments", invalid))
            .prop_map(|defect| defect.like("mcp/tools/arguments-number")),
        3 => unknown.prop_map(at("params.name", Class::UnknownTool)),
        1 => Just(Defect::new(
            vec![Edit::SwapCase { at: "params.name".to_owned() }],
            Class::UnknownTool,
        )
        .like("mcp/tools/name-wrong-case")),
    ]
    .sboxed()
}
