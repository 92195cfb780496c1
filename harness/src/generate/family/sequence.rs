//! Several messages on one session: odd ones first, and then a valid one that must be served.

use proptest::collection::vec;
use proptest::prelude::Strategy;
use proptest::strategy::{SBoxedStrategy, Union};

use super::Family;
use crate::case::class::Class;
use crate::case::recipe::Recipe;
use crate::generate::made::{Defect, Made, Scene};

/// Families whose messages a session must survive. Those of HTTP may end it, and long ones take
/// their time.
const ODD: [Family; 6] =
    [Family::Version, Family::Method, Family::Id, Family::Params, Family::Text, Family::Number];

/// A valid message after odd ones.
pub(super) fn of(class: Class, scene: &Scene) -> SBoxedStrategy<Defect> {
    // Every one of these families has messages for every target.
    let odd = ODD.iter().filter_map(|family| family.strategy(scene));
    let odd = Union::new(odd.map(|made| made.prop_map(|made: Made| made.recipe()).sboxed()));
    vec(odd, 1..4)
        .prop_map(move |before: Vec<Recipe>| Defect { before, ..Defect::new(Vec::new(), class) })
        .sboxed()
}
