//! What holds for any exchanges and any records.

use super::{Correlation, ExchangeKey, Tier, correlate};
use crate::audit::record::AuditRecord;
use crate::wire::json::Json;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

const PREFIX: &str = "gauntlet-abcdef-";

fn key(number: usize) -> String {
    format!("{PREFIX}{number:06}")
}

fn trace(number: usize) -> String {
    format!("{:032x}", number + 1)
}

fn id(number: usize) -> Option<Json> {
    Json::number(&number.to_string())
}

/// Few sessions, ids and times, so that collisions are common.
fn exchanges() -> impl Strategy<Value = Vec<ExchangeKey<'static>>> {
    vec((0_usize..3, 0_usize..3, 0_u8..40, 0_u8..10, any::<bool>()), 0..12).prop_map(|seeds| {
        let build = |(number, (id_of, session, start, length, alone))| ExchangeKey {
            key: key(number),
            trace_id: trace(number),
            jsonrpc_id: id(id_of).map(Cow::Owned),
            lone_id: false,
            messages: 1,
            session_id: Some(format!("s{session}")),
            method: None,
            started: f64::from(start),
            ended: f64::from(start) + f64::from(length) / 4.0,
            alone,
        };
        seeds.into_iter().enumerate().map(build).collect()
    })
}

/// A text that may name a key that exists, one that does not, or nothing of ours.
fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => Just(None),
        2 => (0_usize..16).prop_map(|number| Some(key(number))),
        1 => Just(Some(format!("{PREFIX}x"))),
        1 => Just(Some("jane".to_owned())),
    ]
}

fn record() -> impl Strategy<Value = AuditRecord> {
    (
        (text(), text(), text(), text()),
        option::weighted(0.2, (0_usize..16).prop_map(trace)),
        option::of((0_usize..3, 0_usize..3)),
        option::of((0_u8..45).prop_map(f64::from)),
        proptest::bool::weighted(0.3),
    )
        .prop_map(
            |((correlation_id, end_user, tool_name, raw), trace_id, ids, start, auxiliary)| {
                AuditRecord {
                    auxiliary,
                    correlation_id,
                    end_user,
                    tool_name,
                    raw: raw.unwrap_or_default(),
                    trace_id,
                    jsonrpc_id: ids.and_then(|(number, _)| id(number)),
                    session_id: ids.map(|(_, session)| format!("s{session}")),
                    start,
                    ..AuditRecord::default()
                }
            },
        )
}

/// The records with their original numbers, in another order.
fn shuffled(records: &[AuditRecord], order: &[u32]) -> Vec<(usize, AuditRecord)> {
    let mut numbered: Vec<_> = records.iter().cloned().enumerate().collect();
    numbered.sort_by_key(|(number, _)| (order.get(*number).copied().unwrap_or_default(), *number));
    numbered
}

/// A correlation with records named by `name`, without regard to order.
type Content = (Vec<(BTreeSet<(Tier, usize)>, bool)>, BTreeSet<usize>, usize);

fn content(found: &Correlation, name: impl Fn(usize) -> usize) -> Content {
    let matches = found.per_exchange.iter().map(|matches| {
        let records = matches.records.iter().map(|(record, tier)| (*tier, name(*record)));
        (records.collect(), matches.ambiguous)
    });
    (matches.collect(), found.orphans.iter().map(|orphan| name(*orphan)).collect(), found.foreign)
}

