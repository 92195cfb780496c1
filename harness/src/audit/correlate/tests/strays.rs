use super::{PREFIX, alone, at, exchange, key, raw, record, run, some};
use crate::audit::correlate::{Matches, Tier, correlate};
use crate::audit::record::AuditRecord;
use crate::wire::json::parse;

#[test]
fn an_id_used_twice_in_a_session_is_ambiguous() {
    let mut again = exchange(1);
    again.session_id = some("session-0");
    let with =
        AuditRecord { jsonrpc_id: parse(b"7").ok(), session_id: some("session-0"), ..record() };
    let found = run(&[exchange(0), again], &[with]);
    assert_eq!(found.per_exchange[0].records, [(0, Tier::Id)]);
    assert!(found.per_exchange.iter().all(|matches| matches.ambiguous));
}

#[test]
fn two_keys_in_one_record_are_ambiguous_and_counted_once() {
    let found = run(&[exchange(0), exchange(1)], &[raw(&format!("{} {}", key(1), key(0)))]);
    assert_eq!(
        found.per_exchange[0],
        Matches { records: vec![(0, Tier::Canary)], ambiguous: true }
    );
    assert_eq!(found.per_exchange[1], Matches { records: Vec::new(), ambiguous: true });
    let same = run(&[exchange(0)], &[raw(&format!("{} {}", key(0), key(0)))]);
    assert!(!same.per_exchange[0].ambiguous, "one key twice is one exchange");
}

#[test]
fn further_records_are_duplicates_behind_the_strongest() {
    let records = [
        raw(&key(0)),
        AuditRecord { trace_id: Some(exchange(0).trace_id), ..record() },
        AuditRecord { correlation_id: Some(key(0)), ..record() },
        AuditRecord { correlation_id: Some(key(0)), ..record() },
    ];
    let found = run(&[exchange(0)], &records);
    let expected = [(2, Tier::Header), (3, Tier::Header), (1, Tier::Trace), (0, Tier::Canary)];
    assert_eq!(found.per_exchange[0].records, expected);
    assert!(!found.per_exchange[0].ambiguous);
}

#[test]
fn a_record_with_an_unknown_key_of_ours_is_an_orphan() {
    let cut = format!("{PREFIX}0001");
    // A ghost repeats id and session of a real exchange and falls into its time.
    let ghost = AuditRecord {
        correlation_id: Some(cut.clone()),
        end_user: Some(cut.clone()),
        trace_id: Some(cut),
        jsonrpc_id: parse(b"7").ok(),
        session_id: some("session-0"),
        start: Some(0.5),
        ..record()
    };
    let bare = raw(PREFIX);
    let found = run(&[alone(0)], &[ghost, bare, raw(&key(999))]);
    assert_eq!((found.orphans, found.foreign), (vec![0, 1, 2], 0));
    assert_eq!(found.per_exchange, [Matches::default()]);
}

#[test]
fn records_of_others_are_foreign() {
    let other_run = raw("gauntlet-000000-000001");
    let found = run(&[exchange(0)], &[raw("{}"), other_run, at(0.5)]);
    assert_eq!((found.foreign, found.orphans.len()), (3, 0));
    assert_eq!(found.per_exchange, [Matches::default()]);
}

#[test]
fn an_empty_prefix_finds_no_canary() {
    let found = correlate(&[exchange(0)], &[raw("anything")], "");
    assert_eq!(found.foreign, 1);
}
