//! Several messages in one session: each is answered with its own id and leaves its own record.

use mcp_gauntlet::case::recipe::Base;
use mcp_gauntlet::wire::revision::Revision;

use crate::court::try_all;
use crate::house::names_its_version;
use crate::house::{House, run};

/// Messages of one input; further ones are not sent.
const MOST: usize = 12;

/// One message a line. The session has the revision that the first line names, or else the newest that
/// has sessions.
pub fn session(data: &[u8]) {
    let blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
    let lines = || data.split(|byte| *byte == b'\n').filter(|line| !blank(line)).take(MOST);
    let revision = lines().next().and_then(named).unwrap_or(Revision::V2025_11_25);
    run(async {
        let mut house = House::open(revision).await;
        let first = house.exchanges.len();
        let modern = revision.is_modern();
        for line in lines().filter(|line| modern || !names_its_version(line)) {
            house.post(line).await;
        }
        house.say(Base::Ping).await;
        try_all(&house, first..house.exchanges.len());
    });
}

fn named(line: &[u8]) -> Option<Revision> {
    let text = String::from_utf8_lossy(line);
    Revision::ALL.into_iter().find(|revision| text.contains(revision.as_str()))
}
