//! Generated messages: bytes choose family, revision and seed, and what the message is follows from how
//! it was made.

use arbitrary::{Arbitrary, Unstructured};
use mcp_gauntlet::case::recipe::{Base, Credentials, SessionMode};
use mcp_gauntlet::generate::arbitrary::Fuzzed;

use crate::court::try_all;
use crate::house::{House, run};

/// One generated message on a session of its own, after those that stand before it.
pub fn recipe(data: &[u8]) {
    let Ok(Fuzzed(dealt)) = Fuzzed::arbitrary(&mut Unstructured::new(data)) else { return };
    let defect = &dealt.made.defect;
    // The gateway of this process knows no keys, and a session that was ended needs a second one.
    if defect.session != SessionMode::Live || defect.credentials != Credentials::Valid {
        return;
    }
    run(async {
        let mut house = House::open(dealt.revision()).await;
        for before in &defect.before {
            house.send(before, false).await;
        }
        let place = house.exchanges.len();
        let greets = dealt.made.base == Base::Initialize;
        let read = house.send(&dealt.made.recipe(), greets).await.reading.class;
        let what = || format!("{} is {}, and is read as {read}", dealt.id(), defect.class);
        assert!(read == defect.class, "{}", what());
        house.say(Base::Ping).await;
        try_all(&house, place..place + 1);
    });
}
