//! `transport.purity` and `transport.exit`: what a process writes on standard output beside its
//! messages, and how it ends (MCP transports, stdio; MCP lifecycle, Shutdown).

use super::answered::describe;
use crate::oracle::check::{CheckId, Findings};
use crate::oracle::evidence::Evidence;
use crate::report::model::Outcome;
use crate::wire::delivery::End;
use crate::wire::life::{Farewell, Leaving};

/// Standard output holds messages, one a line, and nothing else. What came before and after the
/// message under test is judged where the case is about the whole life of the process.
pub fn purity(evidence: &Evidence<'_>, findings: &mut Findings) {
    let exchange = evidence.stimulus;
    if exchange.delivery.output.is_none() {
        return;
    }
    let life = evidence.life.filter(|_| evidence.case.expectation.process);
    let observation = &exchange.observation;
    let strays = observation.strays.iter().chain(life.into_iter().flat_map(|life| &life.strays));
    let quirks = observation.quirks.iter().chain(life.into_iter().flat_map(|life| &life.quirks));
    let expected = "one message a line on standard output, and nothing else";
    let (stray, quirk) = (strays.into_iter().next(), quirks.into_iter().next());
    match (stray, quirk) {
        (Some(stray), _) => findings.add(CheckId::Purity, Outcome::Fail, expected, stray),
        (None, Some(quirk)) => findings.add(CheckId::Purity, Outcome::Warn, expected, quirk),
        (None, None) => findings.add(CheckId::Purity, Outcome::Pass, expected, "only messages"),
    }
}

/// A process whose input ends leaves by itself, and leaves nothing behind.
pub fn exit(evidence: &Evidence<'_>, findings: &mut Findings) {
    let Some(life) = evidence.life.filter(|_| evidence.case.expectation.process) else { return };
    if matches!(evidence.stimulus.delivery.end, End::Exited(_)) && !evidence.ends_input() {
        let actual = describe(evidence.stimulus);
        return findings.add(CheckId::Exit, Outcome::Fail, EXPECTED, actual);
    }
    let (outcome, actual) = graded(&life.farewell);
    findings.add(CheckId::Exit, outcome, EXPECTED, actual);
}

const EXPECTED: &str = "the process ends by itself when its input does";

fn graded(farewell: &Farewell) -> (Outcome, String) {
    let waited = format!("{:.1} s", farewell.waited.as_secs_f64());
    if let Some(signal) = farewell.crash {
        return (Outcome::Fail, format!("it ended by signal {signal}"));
    }
    match farewell.leaving {
        Leaving::OnItsOwn => (Outcome::Pass, format!("it did within {waited}")),
        Leaving::Early => (Outcome::Fail, "it had ended before its input did".to_owned()),
        Leaving::Terminated => (Outcome::Warn, format!("it took a SIGTERM, after {waited}")),
        Leaving::Killed => (Outcome::Fail, format!("it took a SIGKILL, after {waited}")),
        Leaving::LeftBehind => {
            (Outcome::Fail, "it did, but processes that it had started went on".to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
