//! Depth and size.

use proptest::prelude::{Strategy, prop_oneof};
use proptest::strategy::SBoxedStrategy;

use crate::case::class::Class;
use crate::case::recipe::Edit;
use crate::generate::made::Defect;

/// Where nested and long values stand: in a member that nobody reads.
const PLACE: &str = "params.gauntlet";

/// Levels from which on a message counts as nested too deep, with room for those around.
const DEEP: std::ops::Range<usize> = 80..4000;

/// Levels that any reader takes.
const SHALLOW: std::ops::Range<usize> = 1..24;

/// Nested arrays and objects.
pub(super) fn depths(class: Class) -> SBoxedStrategy<Defect> {
    let nested = |levels, class| {
        (levels, proptest::bool::ANY).prop_map(move |(depth, objects)| {
            let edit = Edit::Nest { at: PLACE.to_owned(), depth, objects };
            let like = if class == Class::TooDeep { "jsonrpc/depth/arrays-1000" } else { "" };
            Defect::new(vec![edit], class).like(like)
        })
    };
    prop_oneof![nested(DEEP, Class::TooDeep), nested(SHALLOW, class)].sboxed()
}

/// Long strings of every order of magnitude, of which only few are large: each costs the target its
/// bytes.
pub(super) fn sizes() -> SBoxedStrategy<Defect> {
    let filled = |bytes, class| {
        let like = if class == Class::TooLarge { "jsonrpc/size/one-megabyte" } else { "" };
        Defect::new(vec![Edit::Fill { at: PLACE.to_owned(), bytes }], class).like(like)
    };
    let long = (0_u32..17).prop_flat_map(|power| (1_usize << power)..(2 << power));
    let large = 900_001_usize..1_000_000;
    prop_oneof![
        24 => long.prop_map(move |bytes| filled(bytes.min(100_000), Class::Request)),
        1 => large.prop_map(move |bytes| filled(bytes, Class::TooLarge)),
    ]
    .sboxed()
}
