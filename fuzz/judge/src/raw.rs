//! One message of any bytes, to the reference gateway under every revision.

use mcp_gauntlet::case::recipe::Base;
use mcp_gauntlet::wire::revision::Revision;

use crate::court::try_all;
use crate::house::names_its_version;
use crate::house::{House, run};

/// The body of one POST, under every revision to which it makes a difference.
pub fn raw(data: &[u8]) {
    for revision in revisions(data) {
        run(async {
            let mut house = House::open(revision).await;
            let place = house.exchanges.len();
            house.post(data).await;
            house.say(Base::Ping).await;
            try_all(&house, place..place + 1);
        });
    }
}

/// What says itself that it is of the stateless revision is sent under no other: what it is there is for
/// no text to say. Batches are messages under one revision only. What else the older revisions have of
/// their own is left to `session`, so that an input costs as little as it can.
fn revisions(data: &[u8]) -> Vec<Revision> {
    let (newest, modern) = (Revision::V2025_11_25, Revision::V2026_07_28);
    if names_its_version(data) {
        vec![modern]
    } else if data.trim_ascii_start().starts_with(b"[") {
        vec![Revision::V2025_03_26, newest, modern]
    } else {
        vec![newest, modern]
    }
}
