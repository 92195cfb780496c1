//! The faults that show where records are posted to a webhook: ours, which misbehaves on purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

use mcp_gauntlet::target::reference::sink_faults;

use super::*;

/// Cases in which the receiver misbehaves.
const FILTER: &str = "audit/sink/";

async fn report(fault: Option<&str>) -> Report {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let locator = format!("webhook:127.0.0.1:{port}");
    let mut line = vec!["mcp-gauntlet", "--revision", "2025-11-25", "--deadline", "4s"];
    line.extend(["--audit", &locator, FILTER]);
    line.extend(fault.into_iter().flat_map(|fault| ["--fault", fault]));
    let settings = Settings::from_cli(&Cli::parse_from(line)).unwrap();
    let (events, _receiver) = unbounded_channel();
    examine(settings, events).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_its_receiver_does_the_gateway_answers_and_loses_nothing() {
    let report = report(None).await;
    let bad: Vec<String> = report
        .verdicts
        .iter()
        .filter(|verdict| verdict.outcome != Outcome::Pass)
        .map(|verdict| format!("{} {:?} {:?}", verdict.case, verdict.reason, verdict.checks))
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert_eq!(report.verdicts.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_sinks_is_caught_and_every_check_of_sinks_has_a_fault_of_its_own() {
    let mut caught: BTreeMap<String, BTreeSet<CheckId>> = BTreeMap::new();
    // Side by side: each has a gateway and a receiver of its own, and much of a run is waiting.
    let mut tasks = JoinSet::new();
    for (fault, _) in sink_faults() {
        tasks.spawn(async move { (firsts(&report(Some(&fault)).await), fault) });
    }
    for (firsts, fault) in tasks.join_all().await {
        caught.insert(fault, firsts.into_keys().collect());
    }
    keep(&caught, CheckId::is_of_sinks, "faults-sink");
}
