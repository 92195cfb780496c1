//! One message of any bytes, to the reference gateway under every revision.

use mcp_gauntlet::wire::revision::Revision;

use crate::court::try_in;
use crate::house::{names_its_version, run};

/// The body of one POST, under every revision to which it makes a difference.
pub fn raw(data: &[u8]) {
    for revision in revisions(data) {
        run(async {
            try_in(revision, async |house| {
                let place = house.exchanges.len();
                house.post(data).await;
                place
            })
            .await;
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
