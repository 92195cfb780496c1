//! Whatever a source delivers, in whatever order: each exchange gets its own records, no more and no fewer.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};

use super::Book;
use super::tests::exchange;
use crate::audit::correlate::{ExchangeKey, correlate};
use crate::audit::profile::Profile;
use crate::oracle::evidence::Exchange;
use crate::runner::batch::Index;
use crate::source::Line;
use crate::wire::delivery::End;

const PREFIX: &str = "gauntlet7f3a21c4x";

/// A line, and what is to become of it.
#[derive(Clone, Debug)]
enum Sent {
    /// A record of the exchange with that number, found by one of several tiers.
    Of(usize, u8),
    /// One that names a key of the run which no exchange has.
    Ghost(usize),
    /// One of another tenant.
    Foreign(usize),
    /// A line that is no record.
    Rubbish(usize),
}

fn key(number: usize) -> String {
    format!("{PREFIX}{number:06}")
}

fn trace(number: usize) -> String {
    format!("{:032x}", number + 1)
}

fn line(sent: &Sent) -> Line {
    let record = |user: &str, trace: &str, tool: &str, correlation: &str| {
        Line::Text(format!(
            r#"{{"id":"x","trace_id":"{trace}","call_type":"call_mcp_tool","status":"success","startTime":9.5,"endTime":9.6,"end_user":"{user}","metadata":{{"mcp_tool_call_metadata":{{"name":"{tool}"}},"mcp_request":{{"correlation_id":"{correlation}"}}}}}}"#
        ))
    };
    match sent {
        Sent::Of(number, 0) => record("", "", "", &key(*number)),
        Sent::Of(number, 1) => record(&key(*number), "", "", ""),
        Sent::Of(number, 2) => record("", &trace(*number), "", ""),
        Sent::Of(number, _) => record("", "", &key(*number), ""),
        Sent::Ghost(number) => record("", "", &key(number + 500), ""),
        Sent::Foreign(number) => record(&format!("jane-{number}"), "", "search", ""),
        Sent::Rubbish(0) => Line::Text("{\"half\":".to_owned()),
        Sent::Rubbish(1) => Line::Text("[1,2]".to_owned()),
        Sent::Rubbish(_) => {
            Line::Unreadable { why: "too long".to_owned(), excerpt: "x".to_owned() }
        }
    }
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        6 => (0_usize..12, any::<u8>()).prop_map(|(number, tier)| Sent::Of(number, tier % 4)),
        1 => (0_usize..9).prop_map(Sent::Ghost),
        2 => (0_usize..9).prop_map(Sent::Foreign),
        1 => (0_usize..3).prop_map(Sent::Rubbish),
    ]
}

/// A mixture, in the order in which it arrives: what was written late comes anywhere behind.
fn mixture() -> impl Strategy<Value = Vec<Sent>> {
    vec(sent(), 0..60).prop_flat_map(|sent| Just(sent).prop_shuffle())
}

fn exchanges() -> Vec<Exchange> {
    let of = |number: usize| Exchange {
        key: key(number),
        trace_id: trace(number),
        ..exchange(r#"{"jsonrpc":"2.0","id":7,"method":"tools/call"}"#, End::Deadline)
    };
    (0..12).map(of).collect()
}

proptest! {
    #[test]
    fn a_mixture_of_anything_is_sorted_out(mixture in mixture()) {
        let profile = Profile::builtin("reference").unwrap();
        let mut book = Book::default();
        mixture.iter().for_each(|sent| book.take(line(sent), &profile));
        let exchanges = exchanges();
        let keys: Vec<ExchangeKey<'_>> = Index::new(&exchanges, &[]).keys;
        let found = correlate(&keys, &book.records, PREFIX);
        let count = |fits: &dyn Fn(&Sent) -> bool| mixture.iter().filter(|sent| fits(sent)).count();
        for (number, matches) in found.per_exchange.iter().enumerate() {
            let own = count(&|sent| matches!(sent, Sent::Of(of, _) if *of == number));
            prop_assert_eq!(matches.records.len(), own, "exchange {}", number);
            prop_assert_eq!(matches.ambiguous, false);
        }
        prop_assert_eq!(found.orphans.len(), count(&|sent| matches!(sent, Sent::Ghost(_))));
        prop_assert_eq!(found.foreign, count(&|sent| matches!(sent, Sent::Foreign(_))));
        prop_assert_eq!(book.unreadable.len(), count(&|sent| matches!(sent, Sent::Rubbish(_))));
    }
}

#[test]
fn late_is_what_comes_after_the_source_had_settled() {
    let profile = Profile::builtin("reference").unwrap();
    let mut book = Book { settled: vec![20.0], ..Book::default() };
    book.take(line(&Sent::Of(1, 0)), &profile);
    let record = &mut book.records[0];
    record.taken = 25.0;
    let record = record.clone();
    assert!(book.is_late(&record, 19.0), "ended before, read after");
    assert!(!book.is_late(&record, 21.0), "the exchange itself came after");
    let early = crate::audit::record::AuditRecord { taken: 18.0, ..record };
    assert!(!book.is_late(&early, 10.0));
}
