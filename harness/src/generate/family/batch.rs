//! Arrays of messages.

use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_oneof};
use proptest::strategy::SBoxedStrategy;

use super::value::{scalar, structure};
use crate::case::class::Class;
use crate::case::recipe::Edit;
use crate::generate::made::Defect;

/// Copies of the message, and arrays of what is no message.
pub(super) fn of() -> SBoxedStrategy<Defect> {
    let batch = |edit| Defect::new(vec![edit], Class::Batch);
    let copies = (1_usize..6).prop_map(move |count| batch(Edit::Batch(count)));
    let items = vec(prop_oneof![scalar(), structure()], 1..5);
    let items = items.prop_map(move |items| batch(Edit::Body(format!("[{}]", items.join(",")))));
    let wrapped = (1_usize..4).prop_map(|levels| {
        let edits = vec![Edit::Prefix("[".repeat(levels)), Edit::Suffix("]".repeat(levels))];
        Defect::new(edits, Class::Batch)
    });
    prop_oneof![copies, items, wrapped].sboxed()
}
