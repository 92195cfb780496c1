//! The third driver of the same strategies: bytes of a fuzzer choose family, revision and seed, and each
//! further eight are one mutation.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};

use super::deal::{Dealer, Dealt};
use super::dice::Dice;
use super::family::Family;
use super::made::Scene;
use super::mutate::mutate;
use crate::case::recipe::Recipe;
use crate::wire::revision::Revision;

/// A message that bytes chose, for a target that offers everything.
#[derive(Clone, Debug)]
pub struct Fuzzed {
    /// What was made.
    pub dealt: Dealt,
    /// What became of it by mutation; none where it is sent as it was made.
    pub mutated: Option<Recipe>,
}

/// Further mutations only replace the edits of a message that has many.
fn may_grow(recipe: &Recipe) -> bool {
    recipe.edits.len() < 6
}

static DEALER: LazyLock<Dealer> =
    LazyLock::new(|| Dealer::new(0, Revision::ALL.map(Scene::full).into()));

impl<'a> Arbitrary<'a> for Fuzzed {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let number = bytes.choose_index(Family::ALL.len() * Revision::ALL.len())?;
        let deal = |seed| DEALER.with_seed(seed, number).ok_or(arbitrary::Error::IncorrectFormat);
        let dealt = deal(u64::arbitrary(bytes)?)?;
        let mut mutated: Option<Recipe> = None;
        while bytes.len() >= size_of::<u64>() && mutated.as_ref().is_none_or(may_grow) {
            let seed = u64::arbitrary(bytes)?;
            let parent = mutated.unwrap_or_else(|| dealt.made.recipe());
            let other = deal(seed)?.made.recipe();
            mutated = Some(mutate(&parent, &other, &mut Dice::new(seed)));
        }
        Ok(Self { dealt, mutated })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn fuzzed(bytes: &[u8]) -> Option<Fuzzed> {
        Fuzzed::arbitrary(&mut Unstructured::new(bytes)).ok()
    }

    #[test]
    fn the_same_bytes_choose_the_same_message() {
        let bytes: Vec<u8> = (0..200_u8).map(|byte| byte.wrapping_mul(37)).collect();
        let (one, other) = (fuzzed(&bytes).unwrap(), fuzzed(&bytes).unwrap());
        assert_eq!(one.dealt.made, other.dealt.made);
        assert_eq!(one.dealt.id(), other.dealt.id());
        assert!(one.mutated.is_some() && one.mutated == other.mutated);
    }

    #[test]
    fn few_bytes_are_enough_and_many_reach_every_family() {
        let all = (0..=u8::MAX).filter_map(|first| fuzzed(&[first, 1, 2, 3]));
        let family = |id: String| id.rsplit_once('/').map(|(family, _)| family.to_owned());
        let seen: BTreeSet<_> = all.filter_map(|fuzzed| family(fuzzed.dealt.id())).collect();
        assert_eq!(seen.len(), Family::ALL.len());
        assert!(fuzzed(&[]).is_some_and(|it| it.mutated.is_none()), "the first as it was made");
    }
}
