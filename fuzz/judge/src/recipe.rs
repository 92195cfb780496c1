//! Generated messages: bytes choose family, revision and seed, and what the message is follows from how
//! it was made.

use arbitrary::{Arbitrary, Unstructured};
use mcp_gauntlet::case::recipe::{Base, Credentials, SessionMode};
use mcp_gauntlet::generate::arbitrary::Fuzzed;

use crate::court::try_in;
use crate::house::run;

/// One generated message after those that stand before it, or what mutation made of it.
pub fn recipe(data: &[u8]) {
    let Ok(fuzzed) = Fuzzed::arbitrary(&mut Unstructured::new(data)) else { return };
    let Fuzzed { dealt, mutated } = fuzzed;
    let defect = &dealt.made.defect;
    // The gateway of this process knows no keys and no upstream that is down, and a session that was
    // ended needs a second one.
    let unlike = defect.session != SessionMode::Live || defect.credentials != Credentials::Valid;
    if unlike || dealt.made.base == Base::DeadCall {
        return;
    }
    let recipe = mutated.clone().unwrap_or_else(|| dealt.made.recipe());
    let greets = recipe.base == Base::Initialize;
    run(try_in(dealt.revision(), async |house| {
        for before in &defect.before {
            house.send(before, false).await;
        }
        let place = house.exchanges.len();
        let read = house.send(&recipe, greets).await.reading.class;
        let what = || format!("{} is {}, and is read as {read}", dealt.id(), defect.class);
        assert!(mutated.is_some() || read == defect.class, "{}", what());
        place
    }));
}
