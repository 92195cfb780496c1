//! By which evidence records of a product may be found.

use super::Tier;
use serde::Deserialize;

/// How many tiers there are.
const COUNT: usize = 5;

/// A set of tiers, at least one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "Vec<Tier>")]
pub struct Tiers([bool; COUNT]);

impl Tiers {
    /// Every tier.
    pub const ALL: Self = Self([true; COUNT]);

    /// Whether records may be found by this one.
    #[must_use]
    pub const fn has(self, tier: Tier) -> bool {
        let [header, trace, canary, id, time] = self.0;
        match tier {
            Tier::Header => header,
            Tier::Trace => trace,
            Tier::Canary => canary,
            Tier::Id => id,
            Tier::Time => time,
        }
    }
}

impl Default for Tiers {
    fn default() -> Self {
        Self::ALL
    }
}

impl TryFrom<Vec<Tier>> for Tiers {
    type Error = &'static str;

    fn try_from(tiers: Vec<Tier>) -> Result<Self, &'static str> {
        let all = [Tier::Header, Tier::Trace, Tier::Canary, Tier::Id, Tier::Time];
        if tiers.is_empty() {
            return Err("`tiers` needs at least one: without evidence no record is found");
        }
        Ok(Self(all.map(|tier| tiers.contains(&tier))))
    }
}
