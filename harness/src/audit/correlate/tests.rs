mod strays;
mod time;

use super::{Correlation, ExchangeKey, Matches, Tier, Tiers, correlate, correlate_by};
use crate::audit::record::AuditRecord;
use crate::wire::json::parse;
use std::borrow::Cow;

const PREFIX: &str = "gauntlet-7f3a21-";

fn key(number: usize) -> String {
    format!("{PREFIX}{number:06}")
}

/// Exchange `number`, which ran from second 10 x `number` for one second.
fn exchange(number: usize) -> ExchangeKey<'static> {
    let started = 10.0 * f64::from(u32::try_from(number).expect("small"));
    ExchangeKey {
        key: key(number),
        trace_id: format!("{:032x}", number + 1),
        jsonrpc_id: parse(b"7").ok().map(Cow::Owned),
        lone_id: false,
        messages: 1,
        session_id: Some(format!("session-{number}")),
        method: Some(Cow::Borrowed("tools/call")),
        started,
        ended: started + 1.0,
        alone: false,
    }
}

fn alone(number: usize) -> ExchangeKey<'static> {
    ExchangeKey { alone: true, ..exchange(number) }
}

fn record() -> AuditRecord {
    AuditRecord::default()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn with(set: impl FnOnce(&mut AuditRecord)) -> AuditRecord {
    let mut record = record();
    set(&mut record);
    record
}

fn raw(text: &str) -> AuditRecord {
    AuditRecord { raw: text.to_owned(), ..record() }
}

fn at(start: f64) -> AuditRecord {
    AuditRecord { start: Some(start), ..record() }
}

fn run(exchanges: &[ExchangeKey<'_>], records: &[AuditRecord]) -> Correlation {
    correlate(exchanges, records, PREFIX)
}

/// To which exchange the one record goes, and how; none for orphan and foreign.
fn only(exchanges: &[ExchangeKey<'_>], record: AuditRecord) -> Option<(usize, Tier)> {
    let found = run(exchanges, &[record]);
    let given = |(number, matches): (usize, &Matches)| {
        matches.records.first().map(|(_, tier)| (number, *tier))
    };
    found.per_exchange.iter().enumerate().find_map(given)
}

#[test]
fn nothing_comes_of_nothing() {
    assert_eq!(run(&[], &[]), Correlation::default());
    let found = run(&[exchange(0)], &[]);
    assert_eq!(found.per_exchange, [Matches::default()]);
    assert_eq!(run(&[], &[raw("x")]).foreign, 1);
}

#[test]
fn each_tier_finds_its_record() {
    let exchanges = [exchange(0), exchange(1), alone(2)];
    let by_id = with(|it| {
        it.jsonrpc_id = parse(b"7").ok();
        it.session_id = some("session-1");
    });
    let tiers = [
        (with(|it| it.correlation_id = Some(key(1))), Tier::Header),
        (with(|it| it.end_user = Some(key(1))), Tier::Header),
        (with(|it| it.trace_id = Some(exchange(1).trace_id)), Tier::Trace),
        (with(|it| it.method = Some(key(1))), Tier::Canary),
        (with(|it| it.tool_name = Some(format!("x{}y", key(1)))), Tier::Canary),
        (with(|it| it.namespaced_tool_name = Some(key(1))), Tier::Canary),
        (with(|it| it.error_message = Some(key(1))), Tier::Canary),
        (raw(&format!(r#"{{"deep":["{}"]}}"#, key(1))), Tier::Canary),
        (by_id, Tier::Id),
    ];
    for (record, tier) in tiers {
        let text = format!("{record:?}");
        assert_eq!(only(&exchanges, record), Some((1, tier)), "{text}");
    }
    assert_eq!(only(&exchanges, at(20.5)), Some((2, Tier::Time)));
}

#[test]
fn tool_arguments_are_searched_in_values_and_names() {
    let arguments =
        |text: &str| AuditRecord { tool_arguments: parse(text.as_bytes()).ok(), ..record() };
    let exchanges = [exchange(0), exchange(1)];
    let escaped = key(1).replace('g', "\\u0067");
    for text in [
        format!(r#"{{"a":["{}"]}}"#, key(1)),
        format!(r#"{{"a":{{"b":"{escaped}"}}}}"#),
        format!(r#"{{"{}":1}}"#, key(1)),
    ] {
        assert_eq!(only(&exchanges, arguments(&text)), Some((1, Tier::Canary)), "{text}");
    }
}

#[test]
fn the_stronger_evidence_decides() {
    let exchanges = [exchange(0), exchange(1), exchange(2), exchange(3), alone(4)];
    let mut record = AuditRecord {
        correlation_id: Some(key(0)),
        end_user: Some(key(1)),
        trace_id: Some(exchange(2).trace_id),
        tool_name: Some(key(3)),
        raw: key(1),
        start: Some(40.5),
        ..record()
    };
    assert_eq!(only(&exchanges, record.clone()), Some((0, Tier::Header)));
    record.correlation_id = some("somebody-else");
    assert_eq!(only(&exchanges, record.clone()), Some((1, Tier::Header)));
    record.end_user = None;
    assert_eq!(only(&exchanges, record.clone()), Some((2, Tier::Trace)));
    record.trace_id = some("another");
    assert_eq!(only(&exchanges, record.clone()), Some((3, Tier::Canary)), "sent before elsewhere");
    record.tool_name = None;
    assert_eq!(only(&exchanges, record), Some((1, Tier::Canary)));
}

#[test]
fn trace_ids_match_in_any_notation_and_zero_means_none() {
    let mut one = exchange(0);
    one.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736".to_owned();
    let mut none = exchange(1);
    none.trace_id = "0".repeat(32);
    let exchanges = [one, none];
    let trace = |text: &str| AuditRecord { trace_id: some(text), ..record() };
    for same in ["4bf92f3577b34da6a3ce929d0e0e4736", "4BF92F35-77B3-4DA6-A3CE-929D0E0E4736"] {
        assert_eq!(only(&exchanges, trace(same)), Some((0, Tier::Trace)));
    }
    for other in ["", "-", "00000000000000000000000000000000", "4bf92f3577b34da6a3ce929d0e0e473"] {
        assert_eq!(only(&exchanges, trace(other)), None, "{other}");
    }
}

#[test]
fn a_shorter_key_is_not_seen_inside_a_longer_one() {
    let mut short = exchange(0);
    short.key = format!("{PREFIX}00012");
    let long = exchange(123);
    assert_eq!(long.key, format!("{PREFIX}000123"));
    let exchanges = [short, long];
    assert_eq!(only(&exchanges, raw(&format!("{PREFIX}000123"))), Some((1, Tier::Canary)));
    assert_eq!(only(&exchanges, raw(&format!("{PREFIX}00012x"))), Some((0, Tier::Canary)));
    let found = run(&exchanges, &[raw(&format!("{PREFIX}0001234"))]);
    assert_eq!(found.orphans, [0], "a longer number is another key");
}

#[test]
fn ids_match_only_within_their_session_and_type() {
    let exchanges = [exchange(0), exchange(1)];
    let with = |id: &str, session: Option<&str>| AuditRecord {
        jsonrpc_id: parse(id.as_bytes()).ok(),
        session_id: session.map(str::to_owned),
        ..record()
    };
    assert_eq!(only(&exchanges, with("7", Some("session-0"))), Some((0, Tier::Id)));
    for (id, session) in [
        ("7", None),
        ("7", Some("session-9")),
        ("\"7\"", Some("session-0")),
        ("7.0", Some("session-0")),
    ] {
        assert_eq!(only(&exchanges, with(id, session)), None, "{id}");
    }
    let mut text = exchange(0);
    text.jsonrpc_id = parse(br#""\u0061""#).ok().map(Cow::Owned);
    assert_eq!(only(&[text], with("\"a\"", Some("session-0"))), Some((0, Tier::Id)));
}

#[test]
fn tiers_are_ordered_by_strength() {
    let order = [Tier::Header, Tier::Trace, Tier::Canary, Tier::Id, Tier::Time];
    assert!(order.is_sorted());
    assert_eq!(order.map(Tier::as_str), ["header", "trace", "canary", "id", "time"]);
}

#[test]
fn evidence_that_a_profile_excludes_says_nothing() {
    let exchanges = [alone(0), alone(1)];
    let by = |tiers: &[Tier], record: AuditRecord| {
        let tiers = Tiers::try_from(tiers.to_vec()).expect("some");
        let found = correlate_by(tiers, &exchanges, &[record], PREFIX);
        let of = |matches: &Matches| matches.records.first().map(|(_, tier)| *tier);
        (found.per_exchange.iter().map(of).collect::<Vec<_>>(), found.foreign, found.orphans.len())
    };
    // It names the key of the first, the trace of the second, an id of the first, and its time.
    let record = || {
        with(|record| {
            record.correlation_id = Some(key(0));
            record.trace_id = Some(exchanges[1].trace_id.clone());
            record.session_id = some("session-0");
            record.jsonrpc_id = parse(b"7").ok();
            record.start = Some(0.5);
        })
    };
    let first = |tier| (vec![Some(tier), None], 0, 0);
    assert_eq!(by(&[Tier::Trace, Tier::Header], record()), first(Tier::Header));
    assert_eq!(by(&[Tier::Trace], record()), (vec![None, Some(Tier::Trace)], 0, 0));
    assert_eq!(by(&[Tier::Canary], record()), first(Tier::Canary));
    assert_eq!(by(&[Tier::Id], record()), first(Tier::Id));
    assert_eq!(by(&[Tier::Time], record()), first(Tier::Time));
    let stranger = || with(|record| record.correlation_id = Some(key(9)));
    assert_eq!(by(&[Tier::Canary], stranger()), (vec![None, None], 0, 1));
    assert_eq!(by(&[Tier::Trace], stranger()), (vec![None, None], 1, 0));
}
