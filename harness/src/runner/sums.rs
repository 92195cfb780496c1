//! The ledger: `sent = replied + acknowledged + closed + silent + refused`, and
//! `records = matched + duplicate + orphan`.

use super::batch::{Book, Index};
use crate::audit::correlate::Correlation;
use crate::audit::profile::Profile;
use crate::case::expectation::ReplyKind;
use crate::oracle::checks::audited::answer;
use crate::report::model::Ledger;

/// Counts one exchange.
pub fn count(ledger: &mut Ledger, kind: ReplyKind) {
    ledger.sent += 1;
    let place = match kind {
        ReplyKind::Result
        | ReplyKind::ToolError
        | ReplyKind::Error
        | ReplyKind::Batch
        | ReplyKind::Stream
        | ReplyKind::Http
        | ReplyKind::Garbage => &mut ledger.replied,
        ReplyKind::Accepted => &mut ledger.acknowledged,
        ReplyKind::Closed => &mut ledger.closed,
        ReplyKind::Silent => &mut ledger.silent,
        ReplyKind::Refused => &mut ledger.refused,
    };
    *place += 1;
}

/// Counts the records of one source, and the exchanges that should have left one there and did not.
#[must_use]
pub fn records(
    index: &Index<'_>,
    (correlation, book): (&Correlation, &Book),
    profile: &Profile,
) -> Ledger {
    let mut ledger = Ledger::default();
    let pairs = index.exchanges.iter().zip(&correlation.per_exchange);
    for (place, (exchange, matches)) in pairs.enumerate() {
        let found = u64::try_from(matches.records.len()).unwrap_or(u64::MAX);
        // A batch may leave one record for each of its messages.
        let own = u64::try_from(exchange.reading.messages.max(1)).unwrap_or(1).min(found);
        ledger.matched += own;
        ledger.duplicate += found - own;
        let reading = &exchange.reading;
        let due = exchange.observation.kind != ReplyKind::Refused
            && index.unasked.binary_search(&place).is_err()
            && profile.unrecorded(reading.method.as_deref(), answer(exchange.fate())).is_none();
        if found == 0 && due {
            ledger.missing += 1;
        }
        let places = matches.records.iter().filter_map(|(place, _)| book.records.get(*place));
        let late = places.filter(|record| book.is_late(record, exchange.ended));
        ledger.late += u64::try_from(late.count()).unwrap_or(u64::MAX);
    }
    ledger.orphan = u64::try_from(correlation.orphans.len()).unwrap_or(u64::MAX);
    ledger.records = ledger.matched + ledger.duplicate + ledger.orphan;
    let unreadable = book.unreadable.len() + book.too_deep.len();
    ledger.unreadable = u64::try_from(unreadable).unwrap_or(u64::MAX);
    ledger
}

#[cfg(test)]
mod tests;
