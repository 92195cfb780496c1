//! The ledger adds up, whatever happened.

use super::{count, records};
use crate::audit::correlate::{Correlation, Matches, Tier};
use crate::audit::profile::Profile;
use crate::case::expectation::ReplyKind;
use crate::report::model::Ledger;
use crate::runner::batch::tests::exchange;
use crate::runner::batch::{Book, Index};
use crate::wire::delivery::End;

const KINDS: [ReplyKind; 11] = [
    ReplyKind::Result,
    ReplyKind::ToolError,
    ReplyKind::Error,
    ReplyKind::Batch,
    ReplyKind::Accepted,
    ReplyKind::Stream,
    ReplyKind::Http,
    ReplyKind::Garbage,
    ReplyKind::Closed,
    ReplyKind::Silent,
    ReplyKind::Refused,
];

#[test]
fn every_kind_of_reply_is_counted_in_one_place() {
    for kind in KINDS {
        let mut ledger = Ledger::default();
        count(&mut ledger, kind);
        let Ledger { sent, replied, acknowledged, closed, silent, refused, .. } = ledger;
        assert_eq!((sent, replied + acknowledged + closed + silent + refused), (1, 1), "{kind}");
    }
    let mut ledger = Ledger::default();
    KINDS.into_iter().for_each(|kind| count(&mut ledger, kind));
    assert_eq!((ledger.sent, ledger.replied, ledger.acknowledged), (11, 7, 1));
    assert_eq!((ledger.closed, ledger.silent, ledger.refused), (1, 1, 1));
}

fn matches(records: usize) -> Matches {
    let records = (0..records).map(|record| (record, Tier::Header)).collect();
    Matches { records, ambiguous: false }
}

#[test]
fn records_are_matched_duplicate_or_orphan() {
    let single = r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    let batch = format!("[{single},{single}]");
    let mut sent = vec![
        exchange(single, End::Deadline),
        exchange(single, End::Deadline),
        exchange(single, End::Deadline),
        exchange(&batch, End::Deadline),
        exchange(single, End::Refused("refused".to_owned())),
    ];
    sent[1].key.push('2');
    let index = Index::new(&sent, &[]);
    let correlation = Correlation {
        per_exchange: [1, 0, 3, 3, 0].map(matches).to_vec(),
        orphans: vec![9],
        foreign: 4,
    };
    let profile = Profile::builtin("reference").unwrap();
    let ledger = records(&index, (&correlation, &Book::default()), &profile);
    assert_eq!((ledger.matched, ledger.duplicate, ledger.orphan), (1 + 1 + 2, 2 + 1, 1));
    assert_eq!(ledger.records, 8, "foreign records are not ours");
    assert_eq!(ledger.missing, 1, "what was never delivered leaves none");
    let index = Index { unasked: vec![1], ..index };
    let ledger = records(&index, (&correlation, &Book::default()), &profile);
    assert_eq!(ledger.missing, 0, "of what may go without a record none is missing");
}
