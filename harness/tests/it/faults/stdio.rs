//! The faults that show over stdio alone, on the reference gateway as a child process.

use std::collections::{BTreeMap, BTreeSet};

use mcp_gauntlet::examine::ExamineError;
use mcp_gauntlet::report::model::Verdict;
use mcp_gauntlet::target::reference::stdio_faults;

use super::*;

/// Cases that ask what is asked over stdio alone.
const FILTERS: [&str; 3] = ["stdio/", "jsonrpc/text/hello", "mcp/notification/unknown"];

/// A run over stdio; none where the target could not be tested at all.
async fn report(fault: Option<&str>) -> Option<Report> {
    let fault = fault.map_or_else(String::new, |fault| format!(" --fault {fault}"));
    let command = format!("{} gateway --stdio{fault}", env!("CARGO_BIN_EXE_mcp-gauntlet"));
    let mut line = vec!["mcp-gauntlet", "--revision", "2025-06-18", "--deadline", "1500ms"];
    line.extend(["--audit", "none", "--stdio", &command]);
    line.extend(FILTERS);
    let settings = Settings::from_cli(&Cli::parse_from(line)).unwrap();
    let (events, _receiver) = unbounded_channel();
    match examine(settings, events).await {
        Ok(report) => Some(report),
        Err(ExamineError::Untestable(_)) => None,
        Err(error) => panic!("{fault}: {error}"),
    }
}

/// The first check of a verdict that is not in order: over stdio the gateway warns nowhere.
fn first(verdict: &Verdict) -> Option<CheckId> {
    let bad = |name: &str| {
        let named = verdict.checks.iter().filter(|check| check.check == name);
        named.into_iter().any(|check| check.outcome > Outcome::Pass)
    };
    CheckId::ALL.into_iter().find(|check| bad(check.as_str()))
}

#[tokio::test(flavor = "multi_thread")]
async fn over_stdio_without_a_fault_nothing_is_red_and_nothing_warns() {
    let report = report(None).await.unwrap();
    let bad: Vec<String> = report
        .verdicts
        .iter()
        .filter(|verdict| !matches!(verdict.outcome, Outcome::Pass | Outcome::NotApplicable))
        .map(|verdict| format!("{} {:?} {:?}", verdict.case, verdict.reason, verdict.checks))
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(report.verdicts.len() > 10, "{} verdicts", report.verdicts.len());
    assert!(report.verdicts.iter().all(|verdict| verdict.transport == "stdio"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_stdio_is_caught_and_every_check_of_stdio_has_a_fault_of_its_own() {
    let mut caught = BTreeMap::new();
    for (fault, _) in stdio_faults() {
        // What cannot even open a session is caught by that.
        let checks: BTreeSet<CheckId> = match report(Some(&fault)).await {
            Some(report) => report.verdicts.iter().filter_map(first).collect(),
            None => BTreeSet::from([CheckId::Control]),
        };
        caught.insert(fault, checks);
    }
    keep(&caught, CheckId::is_of_stdio, "faults-stdio");
}
