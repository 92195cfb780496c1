//! The third driver of the same strategies: bytes of a fuzzer choose family, revision and seed.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};

use super::deal::{Dealer, Dealt};
use super::family::Family;
use super::made::Scene;
use crate::wire::revision::Revision;

/// A message that bytes chose, for a target that offers everything.
#[derive(Clone, Debug)]
pub struct Fuzzed(pub Dealt);

static DEALER: LazyLock<Dealer> =
    LazyLock::new(|| Dealer::new(0, Revision::ALL.map(Scene::full).into()));

impl<'a> Arbitrary<'a> for Fuzzed {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let number = bytes.choose_index(Family::ALL.len() * Revision::ALL.len())?;
        let dealt = DEALER.with_seed(u64::arbitrary(bytes)?, number);
        dealt.map(Self).ok_or(arbitrary::Error::IncorrectFormat)
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
        let one = fuzzed(&bytes).unwrap().0;
        assert_eq!(one.made, fuzzed(&bytes).unwrap().0.made);
        assert_eq!(one.id(), fuzzed(&bytes).unwrap().0.id());
    }

    #[test]
    fn few_bytes_are_enough_and_many_reach_every_family() {
        let all = (0..=u8::MAX).filter_map(|first| fuzzed(&[first, 1, 2, 3]));
        let family = |id: String| id.rsplit_once('/').map(|(family, _)| family.to_owned());
        let seen: BTreeSet<_> = all.filter_map(|fuzzed| family(fuzzed.0.id())).collect();
        assert_eq!(seen.len(), Family::ALL.len());
        assert!(fuzzed(&[]).is_some(), "no bytes choose the first message");
    }
}
