//! Seeds: what every case sends, and what the reference gateway answers and records of it.

mod answers;
mod cases;
mod words;

pub use words::dictionary;

use std::collections::BTreeSet;

/// Longer ones would only slow the fuzzer down.
const LONGEST: usize = 16 * 1024;

/// Generated messages to begin with: of each family some under each revision.
const RECIPES: u64 = 320;

/// The bytes that choose a generated message.
fn recipe(number: u64) -> Seed {
    Seed::new("recipe", &format!("{number:03}"), seed_bytes(number))
}

fn seed_bytes(number: u64) -> Vec<u8> {
    // The first byte chooses family and revision, those behind it the seed.
    let first = u8::try_from(number % 64).unwrap_or_default();
    [&[first], number.to_le_bytes().as_slice()].concat()
}

/// One input to begin with.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The target that it is for.
    pub target: &'static str,
    /// The name of its file: the case that it comes from, and more where one case gives several.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

impl Seed {
    fn new(target: &'static str, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { target, name: name.replace('/', "-"), bytes: bytes.into() }
    }
}

/// The body of every stimulus, for those who need no more than that.
pub(crate) fn messages() -> Vec<Vec<u8>> {
    let raw = cases::seeds().into_iter().filter(|seed| seed.target == "raw");
    raw.map(|seed| seed.bytes).collect()
}

/// Every seed, none twice. They are made anew each time, and the ids and times of their records with
/// them.
///
/// # Panics
/// If a case file is wrong.
#[must_use]
pub fn seeds() -> Vec<Seed> {
    let mut seeds = cases::seeds();
    let answers: Vec<Seed> =
        seeds.iter().filter(|seed| seed.target == "raw").flat_map(answers::seeds).collect();
    seeds.extend(answers);
    seeds.extend(answers::written());
    seeds.extend((0..RECIPES).map(recipe));
    let mut seen = BTreeSet::new();
    let fresh = |seed: &Seed| seen.insert((seed.target, seed.bytes.clone()));
    seeds.into_iter().filter(|seed| seed.bytes.len() <= LONGEST).filter(fresh).collect()
}
