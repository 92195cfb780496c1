//! The faults of how a gateway is set up: no case is about them, `doctor` finds each. The steps that fail
//! are kept in `reports/faults-doctor.snap`.

use std::collections::BTreeSet;

use mcp_gauntlet::cli::Command;
use mcp_gauntlet::doctor::{Diagnosis, Outcome, Step, diagnose};
use mcp_gauntlet::plan::doctor::read;
use mcp_gauntlet::target::reference::setup_faults;

use super::*;

/// Faults of others that a step of the diagnosis is about too.
const SHARED: [&str; 2] = ["key-forwarded", "reject-valid"];

/// Steps that no fault of a gateway can fail, since they come before it, or are about what only a target
/// of another kind does: `cli/doctor.rs` has each of them.
const ELSEWHERE: [Step; 7] =
    [Step::Address, Step::Tcp, Step::Tls, Step::Http, Step::Credentials, Step::Era, Step::Call];

async fn diagnosis(fault: Option<&str>) -> Diagnosis {
    let mut line = vec!["mcp-gauntlet", "doctor", "--deadline", "2500ms"];
    line.extend(fault.into_iter().flat_map(|fault| ["--fault", fault]));
    let Some(Command::Doctor(told)) = Cli::parse_from(line).command else {
        panic!("the command line is that of a diagnosis");
    };
    let (settings, public) = read(&told).unwrap();
    diagnose(&settings, public).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_fault_every_step_passes() {
    let diagnosis = diagnosis(None).await;
    let passed: Vec<Step> = diagnosis.steps(Outcome::Pass).collect();
    // The built-in gateway speaks plain HTTP.
    let wanted: Vec<Step> = Step::ALL.into_iter().filter(|step| *step != Step::Tls).collect();
    assert_eq!(passed, wanted, "{:#?}", diagnosis.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_set_up_fails_a_step_and_every_step_has_a_fault_of_its_own() {
    let (mut matrix, mut own) = (String::new(), BTreeSet::from(ELSEWHERE));
    let names = setup_faults().into_iter().map(|(name, _)| name);
    for fault in names.chain(SHARED.map(str::to_owned)) {
        let diagnosis = diagnosis(Some(&fault)).await;
        let failed: Vec<Step> = diagnosis.steps(Outcome::Fail).collect();
        let first = diagnosis.first_failed();
        assert!(first.is_some(), "no step fails with {fault}: {:#?}", diagnosis.findings);
        own.extend(first);
        let names: Vec<&str> = failed.iter().map(|step| step.as_str()).collect();
        let _ = writeln!(matrix, "{fault:24} doctor: {}", names.join(", "));
    }
    let orphaned: Vec<Step> = Step::ALL.into_iter().filter(|step| !own.contains(step)).collect();
    assert!(orphaned.is_empty(), "no fault fails {orphaned:?} first\n{matrix}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../reports"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("faults-doctor", matrix));
}
