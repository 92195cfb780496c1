//! What lines become, and what the matching is told of each exchange.

use std::time::Duration;

use super::{Book, Index};
use crate::audit::profile::Profile;
use crate::case::expectation::RecordDemand;
use crate::oracle::classify::{Context, classify};
use crate::oracle::evidence::Exchange;
use crate::oracle::observe::observe;
use crate::runner::case_run::{CaseRun, RunResult, Sent};
use crate::runner::told::Told;
use crate::source::Line;
use crate::wire::delivery::{Delivery, End, Response};
use crate::wire::envelope::{Envelope, Header};
use crate::wire::revision::Revision;

/// An exchange with no response.
pub(in crate::runner) fn exchange(body: &str, end: End) -> Exchange {
    let headers = vec![Header::new("Mcp-Session-Id", "S1")];
    let body = body.as_bytes().to_vec();
    let envelope = Envelope { method: "POST".to_owned(), path: None, headers, body };
    let context = Context {
        revision: Revision::V2025_11_25,
        session: None,
        credentials: &[],
        host: "127.0.0.1",
        tools: &[],
    };
    let reading = classify(&envelope, &context);
    let delivery =
        Delivery { output: None, response: None, end, elapsed: Duration::ZERO, surplus: 0 };
    let observation = observe(&delivery, &reading.ids);
    Exchange {
        key: "gauntlet7f3a21c4x000001".to_owned(),
        trace_id: "0af7651916cd43dd8448eb211c80319c".to_owned(),
        envelope,
        reading,
        delivery,
        observation,
        started: 1.0,
        ended: 2.0,
    }
}

fn named(key: &str) -> Exchange {
    let body = r#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
    Exchange { key: key.to_owned(), ..exchange(body, End::Deadline) }
}

fn taken(line: Line) -> (usize, usize, usize) {
    let mut book = Book::default();
    book.take(line, &Profile::builtin("reference").unwrap());
    (book.records.len(), book.unreadable.len(), book.too_deep.len())
}

#[test]
fn each_line_is_a_record_or_kept_as_none() {
    let text = |text: &str| taken(Line::Text(text.to_owned()));
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(text(r#"{"call_type":"mcp_ping","metadata":{}}"#), (1, 0, 0));
    assert_eq!(text(r#"{"other":1}"#), (0, 1, 0));
    assert_eq!(text("half a {"), (0, 1, 0));
    assert_eq!(text(&deep), (0, 0, 1));
    assert_eq!(text(" \t"), (0, 0, 0), "a blank line says nothing");
    let unreadable = Line::Unreadable { why: "too long".to_owned(), excerpt: "xxx".to_owned() };
    assert_eq!(taken(unreadable), (0, 1, 0));
}

fn run(result: RunResult, prepared: Vec<Exchange>, alone: bool) -> CaseRun {
    CaseRun { case: 0, facts: 0, alone, result, prepared, told: Told::default() }
}

#[test]
fn every_exchange_is_indexed_once_and_stimuli_are_found_again() {
    let sent = |control, sentinel| {
        RunResult::Sent(Box::new(Sent {
            control,
            stimulus: named("stimulus"),
            beside: vec![named("beside")],
            pages: vec![named("page")],
            sentinel,
            life: None,
            outage: None,
            demand: RecordDemand::Optional,
        }))
    };
    let runs = [
        run(RunResult::NotApplicable("no".to_owned()), Vec::new(), false),
        run(sent(Some(named("control")), Some(named("sentinel"))), vec![named("open")], true),
        run(RunResult::Untestable("no".to_owned()), vec![named("refused")], false),
        run(sent(None, None), Vec::new(), false),
    ];
    let probe = [named("probe")];
    let index = Index::new(&probe, &runs);
    let keys: Vec<&str> = index.keys.iter().map(|key| key.key.as_str()).collect();
    let expected = [
        "probe", "open", "control", "stimulus", "beside", "page", "sentinel", "refused",
        "stimulus", "beside", "page",
    ];
    assert_eq!(keys, expected);
    let same: Vec<&str> = index.exchanges.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(same, expected);
    assert_eq!(index.stimuli, [None, Some(3), None, Some(8)], "one entry for each run");
    assert_eq!(index.unasked, [3, 8], "the stimuli alone may go without a record");
    let alone: Vec<bool> = index.keys.iter().map(|key| key.alone).collect();
    assert_eq!(alone, [false, true, true, true, true, true, true, false, false, false, false]);
}

#[test]
fn the_matching_is_told_id_method_session_and_time() {
    let exchanges = [named("a")];
    let index = Index::new(&exchanges, &[]);
    let key = &index.keys[0];
    assert_eq!(key.jsonrpc_id.as_ref().map(|id| id.to_text()).as_deref(), Some("7"));
    assert_eq!(key.method.as_deref(), Some("ping"));
    assert_eq!(key.session_id.as_deref(), Some("S1"));
    assert_eq!((key.started, key.ended), (1.0, 2.0));
}

#[test]
fn a_session_that_the_answer_issues_counts_too() {
    let mut first = named("a");
    first.envelope.headers.clear();
    let headers = vec![Header::new("mcp-session-id", "S2")];
    first.delivery.response = Some(Response { status: 200, headers, body: Vec::new() });
    let exchanges = [first];
    let index = Index::new(&exchanges, &[]);
    assert_eq!(index.keys[0].session_id.as_deref(), Some("S2"));
}
