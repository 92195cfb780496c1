//! Several messages on one session: odd ones first, and then a valid one that must be served.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy};
use proptest::sample::select;

use super::Family;
use crate::case::class::Class;
use crate::case::recipe::Recipe;
use crate::generate::made::{Defect, Made, Scene};

/// Families whose messages a session must survive. Those of HTTP may end it, and long ones take
/// their time.
const ODD: [Family; 6] =
    [Family::Version, Family::Method, Family::Id, Family::Params, Family::Text, Family::Number];

/// A valid message after odd ones.
pub(super) fn of(class: Class, scene: &Scene) -> BoxedStrategy<Defect> {
    let scene = *scene;
    let odd = select(ODD.to_vec()).prop_flat_map(move |family| {
        // Every one of these families has messages for every target.
        let made = family.strategy(&scene).expect("a family for every target");
        made.prop_map(|made: Made| made.recipe())
    });
    vec(odd, 1..4)
        .prop_map(move |before: Vec<Recipe>| Defect { before, ..Defect::new(Vec::new(), class) })
        .boxed()
}