proptest! {
    #[test]
    fn the_sums_agree_and_no_record_is_given_twice(
        exchanges in exchanges(), records in vec(record(), 0..30),
    ) {
        let found = correlate(&exchanges, &records, PREFIX);
        let given: Vec<usize> = found
            .per_exchange
            .iter()
            .flat_map(|matches| matches.records.iter().map(|(record, _)| *record))
            .chain(found.orphans.iter().copied())
            .collect();
        let distinct: HashSet<&usize> = given.iter().collect();
        prop_assert_eq!(distinct.len(), given.len());
        prop_assert_eq!(given.len() + found.foreign, records.len());
        prop_assert_eq!(found.per_exchange.len(), exchanges.len());
    }

    #[test]
    fn the_order_of_records_changes_nothing(
        exchanges in exchanges(), records in vec(record(), 0..30), order in vec(any::<u32>(), 30),
    ) {
        let moved = shuffled(&records, &order);
        let texts: Vec<AuditRecord> = moved.iter().map(|(_, record)| record.clone()).collect();
        let one = correlate(&exchanges, &records, PREFIX);
        let two = correlate(&exchanges, &texts, PREFIX);
        prop_assert_eq!(content(&one, |record| record), content(&two, |record| moved[record].0));
    }

    #[test]
    fn a_copy_of_a_record_is_one_more_of_the_same(
        exchanges in exchanges(), records in vec(record(), 1..20), which in any::<proptest::sample::Index>(),
    ) {
        let which = which.index(records.len());
        let mut more = records.clone();
        more.push(records[which].clone());
        let one = correlate(&exchanges, &records, PREFIX);
        let two = correlate(&exchanges, &more, PREFIX);
        let counts = |found: &Correlation| -> Vec<usize> {
            found.per_exchange.iter().map(|matches| matches.records.len()).collect()
        };
        let home = one.per_exchange.iter().position(|matches| {
            matches.records.iter().any(|(record, _)| *record == which)
        });
        // A record that has only its time to say where it belongs has no copy: two are a crowd,
        // which is given to nobody.
        let crowded = home.is_some_and(|home| {
            one.per_exchange[home].records.iter().all(|(_, tier)| *tier == Tier::Time)
        });
        let mut expected = counts(&one);
        let mut strays = one.orphans.len() + one.foreign + 1;
        match home {
            Some(home) if crowded => {
                strays += expected[home];
                expected[home] = 0;
            }
            Some(home) => {
                strays -= 1;
                expected[home] += 1;
            }
            None => {}
        }
        prop_assert_eq!(counts(&two), expected);
        prop_assert_eq!(two.orphans.len() + two.foreign, strays);
    }

    #[test]
    fn auxiliary_records_stand_only_where_there_is_no_other(
        exchanges in exchanges(), records in vec(record(), 1..30), which in any::<proptest::sample::Index>(),
    ) {
        let found = correlate(&exchanges, &records, PREFIX);
        for matches in &found.per_exchange {
            let auxiliary =
                matches.records.iter().filter(|(record, _)| records[*record].auxiliary).count();
            prop_assert!(auxiliary == 0 || auxiliary == matches.records.len());
        }
        // Beside the record of which it says the same it changes nothing, whatever found that one.
        let which = which.index(records.len());
        let home = found.per_exchange.iter().any(|matches| {
            matches.records.iter().any(|(record, _)| *record == which)
        });
        if home && !records[which].auxiliary {
            let mut more = records.clone();
            more.push(AuditRecord { auxiliary: true, ..records[which].clone() });
            let again = correlate(&exchanges, &more, PREFIX);
            prop_assert_eq!(&again.per_exchange, &found.per_exchange);
            prop_assert_eq!(&again.orphans, &found.orphans);
            prop_assert_eq!(again.foreign, found.foreign + 1);
        }
    }

    #[test]
    fn only_exchanges_that_ran_alone_get_records_by_time(
        exchanges in exchanges(), records in vec(record(), 0..30),
    ) {
        let found = correlate(&exchanges, &records, PREFIX);
        for (exchange, matches) in exchanges.iter().zip(&found.per_exchange) {
            for (record, tier) in &matches.records {
                if *tier == Tier::Time {
                    let record = &records[*record];
                    prop_assert!(exchange.alone);
                    prop_assert!(record.correlation_id.is_none() && record.end_user.is_none());
                    prop_assert!(!record.raw.contains(PREFIX));
                }
            }
        }
    }

    #[test]
    fn a_record_with_the_key_as_header_reaches_its_exchange(
        exchanges in exchanges(), noise in vec(record(), 0..20), which in any::<proptest::sample::Index>(),
    ) {
        if exchanges.is_empty() {
            return Ok(());
        }
        let which = which.index(exchanges.len());
        let mut records = noise;
        records.push(AuditRecord { correlation_id: Some(key(which)), ..AuditRecord::default() });
        let last = records.len() - 1;
        let found = correlate(&exchanges, &records, PREFIX);
        prop_assert!(found.per_exchange[which].records.contains(&(last, Tier::Header)));
    }
}
