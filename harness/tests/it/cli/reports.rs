//! The report files: valid, with the counts of the table, and without the credential.

use std::fs;

use quick_junit::TestCaseStatus;
use reference_gateway::Fault;
use serde_json::Value;

use super::KEY;
use super::child::{Done, run};
use super::gateway::serve;

const HEADER: &str = "Authorization: Bearer $GAUNTLET_TEST_KEY";

struct Reported {
    done: Done,
    json: String,
    junit: String,
}

/// Tests a gateway that asks for the key, with both reports.
fn reported(faults: &[Fault], cases: &[&str]) -> Reported {
    let target = serve(None, Some(KEY), faults);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (json, junit) = (path("report.json"), path("report.xml"));
    let files = ["--report-json", &json, "--report-junit", &junit];
    let line = ["--target", &target.url, "--header", HEADER, "--deadline", "2s"];
    let done = run(&[&line[..], &files[..], cases].concat());
    let read = |path: &str| fs::read_to_string(path).unwrap_or_else(|_| panic!("{done:#?}"));
    Reported { json: read(&json), junit: read(&junit), done }
}

fn valid(json: &str) -> Value {
    let schema = include_str!("../../../../schemas/report.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let report = serde_json::from_str(json).unwrap();
    let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    report
}

/// Verdicts in the XML: all, failures, errors, skipped.
fn counts(xml: &str) -> [u64; 4] {
    let report = quick_junit::Report::deserialize_from_str(xml).unwrap();
    let mut counts = [0; 4];
    for case in report.test_suites.iter().flat_map(|suite| &suite.test_cases) {
        counts[0] += 1;
        match &case.status {
            TestCaseStatus::Success { .. } => {}
            TestCaseStatus::NonSuccess { kind: quick_junit::NonSuccessKind::Failure, .. } => {
                counts[1] += 1;
            }
            TestCaseStatus::NonSuccess { .. } => counts[2] += 1,
            TestCaseStatus::Skipped { .. } => counts[3] += 1,
        }
    }
    counts
}

fn require_agreement(reported: &Reported) -> Value {
    let report = valid(&reported.json);
    let total = |name: &str| report["totals"][name].as_u64().unwrap();
    let verdicts = report["verdicts"].as_array().unwrap().len() as u64;
    let red = [total("fail"), total("untestable"), total("not_applicable")];
    assert_eq!(counts(&reported.junit), [verdicts, red[0], red[1], red[2]]);
    assert!(reported.done.totals().starts_with(&format!("verdicts {verdicts}:")));
    let ledger = |name: &str| report["ledger"][name].as_u64().unwrap();
    let answers = ["replied", "acknowledged", "closed", "silent", "refused"].map(ledger);
    assert_eq!(ledger("sent"), answers.iter().sum::<u64>());
    report
}

fn require_silence(reported: &Reported) {
    let texts = [&reported.done.out, &reported.done.err, &reported.json, &reported.junit];
    assert!(texts.iter().all(|text| !text.contains(KEY)), "{:#?}", reported.done);
}

#[test]
fn reports_agree_and_hide_the_credential() {
    let cases = ["http/credentials", "mcp/tools/", "jsonrpc/id/bool", "gateway/upstream-dead"];
    let reported = reported(&[], &cases);
    assert_eq!(reported.done.code, Some(0), "{:#?}", reported.done);
    require_silence(&reported);
    let report = require_agreement(&reported);
    assert_eq!(report["header"]["complete"], true);
    assert!(reported.json.contains("$GAUNTLET_TEST_KEY"), "a reproduction names the variable");
}

#[test]
fn a_credential_in_records_is_told_and_not_shown() {
    let reported = reported(&[Fault::KeyInRecord], &["audit/", "mcp/tools/list"]);
    assert_eq!(reported.done.code, Some(1), "{:#?}", reported.done);
    require_silence(&reported);
    let report = require_agreement(&reported);
    let found = report["verdicts"].as_array().unwrap().iter().any(|verdict| {
        let checks = verdict["checks"].as_array().unwrap();
        checks.iter().any(|check| check["check"] == "leak.secret" && check["outcome"] == "fail")
    });
    assert!(found, "{}", reported.done.out);
}

#[test]
fn the_key_of_the_built_in_gateway_is_not_shown_either() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("report.json").display().to_string();
    let cases = ["mcp/tools/list", "audit/tools"];
    let flags = ["--fault", "key-in-record", "--report-json", &json];
    let done = run(&[&flags[..], &cases[..]].concat());
    assert_eq!(done.code, Some(1), "{done:#?}");
    let text = fs::read_to_string(&json).unwrap();
    valid(&text);
    for text in [&done.out, &done.err, &text] {
        // Its keys are `sesame-` and 32 hexadecimal digits.
        let keys = text.split("sesame-").skip(1);
        let long = |rest: &str| rest.chars().take_while(char::is_ascii_hexdigit).count() > 8;
        assert!(!keys.into_iter().any(long), "{text}");
    }
    assert!(done.out.contains("leak.secret"), "{}", done.out);
}
