//! Did a message that was not answered leave a trace? Without one it has disappeared.

use std::collections::BTreeSet;

use super::evidence::{Evidence, Exchange, Records};

/// A record, a log notification, or text on standard error that the valid message before did not
/// cause too.
#[must_use]
pub fn left_trace(evidence: &Evidence<'_>) -> bool {
    let left = |records: &Records<'_>| !records.matched.is_empty() || !records.broken.is_empty();
    let recorded = evidence.audit.iter().any(left);
    let asked = &evidence.stimulus.observation.asked;
    let logged = asked.iter().any(|method| method == "notifications/message");
    recorded || logged || wrote_errors(evidence)
}

fn wrote_errors(evidence: &Evidence<'_>) -> bool {
    let usual: BTreeSet<String> =
        evidence.control.into_iter().chain(evidence.sentinel).flat_map(lines).collect();
    lines(evidence.stimulus).iter().any(|line| !usual.contains(line))
}

/// The lines on standard error, without what differs each time: digits, as in times and numbers.
fn lines(exchange: &Exchange) -> Vec<String> {
    let output = exchange.delivery.output.as_ref();
    let errors = output.map(|output| output.errors.as_str()).unwrap_or_default();
    let bare = |line: &str| line.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let lines = errors.lines().map(|line| bare(line).trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}
