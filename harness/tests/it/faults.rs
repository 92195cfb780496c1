//! Each fault of the reference gateway turns the run red by the check that claims it, and each
//! check has a fault that it alone is first to catch. The matrix is kept in `reports/faults.snap`.

mod setup;
mod sink;
mod stdio;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use clap::Parser;
use mcp_gauntlet::cli::Cli;
use mcp_gauntlet::examine::examine;
use mcp_gauntlet::oracle::check::CheckId;
use mcp_gauntlet::plan::Settings;
use mcp_gauntlet::report::model::{Outcome, Report, Verdict};
use mcp_gauntlet::target::reference::faults;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;

/// Cases that together ask every question; the whole catalogue would only repeat them.
const FILTERS: [&str; 28] = [
    "audit/",
    "gateway/",
    "http/accept/same",
    "http/credentials",
    "http/stream/event",
    "http/stream/last",
    "http/stream/no",
    "jsonrpc/id/",
    "jsonrpc/method/unknown",
    "jsonrpc/text/tr",
    "mcp/completion",
    "mcp/initialize",
    "mcp/logging",
    "mcp/notification",
    "mcp/progress",
    "mcp/prompts",
    "mcp/resources",
    "mcp/tools/list",
    "mcp/tools/structured",
    "mcp/undeclared/asks",
    "upstream/answers/error",
    "upstream/answers/headers",
    "upstream/answers/json",
    "upstream/arguments/integer",
    "upstream/asks/",
    "upstream/faults/after-session-gone",
    "upstream/faults/recovers",
    "upstream/isolation/two-upstreams",
];

/// Cases about what only the stateless revision has.
const STATELESS: [&str; 12] = [
    "http/mirror",
    "http/session",
    "http/stream/scoped",
    "mcp/cache",
    "mcp/discover",
    "mcp/meta",
    "mcp/removed",
    "mcp/result",
    "mcp/subscriptions",
    "mcp/version",
    "upstream/input/",
    "upstream/lists/",
];

/// What a run is about: a revision, the cases that ask what can be asked under it, and what else is said.
type Scope = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Most faults show under every revision; those of the stateless one are looked for there. A case in which
/// the message under test gets no answer would only show others' faults by what is beside it. Two sources of
/// records are only compared where there are two.
const SCOPES: [Scope; 4] = [
    ("2025-06-18", &FILTERS, &[]),
    ("2026-07-28", &STATELESS, &[]),
    ("2025-06-18", &["upstream/isolation/cancelled"], &[]),
    (
        "2025-06-18",
        &["mcp/prompts", "mcp/resources", "audit/complete"],
        &["--audit", "http:/audit"],
    ),
];

async fn report(fault: Option<&str>, (revision, filters, more): Scope) -> Report {
    let mut line = vec!["mcp-gauntlet", "--revision", revision, "--deadline", "2500ms"];
    line.extend(filters.iter().chain(more));
    line.extend(fault.into_iter().flat_map(|fault| ["--fault", fault]));
    let settings = Settings::from_cli(&Cli::parse_from(line)).unwrap();
    let (events, _receiver) = unbounded_channel();
    examine(settings, events).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"))
}

/// The first check of a verdict that is red.
fn first(verdict: &Verdict) -> Option<CheckId> {
    let red = |name: &str| {
        verdict.checks.iter().any(|check| {
            check.check == name && matches!(check.outcome, Outcome::Fail | Outcome::Untestable)
        })
    };
    CheckId::ALL.into_iter().find(|check| red(check.as_str()))
}

/// How many verdicts each check was the first to turn red.
fn firsts(report: &Report) -> BTreeMap<CheckId, usize> {
    let mut counts = BTreeMap::new();
    for check in report.verdicts.iter().filter_map(first) {
        *counts.entry(check).or_insert(0) += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_fault_nothing_is_red_and_nothing_warns() {
    for scope in SCOPES {
        let report = report(None, scope).await;
        let bad: Vec<String> = report
            .verdicts
            .iter()
            // Those need records that are posted to us: `sink` has them.
            .filter(|verdict| !verdict.case.starts_with("audit/sink/"))
            .filter(|verdict| verdict.outcome != Outcome::Pass)
            .map(|verdict| format!("{} {:?} {:?}", verdict.case, verdict.reason, verdict.checks))
            .collect();
        assert!(bad.is_empty(), "{}", bad.join("\n"));
        let least = if scope.1.len() > 3 { 30 } else { scope.1.len() };
        assert!(report.verdicts.len() >= least, "{} verdicts", report.verdicts.len());
    }
}

/// The checks that catch each fault, a few faults side by side: much of a run is waiting.
async fn all_firsts() -> BTreeMap<String, BTreeMap<CheckId, usize>> {
    let gate = Arc::new(Semaphore::new(4));
    let mut tasks = JoinSet::new();
    for (fault, _) in faults() {
        let gate = Arc::clone(&gate);
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            let mut counts = BTreeMap::new();
            for scope in SCOPES {
                if counts.is_empty() {
                    counts = firsts(&report(Some(&fault), scope).await);
                }
            }
            (fault, counts)
        });
    }
    tasks.join_all().await.into_iter().collect()
}

/// Nothing may be missed, and each of these checks has a fault of its own; the matrix is kept in a snapshot.
fn keep(caught: &BTreeMap<String, BTreeSet<CheckId>>, of: fn(CheckId) -> bool, snapshot: &str) {
    let mut matrix = String::new();
    for (fault, checks) in caught {
        let names: Vec<&str> = checks.iter().map(|check| check.as_str()).collect();
        let _ = writeln!(matrix, "{fault:24} {}", names.join(", "));
    }
    let missed: Vec<&String> =
        caught.iter().filter(|(_, checks)| checks.is_empty()).map(|(fault, _)| fault).collect();
    assert!(missed.is_empty(), "nothing catches {missed:?}: {caught:?}");
    for check in CheckId::ALL.into_iter().filter(|check| of(*check)) {
        let own = caught.values().any(|checks| checks.iter().eq([&check]));
        assert!(own, "no fault is first caught by {check} alone: {caught:?}");
    }
    assert_kept(snapshot, &matrix);
}

/// Compares a matrix with its snapshot in `reports/`. The snapshot names the file whose test it was, which
/// is not compared.
fn assert_kept(snapshot: &str, matrix: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../reports"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(snapshot, matrix));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_caught_and_every_check_has_a_fault_of_its_own() {
    let mut matrix = String::new();
    let mut own: BTreeSet<CheckId> = BTreeSet::new();
    let mut missed = Vec::new();
    for (fault, counts) in all_firsts().await {
        if counts.is_empty() {
            missed.push(fault.clone());
        }
        if let [check] = counts.keys().collect::<Vec<_>>()[..] {
            own.insert(*check);
        }
        // Numbers of verdicts grow with the catalogue; which checks catch is what matters.
        let names: Vec<&str> = counts.keys().map(|check| check.as_str()).collect();
        let _ = writeln!(matrix, "{fault:24} {}", names.join(", "));
    }
    assert!(missed.is_empty(), "nothing catches {missed:?}");
    // What is asked of a process alone has its faults in `stdio`, and what a receiver sees in `sink`.
    let asked = CheckId::ALL.iter().filter(|check| !check.is_of_stdio() && !check.is_of_sinks());
    let orphaned: Vec<&str> =
        asked.filter(|check| !own.contains(check)).map(|c| c.as_str()).collect();
    assert!(orphaned.is_empty(), "no fault is first caught by {orphaned:?} alone\n{matrix}");
    assert_kept("faults", &matrix);
}
