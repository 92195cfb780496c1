//! Valid calls of every kind of tool: one that works, one that fails, one whose upstream is down, one
//! that answers with structured content, one that tells of its progress.

use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::strategy::SBoxedStrategy;

use super::set;
use super::value::string;
use crate::case::Need;
use crate::case::class::Class;
use crate::case::recipe::{Base, Edit};
use crate::generate::made::{Defect, Scene};
use crate::wire::revision::Revision;

/// The calls that a target can be sent.
pub(super) fn bases(scene: &Scene) -> Vec<(Base, bool)> {
    let calls = [
        (Base::ToolsCall, Need::WorkingTool),
        (Base::FailingCall, Need::FailingTool),
        (Base::DeadCall, Need::DeadTool),
        (Base::StructuredCall, Need::StructuredTool),
        (Base::ProgressCall, Need::ProgressTool),
    ];
    calls.map(|(base, need)| (base, scene.has(need))).into()
}

/// A call as it is, under another id, or with a progress token.
pub(super) fn of(base: Base, scene: &Scene) -> SBoxedStrategy<Defect> {
    let like = match base {
        Base::FailingCall => "gateway/tool-iserror",
        Base::DeadCall => "gateway/upstream-dead",
        // Structured content came with 2025-06-18.
        Base::StructuredCall if scene.revision >= Revision::V2025_06_18 => "mcp/tools/structured",
        _ => "",
    };
    // Whether progress rises shows only in several steps.
    let steps = (base == Base::ProgressCall).then(|| set("params.arguments", r#"{"steps":3}"#));
    let with = move |edit: Option<Edit>| {
        let edits = steps.clone().into_iter().chain(edit).collect();
        Defect::new(edits, Class::Request).like(like)
    };
    let plain = Just(with(None));
    let other = with.clone();
    let id = prop_oneof![string(), (0_u32..1_000_000).prop_map(|id| id.to_string())];
    let id = id.prop_map(move |id| other(Some(set("id", id))));
    if scene.revision.is_modern() {
        return prop_oneof![1 => plain, 2 => id].sboxed();
    }
    let token = prop_oneof![string(), (0_u32..1_000_000).prop_map(|token| token.to_string())];
    let token = token.prop_map(move |token| with(Some(set("params._meta.progressToken", token))));
    prop_oneof![1 => plain, 2 => id, 2 => token].sboxed()
}
