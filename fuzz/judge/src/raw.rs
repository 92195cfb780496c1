//! One message of any bytes, to the reference gateway under every revision.

use mcp_gauntlet::case::recipe::Base;
use mcp_gauntlet::wire::revision::Revision;

use crate::court::try_all;
use crate::house::{House, run};
use crate::latitude::names_its_version;

/// The body of one POST. What says itself that it is of the stateless revision is sent under no other:
/// what it is there is for no text to say.
pub fn raw(data: &[u8]) {
    let modern = names_its_version(data);
    for revision in Revision::ALL.into_iter().filter(|one| one.is_modern() || !modern) {
        run(async {
            let mut house = House::open(revision).await;
            let place = house.exchanges.len();
            house.post(data).await;
            house.say(Base::Ping).await;
            try_all(&house, place..place + 1);
        });
    }
}
