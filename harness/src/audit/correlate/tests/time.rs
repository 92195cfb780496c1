use super::{alone, at, exchange, key, only, record, run, some};
use crate::audit::correlate::{ExchangeKey, Matches, Tier};
use crate::audit::record::AuditRecord;
use crate::wire::json::parse;

#[test]
fn time_allows_for_rounding_and_no_more() {
    let exchanges = [alone(1)];
    for inside in [9.996, 10.0, 10.5, 11.0, 11.004] {
        assert_eq!(only(&exchanges, at(inside)), Some((0, Tier::Time)), "{inside}");
    }
    for outside in [9.994, 11.006, 0.0, f64::NAN, f64::INFINITY, 10_500.0] {
        assert_eq!(only(&exchanges, at(outside)), None, "{outside}");
    }
    assert_eq!(only(&exchanges, record()), None, "no start, no time");
}

#[test]
fn time_never_speaks_against_what_a_record_says() {
    let exchanges = [alone(1)];
    let base = at(10.5);
    let others = [
        AuditRecord { correlation_id: some("req-1"), ..base.clone() },
        AuditRecord { end_user: some("jane"), ..base.clone() },
        AuditRecord { session_id: some("session-9"), ..base.clone() },
        AuditRecord { method: some("tools/list"), ..base.clone() },
        AuditRecord { jsonrpc_id: parse(b"8").ok(), ..base.clone() },
    ];
    for other in others {
        assert_eq!(only(&exchanges, other.clone()), None, "{other:?}");
    }
    let agreeing = AuditRecord {
        method: some("tools/call"),
        jsonrpc_id: parse(br#""7""#).ok(),
        trace_id: some("0f0e0d0c-0000-4000-8000-000000000000"),
        ..base
    };
    assert_eq!(
        only(&exchanges, agreeing),
        Some((0, Tier::Time)),
        "an id written as text is the id"
    );
}

#[test]
fn time_is_not_asked_where_an_exchange_has_its_record() {
    let own = AuditRecord { correlation_id: Some(key(1)), ..at(10.1) };
    let found = run(&[alone(1)], &[at(10.5), own]);
    assert_eq!(found.per_exchange[0].records, [(1, Tier::Header)]);
    assert_eq!(found.foreign, 1);
}

#[test]
fn overlapping_times_are_ambiguous() {
    let mut next = alone(1);
    (next.started, next.ended) = (11.002, 12.0);
    let found = run(&[alone(1), next], &[at(11.001)]);
    assert_eq!(found.per_exchange[0].records, [(0, Tier::Time)]);
    assert!(found.per_exchange.iter().all(|matches| matches.ambiguous));

    let found = run(&[exchange(1), alone(1)], &[at(10.5)]);
    assert_eq!(found.per_exchange[0], Matches::default(), "not alone, so never by time");
    assert_eq!(found.per_exchange[1], Matches { records: vec![(0, Tier::Time)], ambiguous: true });
}

#[test]
fn a_long_exchange_covers_what_begins_long_after_it() {
    let mut long = alone(0);
    long.ended = 1000.0;
    let mut exchanges: Vec<ExchangeKey<'_>> = (1..50).map(alone).collect();
    exchanges.push(long);
    assert_eq!(only(&exchanges, at(900.0)), Some((49, Tier::Time)));
    assert_eq!(only(&exchanges, at(1000.1)), None);
}

#[test]
fn exchanges_without_a_finite_time_are_not_matched_by_time() {
    let mut odd = alone(0);
    odd.ended = f64::NAN;
    assert_eq!(only(&[odd], at(0.5)), None);
}

#[test]
fn several_messages_sent_as_one_may_leave_as_many_records() {
    let records = [at(10.5), at(10.5), at(10.6)];
    let matched = |messages| {
        let exchanges = [ExchangeKey { messages, ..alone(1) }];
        let correlation = run(&exchanges, &records);
        let found = &correlation.per_exchange[0];
        (found.records.len(), found.ambiguous, correlation.foreign)
    };
    assert_eq!(matched(3), (3, false, 0));
    // One more than there were messages: somebody else's are among them.
    assert_eq!(matched(2), (0, true, 3));
    assert_eq!(matched(0), (0, true, 3), "no message is one that could not be read");
}
