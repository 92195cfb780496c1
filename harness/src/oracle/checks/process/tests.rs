use std::time::Duration;

use crate::case::class::Class;
use crate::case::switch::Switches;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Evidence;
use crate::oracle::secrets::Secrets;
use crate::oracle::testing::{self, LIST, RESULT};
use crate::report::model::Outcome;
use crate::wire::delivery::{Delivery, End, Output};
use crate::wire::life::{Farewell, Leaving, Life};
use crate::wire::revision::Revision;

fn spoken(lines: &str, end: End) -> Delivery {
    let output = Some(Output { lines: lines.into(), errors: String::new() });
    Delivery { output, response: None, end, elapsed: Duration::ZERO, surplus: 0 }
}

fn life(leaving: Leaving) -> Life {
    let waited = Duration::from_millis(10);
    let farewell =
        Farewell { leaving, output: Vec::new(), errors: String::new(), waited, crash: None };
    Life { strays: Vec::new(), quirks: Vec::new(), farewell }
}

/// The outcomes of `transport.purity` and `transport.exit`, where they are asked.
fn judged(process: bool, lines: &str, life: &Life, end: End) -> [Option<Outcome>; 2] {
    let mut case = testing::case(Class::Request);
    case.expectation.process = process;
    let stimulus = testing::exchange(LIST, spoken(lines, end));
    let evidence = Evidence {
        case: &case,
        revision: Revision::V2025_11_25,
        control: None,
        stimulus: &stimulus,
        sentinel: None,
        beside: &[],
        pages: &[],
        life: Some(life),
        hop: None,
        outage: None,
        log: None,
        audit: Vec::new(),
        secrets: &Secrets::default(),
        switches: &Switches::default(),
    };
    let mut findings = Findings::new("must".to_owned());
    super::purity(&evidence, &mut findings);
    super::exit(&evidence, &mut findings);
    let checks = findings.into_checks();
    [CheckId::Purity, CheckId::Exit]
        .map(|id| checks.iter().find(|check| check.check == id.as_str()).map(|check| check.outcome))
}

#[test]
fn a_line_that_is_no_message_fails_and_a_blank_one_warns() {
    let good = life(Leaving::OnItsOwn);
    let purity = |lines: &str| judged(false, lines, &good, End::Complete)[0];
    assert_eq!(purity(&format!("{RESULT}\n")), Some(Outcome::Pass));
    assert_eq!(purity(&format!("\n{RESULT}\n")), Some(Outcome::Warn));
    assert_eq!(purity(&format!("{RESULT}\r\n")), Some(Outcome::Warn));
    assert_eq!(purity(&format!("ready\n{RESULT}\n")), Some(Outcome::Fail));
    assert_eq!(purity(RESULT), Some(Outcome::Fail), "no line feed at the end");
}

#[test]
fn the_life_around_the_message_is_judged_only_where_the_case_is_about_it() {
    let mut talkative = life(Leaving::Killed);
    talkative.strays.push("Server running".to_owned());
    let lines = format!("{RESULT}\n");
    assert_eq!(judged(false, &lines, &talkative, End::Complete), [Some(Outcome::Pass), None]);
    let whole = judged(true, &lines, &talkative, End::Complete);
    assert_eq!(whole, [Some(Outcome::Fail), Some(Outcome::Fail)]);
}

#[test]
fn every_way_to_leave_has_its_outcome() {
    let lines = format!("{RESULT}\n");
    for (leaving, outcome) in [
        (Leaving::OnItsOwn, Outcome::Pass),
        (Leaving::Early, Outcome::Fail),
        (Leaving::Terminated, Outcome::Warn),
        (Leaving::Killed, Outcome::Fail),
        (Leaving::LeftBehind, Outcome::Fail),
    ] {
        let exit = judged(true, &lines, &life(leaving), End::Complete)[1];
        assert_eq!(exit, Some(outcome), "{leaving:?}");
    }
    let mut crashed = life(Leaving::OnItsOwn);
    crashed.farewell.crash = Some(11);
    assert_eq!(judged(true, &lines, &crashed, End::Complete)[1], Some(Outcome::Fail));
    let early = End::Exited("exit code 1".to_owned());
    assert_eq!(judged(true, "", &life(Leaving::OnItsOwn), early)[1], Some(Outcome::Fail));
}
