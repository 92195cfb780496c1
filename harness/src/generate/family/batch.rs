//! Arrays of messages.

use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_oneof};
use proptest::strategy::SBoxedStrategy;

use super::value::{scalar, structure};
use crate::case::class::Class;
use crate::case::recipe::Edit;
use crate::generate::made::{Defect, Scene};
use crate::wire::revision::Revision;

/// Copies of the message, and arrays of what is no message.
pub(super) fn of(scene: &Scene) -> SBoxedStrategy<Defect> {
    // Only there is a batch a message.
    let received = scene.revision == Revision::V2025_03_26;
    let if_received = move |like| if received { like } else { "" };
    let batch = |edit| Defect::new(vec![edit], Class::Batch);
    let single = if_received("jsonrpc/batch/single-2025-03-26");
    let copies = (1_usize..6).prop_map(move |count| {
        batch(Edit::Batch(count)).like(if count == 1 { single } else { "" })
    });
    let items = vec(prop_oneof![scalar(), structure()], 1..5);
    let odd = if_received("jsonrpc/batch/scalars-2025-03-26");
    let items =
        items.prop_map(move |items| batch(Edit::Body(format!("[{}]", items.join(",")))).like(odd));
    let nested = if_received("jsonrpc/batch/nested-2025-03-26");
    let wrapped = (1_usize..4).prop_map(move |levels| {
        let edits = vec![Edit::Prefix("[".repeat(levels)), Edit::Suffix("]".repeat(levels))];
        Defect::new(edits, Class::Batch).like(if levels == 1 { single } else { nested })
    });
    prop_oneof![copies, items, wrapped].sboxed()
}
