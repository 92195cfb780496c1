//! A report with every outcome and with hostile texts, for the tests of the formats.

use super::model::{Check, Header, Ledger, Outcome, Report, Totals, Verdict};

/// The revisions that the sample covers.
pub(crate) const REVISIONS: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

/// A method name that would run as script in a page, colour a terminal and turn the reading
/// direction.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\x1b[31m\u{202e}]]>";

/// A complete run that judged nothing.
pub(crate) fn empty() -> Report {
    Report {
        header: Header {
            tool: "mcp-gauntlet".to_owned(),
            version: "0.1.0".to_owned(),
            target: "http://127.0.0.1:4000/mcp".to_owned(),
            server: "LiteLLM 1.81.0".to_owned(),
            profile: "litellm".to_owned(),
            switches: Vec::new(),
            strict: false,
            audit: "jsonl:audit.jsonl".to_owned(),
            audit_note: None,
            revisions: REVISIONS.map(str::to_owned).to_vec(),
            seed: "90125".to_owned(),
            catalogue: "sha256:0123456789abcdef".to_owned(),
            complete: true,
            notes: Vec::new(),
            seconds: 12.34,
            settling_seconds: 2.06,
            silence_seconds: 40.5,
        },
        verdicts: Vec::new(),
        ledger: Ledger::default(),
        sources: Vec::new(),
        totals: Totals::default(),
    }
}

/// A verdict without checks.
pub(crate) fn verdict(case: &str, revision: &str, outcome: Outcome) -> Verdict {
    Verdict {
        case: case.to_owned(),
        title: format!("sends what {case} describes"),
        requirement: "MCP-ID-BOOL".to_owned(),
        revision: revision.to_owned(),
        transport: "http".to_owned(),
        outcome,
        reason: None,
        checks: Vec::new(),
        grades: Vec::new(),
        tier: None,
        case_file: None,
        reproduce: "curl -sS http://127.0.0.1:4000/mcp --data '{\"id\":true}'".to_owned(),
        sent: "{\"jsonrpc\":\"2.0\",\"id\":true}".to_owned(),
        received: "HTTP 400 {\"error\":{\"code\":-32600}}".to_owned(),
        record: None,
        milliseconds: 2.5,
    }
}

/// A check at level `must`.
pub(crate) fn check(check: &str, outcome: Outcome, actual: &str) -> Check {
    Check {
        check: check.to_owned(),
        outcome,
        level: "must".to_owned(),
        expected: format!("what {check} requires"),
        actual: actual.to_owned(),
    }
}

/// A run with every outcome, over two transports' worth of folders but one transport.
pub(crate) fn full() -> Report {
    let mut report = empty();
    report.header.notes =
        vec!["no upstream was given: the upstream checks do not apply".to_owned()];
    for revision in REVISIONS {
        report.verdicts.extend(verdicts(revision));
    }
    // The catalogue's order is by case, not by revision.
    report.verdicts.sort_by_key(|verdict| CASES.iter().position(|case| *case == verdict.case));
    report.totals = totals(&report.verdicts);
    report.ledger = Ledger {
        sent: 412,
        replied: 380,
        acknowledged: 32,
        records: 411,
        matched: 410,
        duplicate: 1,
        missing: 2,
        ..Ledger::default()
    };
    report
}

const CASES: [&str; 6] = [
    "jsonrpc/id/bool",
    "jsonrpc/id/fraction",
    "jsonrpc/method/markup",
    "mcp/tools/call",
    "gateway/auth/expired",
    "audit/call-type/list",
];

/// The verdicts under one revision: `jsonrpc/id/fraction` is mended by the last.
fn verdicts(revision: &str) -> Vec<Verdict> {
    let [bool, fraction, markup, call, auth, list] = CASES;
    let mended = revision == "2025-11-25";
    let outcome = if mended { Outcome::Pass } else { Outcome::Fail };
    vec![
        judged(bool, revision, Outcome::Pass),
        judged(fraction, revision, outcome),
        hostile(markup, revision),
        Verdict {
            reason: Some("the twin was refused: HTTP 503".to_owned()),
            ..verdict(call, revision, Outcome::Untestable)
        },
        judged(auth, revision, Outcome::ExpectedFail),
        Verdict {
            reason: Some("the target has no tools".to_owned()),
            ..verdict(list, revision, Outcome::NotApplicable)
        },
    ]
}

/// A verdict whose correlation has the given outcome and whose other checks passed.
fn judged(case: &str, revision: &str, outcome: Outcome) -> Verdict {
    let mut verdict = verdict(case, revision, outcome);
    verdict.checks = vec![
        check("answered.reply", Outcome::Pass, "HTTP 400"),
        check("correlated.id", outcome, "id 1 for gauntlet9f3ax17"),
        check("audited.record", Outcome::Pass, "one record"),
    ];
    verdict.tier = Some("header".to_owned());
    verdict.record = Some("{\"call_type\":\"call_mcp_tool\"}".to_owned());
    verdict
}

/// A warning all of whose texts are hostile.
fn hostile(case: &str, revision: &str) -> Verdict {
    let mut verdict = verdict(case, revision, Outcome::Warn);
    verdict.title = format!("calls {HOSTILE}");
    verdict.checks = vec![check("answered.reply", Outcome::Warn, &format!("echoed {HOSTILE}"))];
    verdict.sent = HOSTILE.to_owned();
    verdict.received = HOSTILE.to_owned();
    verdict.record = Some(HOSTILE.to_owned());
    verdict
}

fn totals(verdicts: &[Verdict]) -> Totals {
    let count =
        |outcome| verdicts.iter().filter(|verdict| verdict.outcome == outcome).count() as u64;
    Totals {
        pass: count(Outcome::Pass),
        warn: count(Outcome::Warn),
        fail: count(Outcome::Fail),
        untestable: count(Outcome::Untestable),
        not_applicable: count(Outcome::NotApplicable),
        expected_fail: count(Outcome::ExpectedFail),
    }
}
